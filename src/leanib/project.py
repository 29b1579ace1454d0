"""Which project a command belongs to: the folder that it is typed in, or the nearest one above it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["LEAN_JSON", "OPERATIONS", "find_project", "folders_upwards"]

LEAN_JSON = "lean.json"
OPERATIONS = Path("storage/operations")
"""Where what is deployed and what the monitor knows is kept, seen from the project's folder."""
_CONFIGURATION = ("config/paper.toml", "config/live.toml")


def folders_upwards(start: Path) -> list[Path]:
    """The folder and all those above it, nearest first."""
    here = start.resolve()
    return [here, *here.parents]


def find_project(start: Path) -> Path | None:
    """The nearest folder upwards with a `lean.json`, or with one of the brokerage's `config/*.toml`."""
    marks = (LEAN_JSON, *_CONFIGURATION)
    return next((folder for folder in folders_upwards(start) if any((folder / mark).is_file() for mark in marks)), None)
