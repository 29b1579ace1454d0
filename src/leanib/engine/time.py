"""LEAN's `Time`: lengths of time, and walks over days (`Common/Time.cs`). Times are naive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.securities import Security, SecurityExchangeHours
    from leanib.engine.timezones import DateTimeZone

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
        return Time.date_time_range(_midnight(start), thru, _ONE_DAY)

    @staticmethod
    def each_tradeable_day(
        exchange: SecurityExchangeHours | Security | Iterable[Security],
        start: datetime,
        thru: datetime,
        extended_market_hours: bool = False,
    ) -> Iterator[datetime]:
        """The days on which the exchange is open; of several securities, the days on which any exchange is."""
        if hasattr(exchange, "is_date_open"):
            hours = [exchange]
        elif hasattr(exchange, "exchange"):
            hours = [exchange.exchange.hours]
        else:
            yield from Time._each_day_any_is_open(list(exchange), start, thru)
            return
        is_open = hours[0].is_date_open
        for day in Time.each_day(start, thru):
            if is_open(day, extended_market_hours):
                yield day

    @staticmethod
    def _each_day_any_is_open(securities: list[Security], start: datetime, thru: datetime) -> Iterator[datetime]:
        for day in Time.each_day(start, thru):
            if any(security.exchange.hours.is_date_open(day) for security in securities):
                yield day

    @staticmethod
    def each_tradeable_day_in_time_zone(
        exchange: SecurityExchangeHours,
        start: datetime,
        thru: datetime,
        time_zone: DateTimeZone,
        include_extended_market_hours: bool = True,
    ) -> Iterator[datetime]:
        """The days, as the given zone counts them, during which the exchange is open; start, thru in its own zone."""
        current = start
        end = _midnight(thru) + _ONE_DAY
        while current < end:
            local = time_zone.to_local(exchange.time_zone.to_utc(current))
            next_local = _midnight(local) + _ONE_DAY
            following = min(exchange.time_zone.to_local(time_zone.to_utc(next_local)), end)
            if exchange.is_open(current, following, include_extended_market_hours):
                yield _midnight(local)
            current = following

    @staticmethod
    def get_start_time_for_trade_bars(
        exchange_hours: SecurityExchangeHours,
        end: datetime,
        bar_size: timedelta,
        bar_count: int,
        extended_market_hours: bool,
        data_time_zone: DateTimeZone,
        daily_precise_end_time: bool = False,
    ) -> datetime:
        """Where so many bars before `end` begin; times in the exchange's zone."""
        if bar_size <= timedelta(0):
            raise ArgumentException("the bar size of a history request must be positive")
        current = end
        if not (daily_precise_end_time and bar_size == _ONE_DAY) or not _has_closed_today(
            exchange_hours, end, extended_market_hours
        ):
            current = round_down_in_time_zone(end, bar_size, exchange_hours.time_zone, data_time_zone)
        count = 0
        while count < bar_count:
            previous = current
            current -= bar_size
            if exchange_hours.is_open(current, previous, extended_market_hours):
                count += 1
        return current


def _midnight(time: datetime) -> datetime:
    return datetime(time.year, time.month, time.day)


def _has_closed_today(hours: SecurityExchangeHours, time: datetime, extended_market_hours: bool) -> bool:
    if not hours.is_date_open(time):
        return False
    return hours.get_next_market_close(_midnight(time), extended_market_hours) <= time


def round_down(time: datetime, interval: timedelta) -> datetime:
    """The last multiple of the interval, counted from year one, at or before a time (`Extensions.RoundDown`)."""
    return time - (time - datetime.min) % interval if interval else time  # noqa: DTZ901


def round_down_in_time_zone(
    time: datetime, interval: timedelta, source_zone: DateTimeZone, rounding_zone: DateTimeZone
) -> datetime:
    """Round down as the other zone's clock shows it (`Extensions.RoundDownInTimeZone`)."""
    in_zone = rounding_zone.to_local(source_zone.to_utc(time))
    rounded = round_down(in_zone, interval)
    return source_zone.to_local(rounding_zone.to_utc(rounded))
