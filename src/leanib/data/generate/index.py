"""FIVE: the equal-weighted price index of the five stocks, rebalanced each day; 1000 before the first day.

Its closes follow from real closes (splits taken out, dividends not added back); its course within a day follows from
the generated courses of its members.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import TradeBarColumns
from leanib.data.generate.actions import actions_of
from leanib.data.generate.equities import OPEN_MINUTE, Course, course_of, hour_bars
from leanib.data.generate.intraday import Bars, bars_of, session_times
from leanib.data.generate.plan import INDEX, TICKS
from leanib.data.generate.sources import DailyPrice
from leanib.data.paths import entry_name, zip_path
from leanib.data.writer import trade_bar_lines, write_zip

__all__ = ["write_index"]

_PER_MINUTE = 4
_BASE = 1000.0
_Days = dict[dt.date, dict[str, DailyPrice]]


def write_index(root: Path, prices: dict[str, list[DailyPrice]], minutes: dict[dt.date, int]) -> None:
    """Write the index's daily and hour bars, and minute bars for the days that have ticks.

    Args:
        root: the data folder.
        prices: the members' real days.
        minutes: how long each session lasts.
    """
    splits = {(ticker, action.ex_date): action.split for ticker, days in prices.items() for action in actions_of(days)}
    hours, daily = [], []
    for course in _courses(prices, splits, minutes):
        hours.append(hour_bars(course))
        daily.append((session_times(course.date, 0, 1, 0), bars_of(course.path, course.volume, len(course.path))))
        if any(course.date in span for span in TICKS.values()):
            bars = bars_of(course.path, course.volume, course.per_minute)
            _write(root, "minute", course.date, [(session_times(course.date, OPEN_MINUTE, len(bars), 60), bars)])
    _write(root, "hour", None, hours)
    _write(root, "daily", None, daily)


def _courses(
    prices: dict[str, list[DailyPrice]], splits: dict[tuple[str, dt.date], int], minutes: dict[dt.date, int]
) -> Iterable[Course]:
    """The index's course day by day, in hundredths of a point."""
    days: _Days = {}
    for ticker, history in prices.items():
        for day in history:
            days.setdefault(day.date, {})[ticker] = day
    level = _BASE
    closes: dict[str, float] = {}
    for date, members in sorted(days.items()):
        ratios = [
            _thinned(course_of(ticker, day, minutes[date])) / (closes[ticker] / splits.get((ticker, date), 1))
            for ticker, day in members.items()
            if ticker in closes
        ]
        closes = closes | {ticker: float(day.close) for ticker, day in members.items()}
        if ratios:
            path = level * np.mean(ratios, axis=0)
            level = float(path[-1])
            points = np.rint(path * 100).astype(np.int64)
            yield Course(date, _PER_MINUTE, points, np.zeros(len(points), dtype=np.int64))


def _thinned(course: Course) -> NDArray[np.float64]:
    """The course at the index's own spacing, ending at the close."""
    step = course.per_minute // _PER_MINUTE
    return course.path[step - 1 :: step].astype(np.float64)


def _write(root: Path, resolution: str, date: dt.date | None, parts: list[tuple[NDArray[np.datetime64], Bars]]) -> None:
    times = np.concatenate([times for times, _ in parts])
    names = ("open", "high", "low", "close")
    prices = {name: np.concatenate([getattr(bars, name) for _, bars in parts]) / 100.0 for name in names}
    bars = TradeBarColumns(time=times, **prices, volume=np.zeros(len(times)))
    path = zip_path(root, "index", "usa", resolution, INDEX, "trade", date)
    write_zip(path, {entry_name("index", resolution, INDEX, "trade", date): trade_bar_lines(bars, date, 1)})
