"""LEAN's result files in a folder (`Engine/Results/BaseResultsHandler.cs`, SaveResults and SaveLogs)."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path

from leanib.errors import ResultError
from leanib.files import write_parts

__all__ = ["ResultFiles"]


class ResultFiles:
    """Writes one run's files: `<id>.json`, `<id>-summary.json`, `<id>-order-events.json`, `<id>-log.txt`.

    Raises ResultError, naming the folder and the remedy, when a file cannot be written.
    """

    def __init__(self, folder: Path, algorithm_id: str) -> None:
        self.folder = folder
        self._id = algorithm_id

    @property
    def result(self) -> Path:
        """The whole result."""
        return self.folder / f"{self._id}.json"

    @property
    def summary(self) -> Path:
        """Statistics and the thinned equity curve."""
        return self.folder / f"{self._id}-summary.json"

    @property
    def order_events(self) -> Path:
        """The order events."""
        return self.folder / f"{self._id}-order-events.json"

    @property
    def log(self) -> Path:
        """The algorithm's log."""
        return self.folder / f"{self._id}-log.txt"

    def write(self, path: Path, text: str) -> None:
        """Write a file whole or not at all: one that is cut off never carries its name."""
        self.write_parts(path, (text,))

    def write_parts(self, path: Path, parts: Iterable[str]) -> None:
        """Likewise, of parts that are made as they are written."""
        try:
            write_parts(path, (part.encode() for part in parts))
        except OSError as error:
            raise ResultError(_sentence(path, error)) from error

    def write_log(self, lines: Iterable[str]) -> None:
        """Write the log, a message a line."""
        self.write(self.log, "".join(f"{line}\n" for line in lines))


def _sentence(path: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full: {path} could not be written; free some space or choose another folder with --output"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path} may not be written; choose a folder of your own with --output"
    return f"{path} could not be written ({error.strerror}); choose another folder with --output"
