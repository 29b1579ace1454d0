"""Writing files whole: what is cut off by a full disk never carries a file's name, and what was there stays."""

from __future__ import annotations

import contextlib
from pathlib import Path

__all__ = ["write_bytes", "write_text"]


def write_bytes(path: Path | str, content: bytes) -> None:
    """Write a file whole or not at all; its folder is made. An OSError leaves the file as it was."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name[:200]}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write_text(path: Path | str, text: str) -> None:
    """Likewise for text: UTF-8, lines end as they are given."""
    write_bytes(path, text.encode("utf-8"))
