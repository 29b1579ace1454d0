"""Reads a price stream of minutes or seconds day by day as blocks, with its corporate events between them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from leanib.engine.feeds.blocks import DayBlock, Grid, Tail, day_grid, last_row, side_of
from leanib.engine.feeds.data_reader import PriceReader, marked
from leanib.engine.feeds.fill_forward import FillForward, LastPoint
from leanib.engine.feeds.price_files import PriceRows
from leanib.engine.market import BaseData, QuoteBar, TradeBar
from leanib.engine.market.bar_frames import QUOTES, TRADES
from leanib.engine.market.calendars import midnight
from leanib.engine.market.universe.requests import SubscriptionRequest

__all__ = ["BlockReader", "Points"]

_ONE_DAY = timedelta(days=1)


class Points:
    """From here on the stream comes point by point: a day of it does not fit the market's grid."""

    __slots__ = ("points",)

    def __init__(self, points: Iterator[BaseData]) -> None:
        self.points = points


class BlockReader(PriceReader):
    """The parts of a stream that is filled forward at its own resolution, in order of time."""

    _comes_in_blocks = True

    def __init__(self, request: SubscriptionRequest, is_history: bool = False) -> None:
        super().__init__(request, for_fill_forward=True, is_history=is_history)
        self._request = request
        self._names = TRADES if request.configuration.type is TradeBar else QUOTES
        self._step = request.configuration.increment
        self._tail: Tail | None = None
        self._given: datetime | None = None  # the end of the last bar that blocks have

    def blocks(self) -> Iterator[DayBlock | BaseData | Points]:
        """Blocks of days, corporate events, and at most once, at the end, `Points`."""
        if not self._open():
            return
        day, following = midnight(self._start), self._advance()
        while following is not None and following < day:  # before the start that map and factor file allow
            self._day_rows(following)
            following = self._advance()
        while day <= self._end and not self._past_delisting:
            yield from self._events_until(day)
            found = self._rows_of(day) if following == day else None
            if found is not None or self._tail is not None:
                grid = day_grid(self._hours, day, self._config.extended_market_hours, self._step)
                if grid is None or (found is not None and not self._fits(*found, grid)):
                    yield Points(self._rest(found))
                    return
                block = self._block(grid, found)
                if block is not None:
                    self._given = block.ends()[-1].item()
                    yield block
            if following == day:
                following = self._advance()
            day += _ONE_DAY
        yield from self._auxiliary

    def _rows_of(self, day: datetime) -> tuple[PriceRows, NDArray[np.bool_]] | None:
        """The rows of a day; of a history without what ends after its end, which may be in the middle of a day."""
        found = self._day_rows(day)
        if found is None or not self._is_history:
            return found
        rows, out_of_hours = found
        wanted = rows.end <= np.datetime64(self._end)
        if wanted.all():
            return found
        return (rows.part(wanted), out_of_hours[wanted]) if wanted.any() else None

    def _events_until(self, day: datetime) -> Iterator[BaseData]:
        while self._auxiliary and self._auxiliary[0].end_time <= day:
            yield self._auxiliary.popleft()

    def _wanted_ends(self, grid: Grid) -> NDArray[np.datetime64]:
        """Those that begin before the end of the subscription."""
        limit = np.datetime64(self._end) + np.timedelta64(self._step)
        ends = grid.ends
        return ends if not len(ends) or ends[-1] < limit else ends[: int(np.searchsorted(ends, limit))]

    def _fits(self, rows: PriceRows, out_of_hours: NDArray[np.bool_], grid: Grid) -> bool:
        """Whether all rows in market hours end when a bar of the grid does, one at a time."""
        if not (rows.end[1:] > rows.end[:-1]).all():
            return False
        inside = rows.end[~out_of_hours]
        ends = self._wanted_ends(grid)
        if not len(inside):
            return True
        place = np.searchsorted(ends, inside)
        return bool(place[-1] < len(ends) and (ends[place] == inside).all())

    def _block(self, grid: Grid, found: tuple[PriceRows, NDArray[np.bool_]] | None) -> DayBlock | None:
        ends, tail = self._wanted_ends(grid), self._tail
        count = len(ends)
        if found is None:
            source, fresh = np.zeros(count, np.intp), np.zeros(count, np.bool_)
            return DayBlock(self._config, grid, 0, source, fresh, None, tail) if count else None
        rows, out_of_hours = found
        self._tail = last_row(rows, self._names)
        source = np.searchsorted(rows.end, ends, "right")
        fresh = np.zeros(count, np.bool_)
        fresh[np.searchsorted(ends, rows.end[~out_of_hours])] = True
        first = 0 if tail is not None else int(np.searchsorted(source, 1))
        if first == count:
            return None
        return DayBlock(self._config, grid, first, source[first:], fresh[first:], rows.columns, tail)

    def _rest(self, found: tuple[PriceRows, NDArray[np.bool_]] | None) -> Iterator[BaseData]:
        """What is left, filled forward point by point."""
        parts: list[Iterator[BaseData]] = []
        if found is not None:
            rows, out_of_hours = found
            parts.append(marked(rows.points(), out_of_hours.tolist()))
        request, last = self._request, None
        if self._tail is not None:
            last = LastPoint()
            last.point = self._last_point(self._tail)
            given = self._tail.end if self._given is None else max(self._given, self._tail.end)
            request = request.replace(start_time_utc=self._hours.time_zone.to_utc(given))
        step = self._step
        rest = chain(*parts, chain.from_iterable(self._daily_files()), self._auxiliary)
        return FillForward(request, lambda: step, strict=False, last=last)(rest)

    def _last_point(self, tail: Tail) -> BaseData:
        row, start = tail.row, tail.end - self._step
        if self._config.type is TradeBar:
            return TradeBar(start, tail.symbol, row[0], row[1], row[2], row[3], row[4], self._step)
        return QuoteBar(start, tail.symbol, side_of(row[0:4]), row[4], side_of(row[5:9]), row[9], self._step)
