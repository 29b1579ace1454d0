"""The list of each day's stocks, LEAN's coarse file: what was made up goes beside what is there."""

from __future__ import annotations

import bisect
import datetime as dt
from pathlib import Path

from leanib.data.archive import read_text_lines
from leanib.data.columns import TradeBarColumns
from leanib.data.corporate import FactorRow
from leanib.data.folder import folder_lock
from leanib.data.paths import coarse_path
from leanib.files import write_text

__all__ = ["CoarseLists"]


class CoarseLists:
    """Collects lines; `write` puts them into the folder."""

    def __init__(self) -> None:
        self._lines: dict[dt.date, dict[str, str]] = {}

    def add(self, identifier: str, name: str, days: TradeBarColumns, factors: list[FactorRow]) -> None:
        """A stock's days under one name; `factors` in the file's order."""
        ends = [row.date for row in factors]
        columns = zip(days.time.tolist(), days.close.tolist(), days.volume.tolist(), strict=True)
        for time, close, volume in columns:
            row = factors[min(bisect.bisect_left(ends, time.date()), len(factors) - 1)]
            price, split = f"{row.price_factor:.7f}", f"{row.split_factor:.8f}"
            numbers = f"{close:g},{volume:.0f},{close * volume:.0f},False,{_short(price)},{_short(split)}"
            self._lines.setdefault(time.date(), {})[name] = f"{identifier},{name},{numbers}"

    def write(self, folder: Path, market: str) -> int:
        """Lines of other stocks stay; how many files were written. An OSError leaves files whole."""
        with folder_lock(folder):
            for date, lines in sorted(self._lines.items()):
                path = coarse_path(folder, market, date)
                there = {line.split(",")[1]: line for line in read_text_lines(path) if line} if path.is_file() else {}
                merged = dict(sorted((there | lines).items()))
                write_text(path, "".join(f"{line}\n" for line in merged.values()))
        return len(self._lines)


def _short(text: str) -> str:
    return text.rstrip("0").rstrip(".")
