"""The command line as typed: help, bad usage, exit codes."""

import re
import subprocess
import sys

import pytest

from leanib.cli.main import _with_parameters, main


def test_help_lists_the_commands(capsys):
    """With a line each."""
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert "backtest" in text
    assert "parity" in text


def test_it_tells_its_version(capsys):
    """As `lean --version` does."""
    assert main(["--version"]) == 0
    assert re.fullmatch(r"leanib \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["bactest"], "leanib: No such command 'bactest'. Did you mean 'backtest'? See `leanib --help`"),
        (["parity", "--leen", "x"], "leanib: No such option: --leen"),
        (["parity"], "leanib: Missing option '--lean'"),
        (["parity", "--lean", "/nowhere"], "leanib: /nowhere is not a LEAN checkout"),
    ],
)
def test_bad_usage_is_one_sentence_and_code_two(capsys, words, sentence):
    """Never a traceback."""
    assert main(words) == 2
    error = capsys.readouterr().err
    assert error.startswith(sentence)
    assert error.count("\n") == 1


def test_a_parameter_is_a_key_and_a_value():
    """`--parameter KEY VALUE`, as in the `lean` CLI, and `KEY=VALUE`."""
    words = ["backtest", "x", "--parameter", "fast", "10", "--parameter", "slow=20", "--json"]
    joined = ["backtest", "x", "--parameter", "fast=10", "--parameter", "slow=20", "--json"]
    assert _with_parameters(words, "backtest") == joined
    assert _with_parameters(["--parameter"], "backtest") == ["--parameter"]
    words = ["optimize", "x", "--parameter", "fast", "10", "50", "5", "--parameter", "slow=1:2:1", "--seed", "3"]
    assert _with_parameters(words, "optimize")[2:] == [
        "--parameter", "fast=10:50:5", "--parameter", "slow=1:2:1", "--seed", "3",
    ]  # fmt: skip


def test_help_imports_neither_the_engine_nor_rich_tables_of_pandas():
    """Asking for help must not cost a start of the engine."""
    code = "import sys; from leanib.cli.main import main; main(['--help']); "
    code += "print('numpy' in sys.modules, 'pandas' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip().endswith("False False")
