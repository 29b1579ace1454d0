"""Decoded data files of a run, the latest used ones: histories read the same files again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from leanib.engine.symbols import Globals

__all__ = ["DecodedFiles"]

_ROWS = 500_000
"""How many rows are kept in all: about 25 MB."""


class DecodedFiles:
    """Columns by file, within a budget of rows; a file beyond a fifth of it is not kept. Columns are not changed."""

    _columns: OrderedDict[Path, Any] = OrderedDict()  # noqa: RUF012 - emptied by Globals.reset
    _rows = 0

    @classmethod
    def get(cls, path: Path, decode: Callable[[], Any]) -> Any:
        """The columns of a file, decoded when they are not known."""
        columns = cls._columns.get(path)
        if columns is not None:
            cls._columns.move_to_end(path)
            return columns
        columns = decode()
        if len(columns.time) <= _ROWS // 5:
            cls._keep(path, columns)
        return columns

    @classmethod
    def _keep(cls, path: Path, columns: Any) -> None:
        cls._columns[path] = columns
        cls._rows += len(columns.time)
        while cls._rows > _ROWS:
            _, oldest = cls._columns.popitem(last=False)
            cls._rows -= len(oldest.time)

    @classmethod
    def clear(cls) -> None:
        """Forget all of them."""
        cls._columns.clear()
        cls._rows = 0


Globals.on_reset(DecodedFiles.clear)
