"""Fill-forward on the wall clock (`LiveFillForwardEnumerator.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leanib.engine.feeds.fill_forward import filled_forward
from leanib.engine.market import BaseData, SubscriptionDataConfig
from leanib.engine.market.calendars import get_daily_calendar, round_down_in_time_zone
from leanib.engine.symbols import Market, Resolution

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["LiveFillForward"]

_HOUR = timedelta(hours=1)
_FAR_BEHIND = timedelta(days=5)
#: what the bars at a US market's open and close are waited for: their trades may be reported late
_PATIENCE = {
    Resolution.SECOND: timedelta(seconds=0.9),
    Resolution.MINUTE: timedelta(seconds=54),
    Resolution.HOUR: timedelta(minutes=10),
    Resolution.DAILY: timedelta(minutes=10),
}


class LiveFillForward:
    """Repeats a subscription's last point when its next one is due and has not come. Times are the exchange's.

    Args:
        config: The subscription.
        hours: The exchange's.
        strict: Whether daily bars run from the market's open to its close.
        resolution: The time between filled points at that moment.
    """

    def __init__(
        self,
        config: SubscriptionDataConfig,
        hours: SecurityExchangeHours,
        strict: bool,
        resolution: Callable[[], timedelta],
    ) -> None:
        self._config = config
        self._hours = hours
        self._strict = strict
        self._resolution = resolution
        self._is_us_equity = config.symbol.asset.is_share and config.symbol.id.market == Market.USA
        self.previous: BaseData | None = None

    def due(self, now: datetime) -> BaseData | None:
        """The filled point that is due by now; after a stall only the newest of many, as they are all the same."""
        previous = self.previous
        if previous is None or not self._config.fill_data_forward:
            return None
        step = min(self._resolution(), self._config.increment)
        if previous.end_time < now - _FAR_BEHIND:
            end = self._next_end(self._aligned(now - _FAR_BEHIND, step), step)
        else:
            end = self._next_end(previous.end_time, step)
        if not self._is_due(end, step, now):
            return None
        while step <= _HOUR or end < now - _FAR_BEHIND:
            following = self._next_end(end, step)
            if not self._is_due(following, step, now):
                break
            end = following
        filled = filled_forward(previous, end - (previous.end_time - previous.time), end)
        self.previous = filled
        return filled

    def _aligned(self, time: datetime, step: timedelta) -> datetime:
        zone = self._config.exchange_time_zone
        return round_down_in_time_zone(time, step, zone, self._config.data_time_zone)

    def _next_end(self, end: datetime, step: timedelta) -> datetime:
        """When the next filled point ends after one that ended then."""
        hours, extended = self._hours, self._config.extended_market_hours
        if self._strict and step == self._config.increment:
            return get_daily_calendar(hours.get_next_market_open(end, False), hours, False).end
        if hours.is_open(end, end + step, extended):
            return end + step
        opens = hours.get_next_market_open(end, extended)
        aligned = self._aligned(opens, step)
        return aligned + step if aligned + step > opens else opens + step

    def _is_due(self, end: datetime, step: timedelta, now: datetime) -> bool:
        if end > now:
            return False
        if not self._is_us_equity:
            return True
        hours, extended = self._hours, self._config.extended_market_hours
        opens = not hours.is_open(end - step - timedelta.resolution, extended)
        closes = not hours.is_open(end, extended)
        return not (opens or closes) or end + _PATIENCE[self._config.resolution] <= now
