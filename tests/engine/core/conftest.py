"""A data folder with a few days of made-up stocks, and what it takes to run an algorithm over them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leanib.engine.core.engine import BacktestRun, Job, run_backtest
from leanib.engine.symbols import Globals

REPOSITORY = Path(__file__).parents[3]
MONDAY = datetime(2014, 6, 2)
OPEN = 34_200_000
"""9:30 in milliseconds since midnight."""


class Market:
    """Writes LEAN's files: prices in dollars, times in minutes since the open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("market-hours", "symbol-properties", "alternative"):
            (folder / name).symlink_to(REPOSITORY / "data" / name)

    def write(self, path: str, *lines: str) -> None:
        """A text file."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n")

    def write_zip(self, path: str, lines: list[str]) -> None:
        """A zip with one entry."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(file.with_suffix(".csv").name, "\n".join(lines) + "\n")

    def minutes(self, ticker: str, day: datetime, prices: dict[int, float], start: int = OPEN) -> None:
        """Flat minute bars of 100 shares: minute since the open (negative before it) to price."""
        lines = [
            f"{start + minute * 60_000}," + ",".join([f"{price * 10000:.0f}"] * 4) + ",100"
            for minute, price in prices.items()
        ]
        self.write_zip(f"equity/usa/minute/{ticker}/{day:%Y%m%d}_trade.zip", lines)

    def days(self, ticker: str, first: datetime, prices: list[float]) -> None:
        """Flat daily bars on consecutive weekdays."""
        lines, day = [], first
        for price in prices:
            while day.weekday() > 4:
                day += timedelta(days=1)
            lines.append(f"{day:%Y%m%d} 00:00," + ",".join([f"{price * 10000:.0f}"] * 4) + ",1000")
            day += timedelta(days=1)
        self.write_zip(f"equity/usa/daily/{ticker}.zip", lines)

    def map_file(self, ticker: str, *rows: str) -> None:
        """A map file; without rows, of a stock that has always had its ticker."""
        self.write(f"equity/usa/map_files/{ticker}.csv", *(rows or (f"19980102,{ticker},Q", f"20501231,{ticker},Q")))

    def factor_file(self, ticker: str, *rows: str) -> None:
        """A factor file."""
        self.write(f"equity/usa/factor_files/{ticker}.csv", *rows, "20501231,1,1,0")

    def run(self, algorithm: type[Any], **job: Any) -> BacktestRun:
        """Run an algorithm; its error, if any, is raised."""
        run = run_backtest(algorithm, Job(self.folder, **job))
        if run.error is not None:
            raise run.error
        return run


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    """An empty market in a folder of its own."""
    before = Globals.data_folder
    yield Market(tmp_path)
    Globals.reset(before)
