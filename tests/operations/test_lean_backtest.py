"""A backtest by the `lean` CLI: its words, and what is said when it cannot be had."""

from __future__ import annotations

import json
import sys

import pytest

from leanib.cli.main import main
from leanib.errors import LeanIBError
from leanib.operations import lean_backtest
from leanib.operations.lean_backtest import LeanBacktest

RESULT = {
    "statistics": {"Total Orders": "1"},
    "charts": {"Strategy Equity": {"series": {"Equity": {"values": [[100, 1, 1, 1, 1000.0]]}}}},
    "state": {"Name": "Sample", "Status": "Completed"},
}


@pytest.fixture
def project(tmp_path):
    """A project below a lean.json."""
    (tmp_path / "lean.json").write_text("{}")
    folder = tmp_path / "algorithms" / "sample"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text("")
    return folder


@pytest.fixture
def cli(tmp_path, monkeypatch):
    """A stand-in for the CLI that writes a result, prints its words and ends with a status."""

    def make(status: int, *, writes: bool = True):
        script = tmp_path / "lean"
        script.write_text(
            f"#!{sys.executable}\n"
            "import pathlib, sys\n"
            "folder = pathlib.Path(sys.argv[sys.argv.index('--output') + 1])\n"
            "folder.mkdir(parents=True)\n"
            f"{writes} and (folder / '1.json').write_text({json.dumps(RESULT)!r})\n"
            "print('words:', ' '.join(sys.argv[1:]))\n"
            f"sys.exit({status})\n"
        )
        script.chmod(0o755)
        monkeypatch.setattr(lean_backtest, "_lean", lambda: str(script))

    return make


def test_the_words_are_the_clis_own(project, monkeypatch):
    """Project relative to lean.json, image without a pull when it is here, parameters."""
    monkeypatch.setattr(lean_backtest, "_lean", lambda: "lean")
    run = LeanBacktest(project, "leanib/engine", {"fast": "5"}, project / "out")
    words = run.command(run.destination, is_local=True)
    assert words[:4] == ["lean", "backtest", "algorithms/sample", "--output"]
    assert words[5:] == ["--image", "leanib/engine", "--no-update", "--parameter", "fast", "5"]


def test_table_and_report_come_from_leans_files(project, cli, capfd):
    """What the CLI prints is streamed, and the command ends with LEAN's numbers and a report."""
    cli(0)
    assert main(["backtest", str(project), "--engine", "lean", "--output", str(project / "out")]) == 0
    out = capfd.readouterr().out
    assert "words: backtest algorithms/sample" in out
    assert "Total Orders" in out
    assert "Plotly" in (project / "out" / "report.html").read_text()


def test_json_is_one_object(project, cli, capfd):
    """With --json standard output holds the object, and LEAN's log goes to standard error."""
    cli(0)
    assert main(["backtest", str(project), "--engine", "lean", "--json"]) == 0
    captured = capfd.readouterr()
    assert json.loads(captured.out)["statistics"] == {"Total Orders": "1"}
    assert "words:" in captured.err


def test_leans_failure_is_ours(project, cli):
    """Exit status 1 when the CLI says that something went wrong, with partial results or without any."""
    cli(1)
    assert main(["backtest", str(project), "--engine", "lean"]) == 1
    cli(1, writes=False)
    assert main(["backtest", str(project), "--engine", "lean", "--output", str(project / "none")]) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--start", "2013-10-07"], "--start is for the embedded engine"),
        (["--output", "/elsewhere"], "is outside of"),
    ],
)
def test_what_lean_cannot_do_is_refused(project, cli, capsys, words, sentence):
    """One sentence, exit status 2."""
    cli(0)
    assert main(["backtest", str(project), "--engine", "lean", *words]) == 2
    assert sentence in capsys.readouterr().err


def test_a_missing_cli_is_named_with_its_remedy(project, monkeypatch, capsys):
    """Without `lean` one sentence says what to install; so does one without Docker."""
    monkeypatch.setattr(lean_backtest.shutil, "which", lambda _name: None)
    monkeypatch.setattr(lean_backtest.sys, "executable", str(project / "python"))
    assert main(["backtest", str(project), "--engine", "lean"]) == 2
    assert "pip install lean" in capsys.readouterr().err

    def no_docker():
        raise LeanIBError("the Docker engine does not answer: start Docker")

    monkeypatch.setattr(lean_backtest, "docker_client", no_docker)
    assert main(["backtest", str(project), "--engine", "lean", "--image", "leanib/engine"]) == 2
    assert "start Docker" in capsys.readouterr().err


def test_a_project_without_main_is_refused(project, capsys):
    """The engine runs folders, as the CLI does."""
    (project / "main.py").unlink()
    assert main(["backtest", str(project), "--engine", "lean"]) == 2
    assert "main.py" in capsys.readouterr().err
