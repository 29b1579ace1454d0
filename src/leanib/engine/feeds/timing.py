"""When each data point is emitted, and the times that filled bars of hours and days have (`SubscriptionData.cs`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.feeds.fill_forward import filled_forward
from leanib.engine.feeds.subscription import TimedPoint
from leanib.engine.market import BaseData, SubscriptionDataConfig
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import (
    ONE_DAY,
    exchange_round_down_in_time_zone,
    midnight,
    use_daily_strict_end_times,
)
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.timezones import DateTimeZone

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["Rounding", "timed"]

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
    adjust = Rounding(config, hours, strict_enabled)
    for point in points:
        if point is None:
            yield None
            continue
        end = point.end_time
        yield to_utc(end), adjust(point, end)


class Rounding:
    """Gives the bars of hours and days the times that they have in LEAN."""

    def __init__(self, config: SubscriptionDataConfig, hours: SecurityExchangeHours, strict_enabled: bool) -> None:
        self._config = config
        self._hours = hours
        self._strict_enabled = strict_enabled
        # The length of the point before, and whether points of that length have strict times.
        self._span, self._is_strict = _ZERO, False

    def __call__(self, point: BaseData, end: datetime) -> Any:
        """The point, or a copy with other times: fill-forward still needs the point as it is."""
        config, hours, time = self._config, self._hours, point.time
        span = end - time
        if span != self._span:
            self._span = span
            self._is_strict = use_daily_strict_end_times(self._strict_enabled, config.type, config.symbol, span, hours)
        if self._is_strict:
            return filled_forward(point, *hours.get_daily_hours(time, False)) if point.is_fill_forward else point
        if span == _ZERO:
            return point
        if span != config.increment:
            zone = config.exchange_time_zone
            span = zone.to_utc(end) - zone.to_utc(time)
        time = exchange_round_down_in_time_zone(time, span, hours, config.data_time_zone, config.extended_market_hours)
        if time != point.time:
            point = point.clone(point.is_fill_forward)
            point.time = time
        return point
