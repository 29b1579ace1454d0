"""The page about data: every command and every piece of Python on it runs as it is written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from leanib.cli.main import main
from leanib.simulator.testing import background_simulator

__all__ = ["background_simulator"]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "data.md").read_text()
COMMANDS = re.findall(r"^    leanib (data .+)$", PAGE, re.MULTILINE)
INLINE = re.findall(r"`leanib (data [^`]+)`", PAGE)
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def project(background_simulator: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the page expects it: the sample data, a Gateway, and a user's own files."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("second", "tick"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IB_HOST", background_simulator.host)
    monkeypatch.setenv("IB_PAPER_PORT", str(background_simulator.port))
    monkeypatch.setenv("LEANIB_STATE_FOLDER", str(tmp_path / "state"))
    bars = pd.DataFrame({"open": [1.0, 2.0], "high": [2.0, 3.0], "low": [1.0, 2.0], "close": [2.0, 2.5]})
    days = bars.assign(date=["2024-01-02", "2024-01-03"])
    days.to_csv("prices.csv", index=False)
    bars.assign(date=["2030-01-02", "2030-01-03"]).to_csv("btcusd.csv", index=False)
    bars.assign(date=["2024-01-02 09:30", "2024-01-02 09:31"]).to_csv("spy.csv", index=False)
    bars.assign(date=["2030-01-02 09:00", "2030-01-02 10:00"]).to_csv("eurusd.csv", index=False)
    renamed = bars.rename(columns={"close": "px_last"})
    renamed.assign(ts=["2024-01-02 14:30", "2024-01-02 14:31"]).to_parquet("prices.parquet")
    return tmp_path


@pytest.mark.slow
def test_every_command_and_snippet_runs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the page's order, each with exit code 0."""
    assert len(COMMANDS) > 12
    assert len(PYTHON) == 2
    for command in COMMANDS:
        code = main(command.split())
        output = capsys.readouterr()
        assert code == 0, (command, output.out[-1000:], output.err[-1000:])
    for snippet in PYTHON:
        exec(compile(snippet, "docs/data.md", "exec"), {})


def test_commands_in_sentences_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    """Each names a command that has the options it is shown with."""
    for command in INLINE:
        name, *words = command.split()[1:]
        assert main(["data", name, "--help"]) == 0
        text = capsys.readouterr().out
        for word in words:
            if word.startswith("--"):
                assert word in text, command


def test_every_command_is_on_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    """And none is forgotten."""
    from leanib.cli.data import app

    names = {one.name or "" for one in app.registered_commands} | {"check", "generate"}
    assert {command.split()[1] for command in (*COMMANDS, *INLINE)} >= names - {""}
