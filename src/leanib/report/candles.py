"""Candles of the securities that a run traded, read from its data folder in LEAN's format.

A run keeps no bars; what it read is still in the files. They are read as columns and put together to no more candles
than a page can use, so that ten years of minutes cost about a second and a few hundred kilobytes.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from leanib.data import (
    QuoteBarColumns,
    TradeBarColumns,
    factor_file_path,
    is_whole_history,
    map_file_path,
    price_scale,
    read_factor_file,
    read_map_file,
    read_quote_bars,
    read_trade_bars,
    zip_path,
)
from leanib.errors import DataError

__all__ = ["Candles", "PriceSource", "read_candles"]

_MINUTE, _DAY = 60, 86_400
_BUCKETS = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, 3600, 4 * 3600, _DAY)
_HOURS_A_DAY = {"equity": 6.5, "option": 6.5, "indexoption": 6.5}
_EPOCH = dt.date(1970, 1, 1)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class PriceSource:
    """Where a security's prices are, in LEAN's names.

    Attributes:
        symbol: How orders call it.
        ticker: Of the files; for an equity today's, its map file tells the earlier ones.
        resolution: `Minute`, `Second`, `Hour` or `Daily`.
        tick_type: `Trade` or `Quote`.
        data_time_zone: IANA name, of the files' times.
        adjustment: `raw`, `split` (splits only) or `adjusted` (dividends too).
    """

    symbol: str
    security_type: str
    market: str
    ticker: str
    resolution: str
    tick_type: str
    data_time_zone: str
    adjustment: str = "raw"


@dataclass(frozen=True)
class Candles:
    """Columns of one length.

    Attributes:
        step: Seconds that a candle lasts.
        time: Start of a candle on the asked-for wall clock, milliseconds as if since 1970 in UTC.
    """

    step: int
    time: Integers
    open: Floats
    high: Floats
    low: Floats
    close: Floats


def read_candles(
    root: Path, source: PriceSource, start: dt.date, end: dt.date, time_zone: str, most: int, most_files: int
) -> Candles | None:
    """The candles of a security from `start` to `end`, both included; None without any data.

    Args:
        root: The data folder.
        source: Which security's files.
        start: The first day, in the files' time zone.
        end: The last.
        time_zone: IANA name of the zone that the candles' times are told in.
        most: About how many candles at most.
        most_files: Of days in files of their own (minutes, seconds) no more than these, the latest, are read.
    """
    if source.resolution.lower() == "tick":
        return None
    bucket = _bucket(source, start, end, most)
    parts = [part for columns in _columns(root, source, start, end, most_files) if (part := _folded(columns, bucket))]
    if not parts:
        return None
    time, *prices = (np.concatenate(column) for column in zip(*parts, strict=True))
    factor = _factors(root, source, time)
    open_, high, low, close = (price * factor for price in prices)
    if bucket < _DAY:
        time = _in_zone(time, source.data_time_zone, time_zone)
    return Candles(bucket, time * 1000, open_, high, low, close)


def _bucket(source: PriceSource, start: dt.date, end: dt.date, most: int) -> int:
    """Seconds of a candle: no finer than the data, and not more candles than asked for."""
    finest = {"hour": 3600, "daily": _DAY}.get(source.resolution.lower(), _MINUTE)
    trading = _HOURS_A_DAY.get(source.security_type.lower(), 24.0) * 3600
    weeks = ((end - start).days + 1) / 7
    fitting = (b for b in _BUCKETS if b >= finest and weeks * 5 * max(trading / b, 1) <= most)
    return next(fitting, _DAY)


def _columns(
    root: Path, source: PriceSource, start: dt.date, end: dt.date, most_files: int
) -> Iterator[TradeBarColumns | QuoteBarColumns]:
    """The files' bars in order of time, those outside of the period left out."""
    for ticker, first, last in _names(root, source, start, end):
        if is_whole_history(source.resolution):
            bars = _read(root, source, ticker, None)
            if bars is not None:
                begin, close = np.datetime64(first, "us"), np.datetime64(last + dt.timedelta(days=1), "us")
                yield bars.part((bars.time >= begin) & (bars.time < close))
        else:
            days = (last - first).days + 1
            for number in range(max(days - most_files, 0), days):
                bars = _read(root, source, ticker, first + dt.timedelta(days=number))
                if bars is not None:
                    yield bars


def _names(root: Path, source: PriceSource, start: dt.date, end: dt.date) -> list[tuple[str, dt.date, dt.date]]:
    """What the files are called, from when to when."""
    try:
        rows = read_map_file(map_file_path(root, source.market, source.ticker)) if _is_equity(source) else []
    except DataError:
        rows = []
    if not rows:
        return [(source.ticker, start, end)]
    names, first = [], start
    for row in rows:
        last = min(row.date, end)
        if first <= last:
            names.append((row.ticker, first, last))
            first = last + dt.timedelta(days=1)
    return names


def _is_equity(source: PriceSource) -> bool:
    return source.security_type.lower() == "equity"


def _read(
    root: Path, source: PriceSource, ticker: str, day: dt.date | None
) -> TradeBarColumns | QuoteBarColumns | None:
    path = zip_path(root, source.security_type, source.market, source.resolution, ticker, source.tick_type, day)
    if not path.is_file():
        return None
    read = read_quote_bars if source.tick_type.lower() == "quote" else read_trade_bars
    try:
        return read(path, day, price_scale(source.security_type))
    except DataError:
        return None  # the run has said so; the page shows what there is


def _folded(
    bars: TradeBarColumns | QuoteBarColumns, bucket: int
) -> tuple[Integers, Floats, Floats, Floats, Floats] | None:
    """Start (seconds), open, high, low and close of each bucket that has bars; of quotes, the middle."""
    if not len(bars):
        return None
    seconds = bars.time.astype("datetime64[s]").astype(np.int64)
    starts = seconds // bucket * bucket
    firsts = np.concatenate(([0], np.flatnonzero(np.diff(starts)) + 1))
    lasts = np.concatenate((firsts[1:], [len(starts)])) - 1
    open_, high, low, close = _prices(bars)
    return (
        starts[firsts],
        open_[firsts],
        np.maximum.reduceat(high, firsts),
        np.minimum.reduceat(low, firsts),
        close[lasts],
    )


def _prices(bars: TradeBarColumns | QuoteBarColumns) -> tuple[Floats, Floats, Floats, Floats]:
    if isinstance(bars, TradeBarColumns):
        return bars.open, bars.high, bars.low, bars.close
    return (
        _middle(bars.bid_open, bars.ask_open),
        _middle(bars.bid_high, bars.ask_high),
        _middle(bars.bid_low, bars.ask_low),
        _middle(bars.bid_close, bars.ask_close),
    )


def _middle(bid: Floats, ask: Floats) -> Floats:
    """Half way between; where a side is absent, the other."""
    middle: Floats = np.where(bid == 0, ask, np.where(ask == 0, bid, (bid + ask) / 2))
    return middle


def _factors(root: Path, source: PriceSource, seconds: Integers) -> Floats:
    """What each candle's prices are multiplied by, so that they are the run's."""
    if source.adjustment == "raw" or not _is_equity(source):
        return np.ones(len(seconds))
    try:
        rows = sorted(read_factor_file(factor_file_path(root, source.market, source.ticker)), key=lambda row: row.date)
    except DataError:
        return np.ones(len(seconds))
    dates = [(row.date - _EPOCH).days for row in rows]
    splits_only = source.adjustment == "split"
    values = [float(row.split_factor if splits_only else row.price_factor * row.split_factor) for row in rows]
    days: Sequence[int] = (seconds // _DAY).tolist()
    return np.array([_at(values, bisect_left(dates, day)) for day in days])


def _at(values: Sequence[float], index: int) -> float:
    return values[index] if index < len(values) else 1.0


def _in_zone(seconds: Integers, zone: str, wanted: str) -> Integers:
    if zone == wanted or not len(seconds):
        return seconds
    hours, places = np.unique(seconds // 3600, return_inverse=True)
    source, target = ZoneInfo(zone), ZoneInfo(wanted)
    shifts = []
    for hour in hours.tolist():
        there = dt.datetime.fromtimestamp(hour * 3600, dt.UTC).replace(tzinfo=source)
        here = there.astimezone(target).replace(tzinfo=dt.UTC)
        shifts.append(round(here.timestamp()) - hour * 3600)
    shifted: Integers = seconds + np.array(shifts, dtype=np.int64)[places]
    return shifted
