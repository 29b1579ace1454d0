"""The guide names commands and options that there are; `test_pages.py` says which test runs each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leanib.cli.main import main

ROOT = Path(__file__).parents[2]
GUIDES = ["README.md", *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md"))]
GROUPS = ("monitor", "gateway", "alerts", "data", "order", "journal")


def commands(guide: str) -> set[tuple[str, frozenset[str]]]:
    """Command and options of everything that begins with `leanib` in a guide's code."""
    text = (ROOT / guide).read_text()
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    pieces = [line.partition("#")[0] for block in blocks for line in block.splitlines()]
    pieces += re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    found = set()
    for piece in pieces:
        words = piece.split()
        if not words or words[0] != "leanib" or len(words) < 2:
            continue
        name = " ".join(words[1:3]) if words[1] in GROUPS and len(words) > 2 and words[2].isalpha() else words[1]
        found.add((name, frozenset(word for word in words if word.startswith("--"))))
    return found


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_and_option_is_there(guide: str, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    """By the command's own help."""
    monkeypatch.setenv("COLUMNS", "200")
    found = commands(guide)
    for name, options in sorted(found, key=str):
        capsys.readouterr()
        assert main([*name.split(), "--help"]) == 0, name
        told = capsys.readouterr().out
        missing = [option for option in options if option not in told]
        assert not missing, f"{guide}: leanib {name} has no {missing}"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("status",),
        ("incidents",),
        ("pause",),
        ("resume",),
        ("check",),
        ("unit",),
        ("up",),
        ("down",),
    ],
)
def test_the_monitors_help_reads_well(words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    """A sentence that says what it does."""
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["monitor", *words, "--help"]) == 0
    told = capsys.readouterr().out
    assert "Usage: leanib monitor" in told
    assert re.search(r"^ [A-Z][a-z].*\.", told, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["status"], 1, "no monitor has watched the paper account yet"),
        (["incidents"], 0, "no incident on the paper account so far"),
        (["check"], 1, "no monitor has watched the paper account yet"),
        (["pause", "soon"], 2, "write 30m, 2h or 1d"),
        (["pause", "30d"], 2, "write 30m, 2h or 1d"),
        (["pause", "30m"], 0, "it looks, and does and tells nothing"),
        (["resume"], 0, "it was not paused"),
        (["nonsense"], 2, "No such command 'nonsense'"),
        (["--live", "status"], 2, "put the options behind the subcommand: 'leanib monitor status ...'"),
        (["check", "--tell"], 2, "there is no address"),
    ],
)
def test_what_the_monitor_says_in_an_empty_project(words, code, said, monkeypatch, capsys, tmp_path) -> None:
    """One sentence, the exit code, no traceback."""
    (tmp_path / "lean.json").write_text("{}")
    (tmp_path / "storage/operations").mkdir(parents=True)
    if "--tell" in words:
        (tmp_path / "storage/operations/monitor-paper.dead").unlink(missing_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEANIB_ALERT_URLS", raising=False)
    assert main(["monitor", *words]) == code
    told = capsys.readouterr()
    assert said in told.out + told.err
    assert "Traceback" not in told.err
