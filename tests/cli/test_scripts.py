"""The scripts: a few lines each, one command a file, each with its own help."""

from __future__ import annotations

import ast
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

from leanib.cli.main import main

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a script as Python runs it; exit code, output, errors."""

    def script(file: Path, *words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", [str(file), *words])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(file), run_name="__main__")
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return script


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_is_a_few_lines_with_its_own_help(file: Path, run: Run) -> None:
    """Under its own name; what it says no to names it too."""
    assert len(file.read_text().splitlines()) <= 30
    assert ast.get_docstring(ast.parse(file.read_text()))
    code, out, _ = run(file, "--help")
    assert code == 0
    assert f"Usage: {file.name} " in out
    code, _, err = run(file, "--no-such-option")
    assert code == 2
    assert f"see `{file.name} --help`" in err


def test_a_script_is_the_command(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same answer for the same words."""
    monkeypatch.setenv("IB_PAPER_PORT", "9")
    monkeypatch.setenv("LEANIB_CONNECTION__RETRIES", "0")
    monkeypatch.chdir(ROOT)
    code = main(["connect", "--check"])
    expected = capsys.readouterr().err.splitlines()[-1]
    ended, _, err = run(ROOT / "scripts" / "ib_connection.py", "--check")
    assert (ended, err.splitlines()[-1]) == (code, expected)
