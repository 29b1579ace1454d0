"""Writing files whole: what is cut off by a full disk never carries a file's name, and what was there stays."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["PART", "write_bytes", "write_parts", "write_text"]

PART = ".part"
"""How the name of a file that is being written ends; one that stays was left by a program that was killed."""

_numbers = itertools.count()


def write_bytes(path: Path | str, content: bytes) -> None:
    """Write a file whole or not at all; its folder is made. An OSError leaves the file as it was."""
    write_parts(path, (content,))


def write_parts(path: Path | str, parts: Iterable[bytes]) -> None:
    """Likewise, of parts that are made as they are written; what making one raises leaves the file as it was, too."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: of two programs that write the same file neither may take the other's half for its own.
    part = target.with_name(f".{target.name[:200]}.{os.getpid()}-{next(_numbers)}{PART}")
    try:
        with part.open("wb") as file:
            file.writelines(parts)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write_text(path: Path | str, text: str) -> None:
    """Likewise for text: UTF-8, lines end as they are given."""
    write_bytes(path, text.encode("utf-8"))
