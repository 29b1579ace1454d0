"""Runs have processes of their own, which end by the deadline, and whatever ends one is told."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from leanib.parity import Expectation, Outcome, run_all
from leanib.testing import DataBuilder

PROVIDER = Path("Tests", "Common", "Data", "Fundamental", "TestFundamentalDataProvider.cs")
ALGORITHM = """
from AlgorithmImports import *
import os
import time

class Own(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2024, 1, 2)
        self.set_end_date(2024, 1, 4)
        {}
"""


@pytest.fixture
def run(tmp_path: Path, lean_data: DataBuilder) -> Callable[..., Outcome]:
    """The outcome of an algorithm whose `initialize` ends with a statement."""
    lean_data.bars("SPY", "2024-01-02", [100, 101, 102])
    (tmp_path / PROVIDER).parent.mkdir(parents=True)
    (tmp_path / PROVIDER).write_text("")
    (tmp_path / "Data").symlink_to(lean_data.folder)

    def run(statement: str, deadline: float = 60.0) -> Outcome:
        source = tmp_path / "Own.py"
        source.write_text(ALGORITHM.format(statement))
        (outcome,) = run_all([Expectation("Own", source, {})], tmp_path, 1, deadline, lambda *_: None)
        return outcome

    return run


def test_an_answer_comes_with_its_own_time(run: Callable[..., Outcome], capfd: pytest.CaptureFixture[str]) -> None:
    """CPU time is the run's, without the imports; what the algorithm prints stays away."""
    outcome = run("print('heard'); os.system('echo heard')")
    assert (outcome.status, outcome.error) == ("Completed", "")
    assert outcome.statistics["Total Orders"] == "0"
    assert 0 < outcome.cpu_seconds < outcome.seconds + 0.1
    assert "heard" not in capfd.readouterr().out


def test_a_run_that_takes_too_long_is_ended(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """It is no longer there afterwards."""
    note = tmp_path / "pid"
    outcome = run(f"open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)", deadline=3)
    assert (outcome.status, outcome.error) == ("Timeout", "still running after 3 s")
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_a_process_that_dies_is_a_crash(run: Callable[..., Outcome]) -> None:
    """With its last words, or its exit code."""
    outcome = run("os.write(2, b'last words'); os._exit(3)")
    assert (outcome.status, outcome.error, outcome.traceback) == ("Crash", "last words", "last words")
    assert run("os._exit(3)").error == "ended with code 3"
