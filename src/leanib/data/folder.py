"""What programs that write into one data folder share: a lock, and files kept aside instead of lost.

What leanib itself notes about a folder lies in `.leanib/` below it; LEAN does not look there.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from leanib.errors import DataError
from leanib.files import write_bytes
from leanib.sample import REFERENCE, sample_data

__all__ = ["NOTES", "bring_tables", "folder_lock", "set_aside"]

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


def bring_tables(root: Path | str) -> list[str]:
    """Copies opening hours, lot sizes and rates into a folder that has none; their names.

    Every data folder needs them. What is there stays.

    Raises:
        DataError: The folder cannot be written.
    """
    missing = [name for name in REFERENCE if not Path(root, name).exists()]
    for name in missing:
        _copy_whole(sample_data() / name, Path(root, name))
    return missing


def _copy_whole(source: Path, target: Path) -> None:
    """Copies a folder, all of it or nothing: half a table of opening hours would be read as a whole one."""
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        for file in sorted(path for path in source.rglob("*") if path.is_file()):
            copy = part / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        part.rename(target)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise DataError(
            f"{target} cannot be written ({error.strerror or error}), which every data folder needs; what else was "
            "written is there: make room, and run the command again"
        ) from error
