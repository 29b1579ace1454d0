"""Files for their owner only: what is deployed, what the monitor knows, who holds the lease."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["FOLDER", "write_private"]

FOLDER = Path("storage/operations")
"""Where they are, seen from the project's folder."""


def write_private(file: Path, text: str) -> None:
    """Replaces a file at once, with mode 0600."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
