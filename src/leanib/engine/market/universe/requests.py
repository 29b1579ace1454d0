"""A request for one stream of data between two times (`Common/Data/UniverseSelection/SubscriptionRequest.cs`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.market.calendars import each_tradeable_day_in_time_zone, midnight
from leanib.engine.market.config import SubscriptionDataConfig
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import TickType

if TYPE_CHECKING:
    from leanib.engine.exchanges import SecurityExchangeHours
    from leanib.engine.securities import Security

__all__ = ["SubscriptionRequest"]


class SubscriptionRequest(LeanObject):
    """Which stream, for which security, from when to when (UTC), and which universe asks."""

    __slots__ = (
        "configuration",
        "end_time_local",
        "end_time_utc",
        "exchange_hours",
        "is_universe_subscription",
        "security",
        "start_time_local",
        "start_time_utc",
        "starts_exactly",
        "universe",
    )

    def __init__(
        self,
        is_universe_subscription: bool,
        universe: Any,
        security: Security,
        configuration: SubscriptionDataConfig,
        start_time_utc: datetime,
        end_time_utc: datetime,
        starts_exactly: bool = False,
    ) -> None:
        """Open interest comes before the market opens: streams of it begin at midnight, histories do not."""
        self.starts_exactly = starts_exactly
        self.is_universe_subscription = is_universe_subscription
        self.universe = universe
        self.security = security
        self.configuration = configuration
        self.exchange_hours: SecurityExchangeHours = security.exchange.hours
        zone = self.exchange_hours.time_zone
        if configuration.tick_type is TickType.OPEN_INTEREST:
            self.exchange_hours = type(self.exchange_hours).always_open(zone)
        if configuration.tick_type is TickType.OPEN_INTEREST and not starts_exactly:
            start_time_utc = zone.to_utc(midnight(zone.to_local(start_time_utc)))
        self.start_time_utc = start_time_utc
        self.end_time_utc = end_time_utc
        self.start_time_local = zone.to_local(start_time_utc)
        self.end_time_local = zone.to_local(end_time_utc)

    def replace(self, **changes: Any) -> SubscriptionRequest:
        """The same request with some things changed."""
        values = {
            "is_universe_subscription": self.is_universe_subscription,
            "universe": self.universe,
            "security": self.security,
            "configuration": self.configuration,
            "start_time_utc": self.start_time_utc,
            "end_time_utc": self.end_time_utc,
            "starts_exactly": self.starts_exactly,
        }
        return SubscriptionRequest(**{**values, **changes})

    def tradable_days_in_data_time_zone(self) -> Iterator[datetime]:
        """The days, in the data's zone, that hold open market time."""
        return each_tradeable_day_in_time_zone(
            self.exchange_hours,
            self.start_time_local,
            self.end_time_local,
            self.configuration.data_time_zone,
            self.configuration.extended_market_hours,
        )

    def has_tradable_days(self) -> bool:
        """Whether there is any such day."""
        return next(self.tradable_days_in_data_time_zone(), None) is not None
