"""`leanib data download` as typed, against a simulator that replays the sample data."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.faults.world import PROJECT

from leanib.cli.main import main
from leanib.data import read_trade_bars
from leanib.simulator.clock import VirtualClock
from leanib.simulator.testing import background_simulator

__all__ = ["background_simulator"]

Run = Callable[..., tuple[int, str, str]]
#: The simulator lives after the sample data's last day.
AFTER = VirtualClock(datetime(2013, 3, 4, 15, 0, tzinfo=UTC))
SAMPLE = PROJECT / "data"
SPAN = ("--from", "2013-02-04", "--to", "20130301")


@pytest.fixture
def run(
    background_simulator: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs `leanib ...` in a project folder of its own that has no prices; exit code, output, errors."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    for name in ("market-hours", "symbol-properties", "alternative"):
        shutil.copytree(SAMPLE / name, tmp_path / "data" / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IB_HOST", background_simulator.host)
    monkeypatch.setenv("IB_PAPER_PORT", str(background_simulator.port))
    monkeypatch.setenv("LEANIB_STATE_FOLDER", str(tmp_path / "state"))
    monkeypatch.setenv("LEANIB_CONNECTION__RETRIES", "0")

    def command(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        output = capsys.readouterr()
        return code, output.out, output.err

    return command


replayed = pytest.mark.simulator(data=SAMPLE, clock=AFTER)


@replayed
def test_a_backtest_on_what_was_downloaded_is_the_sources(run: Run, tmp_path: Path) -> None:
    """Days and minutes of two stocks come; daily_momentum's orders and statistics are those of the source folder."""
    algorithm = tmp_path / "hold.py"
    algorithm.write_text(
        "from AlgorithmImports import *\n\n\n"
        "class Hold(QCAlgorithm):\n"
        "    def initialize(self) -> None:\n"
        "        self.set_start_date(2013, 2, 11)\n"
        "        self.set_end_date(2013, 3, 1)\n"
        "        self.add_equity('AAPL', Resolution.MINUTE)\n"
        "        self.add_equity('MSFT', Resolution.MINUTE)\n"
        "        self.set_benchmark('AAPL')\n\n"
        "    def on_data(self, data: Slice) -> None:\n"
        "        if self.time.minute == 0:\n"
        "            for n, name in enumerate(('AAPL', 'MSFT')):\n"
        "                self.set_holdings(name, 0.1 * ((self.time.hour + n) % 3))\n"
    )
    for words in (
        ("data", "download", "AAPL", "MSFT", *SPAN, "--resolution", "minute", "--tick-type", "trade"),
        ("data", "download", "--ticker", "AAPL,MSFT", *SPAN),
        ("data", "download", "AAPL", "MSFT", *SPAN, "--resolution", "hour"),
    ):
        code, out, err = run(*words)
        assert code == 0, err
        assert "19 of 19 days came, split-adjusted by IB" in out
        assert "at IB's pace about" in err
    orders = []
    for name, folder in (("mine", "data"), ("theirs", str(trades_only(tmp_path)))):
        code, _, err = run("backtest", str(algorithm), "--data-folder", folder, "--output", name)
        assert code == 0, err
        summary = json.loads(next((tmp_path / name).glob("*-summary.json")).read_text())
        orders.append((summary["statistics"], summary["runtimeStatistics"]))
    (mine, mine_now), (theirs, theirs_now) = orders
    del mine["Lowest Capacity Asset"], theirs["Lowest Capacity Asset"]  # names IB's first day, not LEAN's
    differences = {name: (mine[name], value) for name, value in theirs.items() if mine[name] != value}
    assert (differences, mine_now) == ({}, theirs_now)
    assert int(orders[0][0]["Total Orders"]) > 20


def trades_only(folder: Path) -> Path:
    """The source's part that was downloaded: trades, and no quotes to fill orders at."""
    target = folder / "source"
    shutil.copytree(SAMPLE, target, ignore=shutil.ignore_patterns("*_quote.zip", "crypto", "forex", "index"))
    return target


@replayed
def test_what_is_not_there_is_exit_code_1(run: Run) -> None:
    """IB has nothing of two of the days: they are named."""
    code, out, _ = run(
        "data", "download", "AAPL", "--from", "2012-09-27", "--to", "2012-10-02", "--resolution", "minute",
        "--tick-type", "trade",
    )  # fmt: skip
    assert code == 1
    assert "IB has nothing of 2012-09-27, 2012-09-28" in out


@replayed
def test_a_killed_download_goes_on(run: Run, tmp_path: Path) -> None:
    """SIGKILL in the middle: no half file is left under a file's name, and the next one asks for the rest."""
    words = ["data", "download", "AAPL", *SPAN, "--resolution", "minute"]
    process = subprocess.Popen([sys.executable, "-m", "leanib", *words], stderr=subprocess.DEVNULL, env=os.environ)
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("data/equity/usa/minute/aapl/*.zip"))) < 3:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    code, out, err = run(*words)
    assert (code, "were there" in out or "19 of 19 days came" in out) == (0, True), err
    assert run("data", "check")[0] == 0
    for path in SAMPLE.glob("equity/usa/minute/aapl/201302*_trade.zip"):
        day = datetime.strptime(path.name[:8], "%Y%m%d").date()
        if day >= datetime(2013, 2, 4).date():
            mine = read_trade_bars(tmp_path / "data/equity/usa/minute/aapl" / path.name, day, 10000)
            assert (mine.close == read_trade_bars(path, day, 10000).close).all()


@replayed
def test_two_downloads_at_once_do_not_corrupt(run: Run, tmp_path: Path) -> None:
    """Two processes bring different stretches into the same file of days; both are in it, whole."""
    spans = (("2004-01-02", "2008-12-31"), ("2006-01-03", "2013-03-01"))
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "leanib", "data", "download", "MSFT", "--from", first, "--to", last],
            stderr=subprocess.PIPE, env=os.environ,
        )
        for first, last in spans
    ]  # fmt: skip
    errors = [process.communicate(timeout=100)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], errors
    mine = read_trade_bars(tmp_path / "data/equity/usa/daily/msft.zip", None, 10000)
    source = read_trade_bars(SAMPLE / "equity/usa/daily/msft.zip", None, 10000)
    assert (mine.time == source.time[source.time >= mine.time[0]]).all()
    assert (mine.close == source.close[source.time >= mine.time[0]]).all()
    assert not list(tmp_path.glob("data/**/.*.part"))


def test_usage_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """No symbol, no day, an impossible day, a wrong port: exit code 2, and what to do."""
    assert run("data", "download")[0] == 2
    assert "--from 2024-01-02" in run("data", "download", "SPY")[2]
    assert "is no day" in run("data", "download", "SPY", "--from", "yesterday")[2]
    assert "later than" in run("data", "download", "SPY", "--from", "2024-02-01", "--to", "2024-01-01")[2]
    monkeypatch.setenv("IB_PAPER_PORT", "1")
    code, _, err = run("data", "download", "SPY", "--from", "2024-01-02", "--to", "2024-01-03")
    assert code == 2
    assert "leanib doctor" in err
