"""When daily bars start and end, and which days have data (`Common/Util/LeanData.cs`, `Common/Time.cs`).

All times are naive, in the zone of the exchange unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from leanib.engine.market.bars import QuoteBar, TradeBar
from leanib.engine.market.base_data import BaseData
from leanib.engine.market.tick import OpenInterest
from leanib.engine.symbols import Symbol
from leanib.engine.timezones import DateTimeZone

if TYPE_CHECKING:
    from leanib.engine.exchanges import SecurityExchangeHours

__all__ = [
    "CalendarInfo",
    "convert_time",
    "each_tradeable_day",
    "each_tradeable_day_in_time_zone",
    "exchange_round_down_in_time_zone",
    "get_daily_calendar",
    "get_next_daily_end_time",
    "get_start_time_for_trade_bars",
    "midnight",
    "round_down",
    "round_down_in_time_zone",
    "set_strict_end_times",
    "use_daily_strict_end_times",
    "use_strict_end_time",
]

ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)
_EPOCH = datetime(1, 1, 1)
_STRICT_TYPES: set[type] = {TradeBar, QuoteBar, OpenInterest}


class CalendarInfo(NamedTuple):
    """A bar's start and length."""

    start: datetime
    period: timedelta

    @property
    def end(self) -> datetime:
        """The bar's end."""
        return self.start + self.period


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime(day.year, day.month, day.day)


def round_down(time: datetime, interval: timedelta) -> datetime:
    """The last multiple of the interval, counted from year 1."""
    return time - (time - _EPOCH) % interval if interval else time


def convert_time(time: datetime, source: DateTimeZone, target: DateTimeZone) -> datetime:
    """A local time in another zone."""
    return time if source is target else target.to_local(source.to_utc(time))


def round_down_in_time_zone(
    time: datetime, interval: timedelta, source_zone: DateTimeZone, rounding_zone: DateTimeZone
) -> datetime:
    """Rounds down in another zone (`Extensions.RoundDownInTimeZone`)."""
    rounded = round_down(convert_time(time, source_zone, rounding_zone), interval)
    return convert_time(rounded, rounding_zone, source_zone)


def exchange_round_down_in_time_zone(
    time: datetime,
    interval: timedelta,
    hours: SecurityExchangeHours,
    rounding_zone: DateTimeZone,
    extended_market_hours: bool,
) -> datetime:
    """The last multiple of the interval that starts a bar with an open market (`ExchangeRoundDownInTimeZone`)."""
    if not interval:
        return time
    if rounding_zone is hours.time_zone:
        rounded = time - (time - _EPOCH) % interval
        while not hours.is_open(rounded, rounded + interval, extended_market_hours):
            rounded -= interval
        return rounded
    in_zone = convert_time(time, hours.time_zone, rounding_zone)
    while True:
        rounded = convert_time(round_down(in_zone, interval), rounding_zone, hours.time_zone)
        if hours.is_open(rounded, rounded + interval, extended_market_hours):
            return rounded
        in_zone -= interval


def get_daily_calendar(time: datetime, hours: SecurityExchangeHours, extended_market_hours: bool) -> CalendarInfo:
    """The first open and the last close of the trading day at or after a time."""
    opens, closes = hours.get_daily_hours(time, extended_market_hours)
    return CalendarInfo(opens, closes - opens)


def use_strict_end_time(enabled: bool, symbol: Symbol, increment: timedelta, hours: SecurityExchangeHours) -> bool:
    """Whether bars of that length end with the market: daily ones of exchanges that close, when the setting is on."""
    if hours.is_market_always_open or increment <= ONE_HOUR:
        return False
    return enabled and symbol.asset.has_strict_end_times(symbol.id.market)


def use_daily_strict_end_times(
    enabled: bool, data_type: type, symbol: Symbol, increment: timedelta, hours: SecurityExchangeHours
) -> bool:
    """Likewise, and only for types of data that have such bars."""
    return data_type in _STRICT_TYPES and use_strict_end_time(enabled, symbol, increment, hours)


def set_strict_end_times(bar: BaseData, hours: SecurityExchangeHours) -> bool:
    """Move a daily bar to its market's open and close; False when it lies outside of regular hours."""
    if type(bar) not in _STRICT_TYPES:
        return False
    opens, closes = hours.get_daily_hours(bar.end_time, False)
    if closes < bar.time:
        return False
    bar.time = opens
    bar.end_time = closes
    return True


def get_next_daily_end_time(symbol: Symbol, time: datetime, hours: SecurityExchangeHours) -> datetime:
    """When the daily bar that holds a time ends."""
    next_midnight = midnight(time) + ONE_DAY
    if not use_strict_end_time(True, symbol, ONE_DAY, hours):
        return next_midnight
    close: datetime = hours.get_last_daily_market_close(time, False)
    if close > next_midnight and hours.is_open(time, False):
        return next_midnight
    return close


def get_start_time_for_trade_bars(
    hours: SecurityExchangeHours,
    end: datetime,
    bar_size: timedelta,
    bar_count: int,
    extended_market_hours: bool,
    data_time_zone: DateTimeZone,
    daily_precise_end_time: bool = False,
) -> datetime:
    """Where to start so that `bar_count` bars lie before `end` (`Time.GetStartTimeForTradeBars`)."""
    current = end
    if not (daily_precise_end_time and bar_size == ONE_DAY) or (
        not hours.is_date_open(current)
        or hours.get_next_market_close(midnight(current), extended_market_hours) > current
    ):
        current = round_down_in_time_zone(end, bar_size, hours.time_zone, data_time_zone)
    while bar_count > 0:
        previous, current = current, current - bar_size
        if hours.is_open(current, previous, extended_market_hours):
            bar_count -= 1
    return current


def each_tradeable_day(
    hours: SecurityExchangeHours, start: datetime, end: datetime, extended_market_hours: bool = False
) -> Iterator[datetime]:
    """The days from start to end, both included, on which the exchange opens."""
    last = midnight(end)
    day: datetime | None = midnight(start)
    while day is not None and day <= last:
        day = hours.first_open_day(day, last, extended_market_hours)
        if day is not None:
            yield day
            day += ONE_DAY


def each_tradeable_day_in_time_zone(
    hours: SecurityExchangeHours,
    start: datetime,
    end: datetime,
    zone: DateTimeZone,
    include_extended_market_hours: bool = True,
) -> Iterator[datetime]:
    """The days, in another zone, that hold open market time from start to the end of the last day."""
    if zone is hours.time_zone:
        yield from _open_days(hours, start, end, include_extended_market_hours)
        return
    current, last = start, midnight(end) + ONE_DAY
    while current < last:
        day = midnight(convert_time(current, hours.time_zone, zone))
        following = min(convert_time(day + ONE_DAY, zone, hours.time_zone), last)
        if hours.is_open(current, following, include_extended_market_hours):
            yield day
        current = following


def _open_days(hours: SecurityExchangeHours, start: datetime, end: datetime, extended: bool) -> Iterator[datetime]:
    day, last = midnight(start), midnight(end)
    if start > day:
        if day <= last and hours.is_open(start, day + ONE_DAY, extended):
            yield day
        day += ONE_DAY
    while day <= last:
        if hours.is_date_open(day, extended):
            yield day
        day += ONE_DAY
