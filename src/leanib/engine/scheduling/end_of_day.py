"""The events that call `on_end_of_day` (`Engine/RealTime/ScheduledEventFactory.cs`)."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leanib.engine.dotnet.two_sides import users_of
from leanib.engine.market.time import Time
from leanib.engine.scheduling.event import ScheduledEvent

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.securities import Security

__all__ = ["algorithm_end_of_day", "handler_arity", "security_end_of_day"]

_ONE_DAY = timedelta(days=1)


def handler_arity(algorithm: RunStrategy) -> int | None:
    """The parameters of the user's `on_end_of_day`: 0, or 1 for the symbol; None when it is not overridden."""
    kind = type(users_of(algorithm))
    base = next((cls for cls in kind.__mro__ if cls.__name__ == "QCAlgorithm"), None)
    method = getattr(kind, "on_end_of_day", None)
    if base is None or method is None or method is getattr(base, "on_end_of_day", None):
        return None
    return len(inspect.signature(method).parameters) - 1


def algorithm_end_of_day(algorithm: RunStrategy, start: datetime) -> ScheduledEvent:
    """`on_end_of_day()` two minutes before midnight of each day on which any exchange opens."""
    of_day = _ONE_DAY - ScheduledEvent.ALGORITHM_END_OF_DAY_DELTA
    now = algorithm.utc_time

    def times() -> Iterator[datetime]:
        for date in Time.each_tradeable_day(algorithm.securities.values(), start, algorithm.end_date):
            utc = algorithm.time_zone.to_utc(date + of_day)
            if utc > now:
                yield utc

    algorithm.debug(
        "Usage of QCAlgorithm.OnEndOfDay() without a symbol will be deprecated August 2021. "
        "Always use a symbol when overriding this method: OnEndOfDay(symbol)"
    )
    return ScheduledEvent("Algorithm.EndOfDay", times(), lambda *_: algorithm.on_end_of_day())


def security_end_of_day(algorithm: RunStrategy, security: Security) -> ScheduledEvent:
    """`on_end_of_day(symbol)` ten minutes before the exchange closes; at midnight where it never does."""
    hours = security.exchange.hours
    now = algorithm.utc_time

    def times() -> Iterator[datetime]:
        for date in Time.each_tradeable_day(hours, now, algorithm.end_date):
            if hours.is_market_always_open:
                local = date + _ONE_DAY
            else:
                closes = hours.get_last_daily_market_close(date, security.is_extended_market_hours)
                local = closes - ScheduledEvent.SECURITY_END_OF_DAY_DELTA
            utc = hours.time_zone.to_utc(local)
            if utc > now:
                yield utc

    symbol = security.symbol
    return ScheduledEvent(f"{symbol}.EndOfDay", times(), lambda *_: algorithm.on_end_of_day(symbol))
