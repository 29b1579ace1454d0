"""What programs that write into one data folder share: a lock, and files kept aside instead of lost.

What leanib itself notes about a folder lies in `.leanib/` below it; LEAN does not look there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from leanib.errors import DataError
from leanib.files import write_bytes

__all__ = ["NOTES", "folder_lock", "set_aside"]

NOTES = ".leanib"
_PATIENCE = 60.0


@contextlib.contextmanager
def folder_lock(root: Path | str, patience: float = _PATIENCE) -> Iterator[None]:
    """Nobody else reads, changes and writes a file of the folder meanwhile; held for one such change.

    Raises:
        DataError: Another program has held it all the time, or the folder cannot be written.
    """
    from filelock import FileLock, Timeout  # only who writes needs it: the simulator reads, with nothing installed

    path = Path(root, NOTES, "lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=patience)
        lock.acquire()
    except Timeout:
        raise DataError(
            f"another program has been writing to {root} for {patience:g} s; wait until it is done, or end it"
        ) from None
    except OSError as error:
        raise DataError(f"{root} cannot be written ({error.strerror or error}); nothing there was lost") from error
    try:
        yield
    finally:
        lock.release()


def set_aside(path: Path) -> Path:
    """Keep a file's content as it is, under a name that no file has yet: `NAME.old`; the new path."""
    old, number = path.with_name(f"{path.name}.old"), 1
    while old.exists():
        number += 1
        old = path.with_name(f"{path.name}.old{number}")
    write_bytes(old, path.read_bytes())
    return old
