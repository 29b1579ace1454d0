"""The five stocks: real daily bars, and hour, minute, second bars and ticks generated to agree with each real day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import QuoteBarColumns, QuoteTickColumns, TradeBarColumns, TradeTickColumns
from leanib.data.corporate import write_factor_file, write_map_file
from leanib.data.generate.actions import actions_of, factor_rows, map_rows
from leanib.data.generate.intraday import Bars, Ints, bars_of, price_path, seeded, session_times, split_volume
from leanib.data.generate.plan import EQUITIES, INTRADAY, MADE_UP, TICKS
from leanib.data.generate.sources import DailyPrice
from leanib.data.paths import entry_name, factor_file_path, map_file_path, zip_path
from leanib.data.writer import quote_bar_lines, quote_tick_lines, trade_bar_lines, trade_tick_lines, write_zip

__all__ = ["OPEN_MINUTE", "Course", "course_of", "hour_bars", "write_days", "write_equity"]

OPEN_MINUTE = 570
_SCALE = 10000
_CENT = 100
_COARSE, _FINE = 4, 40
"""Points a minute: on ordinary days, and on days that have ticks."""


@dataclass(frozen=True, slots=True)
class Course:
    """A day's generated prices and shares, equally spaced, `per_minute` points each minute from 9:30 New York."""

    date: dt.date
    per_minute: int
    path: Ints
    volume: Ints


def course_of(ticker: str, day: DailyPrice, minutes: int) -> Course:
    """The course of a real day whose session lasts `minutes`; always the same for the same day."""
    per_minute = _FINE if ticker in TICKS and day.date in TICKS[ticker] else _COARSE
    random = seeded(ticker, day.date)
    points = minutes * per_minute
    path = price_path(random, points, (day.open, day.high, day.low, day.close), _CENT)
    return Course(day.date, per_minute, path, split_volume(random, points, day.volume))


def hour_bars(course: Course) -> tuple[NDArray[np.datetime64], Bars]:
    """Bars of whole clock hours, the first from 9:00 (it holds the half hour from 9:30), and their times."""
    half = 30 * course.per_minute
    first = bars_of(course.path[:half], course.volume[:half], half)
    rest = bars_of(course.path[half:], course.volume[half:], 2 * half)
    bars = Bars(*(np.append(getattr(first, name), getattr(rest, name)) for name in Bars.__slots__))
    return session_times(course.date, 540, len(bars), 3600), bars


def write_equity(root: Path, ticker: str, prices: list[DailyPrice], courses: Iterator[Course]) -> None:
    """Write every file of one stock."""
    equity = (EQUITIES | MADE_UP)[ticker]
    first_date = max(equity.first_date, dt.date(1998, 1, 2))
    write_map_file(map_file_path(root, "usa", ticker), map_rows(first_date, ticker, equity.exchange))
    write_factor_file(factor_file_path(root, "usa", ticker), factor_rows(prices[0].date, actions_of(prices)))
    write_days(root, ticker, prices)
    hours = []
    for course in courses:
        hours.append(hour_bars(course))
        if ticker in INTRADAY and course.date in INTRADAY[ticker]:
            _write_minutes(root, ticker, course)
        if ticker in TICKS and course.date in TICKS[ticker]:
            _write_ticks(root, ticker, course, EQUITIES[ticker].exchange)
    _write_bars(root, ticker, "hour", None, _joined(hours))


def write_days(root: Path, ticker: str, prices: list[DailyPrice]) -> None:
    """Write one stock's daily bars."""
    _write_bars(root, ticker, "daily", None, _daily_columns(prices))


def _write_bars(root: Path, ticker: str, resolution: str, date: dt.date | None, bars: TradeBarColumns) -> None:
    path = zip_path(root, "equity", "usa", resolution, ticker, "trade", date)
    entry = entry_name("equity", resolution, ticker, "trade", date)
    write_zip(path, {entry: trade_bar_lines(bars, date, _SCALE)})


def _daily_columns(prices: list[DailyPrice]) -> TradeBarColumns:
    names = ("open", "high", "low", "close", "volume")
    bars = Bars(*(np.array([getattr(day, name) for day in prices], dtype=np.int64) for name in names))
    return _columns(np.array([day.date for day in prices], dtype="datetime64[us]"), bars)


def _columns(times: NDArray[np.datetime64], bars: Bars) -> TradeBarColumns:
    return TradeBarColumns(
        time=times,
        open=bars.open / _SCALE,
        high=bars.high / _SCALE,
        low=bars.low / _SCALE,
        close=bars.close / _SCALE,
        volume=bars.volume.astype(np.float64),
    )


def _joined(parts: list[tuple[NDArray[np.datetime64], Bars]]) -> TradeBarColumns:
    bars = Bars(*(np.concatenate([getattr(bars, name) for _, bars in parts]) for name in Bars.__slots__))
    return _columns(np.concatenate([times for times, _ in parts]), bars)


def _write_minutes(root: Path, ticker: str, course: Course) -> None:
    bars = bars_of(course.path, course.volume, course.per_minute)
    times = session_times(course.date, OPEN_MINUTE, len(bars), 60)
    _write_bars(root, ticker, "minute", course.date, _columns(times, bars))
    _write_quotes(root, ticker, "minute", course.date, _quotes(ticker, course, times, bars))


def _write_quotes(root: Path, ticker: str, resolution: str, date: dt.date, bars: QuoteBarColumns) -> None:
    path = zip_path(root, "equity", "usa", resolution, ticker, "quote", date)
    entry = entry_name("equity", resolution, ticker, "quote", date)
    write_zip(path, {entry: quote_bar_lines(bars, date, _SCALE)})


def _quotes(ticker: str, course: Course, times: NDArray[np.datetime64], bars: Bars) -> QuoteBarColumns:
    """A cent below and above the trades, in round lots."""
    random = seeded(ticker, course.date, "quotes", len(bars))
    prices = {
        f"{side}_{name}": (getattr(bars, name) + shift) / _SCALE
        for side, shift in (("bid", -_CENT), ("ask", _CENT))
        for name in ("open", "high", "low", "close")
    }
    bid_size, ask_size = _sizes(random, len(bars)), _sizes(random, len(bars))
    return QuoteBarColumns(time=times, **prices, bid_size=bid_size, ask_size=ask_size)


def _sizes(random: np.random.RandomState, count: int) -> NDArray[np.float64]:
    """Quoted sizes: round lots."""
    return random.randint(1, 40, size=count).astype(np.float64) * 100


def _write_ticks(root: Path, ticker: str, course: Course, exchange: str) -> None:
    """Trades and quotes at random moments, and the second bars that they add up to."""
    random = seeded(ticker, course.date, "ticks")
    slot = 60000 // course.per_minute
    moments = np.arange(len(course.path)) * slot + random.randint(0, slot, size=len(course.path))
    opening = np.datetime64(course.date, "us") + np.timedelta64(OPEN_MINUTE, "m")
    times = opening + moments.astype("timedelta64[ms]")
    _write_trade_ticks(root, ticker, course, times, exchange)
    _write_quote_ticks(root, ticker, course, times, random, exchange)
    seconds, starts = np.unique(moments // 1000, return_index=True)
    bars = Bars(
        open=course.path[starts],
        high=np.maximum.reduceat(course.path, starts),
        low=np.minimum.reduceat(course.path, starts),
        close=course.path[np.append(starts[1:], len(course.path)) - 1],
        volume=np.add.reduceat(course.volume, starts),
    )
    second_times = opening + seconds.astype("timedelta64[s]")
    _write_bars(root, ticker, "second", course.date, _columns(second_times, bars))
    _write_quotes(root, ticker, "second", course.date, _quotes(ticker, course, second_times, bars))


def _write_trade_ticks(root: Path, ticker: str, course: Course, times: NDArray[np.datetime64], exchange: str) -> None:
    count = len(times)
    ticks = TradeTickColumns(
        times,
        course.path / _SCALE,
        course.volume.astype(np.float64),
        np.full(count, exchange),
        np.full(count, "0"),
        np.zeros(count, dtype=np.bool_),
    )
    path = zip_path(root, "equity", "usa", "tick", ticker, "trade", course.date)
    entry = entry_name("equity", "tick", ticker, "trade", course.date)
    write_zip(path, {entry: trade_tick_lines(ticks, course.date, _SCALE)})


def _write_quote_ticks(
    root: Path,
    ticker: str,
    course: Course,
    times: NDArray[np.datetime64],
    random: np.random.RandomState,
    exchange: str,
) -> None:
    count = len(times)
    ticks = QuoteTickColumns(
        times,
        (course.path - _CENT) / _SCALE,
        _sizes(random, count),
        (course.path + _CENT) / _SCALE,
        _sizes(random, count),
        np.full(count, exchange),
        np.full(count, "1"),
        np.zeros(count, dtype=np.bool_),
    )
    path = zip_path(root, "equity", "usa", "tick", ticker, "quote", course.date)
    entry = entry_name("equity", "tick", ticker, "quote", course.date)
    write_zip(path, {entry: quote_tick_lines(ticks, course.date, _SCALE)})
