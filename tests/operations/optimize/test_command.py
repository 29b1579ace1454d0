"""`leanib optimize` as typed, with the engine, on the sample data."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.report.pages import data_of

from leanib.cli.main import main
from leanib.engine.feeds import price_files
from leanib.operations.optimize.trial import Task, run_task

PROJECT = Path(__file__).parents[3]
DATA = PROJECT / "data"
ALGORITHM = """
from AlgorithmImports import *


class Holding(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2012, 1, 1)
        self.set_end_date(2012, 6, 30)
        self.set_cash(100000)
        self._spy = self.add_equity("IBM", Resolution.DAILY).symbol
        self._share = self.get_parameter("share", 0.5)
        self._wait = self.get_parameter("wait", 1)
        self._days = 0
        print("what an algorithm prints")

    def on_data(self, data):
        self._days += 1
        if self.get_parameter("fail", 0) == 1 and self._days == 3:
            raise ValueError("asked to fail")
        if self._days == self._wait:
            self.set_holdings(self._spy, self._share)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An algorithm's folder in a project with the sample data."""
    folder = tmp_path / "holding"
    folder.mkdir()
    (folder / "main.py").write_text(ALGORITHM, encoding="utf-8")
    (folder / "config.json").write_text('{"parameters": {"share": "0.5", "wait": "1"}}', encoding="utf-8")
    (tmp_path / "lean.json").write_text(json.dumps({"data-folder": str(DATA)}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def test_a_grid_from_the_command_to_the_report(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two processes; the best is named, its backtest and the page with its heat map are there."""
    code = main(
        ["optimize", "holding", "--parameter", "share", "0.2", "0.6", "0.2", "--parameter", "wait", "1", "21", "10",
         "--target", "Net Profit", "--workers", "2", "--output", "found"]
    )  # fmt: skip
    said = capsys.readouterr()
    assert code == 0, said.err
    best = re.search(r"best: share (\S+), wait (\S+) \(Net Profit", said.out)
    assert best is not None
    assert "what an algorithm prints" not in said.out + said.err
    rows = [json.loads(line) for line in Path("found/trials.jsonl").read_text().splitlines()]
    assert len(rows) == 10  # nine points, and as configured
    page = data_of(Path("found/optimization.html").read_text())
    assert page["best"] == {"share": best[1], "wait": best[2]}
    assert [len(row) for row in page["maps"][0]["cells"]] == [3, 3, 3]
    again = json.loads(next(Path("found/best").glob("Holding.json")).read_text())
    figures = next(row["outcome"]["figures"] for row in rows if row["point"] == page["best"])
    assert again["statistics"] == figures["statistics"]


def test_folds_constraints_and_two_targets(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each fold says what it chose, and what that was worth on what it had not seen."""
    code = main(
        ["optimize", "holding", "--parameter", "share", "0.2", "0.6", "0.2", "--target", "Net Profit",
         "--target", "Drawdown:min", "--split", "walk-forward", "--folds", "3", "--purge", "5", "--workers", "1",
         "--constraint", "Total Orders >= 1", "--output", "found", "--no-report"]
    )  # fmt: skip
    said = capsys.readouterr()
    assert code == 0, said.err
    assert len(re.findall(r"^fold \d, tried on .*; seen \S+, unseen \S+$", said.out, re.MULTILINE)) == 2
    assert "where it was chosen" in said.out
    assert "no other point beats these" in said.out
    assert not Path("found/optimization.html").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "nothing to search: give --parameter NAME MIN MAX STEP; config.json has share, wait"),
        (("--parameter", "shares", "1", "2", "1"), "never asks for the parameter shares; config.json has share, wait"),
        (("--parameter", "share", "1", "2"), "write --parameter fast 10 50 5"),
        (("--parameter", "share", "2", "1", "1"), "the step must be positive and max not below min"),
        (("--parameter", "share=1:2:1", "--parameter", "share=1:2:1"), "--parameter share is given twice"),
        (("--parameter", "share=1:2:1", "--target", "Sharp"), "a backtest has no figure 'Sharp'"),
        (("--parameter", "share=1:2:1", "--target", "Drawdown:low"), "what follows the colon is min or max"),
        (("--parameter", "share=1:2:1", "--constraint", "Drawdown"), "write 'Drawdown < 25%'"),
        (("--parameter", "share=1:2:1", "--split", "purged", "--folds", "50"), "take fewer --folds"),
        (("--parameter", "share=1:2:1", "--dask", "tcp://127.0.0.1:1"), "no Dask scheduler answers"),
        (("--resume", "nowhere"), "leave the algorithm and --parameter out"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # dask's own, while it fails to connect
def test_bad_input_is_one_sentence(
    project: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str, monkeypatch: Any
) -> None:
    """Exit code 2, no traceback."""
    monkeypatch.setattr("leanib.operations.optimize.workers._PATIENCE", 1.0)
    code = main(["optimize", "holding", *words])
    said = capsys.readouterr().err
    assert (code, sentence in said, "Traceback" in said) == (2, True, False), said


def test_an_algorithm_that_fails_has_no_best(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As configured it runs; every point fails: exit code 1 with the algorithm's own words."""
    words = ["optimize", "holding", "--parameter", "fail", "1", "1", "1", "--workers", "1"]
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "ValueError: asked to fail" in said
    assert "no point has a value" in said


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_done_and_the_search_goes_on(project: Path) -> None:
    """Exit code 130 with the words to go on; no worker is left; every backtest runs once in all."""
    command = [sys.executable, "-m", "leanib", "optimize"]
    words = ["holding", "--parameter", "wait", "1", "60", "1", "--workers", "2", "--output", "found", "--no-report"]
    first = subprocess.Popen([*command, *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    trials = Path("found/trials.jsonl")
    while not trials.is_file() or len(trials.read_text().splitlines()) < 6:
        assert first.poll() is None
        time.sleep(0.05)
    children = _children(first.pid)
    first.send_signal(signal.SIGINT)
    _, said = first.communicate(timeout=60)
    assert (first.returncode, "go on with 'leanib optimize --resume found'" in said) == (130, True), said
    assert "Traceback" not in said
    assert children
    assert not any(Path(f"/proc/{child}").exists() and _is_alive(child) for child in children)
    done = len(trials.read_text().splitlines())
    second = subprocess.run(
        [*command, "--resume", "found", "--no-report"], text=True, capture_output=True, timeout=110, check=False
    )
    assert second.returncode == 0, second.stderr
    rows = [json.loads(line) for line in trials.read_text().splitlines()]
    assert 6 <= done < len(rows) == 61
    assert len({json.dumps(row["point"]) for row in rows}) == 61


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == parent:
            found.append(int(entry.parent.name))
    return found


def _is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_decoded_data_is_kept_for_the_next_trial_and_changes_no_figure(project: Path, monkeypatch: Any) -> None:
    """The second backtest of a process decodes no price file, and gives what a fresh process gives."""
    task = Task(str(project / "main.py"), str(DATA), {"share": "0.4"}, date(2012, 1, 1), date(2012, 3, 1))
    first = run_task(task)
    decoded: list[Path] = []
    original = price_files._decode
    monkeypatch.setattr(price_files, "_decode", lambda path, *more: decoded.append(path) or original(path, *more))
    second = run_task(task)
    assert first.error == ""
    assert second.figures == first.figures
    assert decoded == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # dask's own
def test_two_workers_of_a_dask_cluster_run_the_search(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A scheduler and two workers, each a process; the best is that of this machine's own processes."""
    words = ["--parameter", "wait", "1", "41", "20", "--target", "Net Profit", "--no-report"]
    assert main(["optimize", "holding", *words, "--workers", "1", "--output", "here"]) == 0
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    started = []

    def start(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([sys.executable, "-m", *words], env=environment, text=True, stderr=subprocess.PIPE)
        started.append(process)
        return process

    try:
        scheduler = start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        assert scheduler.stderr is not None
        address = next(found[0] for line in scheduler.stderr if (found := re.search(r"tcp://127\.0\.0\.1:\d+", line)))
        for _ in range(2):
            start("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard")
        deadline = time.monotonic() + 60
        command = ["optimize", "holding", *words, "--dask", address, "--output"]
        while (code := main([*command, f"there-{time.time()}"])) == 2:
            assert "has no worker" in capsys.readouterr().err
            assert time.monotonic() < deadline
            time.sleep(0.5)
        assert code == 0
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.communicate(timeout=30)
    assert _figures(Path("here/trials.jsonl")) == _figures(max(Path().glob("there-*/trials.jsonl")))


def _figures(file: Path) -> dict[str, Any]:
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return {json.dumps(row["point"]): row["outcome"]["figures"]["statistics"] for row in rows}
