"""Order rules that several brokerages share (`Common/Brokerages/BrokerageExtensions.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Container
from datetime import time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.brokerages.messages import Verdict, refusal
from leanib.engine.exchanges.market_hours import MarketHoursState
from leanib.engine.orders.broker_properties import (
    BloombergFixOrderProperties,
    TerminalLinkOrderProperties,
    WolverineOrderProperties,
)
from leanib.engine.orders.enums import OrderDirection, OrderPosition, OrderType
from leanib.engine.orders.properties import OrderProperties
from leanib.engine.symbols import SecurityType

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.securities.security import Security

__all__ = [
    "get_order_position",
    "order_crosses_zero",
    "remove_locate_from_non_short_order",
    "validate_cross_zero_order",
    "validate_market_on_open_order",
]

Window = tuple[time, time]
_ON_OPEN_OR_CLOSE = (OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE)
#: where the properties of orders name the broker that shares are borrowed from
_LOCATES: tuple[tuple[type[OrderProperties], tuple[str, ...]], ...] = (
    (TerminalLinkOrderProperties, ("locate_broker", "locate_id")),
    (WolverineOrderProperties, ("locate_broker",)),
    (BloombergFixOrderProperties, ("locate_broker", "locate_reqd")),
)


def order_crosses_zero(holding_quantity: Decimal, order_quantity: Decimal) -> bool:
    """Whether an order turns a long position short or the other way round."""
    return holding_quantity * order_quantity < 0 and abs(order_quantity) > abs(holding_quantity)


def get_order_position(direction: OrderDirection, holdings_quantity: Decimal) -> OrderPosition:
    """What an order does to the position."""
    if direction is OrderDirection.BUY:
        return OrderPosition.BUY_TO_OPEN if holdings_quantity >= 0 else OrderPosition.BUY_TO_CLOSE
    return OrderPosition.SELL_TO_OPEN if holdings_quantity <= 0 else OrderPosition.SELL_TO_CLOSE


def remove_locate_from_non_short_order(
    properties: OrderProperties | None, quantity: Decimal, holdings_quantity: Decimal
) -> OrderProperties | None:
    """A copy without the locate, which brokers take on short sales only; None where there is nothing to remove."""
    names = next((names for kind, names in _LOCATES if isinstance(properties, kind)), ())
    if properties is None or not any(getattr(properties, name) for name in names):
        return None
    side = getattr(properties, "position_side", None)
    opens_short = quantity < 0 and holdings_quantity + quantity < 0
    if opens_short if side is None else side is OrderPosition.SELL_TO_OPEN:
        return None
    without = properties.clone()
    for name in names:
        setattr(without, name, None)
    return without


def validate_cross_zero_order(
    model: object, security: Security, order: Order, not_supported: Container[OrderType] = _ON_OPEN_OR_CLOSE
) -> Verdict:
    """Refuse some kinds of order where they would cross zero."""
    crosses = order_crosses_zero(security.holdings.quantity_decimal, order.quantity_decimal)
    if not crosses or order.order_type not in not_supported:
        return True, None
    return refusal(
        f"Order type '{order.order_type.lean_name}' is not supported for orders that cross the zero "
        "holdings threshold in the "
        f"{type(model).__name__}. This means you cannot change a position from positive to negative or vice versa "
        "using this order type. Please close the existing position first."
    )


def _time_of(span: timedelta) -> time:
    """A time of day, around the clock."""
    seconds = int(span.total_seconds()) % 86400
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def validate_market_on_open_order(
    security: Security,
    order: Order,
    allowed_window: Callable[[timedelta, timedelta], tuple[timedelta, timedelta]],
    supported: Container[SecurityType],
) -> Verdict:
    """Refuse on-open orders outside a window, which is made of the session's start and end."""
    if order.order_type is not OrderType.MARKET_ON_OPEN:
        return True, None
    if security.type not in supported:
        text = f"The broker does not support Market-on-Open orders for security type {security.type.lean_name}"
        return refusal(text, "UnsupportedSecurityType")
    segments = security.exchange.hours.get_market_hours(security.local_time).segments
    session = next((segment for segment in segments if segment.state is MarketHoursState.MARKET), None)
    if session is None:
        return True, None
    first, last = (_time_of(bound) for bound in allowed_window(session.start, session.end))
    now = security.local_time.time()
    inside = first <= now < last if first <= last else now >= first or now < last
    if inside:
        return True, None
    return refusal(
        f"MarketOnOpen submission time is invalid. Valid local times are {first: %I:%M}\u2013{last: %I:%M}. "
        "Consider setting daily_precise_end_time = false or using self.schedule.on."
    )
