"""Reads a stream of hourly or daily trade bars as columns: what lies between two corporate events is one block.

The steps are those of a stream that comes point by point (`data_feed.price_points`, `timing.timed`): strict times, what
is filled forward, market hours, rounding. Each depends on nothing but times, so it is taken for all rows at once, and
what is filled into a gap is worked out once for all streams that have the gap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leanib.engine.feeds.blocks import Tail
from leanib.engine.feeds.data_reader import PriceReader, last_prices
from leanib.engine.feeds.fill_forward import FillForward, LastPoint, is_delisting
from leanib.engine.feeds.market_time import kept, open_rows
from leanib.engine.feeds.price_files import PriceRows, load_rows
from leanib.engine.feeds.span_block import SpanBlock, Spans, strict_spans
from leanib.engine.feeds.subscription import TimedPoint
from leanib.engine.feeds.timing import Rounding
from leanib.engine.market import BaseData, TradeBar
from leanib.engine.market.bar_frames import TRADES
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import midnight
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.symbols import PerRun

__all__ = ["Part", "SpanReader"]

_ONE_DAY = timedelta(days=1)
_ONE_HOUR = np.timedelta64(1, "h")
_YEAR_ONE = np.datetime64("0001-01-01", "us")

Part = SpanBlock | TimedPoint


class _Filled(NamedTuple):
    """What is filled into a gap: the bars' ends before and spans after rounding, and whether the stream goes on."""

    bars: tuple[tuple[datetime, datetime, datetime], ...]
    goes_on: bool


_GAPS = PerRun[dict[Any, dict[Any, _Filled]]](dict)
_DAYS = PerRun[dict[Any, "tuple[list[datetime], NDArray[np.datetime64]]"]](dict)


class SpanReader(PriceReader):
    """The blocks and points of a request, in order of time.

    Args:
        request: the stream: trade bars by the hour or day, whose file is in the exchange's zone.
        strict: whether daily bars run from the market's open to its close.
        strict_enabled: whether the setting for that is on; see `timed`.
        resolution: gives the time between filled points; None fills nothing.
        last: the last point of the warm-up that came before.
        limit: gives before what end a bar is not wanted.
    """

    def __init__(
        self,
        request: SubscriptionRequest,
        strict: bool,
        strict_enabled: bool,
        resolution: Callable[[], timedelta] | None,
        last: LastPoint | None = None,
        limit: Callable[[], datetime] = lambda: NO_TIME,
        is_history: bool = False,
    ) -> None:
        super().__init__(request, for_fill_forward=resolution is not None, is_history=is_history)
        config, hours = request.configuration, request.exchange_hours
        self._request = request
        self._first = request.start_time_local
        self._strict = strict and not hours.is_market_always_open
        self._step = config.increment
        self._resolution = resolution
        self._fill = None if resolution is None else FillForward(request, resolution, strict, last)
        self._rounding = Rounding(config, hours, strict_enabled)
        self._limit = limit
        self._symbol = config.symbol
        self._previous: BaseData | None = None
        self._current: BaseData | None = None
        self._delisted: datetime | None = None
        self._over = False
        self._tradable, self._tradable_days = _tradable_days(request)
        self._next_day = 0
        self._days = iter(self._each_day, None)

    def parts(self) -> Iterator[Part]:
        """Blocks, and between them corporate events and points that fit in none, each with its time in UTC."""
        self._previous = self._current = None if self._fill is None else self._fill.first_previous()
        for piece in self._pieces():
            if isinstance(piece, PriceRows):
                yield from self._take_rows(piece)
            else:
                yield from self._take_point(piece)
            if self._over:
                return
        previous, current = self._previous, self._current
        if self._fill is not None and self._delisted is None and previous is not None and current is not None:
            yield from self._fillings(list(self._fill.until_end(previous, current)), previous)

    # --- days and corporate events -------------------------------------------------------------------------------

    def _each_day(self) -> datetime | None:
        if self._next_day == len(self._tradable):
            return None
        self._next_day += 1
        return self._tradable[self._next_day - 1]

    def _pieces(self) -> Iterator[PriceRows | BaseData]:
        """As `_whole_history`, but all rows up to a day that may bring something in one piece."""
        if not self._open():
            return
        config = self._config
        asset = config.symbol.asset
        day, previous_end = self._advance(), None
        while day is not None:
            file, is_other = asset.file_key(config.mapped_symbol, day), False
            rows = load_rows(config, day)
            if rows is not None:
                rows = self._wanted(rows, previous_end, day)
                self._symbol = config.symbol
                prices, scaled, index = last_prices(rows), self._scale(rows), 0
                off_days = np.flatnonzero(~self._are_tradable(rows))
                while index < len(rows):
                    time = rows.time[index].item()
                    while day is not None and time - day >= _ONE_DAY:
                        day = self._advance()
                    if day is None or (is_other := asset.file_key(config.mapped_symbol, day) != file):
                        break
                    yield from self._waiting_until(rows.end[index].item())
                    stop = self._quiet_rows(rows, index, day, off_days)
                    self._raw_price, previous_end = prices[stop - 1], rows.end[stop - 1].item()
                    day = self._skip(day, midnight(rows.time[stop - 1].item()))
                    yield scaled.part(slice(index, stop))
                    index = stop
                if is_other:
                    continue
            day = self._advance()
            while day is not None and asset.file_key(config.mapped_symbol, day) == file:
                day = self._advance()
        yield from self._auxiliary

    def _are_tradable(self, rows: PriceRows) -> NDArray[np.bool_]:
        days, known = rows.time.astype("datetime64[D]"), self._tradable_days
        place = np.searchsorted(known, days)
        place[place == len(known)] = 0
        found: NDArray[np.bool_] = known[place] == days
        return found

    def _quiet_rows(self, rows: PriceRows, index: int, day: datetime, off_days: NDArray[np.intp]) -> int:
        """Up to what row no day between may bring something, nor anything that waits comes before it."""
        quiet = max(self._events.quiet_until, day + _ONE_DAY)
        stop = int(np.searchsorted(rows.time, np.datetime64(quiet)))
        if self._auxiliary:
            waiting = np.datetime64(self._auxiliary[0].end_time)
            stop = min(stop, int(np.searchsorted(rows.end, waiting, "right")))
        later = off_days[off_days > index]
        return max(index + 1, min(stop, int(later[0]) if len(later) else stop))

    def _skip(self, day: datetime, last: datetime) -> datetime:
        """Days up to one are over, without anything that they might have brought."""
        if last <= day:
            return day
        self._next_day = bisect_right(self._tradable, last)
        return last

    # --- rows ----------------------------------------------------------------------------------------------------

    def _take_rows(self, rows: PriceRows) -> Iterator[Part]:
        if self._strict:
            rows = strict_spans(rows, self._hours, self._first)
        if not len(rows):
            return
        if not self._fit(rows):
            for point, end in zip(rows.points(), rows.end.tolist(), strict=True):
                point.end_time = end
                yield from self._take_point(point)
                if self._over:
                    return
            return
        before, gaps = self._previous, self._gaps(rows)
        kept = self._kept(rows)
        stop = next((place for place, filled in gaps if not filled.goes_on), len(rows))
        late = np.flatnonzero(kept & (rows.time > np.datetime64(self._end)))
        stop = min(stop, int(late[0])) if len(late) else stop
        self._over = stop < len(rows)
        self._previous = self._current = self._last_bar(rows)
        yield from self._block(rows, _Bars.of_rows(rows).filled_at(gaps, kept, stop), before)

    def _fit(self, rows: PriceRows) -> bool:
        """Whether no row's time has to be rounded, and nothing is filled in but between whole bars."""
        if self._resolution is not None and self._resolution() < self._step:
            return False
        if self._previous is not None and type(self._previous) is not TradeBar:  # the warm-up's last was an event
            return False
        if self._strict:
            return bool((rows.end - rows.time > _ONE_HOUR).all())
        return bool((((rows.time - _YEAR_ONE) % np.timedelta64(self._step)).astype(np.int64) == 0).all())

    def _kept(self, rows: PriceRows) -> NDArray[np.bool_]:
        if self._strict or self._hours.is_market_always_open:
            return np.ones(len(rows), np.bool_)
        return open_rows(rows, self._hours, self._config.extended_market_hours)

    def _last_bar(self, rows: PriceRows) -> TradeBar:
        time, end = rows.time[-1].item(), rows.end[-1].item()
        opens, high, low, close, volume = (float(getattr(rows.columns, name)[-1]) for name in TRADES)
        return TradeBar(time, self._symbol, opens, high, low, close, volume, end - time)

    def _gaps(self, rows: PriceRows) -> list[tuple[int, _Filled]]:
        """What is filled in before which rows."""
        if self._fill is None:
            return []
        times, ends, before = rows.time, rows.end, self._previous
        places = np.flatnonzero(times[1:] - times[:-1] > np.timedelta64(self._step)) + 1
        edges = zip(
            *(times[places - 1].tolist(), ends[places - 1].tolist(), times[places].tolist(), ends[places].tolist()),
            strict=True,
        )
        found = [(place, self._gap(*edge)) for place, edge in zip(places.tolist(), edges, strict=True)]
        if before is not None:
            filled = self._gap(*(before.time, before.end_time, times[0].item(), ends[0].item()), before.is_fill_forward)
            found.insert(0, (0, filled))
        return [(place, filled) for place, filled in found if filled.bars or not filled.goes_on]

    def _gap(
        self, time: datetime, end: datetime, next_time: datetime, next_end: datetime, is_filled: bool = False
    ) -> _Filled:
        """What is filled in between two bars."""
        assert self._resolution is not None
        key = time, end, next_time, next_end, is_filled
        if self._delisted is not None:
            return self._work_out(*key)
        config = self._config
        limit = self._end if next_end > self._end else None  # before it, when the stream ends makes no difference
        kind = (self._hours, config.extended_market_hours, self._strict, self._step, limit, self._resolution())
        known: dict[Any, _Filled] = kept(_GAPS(), (*kind, config.is_filtered_subscription, config.type), dict)
        found = known.get(key)
        if found is None:
            found = known[key] = self._work_out(*key)
        return found

    def _work_out(
        self, time: datetime, end: datetime, next_time: datetime, next_end: datetime, is_filled: bool
    ) -> _Filled:
        previous = TradeBar(time, None, period=end - time, is_fill_forward=is_filled)
        following = TradeBar(next_time, None, period=next_end - next_time)

        filled, last = self._between(previous, following)
        bars, ends_here = self._checked(filled)
        return _Filled(tuple((bar.end_time, *self._span(bar)) for bar in bars), last is not None and not ends_here)

    def _span(self, bar: BaseData) -> tuple[datetime, datetime]:
        rounded = self._rounding(bar, bar.end_time)
        return rounded.time, rounded.end_time

    def _between(self, previous: BaseData, following: BaseData) -> tuple[list[BaseData], BaseData | None]:
        """What is filled in between two points, and the last of it; None when the stream ends there."""
        fill = self._fill
        if fill is None or not fill.may_lack(previous, following):
            return [], previous
        return _collected(fill.between(previous, following, self._delisted is None))

    def _checked(self, bars: list[BaseData]) -> tuple[list[BaseData], bool]:
        """The filled bars that lie in market hours, and whether the stream ends with them."""
        hours, extended = self._hours, self._config.extended_market_hours
        found: list[BaseData] = []
        for bar in bars:
            if hours.is_open(bar.time, bar.end_time, extended):
                if bar.time > self._end:
                    return found, True
                found.append(bar)
        return found, False

    # --- points --------------------------------------------------------------------------------------------------

    def _take_point(self, point: BaseData) -> Iterator[Part]:
        """A corporate event, or a bar that has to be looked at by itself."""
        previous, is_bar = self._previous, type(point) is TradeBar
        if self._fill is not None:
            if self._delisted is not None and (previous is None or previous.end_time >= self._delisted):
                self._over = True
                return
            if is_delisting(point):
                self._delisted = point.end_time
        if previous is not None:
            bars, last = self._between(previous, point)
            yield from self._fillings(bars, previous)
            if self._over or last is None:
                self._over = True
                return
            self._previous = last
        self._current = point
        if is_bar:
            self._previous = point
            if not self._hours.is_open(point.time, point.end_time, self._config.extended_market_hours):
                return
        if point.time > self._end:
            self._over = True
        else:
            yield from self._timed(point)

    def _timed(self, point: BaseData) -> Iterator[TimedPoint]:
        end = point.end_time
        if end >= self._limit():
            yield self._hours.time_zone.to_utc(end), self._rounding(point, end)

    def _fillings(self, bars: list[BaseData], previous: BaseData) -> Iterator[Part]:
        """Bars that are filled in from a point, as far as anybody gets them."""
        wanted, self._over = self._checked(bars)
        if type(previous) is TradeBar:
            times = tuple((bar.end_time, *self._span(bar)) for bar in wanted)
            yield from self._block(None, _Bars.of_filled(times), previous)
            return
        for bar in wanted:
            yield from self._timed(bar)

    def _block(self, rows: PriceRows | None, bars: _Bars, before: BaseData | None) -> Iterator[Part]:
        wanted = bars.emits >= np.datetime64(self._limit())
        if not wanted.all():
            bars = bars.part(wanted)
        if not len(bars.emits):
            return
        tail: Any = before
        if before is not None:
            tail = Tail(before.symbol, tuple(getattr(before, name) for name in TRADES), before.end_time)
        columns = None if rows is None else rows.columns
        spans = Spans.of(bars.emits, bars.starts, bars.ends, self._hours.time_zone)
        yield SpanBlock(self._config, self._symbol, spans, bars.source, bars.fresh, columns, tail)


class _Bars(NamedTuple):
    """Columns of bars: row (from 1; 0 is the bar before), whether it is one of the file, end as it comes, and span."""

    source: NDArray[np.intp]
    fresh: NDArray[np.bool_]
    emits: NDArray[np.datetime64]
    starts: NDArray[np.datetime64]
    ends: NDArray[np.datetime64]

    @classmethod
    def of_rows(cls, rows: PriceRows) -> _Bars:
        count = len(rows)
        return cls(np.arange(1, count + 1), np.ones(count, np.bool_), rows.end, rows.time, rows.end)

    @classmethod
    def of_filled(cls, bars: tuple[tuple[datetime, datetime, datetime], ...]) -> _Bars:
        columns = [np.array(times, "datetime64[us]") for times in (zip(*bars, strict=True) if bars else ((), (), ()))]
        return cls(np.zeros(len(bars), np.intp), np.zeros(len(bars), np.bool_), *columns)

    def filled_at(self, gaps: list[tuple[int, _Filled]], kept: NDArray[np.bool_], stop: int) -> _Bars:
        """With what is filled in before some of the rows, which end at one; without rows that nobody gets."""
        bars = self
        if stop < len(kept):
            bars, kept = bars.part(slice(stop)), kept[:stop]
            gaps = [(place, filled) for place, filled in gaps if place <= stop]
        if any(filled.bars for _, filled in gaps):
            places = np.array([place for place, filled in gaps for _ in filled.bars])
            new = _Bars.of_filled(tuple(bar for _, filled in gaps for bar in filled.bars))._replace(source=places)
            bars = _Bars(*(np.insert(old, places, more) for old, more in zip(bars, new, strict=True)))
            kept = np.insert(kept, places, True)
        return bars if kept.all() else bars.part(kept)

    def part(self, chosen: Any) -> _Bars:
        return _Bars(*(column[chosen] for column in self))


def _collected(bars: Generator[BaseData, None, BaseData | None]) -> tuple[list[BaseData], BaseData | None]:
    """What a generator gives, and what it returns."""
    found = []
    while True:
        try:
            found.append(next(bars))
        except StopIteration as end:
            return found, end.value


def _tradable_days(request: SubscriptionRequest) -> tuple[list[datetime], NDArray[np.datetime64]]:
    """The days of a request, which many streams have in common."""
    config, known = request.configuration, _DAYS()
    key = (
        *(request.exchange_hours, request.start_time_local, request.end_time_local),
        *(config.data_time_zone, config.extended_market_hours),
    )
    return kept(known, key, lambda: _listed(list(request.tradable_days_in_data_time_zone())))


def _listed(days: list[datetime]) -> tuple[list[datetime], NDArray[np.datetime64]]:
    return days, np.array(days, "datetime64[D]")
