"""What a run's orders were the last time, in a file beside the test."""

from __future__ import annotations

import difflib
from pathlib import Path

from leanib.errors import DataError
from leanib.files import write_text
from leanib.testing.backtest import Backtest

__all__ = ["OrderSnapshot"]


class OrderSnapshot:
    """Compares the orders of runs with those that a file holds.

    Args:
        folder: Where the files are.
        name: The test's name.
        update: Whether to write them anew instead of comparing.
    """

    def __init__(self, folder: Path, name: str, *, update: bool = False) -> None:
        self._folder = folder
        self._name = name
        self._update = update

    def __call__(self, run: Backtest, name: str = "") -> None:
        """Compares; a name tells several snapshots of one test apart.

        Raises:
            AssertionError: They differ; the text shows how.
            DataError: There is no file yet: run pytest with --snapshot-update once, and look at what it wrote.
        """
        file = self._folder / f"{'-'.join(part for part in (self._name, name) if part)}.txt"
        text = run.orders_text()
        if self._update:
            write_text(file, text)
            return
        if not file.is_file():
            raise DataError(f"there is no snapshot {file}; run pytest with --snapshot-update and look at what it wrote")
        before = file.read_text(encoding="utf-8")
        if before != text:
            changes = difflib.unified_diff(before.splitlines(), text.splitlines(), str(file), "this run", lineterm="")
            raise AssertionError(
                "the orders are not those of the snapshot (--snapshot-update takes them over):\n" + "\n".join(changes)
            )
