"""Logs are compared line by line, but for what only the clock says."""

from __future__ import annotations

import gzip
import json

import pytest

from leanib.errors import UsageError
from leanib.parity import Expectation, Outcome, ledger_text
from leanib.parity.logs import LogMatch, compare_all_logs, compare_logs, log_summary, numpy_remark, read_recorded_log

END = (
    "2013-10-11 16:00:00 Algorithm Id:(X) completed in {} seconds at {}k data points per second. Total of 9."
)


def test_only_the_clock_may_differ():
    """Seconds and speed of the last line are no difference; anything else is."""
    theirs = ["a", "b", END.format("2.34", "0")]
    assert compare_logs(theirs, ["a", "b", END.format("0.01", "1,200")]) == LogMatch(3, 3, is_whole=True)
    assert compare_logs(theirs, ["a", "c", END.format("1.00", "7")]) == LogMatch(2, 3, False, ("-b", "+c"))
    assert compare_logs(["a", "b"], ["a\nb"]) == LogMatch(2, 2, is_whole=True)


def test_a_recording_is_read_and_a_wrong_file_is_named(tmp_path):
    """Without a recording there is nothing to compare."""
    (tmp_path / "X.json.gz").write_bytes(gzip.compress(json.dumps({"log": "a\nb\n"}).encode()))
    (tmp_path / "Y.json.gz").write_bytes(b"no")
    assert read_recorded_log(tmp_path, "X") == ["a", "b"]
    assert read_recorded_log(tmp_path, "Z") is None
    with pytest.raises(UsageError, match=r"Y\.json\.gz is not a recording"):
        read_recorded_log(tmp_path, "Y")


def test_ids_that_are_drawn_and_line_ends_that_were_not_recorded_are_no_difference():
    """LEAN draws an insight's id anew in each run."""
    ids = "2ce1007ce4b34df48b8a702f86c7662f", "e3e70682c2094caca29f6fbed82c07cd"
    assert compare_logs([f"{ids[0]}: IBM up", "x \n"], [f"{ids[1]}: IBM up\nx \r\n"]).is_whole
    assert not compare_logs([f"{ids[0]}: IBM up"], [f"{ids[1]}: IBM down"]).is_whole


def test_a_recording_that_was_cut_is_compared_as_far_as_it_goes():
    """It holds 20,000 characters; a shorter one must be whole."""
    ours = ["a" * 9_999, "b" * 9_999, "cdef"]
    assert compare_logs(["a" * 9_999, "b" * 9_999, "cd"], ours).is_whole
    assert not compare_logs(["a" * 9_999, "b" * 9_999, "cx"], ours).is_whole
    assert not compare_logs(["a" * 9_999, "cd"], ["a" * 9_999, "cdef"]).is_whole


def test_logs_are_counted_of_algorithms_that_match_and_stand_in_the_ledger(tmp_path):
    """One that differs in its statistics, and one that nobody recorded, say nothing with their logs."""
    for name in ("Same", "Other", "Differs"):
        (tmp_path / f"{name}.json.gz").write_bytes(gzip.compress(json.dumps({"log": "a\nb"}).encode()))
    names = ("Same", "Other", "Differs", "Unrecorded")
    expectations = [Expectation(name, tmp_path / f"{name}.py", {"Trades": "1"}) for name in names]
    ran = [
        Outcome("Completed", {"Trades": trades}, log=["a", line])
        for trades, line in (("1", "b"), ("1", "c"), ("2", "c"), ("1", "c"))
    ]
    compared = compare_all_logs(tmp_path, expectations, ran)
    assert list(compared) == ["Same", "Other"]
    assert log_summary(compared) == "1 of 2 logs are LEAN's, 3 of 4 lines"
    text = ledger_text(expectations, ran, "x", compared)
    assert "**1 of 2 logs are LEAN's, 3 of 4 lines.**" in text
    assert "| Other | 1/2 |" in text
    assert "logs are" not in ledger_text(expectations, ran, "x")


def test_a_numpy_that_rounds_otherwise_than_leans_is_told():
    """LEAN's is 1.26 on a processor with AVX-512."""
    assert numpy_remark("1.26.4", {"AVX512F": True}) == ""
    assert "no AVX-512" in numpy_remark("1.26.4", {"AVX512F": False})
    assert "numpy is 2.3.5, LEAN's is 1.26" in numpy_remark("2.3.5", {"AVX512F": True})
