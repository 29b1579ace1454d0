"""How .NET writes things in messages (`ToStringInvariant`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from leanib.engine.numbers import decimal_text, smart_rounding

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.traded import TradedSecurity

__all__ = ["insufficient_buying_power_text", "round_trip_time_text", "time_text"]


def time_text(time: datetime) -> str:
    """`10/07/2013 13:31:00`."""
    return time.strftime("%m/%d/%Y %H:%M:%S")


def round_trip_time_text(time: datetime) -> str:
    """.NET's `o` format of a UTC time: `2013-10-07T13:41:00.0000000Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def insufficient_buying_power_text(pairs: list[tuple[Order, TradedSecurity]], reason: str | None) -> str:
    """Why orders that would fill together do not (`Messages.GroupOrderExtensions`)."""
    ids = ",".join(str(order.id) for order, _ in pairs)
    values = ",".join(decimal_text(smart_rounding(order.get_value_decimal(security))) for order, security in pairs)
    problem = f"Insufficient buying power to complete orders (Value:[{values}])"
    return f"Order Error: ids: [{ids}], {problem}, Reason: {reason}."
