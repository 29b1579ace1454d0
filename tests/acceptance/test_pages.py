"""Every command of the guide: run as it is written, or by the test that is named for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PAGES = [ROOT / "README.md", *sorted(set((ROOT / "docs").glob("*.md")) - {ROOT / "docs" / "DESIGN.md"})]
_PROGRAMS = ("leanib", "make", "lean", "pytest", ".venv/bin/", "git", "docker", "cp", "pip", "$ leanib")

BY_ANOTHER_TEST = {
    ".venv/bin/lean backtest": "tests/containers/test_lean_cli.py",
    ".venv/bin/lean login": "",  # QuantConnect's own, with an account there
    ".venv/bin/lean optimize": "tests/containers/test_lean_cli.py",
    ".venv/bin/leanib doctor": "tests/containers/test_simulator_container.py",
    ".venv/bin/pip install": "tests/cli/test_research.py",
    "cp .env.example .env": "tests/acceptance/test_project_files.py",
    "docker exec": "tests/containers/gateway_stand.py",
    "docker pull": "",  # needs a registry
    "git clone": "",  # needs GitHub
    "lean live deploy": "tests/containers/test_trading.py",
    "leanib account": "tests/cli/test_ib_commands.py",
    "leanib alerts": "tests/operations/alerts",
    "leanib backtest algorithms/daily_momentum --engine lean": "tests/containers/test_lean_cli.py",
    "leanib dashboard": "tests/operations/dashboard/test_program.py",
    "leanib deploy": "tests/containers/test_trading.py",
    "leanib doctor": "tests/containers/test_simulator_container.py",
    "leanib gateway": "tests/containers/test_gateway_start.py",
    "leanib live": "tests/engine/live",
    "leanib logs": "tests/containers/test_trading.py",
    "leanib monitor": "tests/operations/monitor",
    "leanib order": "tests/cli/test_order_commands.py",
    "leanib parity": "tests/parity",
    "leanib quotes": "tests/cli/test_ib_commands.py",
    "leanib redeploy": "tests/containers/test_trading.py",
    "leanib research": "tests/cli/test_research.py",
    "leanib simulate": "tests/simulator/test_guide.py",
    "leanib status": "tests/containers/test_trading.py",
    "leanib stop": "tests/containers/test_trading.py",
    "make backtest": "tests/acceptance/test_project_files.py",
    "make engine-image": "tests/containers/images.py",
    "make paper": "tests/acceptance/test_project_files.py",
    "make simulator": "tests/containers/test_simulator_container.py",
    "make test": "tests/acceptance/test_project_files.py",
}
"""What a command begins with, and the test that runs it; "" where nothing here can, for the reason beside it."""

RUN_HERE = ("backtesting.md", "derivatives.md", "lean-cli.md", "live.md", "optimizing.md", "paper-account.md")
"""Pages whose other commands are run by this file, in a copy of a fresh clone."""

WITH_TESTS_OF_THEIR_OWN = {
    "data.md": "tests/data",
    "tutorial.md": "tests/acceptance/test_guide.py",
}


def _blocks(text: str) -> list[tuple[str, str]]:
    """Every fenced block with its language; all of them are looked for, so that no end is taken for a beginning."""
    return re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL)


def _commands(page: Path) -> list[str]:
    text = re.sub(r"\\\n\s*", "", page.read_text())
    blocks = [block for language, block in _blocks(text) if language in ("", "bash", "console")]
    lines = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.startswith(_PROGRAMS)]


def _files(page: Path) -> list[tuple[str, str]]:
    """The programs of a page that are to be saved: the first line of each is a comment with its file's name."""
    blocks = [block for language, block in _blocks(page.read_text()) if language == "python"]
    named = [(re.match(r"# (\w+\.py)\n", block), block) for block in blocks]
    return [(name[1], block) for name, block in named if name]


def _elsewhere(command: str) -> str | None:
    found = [start for start in BY_ANOTHER_TEST if f"{command} ".startswith(f"{start} ")]
    return max(found, key=len, default=None)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_is_run_by_a_test(page: Path) -> None:
    """Here, or by the test of its page, or by the test of the command."""
    if page.name in WITH_TESTS_OF_THEIR_OWN:
        assert (ROOT / WITH_TESTS_OF_THEIR_OWN[page.name]).exists()
        return
    unknown = [command for command in _commands(page) if _elsewhere(command) is None and page.name not in RUN_HERE]
    assert unknown == [], f"{page.name}: name the test of each in BY_ANOTHER_TEST"


def test_every_named_test_is_there() -> None:
    """And no entry has outlived the command that it was made for."""
    assert [test for test in BY_ANOTHER_TEST.values() if test and not (ROOT / test).exists()] == []
    used = {_elsewhere(command) for page in PAGES for command in _commands(page)}
    assert sorted(BY_ANOTHER_TEST.keys() - used) == []


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a fresh clone, with the results of two backtests at the names that the pages use."""
    folder = tmp_path_factory.mktemp("clone") / "leanib"
    folder.mkdir()
    for name in ("config", "algorithms"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("backtests", "live", "__pycache__"))
    shutil.copy(ROOT / "lean.json", folder)
    (folder / "data").symlink_to(ROOT / "data")
    shutil.copy(folder / "algorithms" / "daily_momentum" / "main.py", folder / "my_algorithm.py")
    for name in ("A", "B"):
        run = f"algorithms/daily_momentum/backtests/{name}"
        _run(folder, f"leanib backtest algorithms/daily_momentum --output {run} --end 2007-12-31")
        (folder / name).symlink_to(folder / run)
    return folder


def _run(folder: Path, command: str) -> str:
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", RUN_HERE)
def test_the_commands_of_a_page_go_as_they_are_written(page: str, clone: Path) -> None:
    """Each with exit code 0, over the files that the page tells to save."""
    for name, text in _files(ROOT / "docs" / page):
        (clone / name).write_text(text)
    commands = [command for command in _commands(ROOT / "docs" / page) if _elsewhere(command) is None]
    assert commands
    for command in commands:
        _run(clone, command)


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1], ids=["option", "future"])
def test_the_first_option_and_the_first_future_say_what_their_page_shows(number: int, clone: Path) -> None:
    """Line by line, without the times."""
    page = ROOT / "docs" / "derivatives.md"
    files = _files(page)
    name, text = files[number]
    (clone / name).write_text(text)
    told = _run(clone, f"leanib backtest {name} --no-report 2>&1")
    shown = [block for language, block in _blocks(page.read_text()) if language == "text"]
    assert len(shown) == len(files) == 2
    said = {line[20:].strip() for line in told.splitlines()}
    assert [line for line in shown[number].splitlines() if line not in said] == []
