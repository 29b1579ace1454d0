"""Hourly and daily bars as columns: like a day of minutes, but each bar has a start and a length of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leanib.engine.feeds.blocks import DayBlock, Grid, Tail
from leanib.engine.feeds.market_time import daily_hours, kept
from leanib.engine.feeds.price_files import PriceRows, times_in_utc
from leanib.engine.market import SubscriptionDataConfig
from leanib.engine.symbols import PerRun, Symbol
from leanib.engine.timezones import DateTimeZone

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["SpanBlock", "Spans", "strict_spans"]

_KEPT = 256
"""So many made bars are kept."""

Times = NDArray[np.datetime64]

_SPANS = PerRun[dict[Any, "Spans"]](dict)


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
        return kept(_SPANS(), key, lambda: Spans(emits, starts, ends, zone))


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

    def rounded_ends(self) -> Times:
        """Starts and lengths are those of `SubscriptionData`."""
        return self._begin + self._lengths

    def _span(self, index: int) -> tuple[datetime, timedelta]:
        return self._begin[index].item(), self._lengths[index].item()

    def _spans(self, start: int, stop: int) -> tuple[list[datetime], Iterable[timedelta]]:
        return self._begin[start:stop].tolist(), self._lengths[start:stop].tolist()

    def _make_many(self, start: int, stop: int) -> None:
        if len(self._made) > _KEPT:  # what lies behind is not asked for again, or made anew
            self._made = {place: bar for place, bar in self._made.items() if place > start - _KEPT // 4}
        super()._make_many(start, stop)


def strict_spans(rows: PriceRows, hours: SecurityExchangeHours, start: datetime) -> PriceRows:
    """Daily rows from the market's open to its close, without those that end before a time or on no trading day."""
    opens, closes = daily_hours(rows.end, hours)
    wanted = (closes >= rows.time) & (closes >= np.datetime64(start))
    part = rows.part(slice(None) if wanted.all() else wanted)
    part.time, part.end = (opens, closes) if wanted.all() else (opens[wanted], closes[wanted])
    return part
