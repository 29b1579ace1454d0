"""Where results lie: `<project>/backtests/<moment>/` and `<project>/live/<moment>/`, as the `lean` CLI has them."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["result_folders"]

_DEPTH = 3
_SKIPPED = frozenset(("data", "node_modules", "site-packages", "__pycache__", "storage", "build", "dist"))


def result_folders(root: Path, kind: str) -> list[Path]:
    """The folders of one kind (`backtests`, `live`, `optimizations`) in a project's folder, newest name first.

    Projects lie at most three folders deep; hidden folders and those of data are not looked into.
    """
    found: list[Path] = []
    _collect(root, kind, _DEPTH, found)
    return sorted(found, key=lambda folder: (folder.name, str(folder)), reverse=True)


def _collect(folder: Path, kind: str, depth: int, found: list[Path]) -> None:
    try:
        entries = [entry for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return  # a folder of somebody else's: nothing of ours is in it
    for entry in entries:
        if entry.name == kind:
            found += [Path(one.path) for one in os.scandir(entry.path) if one.is_dir(follow_symlinks=False)]
        elif depth and not entry.name.startswith(".") and entry.name not in _SKIPPED:
            _collect(Path(entry.path), kind, depth - 1, found)
