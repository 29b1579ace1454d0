"""Decoded data files of a run, the latest used ones: histories read the same files again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from leanib.engine.symbols import PerRun

__all__ = ["DECODED_FILES", "DecodedFiles"]

_ROWS = 500_000
"""How many rows are kept in all: about 25 MB."""


class DecodedFiles:
    """Columns by file, within a budget of rows; a file beyond a fifth of it is not kept. Columns are not changed.

    Args:
        budget: how many rows are kept in all, about 50 bytes each.
    """

    def __init__(self, budget: int = _ROWS) -> None:
        self._columns: OrderedDict[Path, Any] = OrderedDict()
        self._rows = 0
        self._budget = budget

    def get(self, path: Path, decode: Callable[[], Any]) -> Any:
        """The columns of a file, decoded when they are not known."""
        columns = self._columns.get(path)
        if columns is not None:
            self._columns.move_to_end(path)
            return columns
        columns = decode()
        if len(columns.time) <= self._budget // 5:
            self._keep(path, columns)
        return columns

    def _keep(self, path: Path, columns: Any) -> None:
        self._columns[path] = columns
        self._rows += len(columns.time)
        while self._rows > self._budget:
            _, oldest = self._columns.popitem(last=False)
            self._rows -= len(oldest.time)


DECODED_FILES = PerRun(DecodedFiles)
