"""Logs are compared line by line, but for what only the clock says."""

from __future__ import annotations

import gzip
import json

import pytest

from leanib.errors import UsageError
from leanib.parity.logs import LogMatch, compare_logs, read_recorded_log

END = (
    "2013-10-11 16:00:00 Algorithm Id:(X) completed in {} seconds at {}k data points per second. Total of 9."
)


def test_only_the_clock_may_differ():
    """Seconds and speed of the last line are no difference; anything else is."""
    theirs = ["a", "b", END.format("2.34", "0")]
    assert compare_logs(theirs, ["a", "b", END.format("0.01", "1,200")]) == LogMatch(3, 3, is_whole=True)
    assert compare_logs(theirs, ["a", "c", END.format("1.00", "7")]) == LogMatch(2, 3, is_whole=False)
    assert compare_logs(["a", "b"], ["a\nb"]) == LogMatch(2, 2, is_whole=True)


def test_a_recording_is_read_and_a_wrong_file_is_named(tmp_path):
    """Without a recording there is nothing to compare."""
    (tmp_path / "X.json.gz").write_bytes(gzip.compress(json.dumps({"log": "a\nb\n"}).encode()))
    (tmp_path / "Y.json.gz").write_bytes(b"no")
    assert read_recorded_log(tmp_path, "X") == ["a", "b"]
    assert read_recorded_log(tmp_path, "Z") is None
    with pytest.raises(UsageError, match=r"Y\.json\.gz is not a recording"):
        read_recorded_log(tmp_path, "Y")
