"""Files that hold account numbers or credentials are made for their owner only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

__all__ = ["is_open_to_others", "make_private", "private_opener"]

_OWNER_ONLY = stat.S_IRUSR | stat.S_IWUSR


def private_opener(path: str, flags: int) -> int:
    """For `open(..., opener=...)`: a file that is made by it has mode 0600; one that is there keeps its own."""
    return os.open(path, flags, _OWNER_ONLY)


def make_private(path: Path) -> None:
    """Makes an empty file with mode 0600 where there is none; one that is there stays as it is.

    Raises:
        OSError: It cannot be made.
    """
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, _OWNER_ONLY))


def is_open_to_others(path: Path) -> bool:
    """Whether anybody but its owner may read or write a file; False when there is none."""
    try:
        return os.name == "posix" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    except OSError:
        return False
