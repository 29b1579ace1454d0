"""`leanib backtest --profile`: the user's own lines, with what they call, and nobody else's."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from leanib.cli.main import main
from leanib.cli.profile import LineTimes

ALGORITHM = """\
from AlgorithmImports import *


class Slow(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2010, 1, 4)
        self.set_end_date(2010, 3, 31)
        self.add_equity("IBM", Resolution.DAILY)

    def on_data(self, data):
        for number in range(300):
            self.portfolio["IBM"].quantity
"""


def frame(file: str, line: int) -> str:
    """A frame as pyinstrument writes it."""
    return f"function\x00{file}\x001\x01cThing\x01l{line}"


def test_time_is_counted_once_for_a_line_and_innermost_for_the_sum(tmp_path: Path) -> None:
    """A line that calls another of the user's has the other's time too; the engine's own time is no line's."""
    mine, engine = str(tmp_path / "main.py"), "/elsewhere/engine.py"
    records = [
        ([frame(engine, 1), frame(mine, 10), frame(mine, 20), frame(engine, 2)], 3.0),
        ([frame(engine, 1), frame(mine, 10), frame(engine, 2)], 1.0),
        ([frame(engine, 1), "[await]\x00\x000"], 4.0),
    ]
    times = LineTimes.of(records, tmp_path)
    assert times.total == 8.0
    assert times.whole == {(mine, 10): 4.0, (mine, 20): 3.0}
    assert times.own == {(mine, 20): 3.0, (mine, 10): 1.0}
    lines = times.text(tmp_path).splitlines()
    assert lines[0] == "your code, and what it calls: 4.00 s of 8.00 s (50%)"
    assert lines[1].split()[:4] == ["50.0%", "4.00", "s", "main.py:10"]


def test_a_profiled_run_names_the_slow_line(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    """A path that is not absolute, as users type it; the tree of calls lies beside the results."""
    (tmp_path / "main.py").write_text(ALGORITHM)
    sample = Path(__file__).parents[2] / "data"
    monkeypatch.chdir(tmp_path)
    words = ["backtest", "main.py", "--data-folder", str(sample), "--output", "out", "--no-report", "--profile"]
    assert main(words) == 0
    text = capsys.readouterr().out
    assert 'self.portfolio["IBM"].quantity' in text
    assert "profile: out/profile.html" in text
    assert "pyinstrument" in Path("out/profile.html").read_text()


def test_without_the_library_it_says_how_to_get_it(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    """One sentence, and nothing is run."""
    (tmp_path / "main.py").write_text(ALGORITHM)
    original = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "pyinstrument" else original(name, *rest)
    )
    assert main(["backtest", str(tmp_path / "main.py"), "--profile"]) == 2
    assert "pip install 'leanib[profile]'" in capsys.readouterr().err
