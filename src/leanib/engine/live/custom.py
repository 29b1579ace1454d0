"""Custom data in a live run: asked for again and again (`LiveCustomDataSubscriptionEnumeratorFactory.cs`).

`get_source(config, today, is_live=True)` is asked at the stream's own interval, at least every half hour; what it
points to is read whole, and what ended before the last point is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.custom.reading import read_source
from leanib.engine.market import BaseData
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import midnight
from leanib.engine.market.universe.requests import SubscriptionRequest

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig

__all__ = ["polled_points"]

_SLOWEST = timedelta(minutes=30)


def polled_points(
    request: SubscriptionRequest, now: Callable[[], datetime], tell: Callable[[str], object]
) -> Iterator[BaseData | None]:
    """The points of a stream of custom data as they appear; None while there is nothing new.

    Args:
        request: The stream.
        now: The moment up to which is read, naive UTC.
        tell: Told why a source cannot be read, each reason once.
    """
    config, zone = request.configuration, request.exchange_hours.time_zone
    factory: Any = config.type()
    factory.symbol = config.symbol
    interval = min(config.increment, _SLOWEST)
    newest = zone.to_local(now())
    asked = NO_TIME
    while True:
        moment = now()
        if moment - asked >= interval:
            asked = moment
            day = midnight(zone.to_local(moment))
            points, problem = _read(factory, config, day)
            if problem is not None:
                tell(f"Warning: custom data of {config.symbol.value} cannot be read: {problem}")
            for point in points:
                if point.end_time > newest:
                    newest = point.end_time
                    yield point
        yield None


def _read(factory: Any, config: SubscriptionDataConfig, day: datetime) -> tuple[list[BaseData], Exception | None]:
    """What the source of a day holds now, or why it cannot be read: that is the source's fault, and passes."""
    try:
        source = factory.get_source(config, day, True)
        if source is None or not source.source:
            return [], None
        return list(read_source(source, config, day, factory)), None
    except Exception as error:
        return [], error
