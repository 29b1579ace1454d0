"""When markets are open, for many rows at once; what many streams ask alike is answered once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from leanib.engine.exchanges.market_hours import MarketHoursState
from leanib.engine.market.calendars import midnight
from leanib.engine.symbols import PerRun

if TYPE_CHECKING:
    from leanib.engine.feeds.price_files import PriceRows
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["daily_hours", "kept", "market_segments", "open_rows"]

_ONE_DAY = timedelta(days=1)
_MOMENT = np.timedelta64(1, "us")
_TIME = np.dtype("datetime64[us]")
_NEVER = np.array(["9999-01-01"], _TIME)
_KEPT = 256

Times = NDArray[np.datetime64]
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_SEGMENTS = PerRun[dict[Hashable, tuple[Times, Times]]](dict)
_DAILY = PerRun[dict[Hashable, tuple[Times, Times]]](dict)
_DAYS = PerRun[dict[Hashable, dict[datetime, tuple[datetime, datetime]]]](dict)


def kept(known: dict[K, T], key: K, make: Callable[[], T]) -> T:
    """What is known by a key, made when it is not; the oldest of too many are forgotten."""
    found = known.get(key)
    if found is None:
        if len(known) >= _KEPT:
            known.pop(next(iter(known)))
        found = known[key] = make()
    return found


def market_segments(hours: SecurityExchangeHours, day: datetime, extended: bool) -> list[tuple[datetime, datetime]]:
    """The open times of a day."""
    return [
        (day + segment.start, day + segment.end)
        for segment in hours.get_market_hours(day).segments
        if extended or segment.state is MarketHoursState.MARKET
    ]


def open_rows(rows: PriceRows, hours: SecurityExchangeHours, extended: bool) -> NDArray[np.bool_]:
    """Which rows overlap open market time; an instant is open from the moment in which the market opens."""
    first, last = midnight(rows.time[0].item()), midnight(rows.end[-1].item())
    opens, closes = kept(_SEGMENTS(), (hours, extended, first, last), lambda: _segments(hours, extended, first, last))
    following = opens[np.searchsorted(closes, rows.time, "right")]
    found: NDArray[np.bool_] = following < np.maximum(rows.end, rows.time + _MOMENT)
    return found


def _segments(hours: SecurityExchangeHours, extended: bool, first: datetime, last: datetime) -> tuple[Times, Times]:
    """When the market opens, at last never, and when it closes."""
    segments, day = [], first
    while day <= last:
        segments += market_segments(hours, day, extended)
        day += _ONE_DAY
    opens, closes = zip(*segments, strict=True) if segments else ((), ())
    return np.concatenate((np.array(opens, _TIME), _NEVER)), np.array(closes, _TIME)


def daily_hours(ends: Times, hours: SecurityExchangeHours) -> tuple[Times, Times]:
    """From when to when the market is open on the days whose bars end at some times."""
    return kept(_DAILY(), (hours, ends.tobytes()), lambda: _daily_hours(ends, hours))


def _daily_hours(ends: Times, hours: SecurityExchangeHours) -> tuple[Times, Times]:
    days, times = _DAYS().setdefault(hours, {}), ends.tolist()
    for end in times:  # streams have pieces of their own, and the days in common
        if end not in days:
            days[end] = hours.get_daily_hours(end, False)
    opens, closes = zip(*[days[end] for end in times], strict=True)
    return np.array(opens, _TIME), np.array(closes, _TIME)
