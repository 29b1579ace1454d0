"""How long `leanib data check` takes for a year of minutes of many symbols, generated for the purpose.

    python benchmarks/data_check.py [--symbols 500] [--days 252] [--jobs 0]

Every symbol has a file of trades a day: 390 bars of a seeded walk, of which there are 50 (the others are copies, under
names of their own: making them all would take a quarter of an hour). Prints files, bars, seconds of the clock
and of the processors, and what was found (nothing).
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import numpy as np

from leanib.data.check import check_folder
from leanib.data.columns import TradeBarColumns
from leanib.data.corporate import FactorRow, MapRow, write_factor_file, write_map_file
from leanib.data.market_hours import MarketHoursFile
from leanib.data.paths import factor_file_path, map_file_path
from leanib.data.series_files import write_columns
from leanib.data.sources import Series
from leanib.sample import sample_data

FIRST = dt.date(2023, 1, 3)
END_OF_TIME = dt.date(2050, 12, 31)
ONE = Decimal(1)
DISTINCT = 50


def main() -> None:
    """Generates, checks, prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--symbols", type=int, default=500)
    parser.add_argument("--days", type=int, default=252)
    parser.add_argument("--jobs", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.perf_counter()
        files = generate(folder, asked.symbols, asked.days)
        print(f"{files:,} files, {files * 390:,} bars, generated in {time.perf_counter() - begun:.0f} s")
        load, begun, cpu = os.getloadavg()[0], time.perf_counter(), sum(os.times()[:4])
        problems = list(check_folder(folder, asked.jobs))
        wall, spent = time.perf_counter() - begun, sum(os.times()[:4]) - cpu
        print(f"checked in {wall:.1f} s, {spent:.1f} s of CPU ({os.cpu_count()} cores, load {load:.1f} before)")
        print(f"{len(problems)} problems", *(problem.text for problem in problems[:3]), sep="\n")


def generate(folder: Path, symbols: int, days: int) -> int:
    """Writes the folder; how many files of prices it has."""
    for table in ("market-hours", "symbol-properties"):
        shutil.copytree(sample_data() / table, folder / table)
    hours = MarketHoursFile(folder / "market-hours/market-hours-database.json").entry("Equity-usa-[*]")
    dates = [day for day in (FIRST + dt.timedelta(days=n) for n in range(days * 2)) if hours.is_trading_day(day)][:days]
    for number in range(symbols):
        random = np.random.default_rng(number)
        ticker = f"s{number:03}"
        write_map_file(map_file_path(folder, "usa", ticker), [MapRow(FIRST, ticker), MapRow(END_OF_TIME, ticker)])
        factors = [FactorRow(day, ONE, ONE, ONE) for day in (FIRST, END_OF_TIME)]
        write_factor_file(factor_file_path(folder, "usa", ticker), factors)
        folder_of = folder / "equity/usa/minute"
        if number >= DISTINCT:
            shutil.copytree(folder_of / f"s{number % DISTINCT:03}", folder_of / ticker)
            continue
        walk = np.rint(5000 + np.cumsum(random.integers(-3, 4, size=days * 391)))
        walk = np.abs(walk - 500) + 500
        for at, day in enumerate(dates):
            write_columns(folder, Series("equity", "usa", ticker, "minute", "trade"), day, _bars(day, walk, at, random))
    return symbols * len(dates)


def _bars(day: dt.date, walk: np.ndarray, at: int, random: np.random.Generator) -> TradeBarColumns:
    path = walk[at * 390 : at * 390 + 391] / 100
    start = np.datetime64(day, "us") + np.timedelta64(570, "m")
    times = start + np.arange(390) * np.timedelta64(60, "s")
    open_, close = path[:-1], path[1:]
    volume = random.integers(100, 5000, size=390).astype(np.float64)
    high, low = np.maximum(open_, close) + 0.01, np.minimum(open_, close) - 0.01
    return TradeBarColumns(times, open_, high, low, close, volume)


if __name__ == "__main__":
    main()
