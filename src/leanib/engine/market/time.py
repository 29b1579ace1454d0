"""LEAN's `Time`: lengths of time, and walks over days (`Common/Time.cs`). Times are naive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.market import calendars
from leanib.engine.market.calendars import midnight
from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.exchanges import SecurityExchangeHours
    from leanib.engine.securities import Security

__all__ = ["Time"]

_EPOCH = datetime(1970, 1, 1)
_ONE_DAY = timedelta(days=1)


class Time(LeanObject):
    """Static helpers; a day walk yields midnights."""

    END_OF_TIME = EndOfTime = end_of_time = datetime(2050, 12, 31)
    START = Start = datetime(1998, 1, 2)
    BEGINNING_OF_TIME = BeginningOfTime = beginning_of_time = datetime(1899, 12, 30)
    MAX_TIME_SPAN = MaxTimeSpan = timedelta(days=365_000)
    ONE_YEAR = OneYear = timedelta(days=365)
    ONE_DAY = OneDay = _ONE_DAY
    ONE_HOUR = OneHour = timedelta(hours=1)
    ONE_MINUTE = OneMinute = timedelta(minutes=1)
    ONE_SECOND = OneSecond = timedelta(seconds=1)
    ONE_MILLISECOND = OneMillisecond = timedelta(milliseconds=1)

    @staticmethod
    def multiply(interval: timedelta, multiplier: float) -> timedelta:
        """So many times an interval."""
        return interval * multiplier

    @staticmethod
    def unix_time_stamp_to_date_time(seconds: float) -> datetime:
        """Seconds since 1970 as naive UTC."""
        return _EPOCH + timedelta(seconds=seconds)

    @staticmethod
    def unix_millisecond_time_stamp_to_date_time(milliseconds: float) -> datetime:
        """Milliseconds since 1970 as naive UTC."""
        return _EPOCH + timedelta(milliseconds=milliseconds)

    @staticmethod
    def date_time_to_unix_time_stamp(time: datetime) -> float:
        """Naive UTC as seconds since 1970."""
        return (time - _EPOCH).total_seconds()

    @staticmethod
    def date_time_range(start: datetime, thru: datetime, step: timedelta) -> Iterator[datetime]:
        """From start to thru, both included."""
        while start <= thru:
            yield start
            start += step

    @staticmethod
    def each_day(start: datetime, thru: datetime) -> Iterator[datetime]:
        """Every midnight from start's day to thru's day."""
        return Time.date_time_range(midnight(start), thru, _ONE_DAY)

    @staticmethod
    def each_tradeable_day(
        exchange: SecurityExchangeHours | Security | Iterable[Security],
        start: datetime,
        thru: datetime,
        extended_market_hours: bool = False,
    ) -> Iterator[datetime]:
        """The days on which the exchange is open; of several securities, the days on which any exchange is."""
        if isinstance(exchange, Iterable):
            return _each_day_any_is_open(list(exchange), start, thru)
        hours: Any = getattr(exchange, "exchange", exchange)
        return calendars.each_tradeable_day(getattr(hours, "hours", hours), start, thru, extended_market_hours)

    each_tradeable_day_in_time_zone = staticmethod(calendars.each_tradeable_day_in_time_zone)
    get_start_time_for_trade_bars = staticmethod(calendars.get_start_time_for_trade_bars)


def _each_day_any_is_open(securities: list[Security], start: datetime, thru: datetime) -> Iterator[datetime]:
    for day in Time.each_day(start, thru):
        if any(security.exchange.hours.is_date_open(day) for security in securities):
            yield day
