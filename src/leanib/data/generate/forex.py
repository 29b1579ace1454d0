"""Currency pairs from the European Central Bank's reference rates.

A day's last mid price is the real reference rate, its first is the day before's; high, low and everything within the
day are generated. Days are UTC, as in LEAN's Oanda files; on Fridays the market ends at 21:00 UTC.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import QuoteBarColumns
from leanib.data.generate.intraday import Bars, Ints, bars_of, price_path, seeded, session_times
from leanib.data.generate.plan import FOREX, FOREX_HOURS, FOREX_MINUTES, Pair
from leanib.data.paths import entry_name, zip_path
from leanib.data.writer import quote_bar_lines, write_zip

__all__ = ["write_pair"]

_MARKET = "oanda"
_PER_MINUTE = 4
_Part = tuple[NDArray[np.datetime64], Bars]


@dataclass(frozen=True, slots=True)
class _Day:
    """A day's mid prices as integers in the pair's last decimal."""

    date: dt.date
    open: int
    high: int
    low: int
    close: int


def write_pair(root: Path, name: str, rates: dict[dt.date, dict[str, float]]) -> None:
    """Write every file of one pair, such as EURUSD."""
    pair = FOREX[name]
    days = list(_days(name, pair, rates))
    _write(root, name, "daily", None, [_daily(day) for day in days])
    hours: list[_Part] = []
    for day in days:
        if name in FOREX_HOURS and day.date in FOREX_HOURS[name]:
            path = _course(name, day)
            hours.append(_bars(day.date, path, 60))
            if name in FOREX_MINUTES and day.date in FOREX_MINUTES[name]:
                _write(root, name, "minute", day.date, [_bars(day.date, path, 1)])
    if hours:
        _write(root, name, "hour", None, hours)


def _days(name: str, pair: Pair, rates: dict[dt.date, dict[str, float]]) -> Iterator[_Day]:
    base, quote = name[:3], name[3:]
    before: int | None = None
    for date, row in rates.items():
        row = {"EUR": 1.0} | row
        if base not in row or quote not in row:
            continue
        close = round(row[quote] / row[base] * 10**pair.decimals)
        if before is not None:
            yield _day(name, date, before, close)
        before = close


def _day(name: str, date: dt.date, open_: int, close: int) -> _Day:
    """High and low beyond open and close by 0.05 to 0.35 percent of the price."""
    random = seeded(name, date, "range")
    above, below = (close * int(part) // 100000 for part in random.randint(50, 351, size=2))
    return _Day(date, open_, max(open_, close) + above, min(open_, close) - below, close)


def _course(name: str, day: _Day) -> Ints:
    hours = 21 if day.date.weekday() == 4 else 24
    points = hours * 60 * _PER_MINUTE
    return price_path(seeded(name, day.date), points, (day.open, day.high, day.low, day.close), 1)


def _bars(date: dt.date, path: Ints, minutes: int) -> _Part:
    bars = bars_of(path, np.zeros_like(path), minutes * _PER_MINUTE)
    return session_times(date, 0, len(bars), minutes * 60), bars


def _daily(day: _Day) -> _Part:
    open_, high, low, close = (np.array([value]) for value in (day.open, day.high, day.low, day.close))
    return session_times(day.date, 0, 1, 0), Bars(open_, high, low, close, np.zeros(1, dtype=np.int64))


def _write(root: Path, name: str, resolution: str, date: dt.date | None, parts: list[_Part]) -> None:
    pair = FOREX[name]
    times = np.concatenate([times for times, _ in parts])
    mids = [np.concatenate([getattr(bars, column) for _, bars in parts]) for column in ("open", "high", "low", "close")]
    none = np.zeros(len(times))
    prices = {
        f"{side}_{column}": np.round((mid + shift) / 10**pair.decimals, pair.decimals)
        for side, shift in (("bid", -pair.half_spread), ("ask", pair.half_spread))
        for column, mid in zip(("open", "high", "low", "close"), mids, strict=True)
    }
    bars = QuoteBarColumns(time=times, **prices, bid_size=none, ask_size=none)
    path = zip_path(root, "forex", _MARKET, resolution, name, "quote", date)
    write_zip(path, {entry_name("forex", resolution, name, "quote", date): quote_bar_lines(bars, date, 1)})
