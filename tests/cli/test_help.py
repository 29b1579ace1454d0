"""Every command's help and its answer to a wrong option read well: all of them, found by walking the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from leanib.cli.main import _alone, main, summaries


def commands() -> Iterator[tuple[str, Any]]:
    """Each command and subcommand, by its words."""
    for name in summaries():
        yield from _below(name, get_command(_alone(name)))


def _below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield words, command
    for name, one in getattr(command, "commands", {}).items():
        yield from _below(f"{words} {name}", one)


@pytest.fixture(scope="module")
def all_commands() -> dict[str, Any]:
    """Loaded once."""
    return dict(commands())


@pytest.mark.parametrize("name", list(summaries()))
def test_help_says_what_each_command_does_and_what_each_option_means(name, all_commands, capsys, monkeypatch):
    """A sentence; no option without words; brackets such as `[default: ...]` are shown as they are written."""
    monkeypatch.setenv("COLUMNS", "300")
    found = {words: one for words, one in all_commands.items() if words.split()[0] == name}
    for words, one in found.items():
        capsys.readouterr()
        assert main([*words.split(), "--help"]) == 0, words
        told = capsys.readouterr().out
        assert f"Usage: leanib {words}" in told
        assert re.search(r"^ [A-Z].*[.:]", told, re.MULTILINE), told
        for parameter in one.params:
            if getattr(parameter, "hidden", False) or parameter.name == "help" or not hasattr(parameter, "help"):
                continue
            written = (parameter.help or "").replace("\\[", "[")
            for bracket in re.findall(r"\[[a-z][^]]*\]", written):
                assert bracket in re.sub(r"\s+", " ", told), f"leanib {words}: {bracket}"


@pytest.mark.parametrize("name", list(summaries()))
def test_paragraphs_of_help_fill_the_terminal(name, all_commands, capsys, monkeypatch):
    """However wide it is: no line ends early because the source's does."""
    monkeypatch.setenv("COLUMNS", "1000")
    for words, one in all_commands.items():
        if words.split()[0] != name:
            continue
        capsys.readouterr()
        main([*words.split(), "--help"])
        told = capsys.readouterr().out
        for paragraph in (one.help or "").split("\n\n"):
            if not re.search(r"\n[ \-*]", paragraph):
                assert " ".join(paragraph.split()).replace("\\[", "[") in told, f"leanib {words}"


@pytest.mark.parametrize("name", list(summaries()))
def test_a_wrong_option_is_one_sentence_that_names_the_right_help(name, all_commands, capsys):
    """Exit code 2, no traceback."""
    for words, one in all_commands.items():
        if words.split()[0] != name or getattr(one, "commands", None):
            continue
        capsys.readouterr()
        assert main([*words.split(), "--no-such-option"]) == 2, words
        said = capsys.readouterr().err
        assert said.count("\n") == 1, said
        assert said.startswith("leanib: No such option: --no-such-option"), said
        assert f"`leanib {words} --help`" in said
