"""A day of a price stream as columns: what is filled forward and what lies in closed hours is answered once a day.

A `DayBlock` has a step for every bar that the stream gives that day, filled ones included. Its points are made when
somebody asks for them; whoever only wants prices looks at the columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leanib.engine.feeds.market_time import market_segments
from leanib.engine.market import Bar, BaseData, QuoteBar, SubscriptionDataConfig, TradeBar
from leanib.engine.market.bar_frames import QUOTES, TRADES
from leanib.engine.market.volumes import total_volume
from leanib.engine.numbers import middle
from leanib.engine.symbols import PerRun, Symbol

if TYPE_CHECKING:
    from leanib.engine.feeds.price_files import PriceRows
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["DayBlock", "Grid", "Tail", "day_grid", "last_row", "side_of"]

_TIME = np.dtype("datetime64[us]")
_KEPT_GRIDS = 64
_FEW = 8
"""So many bars are made at once for who asks for one after the other: twice as many each time he goes on."""
_MANY = 64
"""Up to so many."""

Row = tuple[float, ...]


class Grid:
    """When the bars of a block end: in the exchange's zone, in UTC, and as `datetime`s of UTC."""

    def __init__(self, ends: NDArray[np.datetime64], utc: NDArray[np.datetime64]) -> None:
        self.ends = ends
        self.utc = utc

    @cached_property
    def times(self) -> list[datetime]:
        """The ends in UTC."""
        times: list[datetime] = self.utc.tolist()
        return times


_GRIDS = PerRun[dict[Any, "Grid | None"]](dict)


def day_grid(hours: SecurityExchangeHours, day: datetime, extended: bool, step: timedelta) -> Grid | None:
    """The grid of a day; None when its hours do not fit whole bars, or the clocks change while the market is open."""
    grids, key = _GRIDS(), (id(hours), day, extended, step)
    if key not in grids:
        if len(grids) >= _KEPT_GRIDS:
            grids.pop(next(iter(grids)))
        grids[key] = _make_grid(hours, day, extended, step)
    return grids[key]


def _make_grid(hours: SecurityExchangeHours, day: datetime, extended: bool, step: timedelta) -> Grid | None:
    segments = market_segments(hours, day, extended)
    zone = hours.time_zone
    offsets = {zone.offset_at_local(time) for segment in segments for time in segment} or {zone.offset_at_local(day)}
    if len(offsets) > 1 or any((end - start) % step or (start - day) % step for start, end in segments):
        return None
    length, moment = np.timedelta64(step), np.timedelta64(1, "us")
    parts: list[NDArray[np.datetime64]] = [
        np.arange(np.datetime64(start, "us") + length, np.datetime64(end, "us") + moment, length)
        for start, end in segments
    ]
    ends = np.concatenate(parts) if parts else np.empty(0, _TIME)
    return Grid(ends, ends - np.timedelta64(offsets.pop()))


class Tail:
    """The last row before a block, from which its first bars may be filled forward."""

    __slots__ = ("end", "row", "symbol")

    def __init__(self, symbol: Symbol, row: Row, end: datetime) -> None:
        self.symbol = symbol
        self.row = row
        self.end = end


class DayBlock:
    """The bars of a stream on one day.

    Attributes:
        grid, offset: the day's grid, and which of its ends is the first of the block.
        source: where each bar comes from: 0 is the row before the block, n its own row n - 1.
        fresh: which bars are rows of the file, as against filled forward.
        columns: the rows, prices scaled; None when the day has none.
    """

    __slots__ = (
        "_all_there",
        "_bulk",
        "_bulk_end",
        "_closes",
        "_made",
        "_merged",
        "_step",
        "columns",
        "fresh",
        "grid",
        "is_trade",
        "offset",
        "source",
        "symbol",
        "tail",
    )

    def __init__(
        self,
        config: SubscriptionDataConfig,
        grid: Grid,
        offset: int,
        source: NDArray[np.intp],
        fresh: NDArray[np.bool_],
        columns: Any,
        tail: Tail | None,
    ) -> None:
        self.grid = grid
        self.offset = offset
        self.source = source
        self.fresh = fresh
        self.columns = columns
        self.tail = tail
        self.symbol = config.symbol
        self.is_trade = config.type is TradeBar
        self._step = config.increment
        self._made: dict[int, BaseData] = {}
        self._bulk, self._bulk_end = _FEW, -1  # how many bars were made at once, and up to which
        self._closes: NDArray[np.float64] | None = None
        self._all_there: bool | None = None
        self._merged: tuple[Any, tuple[float, float, float, float]] = (None, (0.0, 0.0, 0.0, 0.0))

    def __len__(self) -> int:
        return len(self.source)

    @property
    def has_rows(self) -> bool:
        """Whether any of the bars is a row of a file."""
        return self.columns is not None

    def rows_in(self, first: int, stop: int) -> tuple[int, int] | None:
        """The first and the last bar between two that is a row of a file; None when there is none."""
        rows = np.flatnonzero(self.fresh[first:stop])
        return (first + int(rows[0]), first + int(rows[-1])) if self.has_rows and len(rows) else None

    def begin(self, index: int) -> datetime:
        """When a bar begins, in the exchange's zone."""
        return self._span(index)[0]

    def prices(self, name: str, bars: NDArray[np.intp]) -> NDArray[np.float64]:
        """A column at some bars that are rows of the file."""
        values: NDArray[np.float64] = getattr(self.columns, name)[self.source[bars] - 1]
        return values

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in the order in which a bar has them."""
        return TRADES if self.is_trade else QUOTES

    def ends(self) -> NDArray[np.datetime64]:
        """When the bars end, in the exchange's zone."""
        return self.grid.ends[self.offset : self.offset + len(self)]

    def rounded_ends(self) -> NDArray[np.datetime64]:
        """When they say that they end."""
        return self.ends()

    def known(self) -> NDArray[np.datetime64]:
        """When they end, in UTC."""
        return self.grid.utc[self.offset : self.offset + len(self)]

    def symbol_at(self, index: int) -> Symbol:
        """Whose a bar is, by the ticker of that day."""
        if self.source[index]:
            return self.symbol
        assert self.tail is not None
        return self.tail.symbol

    def table(self, chosen: slice) -> dict[str, NDArray[np.float64]]:
        """The columns of some bars."""
        source = self.source[chosen]
        before = source == 0
        table = {}
        for place, name in enumerate(self.names):
            values = np.zeros(len(source)) if self.columns is None else getattr(self.columns, name)[source - 1]
            if before.any():
                assert self.tail is not None
                values[before] = self.tail.row[place]
            table[name] = values
        if self.is_trade:
            table["volume"][~self.fresh[chosen]] = 0.0
        return table

    def utc(self, index: int) -> datetime:
        """When a bar ends, in UTC."""
        return self.grid.times[self.offset + index]

    def point(self, index: int) -> BaseData:
        """The bar at a step, always the same object."""
        point = self._made.get(index)
        if point is None:
            if index - 1 not in self._made:  # now and then one is looked at
                point = self._made[index] = self._make(index)
            else:
                self._bulk = min(2 * self._bulk, _MANY) if index == self._bulk_end else _FEW
                self._bulk_end = min(index + self._bulk, len(self))
                (self._make_many if self.source[index] else self._make_filled)(index, self._bulk_end)
                point = self._made[index]
        return point

    def _make(self, index: int) -> BaseData:
        source, filled = int(self.source[index]), not self.fresh[index]
        symbol, row = self.symbol, self._row(source)
        if not source:
            assert self.tail is not None
            symbol = self.tail.symbol
        time, step = self._span(index)
        if self.is_trade:
            return TradeBar(time, symbol, row[0], row[1], row[2], row[3], 0.0 if filled else row[4], step, filled)
        bid, ask = side_of(row[0:4]), side_of(row[5:9])
        return QuoteBar(time, symbol, bid, row[4], ask, row[9], step, filled)

    def _make_many(self, start: int, stop: int) -> None:
        """Some bars in bulk, of which none stands for the row before the block."""
        filled = ~self.fresh[start:stop]
        rows = self.source[start:stop] - 1
        columns = [getattr(self.columns, name)[rows] for name in self.names]
        times, periods = self._spans(start, stop)
        values: Any
        if self.is_trade:
            columns[4] = np.where(filled, 0.0, columns[4])
            values = [column.tolist() for column in columns]
        else:
            bid, ask = (list(zip(*(c.tolist() for c in side), strict=True)) for side in (columns[:4], columns[5:9]))
            values = [map(side_of, bid), columns[4].tolist(), map(side_of, ask), columns[9].tolist()]
        kind: Any = TradeBar if self.is_trade else QuoteBar
        keep = self._made.setdefault
        bars = map(kind, times, repeat(self.symbol), *values, periods, filled.tolist())
        for place, bar in enumerate(bars, start):
            keep(place, bar)

    def _make_filled(self, index: int, stop: int) -> None:
        """The bars from one on that stand for the row before the block, in bulk; those come first."""
        stop = self._bulk_end = index + int(np.count_nonzero(self.source[index:stop] == 0))
        times, periods = self._spans(index, stop)
        keep, first = self._made.setdefault, self._make(index)
        for place, (time, period) in enumerate(zip(times, periods, strict=False), index):
            bar: Any = first.clone()
            bar.time, bar.period = time, period
            keep(place, bar)

    def _span(self, index: int) -> tuple[datetime, timedelta]:
        """When a bar begins, and how long it is."""
        time: datetime = self.grid.ends[self.offset + index].item() - self._step
        return time, self._step

    def _spans(self, start: int, stop: int) -> tuple[list[datetime], Iterable[timedelta]]:
        """Likewise of some bars."""
        ends = self.grid.ends[self.offset + start : self.offset + stop]
        return (ends - np.timedelta64(self._step)).tolist(), repeat(self._step)

    def _row(self, source: int) -> Row:
        if not source:
            assert self.tail is not None
            return self.tail.row
        return tuple(getattr(self.columns, name).item(source - 1) for name in self.names)

    def closes(self) -> NDArray[np.float64]:
        """The price that each bar gives its security: 0 where it gives none, as when it is filled forward."""
        if self._closes is None:
            if self.columns is None:
                self._closes = np.zeros(len(self.source))
            else:
                closes = self.columns.close if self.is_trade else _middles(self.columns)
                self._closes = np.where(self.fresh, closes[self.source - 1], 0.0)
        return self._closes

    def last_prices(self, first: int, stop: int) -> list[float]:
        """The closes of some trade bars, those that are filled forward included."""
        source = self.source[first:stop]
        closes = np.zeros(len(source)) if self.columns is None else self.columns.close[source - 1]
        if not source[0]:  # those of the row before come first
            assert self.tail is not None
            closes[source == 0] = self.tail.row[3]
        last_prices: list[float] = closes.tolist()
        return last_prices

    def merged(self, first: int, stop: int, volume: float) -> tuple[float, float, float, float]:
        """High, low and close over some trade bars, and their volumes on top of another, added one after the other."""
        key, merged = self._merged
        if key != (first, stop, volume):  # consolidators of one length ask the same one after the other
            merged = self._merge(first, stop, volume)
            self._merged = (first, stop, volume), merged
        return merged

    def _merge(self, first: int, stop: int, volume: float) -> tuple[float, float, float, float]:
        source, columns = self.source[first:stop], self.columns
        rows = source[source > 0] - 1
        highs = [] if columns is None else [columns.high[rows]]
        lows = [] if columns is None else [columns.low[rows]]
        if len(rows) < len(source):
            assert self.tail is not None
            highs, lows = [*highs, self.tail.row[1:2]], [*lows, self.tail.row[2:3]]
        fresh = source[self.fresh[first:stop]] - 1
        if len(fresh):
            volume = total_volume(volume, columns.volume[fresh])
        close = self._row(int(source[-1]))[3] if not len(rows) else float(columns.close[rows[-1]])
        return float(np.max(np.concatenate(highs))), float(np.min(np.concatenate(lows))), close, volume

    def traded(self, first: int, stop: int) -> Iterator[tuple[datetime, float, float, timedelta]]:
        """Of some trade bars, those that are rows with a volume: when they end (UTC), close, volume and length."""
        if self.columns is None:
            return
        bars = first + np.flatnonzero(self.fresh[first:stop])
        rows = self.source[bars] - 1
        values = zip(bars.tolist(), self.columns.close[rows].tolist(), self.columns.volume[rows].tolist(), strict=True)
        for bar, close, volume in values:
            if volume:
                yield self.utc(bar), close, volume, self._span(bar)[1]

    def rows_between(self, first: int, stop: int) -> Sequence[int]:
        """The bars that are rows of the file: all, or the last one where that replaces those before it."""
        if self.columns is None:
            return ()
        rows = np.flatnonzero(self.fresh[first:stop])
        if not len(rows):
            return ()
        return [first + int(rows[-1])] if len(rows) == 1 or self._is_plain() else (first + rows).tolist()

    def _is_plain(self) -> bool:
        """Whether all rows say the same of what their security keeps, so that the last replaces those before it.

        What is zero says nothing: an index has no volume in any row.
        """
        if self._all_there is None:
            columns = () if self.columns is None else [getattr(self.columns, name) for name in self.names]
            self._all_there = all(np.count_nonzero(values) in (0, len(values)) for values in columns)
        return self._all_there


def side_of(row: Row) -> Bar | None:
    """One side of a quote bar; None where there is nothing but zeros."""
    return Bar(*row) if any(row) else None


def _middles(columns: Any) -> NDArray[np.float64]:
    sides = zip(columns.bid_close.tolist(), columns.ask_close.tolist(), strict=True)
    return np.array([middle(bid, ask) if bid and ask else bid or ask for bid, ask in sides], np.float64)


def last_row(rows: PriceRows, names: tuple[str, ...]) -> Tail:
    """What the next block may be filled with."""
    row = tuple(getattr(rows.columns, name).item(-1) for name in names)
    return Tail(rows.config.symbol, row, rows.end[-1].item())
