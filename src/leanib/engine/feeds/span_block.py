"""Hourly and daily bars as columns: like a day of minutes, but each bar has a start and a length of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leanib.engine.feeds.blocks import DayBlock, Grid, Tail
from leanib.engine.feeds.data_reader import market_segments
from leanib.engine.feeds.price_files import PriceRows, times_in_utc
from leanib.engine.market import SubscriptionDataConfig
from leanib.engine.market.calendars import midnight
from leanib.engine.symbols import PerRun, Symbol
from leanib.engine.timezones import DateTimeZone

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["SpanBlock", "Spans", "are_open", "strict_spans"]

_ONE_DAY = timedelta(days=1)
_TIME = np.dtype("datetime64[us]")
_KEPT = 256
"""So many spans of bars, hours and made bars are kept."""

Times = NDArray[np.datetime64]

_SPANS = PerRun[dict[Any, "Spans"]](dict)
_STRICT = PerRun[dict[Any, tuple[Times, Times]]](dict)
_SEGMENTS = PerRun[dict[Any, tuple[Times, Times]]](dict)


class Spans(Grid):
    """A grid whose bars have starts and ends of their own; those that end together share one."""

    def __init__(self, emits: Times, starts: Times, ends: Times, zone: DateTimeZone) -> None:
        super().__init__(emits, times_in_utc(emits, zone))
        self.starts = starts
        self.periods = ends - starts

    @staticmethod
    def of(emits: Times, starts: Times, ends: Times, zone: DateTimeZone) -> Spans:
        """The one of some times."""
        key = zone, emits.tobytes(), starts.tobytes(), ends.tobytes()
        found: Spans = _kept(_SPANS(), key, lambda: Spans(emits, starts, ends, zone))
        return found


class SpanBlock(DayBlock):
    """Bars of a stream from one corporate event to the next."""

    __slots__ = ("_begin", "_lengths")

    def __init__(
        self,
        config: SubscriptionDataConfig,
        symbol: Symbol,
        spans: Spans,
        source: NDArray[np.intp],
        fresh: NDArray[np.bool_],
        columns: Any,
        tail: Tail | None,
    ) -> None:
        super().__init__(config, spans, 0, source, fresh, columns, tail)
        self.symbol = symbol
        self._begin, self._lengths = spans.starts, spans.periods

    def _span(self, index: int) -> tuple[datetime, timedelta]:
        return self._begin[index].item(), self._lengths[index].item()

    def _spans(self, start: int, stop: int) -> tuple[list[datetime], Iterable[timedelta]]:
        return self._begin[start:stop].tolist(), self._lengths[start:stop].tolist()

    def _make_many(self, index: int) -> None:
        if len(self._made) > _KEPT:  # what lies behind is not asked for again, or made anew
            self._made = {place: bar for place, bar in self._made.items() if place > index - _KEPT // 4}
        super()._make_many(index)


def strict_spans(rows: PriceRows, hours: SecurityExchangeHours, start: datetime) -> PriceRows:
    """Daily rows from the market's open to its close, without those that end before a time or on no trading day."""
    opens, closes = _kept(_STRICT(), (hours, rows.end.tobytes()), lambda: _daily_hours(rows.end, hours))
    wanted = (closes >= rows.time) & (closes >= np.datetime64(start))
    part = rows.part(slice(None) if wanted.all() else wanted)
    part.time, part.end = (opens, closes) if wanted.all() else (opens[wanted], closes[wanted])
    return part


def _daily_hours(ends: Times, hours: SecurityExchangeHours) -> tuple[Times, Times]:
    found = [hours.get_daily_hours(end, False) for end in ends.tolist()]
    opens, closes = zip(*found, strict=True)
    return np.array(opens, _TIME), np.array(closes, _TIME)


def are_open(rows: PriceRows, hours: SecurityExchangeHours, extended: bool) -> NDArray[np.bool_]:
    """Which rows overlap open market time (`SecurityExchangeHours.is_open`)."""
    first, last = midnight(rows.time[0].item()), midnight(rows.end[-1].item())
    key = hours, extended, first, last
    opens, closes = _kept(_SEGMENTS(), key, lambda: _segments(hours, extended, first, last))
    place = np.searchsorted(closes, rows.time, "right")
    opens = np.concatenate((opens, [np.datetime64("9999-01-01", "us")]))
    found: NDArray[np.bool_] = opens[place] < rows.end
    return found


def _segments(hours: SecurityExchangeHours, extended: bool, first: datetime, last: datetime) -> tuple[Times, Times]:
    segments, day = [], first
    while day <= last:
        segments += market_segments(hours, day, extended)
        day += _ONE_DAY
    opens, closes = zip(*segments, strict=True) if segments else ((), ())
    return np.array(opens, _TIME), np.array(closes, _TIME)


def _kept(known: dict[Any, Any], key: Any, make: Any) -> Any:
    found = known.get(key)
    if found is None:
        if len(known) >= _KEPT:
            known.pop(next(iter(known)))
        found = known[key] = make()
    return found
