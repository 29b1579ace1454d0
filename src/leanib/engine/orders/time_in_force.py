"""How long an order lives (`Common/Orders/TimeInForce.cs` and `TimeInForces/`)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.assets import OrderDay
from leanib.engine.naming import LeanObject
from leanib.engine.timezones import TimeZones

if TYPE_CHECKING:
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.traded import TradedSecurity

__all__ = ["DayTimeInForce", "GoodTilCanceledTimeInForce", "GoodTilDateTimeInForce", "TimeInForce"]

_FOREX_CUT_OFF = timedelta(hours=17)


class TimeInForce(LeanObject):
    """Base of the times in force; `TimeInForce.DAY`, `.GOOD_TIL_CANCELED`, `.good_til_date(time)`."""

    GOOD_TIL_CANCELED: ClassVar[TimeInForce]
    DAY: ClassVar[TimeInForce]
    GoodTilCanceled: ClassVar[TimeInForce]
    Day: ClassVar[TimeInForce]

    @staticmethod
    def good_til_date(expiry: datetime) -> TimeInForce:
        """Until the close of that day, in the exchange's time zone."""
        return GoodTilDateTimeInForce(expiry)

    GOOD_TIL_DATE = good_til_date

    def is_order_expired(self, security: TradedSecurity, order: Order) -> bool:
        """Whether the order's life is over at the security's local time."""
        raise NotImplementedError(f"{type(self).__name__} must define is_order_expired")

    def is_fill_valid(self, security: TradedSecurity, order: Order, fill: OrderEvent) -> bool:
        """Whether a fill may be emitted."""
        return True

    def json_fields(self) -> dict[str, Any]:
        """The members besides the type that LEAN's JSON carries."""
        return {}


class GoodTilCanceledTimeInForce(TimeInForce):
    """Never expires."""

    def is_order_expired(self, security: TradedSecurity, order: Order) -> bool:
        """Never."""
        return False


class DayTimeInForce(TimeInForce):
    """Expires at the close of the day it was placed on; forex at 17:00 in New York; crypto at midnight."""

    def is_order_expired(self, security: TradedSecurity, order: Order) -> bool:
        """Whether the day of the order has ended."""
        hours = security.exchange.hours
        order_time = hours.time_zone.to_local(order.time)
        now = security.local_time
        if order.symbol.asset.order_day is OrderDay.FIVE_IN_NEW_YORK:
            return bool(TimeZones.NEW_YORK.to_local(hours.time_zone.to_utc(now)) >= _forex_expiry(order.time))
        if order.symbol.asset.order_day is OrderDay.MIDNIGHT:
            return bool(now.date() > order_time.date())
        return bool(now >= hours.get_last_daily_market_close(order_time, False))


class GoodTilDateTimeInForce(TimeInForce):
    """Expires at the close of a given day."""

    def __init__(self, expiry: datetime) -> None:
        self.expiry = expiry if isinstance(expiry, datetime) else datetime.combine(expiry, time())

    def is_order_expired(self, security: TradedSecurity, order: Order) -> bool:
        """Whether the given day has ended."""
        hours = security.exchange.hours
        now = security.local_time
        if order.symbol.asset.order_day is OrderDay.FIVE_IN_NEW_YORK:
            return bool(hours.time_zone.to_utc(now) >= self.get_forex_order_expiry_date_time(order))
        if order.symbol.asset.order_day is OrderDay.MIDNIGHT:
            return bool(now.date() > self.expiry.date())
        return bool(now >= hours.get_last_daily_market_close(datetime.combine(self.expiry.date(), time()), False))

    def get_forex_order_expiry_date_time(self, order: Order) -> datetime:
        """UTC time at which a forex order with this time in force ends: 17:00 in New York."""
        expiry = datetime.combine(self.expiry.date(), time()) + _FOREX_CUT_OFF
        if order.time.date() == self.expiry.date():
            local = TimeZones.NEW_YORK.to_local(order.time)
            if local - datetime.combine(local.date(), time()) > _FOREX_CUT_OFF:
                expiry += timedelta(days=1)
        return TimeZones.NEW_YORK.to_utc(expiry)

    def json_fields(self) -> dict[str, Any]:
        """The expiry."""
        return {"Expiry": self.expiry}


def _forex_expiry(order_time_utc: datetime) -> datetime:
    """New York time of the next 17:00 after an order."""
    local = TimeZones.NEW_YORK.to_local(order_time_utc)
    midnight = datetime.combine(local.date(), time())
    expiry = midnight + _FOREX_CUT_OFF
    return expiry + timedelta(days=1) if local > expiry else expiry


TimeInForce.GOOD_TIL_CANCELED = TimeInForce.GoodTilCanceled = GoodTilCanceledTimeInForce()
TimeInForce.DAY = TimeInForce.Day = DayTimeInForce()
