"""When each data point is emitted, and the times that filled bars of hours and days have (`SubscriptionData.cs`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.market import BaseData, SubscriptionDataConfig
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import (
    ONE_DAY,
    CalendarInfo,
    exchange_round_down_in_time_zone,
    get_daily_calendar,
    midnight,
    use_daily_strict_end_times,
)
from leanib.engine.run.requests import SubscriptionRequest
from leanib.engine.run.subscription import TimedPoint
from leanib.engine.timezones import DateTimeZone

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["timed"]

_ZERO = timedelta(0)
_ONE_MINUTE = timedelta(minutes=1)


def timed(
    points: Iterable[BaseData | None], request: SubscriptionRequest, strict_enabled: bool
) -> Iterator[TimedPoint | None]:
    """Each point with the UTC time at which it is emitted; bars have the times of LEAN's `SubscriptionData`."""
    config, hours = request.configuration, request.exchange_hours
    if request.is_universe_subscription or config.increment <= _ONE_MINUTE:
        return _timed_by_day(points, hours.time_zone)
    return _timed_and_rounded(points, config, hours, strict_enabled)


def _timed_by_day(points: Iterable[BaseData | None], zone: DateTimeZone) -> Iterator[TimedPoint | None]:
    """Each point with its UTC end; the offset is looked up once a day."""
    start = end = NO_TIME
    offset = _ZERO
    for point in points:
        if point is None:
            yield None
            continue
        time = point.end_time
        if not start <= time < end:
            start = midnight(time)
            offset, end = zone.offset_at_local(time), start + ONE_DAY
            if zone.offset_at_local(start) != zone.offset_at_local(end):
                end = start
        yield time - offset, point


def _timed_and_rounded(
    points: Iterable[BaseData | None],
    config: SubscriptionDataConfig,
    hours: SecurityExchangeHours,
    strict_enabled: bool,
) -> Iterator[TimedPoint | None]:
    to_utc = hours.time_zone.to_utc
    adjust = _Rounding(config, hours, strict_enabled)
    for point in points:
        if point is None:
            yield None
            continue
        end = to_utc(point.end_time)
        yield end, adjust(point)


class _Rounding:
    """Gives the bars of hours and days the times that they have in LEAN."""

    def __init__(self, config: SubscriptionDataConfig, hours: SecurityExchangeHours, strict_enabled: bool) -> None:
        self._config = config
        self._hours = hours
        self._strict_enabled = strict_enabled
        self._calendar = CalendarInfo(NO_TIME, _ZERO)
        self._next_open = NO_TIME

    def _calendar_at(self, time: datetime) -> CalendarInfo:
        """The daily bar that a time belongs to: the same from one open to the next."""
        if not self._calendar.start <= time < self._next_open:
            self._calendar = get_daily_calendar(time, self._hours, False)
            self._next_open = self._hours.get_next_market_open(self._calendar.end, False)
        return self._calendar

    def __call__(self, point: Any) -> Any:
        """The point, or a copy with other times: fill-forward still needs the point as it is."""
        config, hours = self._config, self._hours
        span = point.end_time - point.time
        if use_daily_strict_end_times(self._strict_enabled, config.type, config.symbol, span, hours):
            if not point.is_fill_forward:
                return point
            calendar = self._calendar_at(point.time)
            point = point.clone(True)
            point.time, point.end_time = calendar.start, calendar.end
            return point
        if span == _ZERO:
            return point
        if span != config.increment:
            zone = config.exchange_time_zone
            span = zone.to_utc(point.end_time) - zone.to_utc(point.time)
        time = exchange_round_down_in_time_zone(
            point.time, span, hours, config.data_time_zone, config.extended_market_hours
        )
        if time != point.time:
            point = point.clone(point.is_fill_forward)
            point.time = time
        return point
