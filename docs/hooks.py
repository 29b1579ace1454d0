"""What MkDocs does besides: pages that live elsewhere in the repository, and the list of commands."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from leanib.cli.main import main, subcommands, summaries

ROOT = Path(__file__).parents[1]
ELSEWHERE = {"../data/README.md": "sample-data.md", "../README.md": "index.md"}
COMMANDS = "reference/commands.md"


def on_config(config: Any) -> Any:
    """Pages that the navigation does not name yet stand at the end of "How to": none is ever lost."""
    named = set(re.findall(r"'([^']+\.md)'", str(config.nav)))
    here = ROOT / "docs"
    pages = sorted(path.relative_to(here).as_posix() for path in here.rglob("*.md"))
    [guides] = [part["How to"] for part in config.nav if "How to" in part]
    guides += [page for page in pages if page not in named]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Adds the page about the sample data and the one about the commands."""
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "sample-data.md", content=text))
    files.append(File.generated(config, COMMANDS, content=_commands()))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links to files outside of docs/ lead to their pages here."""
    for path, name in ELSEWHERE.items():
        markdown = markdown.replace(f"]({path})", f"]({name})")
    return markdown


def _commands() -> str:
    """Every command's own help, and that of the commands below it."""
    parts = ["# Commands", "", "What `leanib COMMAND --help` prints.", ""]
    for name, summary in summaries().items():
        parts += [f"## leanib {name}", "", summary, "", "```text", _help(name), "```", ""]
        for below in subcommands(name):
            parts += [f"### leanib {name} {below}", "", "```text", _help(name, below), "```", ""]
    return "\n".join(parts)


def _help(*words: str) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = main([*words, "--help"])
    if code:
        raise RuntimeError(f"leanib {' '.join(words)} --help ended with exit code {code}")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", printed.getvalue())).strip()
