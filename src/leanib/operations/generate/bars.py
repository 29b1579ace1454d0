"""Ticks gathered into bars, a day of the data's zone at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import QuoteBarColumns, QuoteTickColumns, Times, TradeBarColumns, TradeTickColumns
from leanib.data.paths import is_whole_history
from leanib.data.series_files import Columns

__all__ = ["Collector", "Put", "quote_ticks", "trade_ticks"]

Floats = NDArray[np.float64]
Put = Callable[[dt.date | None, Columns], None]
"""What takes a day's rows, or all days' (date None)."""
_Ticks = TypeVar("_Ticks", TradeTickColumns, QuoteTickColumns)

_SECOND = 1_000_000
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "daily": 86400}
_EXCHANGE, _CONDITION = "Q", "0"


def trade_ticks(times: Times, prices: Floats, sizes: Floats) -> TradeTickColumns:
    """Trades of one exchange."""
    count = len(times)
    return TradeTickColumns(
        times, prices, sizes, np.full(count, _EXCHANGE), np.full(count, _CONDITION), np.zeros(count, np.bool_)
    )


def quote_ticks(times: Times, sides: tuple[Floats, Floats], sizes: tuple[Floats, Floats]) -> QuoteTickColumns:
    """Quotes of one exchange: bids and asks."""
    count = len(times)
    texts = np.full(count, _EXCHANGE), np.full(count, _CONDITION)
    return QuoteTickColumns(times, sides[0], sizes[0], sides[1], sizes[1], *texts, np.zeros(count, np.bool_))


class Collector(Generic[_Ticks]):
    """Takes ticks in their order, and gives each day's rows away when the day is over."""

    def __init__(self, resolution: str, put: Put) -> None:
        self._resolution = resolution
        self._put = put
        self._parts: list[_Ticks] = []
        self._date: dt.date | None = None
        self._bars: list[TradeBarColumns | QuoteBarColumns] = []

    def add(self, ticks: _Ticks) -> None:
        """The next ticks."""
        days: Times = ticks.time.astype("datetime64[D]")
        begins = [0, *(np.flatnonzero(days[1:] != days[:-1]) + 1).tolist(), len(ticks)]
        for begin, end in pairwise(begins):
            if begin == end:
                continue
            (day,) = days[begin : begin + 1].tolist()
            if day != self._date:
                self._finish()
                self._date = day
            self._parts.append(ticks.part(slice(begin, end)))

    def close(self) -> None:
        """No more come."""
        self._finish()
        if self._bars:
            self._put(None, type(self._bars[0]).joined(self._bars))  # type: ignore[arg-type]
            self._bars = []

    def _finish(self) -> None:
        if not self._parts:
            return
        ticks = type(self._parts[0]).joined(self._parts)
        self._parts = []
        if self._resolution == "tick":
            self._put(self._date, ticks)
            return
        columns = _bars(ticks, self._resolution)
        if is_whole_history(self._resolution):
            self._bars.append(columns)
        else:
            self._put(self._date, columns)


def _bars(ticks: TradeTickColumns | QuoteTickColumns, resolution: str) -> TradeBarColumns | QuoteBarColumns:
    return _trade_bars(ticks, resolution) if isinstance(ticks, TradeTickColumns) else _quote_bars(ticks, resolution)


def _starts(times: Times, resolution: str) -> tuple[Times, NDArray[np.intp]]:
    """The bars' times, and where the ticks of each begin."""
    span = _SECONDS[resolution] * _SECOND
    bars = times.astype("datetime64[us]").astype(np.int64) // span
    starts = np.concatenate([[0], np.flatnonzero(bars[1:] != bars[:-1]) + 1]).astype(np.intp)
    return (bars[starts] * span).astype("datetime64[us]"), starts


def _four(prices: Floats, starts: NDArray[np.intp]) -> tuple[Floats, Floats, Floats, Floats]:
    ends = np.append(starts[1:], len(prices)) - 1
    return prices[starts], np.maximum.reduceat(prices, starts), np.minimum.reduceat(prices, starts), prices[ends]


def _trade_bars(ticks: TradeTickColumns, resolution: str) -> TradeBarColumns:
    times, starts = _starts(ticks.time, resolution)
    return TradeBarColumns(times, *_four(ticks.price, starts), np.add.reduceat(ticks.quantity, starts))


def _quote_bars(ticks: QuoteTickColumns, resolution: str) -> QuoteBarColumns:
    """A bar's sizes are those of its last quote."""
    times, starts = _starts(ticks.time, resolution)
    ends = np.append(starts[1:], len(ticks)) - 1
    bid, ask = _four(ticks.bid_price, starts), _four(ticks.ask_price, starts)
    return QuoteBarColumns(times, *bid, ticks.bid_size[ends], *ask, ticks.ask_size[ends])
