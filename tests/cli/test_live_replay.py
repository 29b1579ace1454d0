"""`leanib live` as typed: what would mean something else than what was asked is refused or told."""

from __future__ import annotations

from pathlib import Path

import pytest

from leanib.cli.main import main

STRATEGY = """
from AlgorithmImports import *


class Watcher(QCAlgorithm):
    def initialize(self):
        self.add_equity("AAPL", Resolution.MINUTE)
        self.add_equity("SPY", Resolution.DAILY)
        self.set_benchmark(lambda _: 1)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, with the sample data, and a strategy that only watches."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "first", "--sample-data"]) == 0
    (tmp_path / "algorithms" / "first" / "main.py").write_text(STRATEGY)
    return tmp_path


@pytest.mark.slow
def test_a_replay_tells_what_the_folder_has_no_prices_of(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A Saturday has none of anything; on a day that is there nothing is told."""
    assert main(["live", "algorithms/first", "--replay", "2013-02-23"]) == 0
    assert "data has no prices of AAPL, SPY on 2013-02-23" in capsys.readouterr().err
    assert main(["live", "algorithms/first", "--replay", "2013-02-25"]) == 0
    assert "no prices" not in capsys.readouterr().err


def test_an_empty_name_of_a_book_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As from a variable that is not set: it would mean the whole account."""
    assert main(["live", "algorithms/first", "--book", "", "--replay", "2013-02-25"]) == 2
    assert "--book takes a name of letters" in capsys.readouterr().err
