"""How far a download is: what is left comes from IB's pace at first, then from what it took; with and without a bar."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.faults.world import PROJECT

from leanib.cli.data_progress import DownloadProgress, in_time
from leanib.operations.download.run import Task, plan
from leanib.operations.download.wanted import wanted_series


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """Four days of seconds of one stock."""
    (tmp_path / "market-hours").symlink_to(PROJECT / "data" / "market-hours")
    first, last, now = dt.date(2024, 3, 4), dt.date(2024, 3, 7), dt.datetime(2024, 3, 8, tzinfo=dt.UTC)
    [wanted] = wanted_series(["SPY"], "equity", None, "second", ["trade"], first, last, now.date())
    return plan(tmp_path, [wanted], now)[0]


def test_the_estimate_knows_ibs_pace(task: Task) -> None:
    """A day of 6.5 hours is 12 requests of 2000 s, each of which has its share of ten minutes."""
    assert task.requests == 4 * 12
    assert task.seconds == pytest.approx(48 * 600 / 55)
    assert [in_time(seconds) for seconds in (0, 89, 600, 9000)] == ["1 s", "89 s", "10 min", "2.5 h"]


def test_without_a_terminal_there_is_a_line_now_and_then(task: Task, capsys: pytest.CaptureFixture[str]) -> None:
    """What is to do, then at most one line in ten seconds with what is left."""
    now = [0.0]
    progress = DownloadProgress(clock=lambda: now[0])
    progress.begin([task])
    for second in range(0, 240, 5):
        now[0] = float(second)
        progress.reached(task, second / 10)
    progress.close()
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == [
        "SPY second trade: 4 of 4 days to ask for",
        "about 48 requests, at IB's pace about 9 min",
    ]
    assert 20 <= len(lines) - 2 <= 24
    assert lines[-1].startswith("48% SPY second trade, ")
    assert lines[-1].endswith(" left")


def test_one_request_is_one(task: Task, capsys: pytest.CaptureFixture[str]) -> None:
    """In the sentence too."""
    progress = DownloadProgress()
    progress.begin([replace(task, requests=1)])
    progress.close()
    assert "about 1 request, at" in capsys.readouterr().err


def test_on_a_terminal_there_is_a_bar(task: Task, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """With the series and what is left; it goes away."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    progress = DownloadProgress()
    progress.begin([task])
    progress.reached(task, 24)
    assert progress._bar is not None
    [bar] = progress._bar.tasks
    assert (bar.completed, bar.total, bar.fields["name"]) == (24, 48, "SPY second trade")
    assert bar.fields["left"].endswith((" s", " min"))
    progress.tell("something")
    progress.close()
    assert progress._bar is None
    assert "something" in capsys.readouterr().err
