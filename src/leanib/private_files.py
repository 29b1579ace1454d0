"""Files that hold account numbers or credentials are made for their owner only."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

__all__ = ["is_open_to_others", "make_private", "private_opener", "write_private"]

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


def write_private(path: Path, text: str) -> None:
    """Replaces a file at once, with mode 0600; its folder is made. What was there stays when it cannot be written.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
