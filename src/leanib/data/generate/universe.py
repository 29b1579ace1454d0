"""A small universe: days of twenty companies that do not exist, and each day's list of all stocks, LEAN's coarse file.

The list names each stock's close, volume, dollar volume, whether it has fundamental data, and its factors; the five
real stocks stand in it with their real figures. The companies split never and pay nothing.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from leanib.data.corporate import FactorRow, write_factor_file, write_map_file
from leanib.data.generate.actions import actions_of, factor_rows, map_rows
from leanib.data.generate.benchmark import made_up_day
from leanib.data.generate.equities import write_days
from leanib.data.generate.intraday import seeded
from leanib.data.generate.plan import BENCHMARK, COMPANIES, EQUITIES, MADE_UP, UNIVERSE_DAYS
from leanib.data.generate.sources import DailyPrice
from leanib.data.paths import coarse_path, factor_file_path, map_file_path
from leanib.files import write_text

__all__ = ["write_companies", "write_universe"]

_CENT = 100
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DAY_UNIT, _USA_EQUITY = 10**14, 101
_ZERO_DAY = dt.date(1899, 12, 30)


def write_companies(root: Path, dates: list[dt.date]) -> dict[str, list[DailyPrice]]:
    """Writes the companies' days, map and factor files; their days."""
    days = {ticker: _days(ticker, dates) for ticker in COMPANIES}
    for ticker, history in days.items():
        first = history[0].date
        write_map_file(map_file_path(root, "usa", ticker), map_rows(first, ticker, COMPANIES[ticker].exchange))
        write_factor_file(factor_file_path(root, "usa", ticker), factor_rows(first, []))
        write_days(root, ticker, history)
    return days


def _days(ticker: str, dates: list[dt.date]) -> list[DailyPrice]:
    """A walk with a drift, a nervousness, a price and a number of shares a day of the company's own."""
    random = seeded(ticker, "company")
    close = int(random.randint(800, 12_000)) * _CENT
    drift, nerves = int(random.randint(-8, 14)), int(random.randint(80, 260))
    volume = int(random.randint(2, 90)) * 100_000
    days = []
    for date in dates:
        step = drift + int(seeded(ticker, date, "step").randint(-nerves, nerves + 1))
        before, close = close, max(round(close * (10_000 + step) / 10_000 / _CENT), 100) * _CENT
        days.append(made_up_day(ticker, date, before, close, volume))
    return days


def write_universe(root: Path, real: dict[str, list[DailyPrice]], made_up: dict[str, list[DailyPrice]]) -> None:
    """Writes the list of each day of the span."""
    factors = {ticker: factor_rows(days[0].date, actions_of(days)) for ticker, days in real.items()}
    lines: dict[dt.date, list[str]] = {}
    for ticker, days in sorted((real | made_up).items()):
        identifier = _identifier(ticker)
        for day in days:
            if day.date in UNIVERSE_DAYS:
                line = _line(identifier, ticker, day, factors.get(ticker, []), ticker != BENCHMARK)
                lines.setdefault(day.date, []).append(line)
    for date, rows in lines.items():
        write_text(coarse_path(root, "usa", date), "".join(f"{row}\n" for row in rows))


def _line(identifier: str, ticker: str, day: DailyPrice, factors: list[FactorRow], is_company: bool) -> str:
    one = Decimal(1)
    row = next((row for row in factors if row.date >= day.date), FactorRow(day.date, one, one))
    close = f"{Decimal(day.close) / 10_000:f}"
    value = day.close * day.volume // 10_000
    price, split = (f"{round(factor, 7).normalize():f}" for factor in (row.price_factor, row.split_factor))
    return f"{identifier},{ticker},{close},{day.volume},{value},{is_company},{price},{split}"


def _identifier(ticker: str) -> str:
    """LEAN's identifier of a US stock: first day, kind and market as a number in base 36 (`SecurityIdentifier.cs`)."""
    begin = max((EQUITIES | MADE_UP)[ticker].first_date, dt.date(1998, 1, 2))
    number, text = (begin - _ZERO_DAY).days * _DAY_UNIT + _USA_EQUITY, ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return f"{ticker} {text}"
