"""What an editor does with .vscode: F5 under debugpy stops and shows readable objects, tests are found, tasks run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import json5
import pytest
from tests.acceptance.debug_client import DebugClient

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A copy of a fresh clone, as far as the editor needs it."""
    folder = tmp_path / "leanib"
    folder.mkdir()
    for name in (".vscode", "config"):
        shutil.copytree(ROOT / name, folder / name)
    ignored = shutil.ignore_patterns("backtests", "live", "__pycache__")
    shutil.copytree(ROOT / "algorithms" / "daily_momentum", folder / "algorithms" / "daily_momentum", ignore=ignored)
    for name in ("lean.json", "pyproject.toml", "Makefile"):
        shutil.copy(ROOT / name, folder)
    (folder / "data").symlink_to(ROOT / "data")
    (folder / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    (folder / ".venv" / ".installed").touch()
    return folder


def _line(file: Path, text: str) -> int:
    return next(number for number, line in enumerate(file.read_text().splitlines(), 1) if text in line)


def test_f5_stops_in_the_strategy_and_shows_what_it_holds(workspace: Path) -> None:
    """In its own lines, with texts in the pane of variables; then the backtest goes on to its end and its report."""
    main = workspace / "algorithms" / "daily_momentum" / "main.py"
    line = _line(main, "self.set_holdings(")
    with DebugClient(workspace, main, "Backtest the open algorithm (embedded engine)") as editor:
        editor.start({main: [line]})
        file, stopped, frame = editor.stopped_at()
        assert (file, stopped) == (main, line)
        shown = editor.variables(frame)
        assert shown["self"].startswith("<DailyMomentum at 20")
        assert " object at 0x" not in "".join(shown.values())
        assert editor.hover(frame, "self.portfolio['AAPL']").startswith("<SecurityHolding AAPL ")
        assert editor.finish() == 0
    assert list((main.parent / "backtests").glob("*/report.html"))


def test_a_test_is_debugged_into_the_strategy(workspace: Path) -> None:
    """The open test file's own configuration."""
    test = workspace / "algorithms" / "daily_momentum" / "test_main.py"
    main = test.parent / "main.py"
    line = _line(main, "self.set_start_date(")
    with DebugClient(workspace, test, "Debug the open test file") as editor:
        editor.start({main: [line]})
        file, stopped, frame = editor.stopped_at()
        assert (file, stopped) == (main, line)
        assert editor.variables(frame)["self"].startswith("<")
        assert editor.finish() == 0


def test_the_explorer_finds_the_tests_of_strategies(workspace: Path) -> None:
    """Those of a strategy that `leanib new` has just made too, without a setting."""
    settings = json5.loads((workspace / ".vscode" / "settings.json").read_text())
    python = settings["python.defaultInterpreterPath"].replace("${workspaceFolder}", str(workspace))
    subprocess.run([python, "-m", "leanib", "new", "my_first"], cwd=workspace, check=True, capture_output=True)
    words = [python, "-m", "pytest", "--collect-only", "-q", *settings.get("python.testing.pytestArgs", ())]
    done = subprocess.run(words, cwd=workspace, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    for found in ("algorithms/daily_momentum/test_main.py::", "algorithms/my_first/test_my_first.py::"):
        assert found in done.stdout


@pytest.mark.parametrize("label", ["backtest the open algorithm", "test the open algorithm"])
def test_a_task_of_the_open_algorithm_runs(workspace: Path, label: str) -> None:
    """As it is written."""
    tasks = json5.loads((workspace / ".vscode" / "tasks.json").read_text())["tasks"]
    [command] = [task["command"] for task in tasks if task["label"] == label]
    folder = workspace / "algorithms" / "daily_momentum"
    command = command.replace("${fileDirname}", str(folder))
    done = subprocess.run(command, shell=True, cwd=workspace, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
