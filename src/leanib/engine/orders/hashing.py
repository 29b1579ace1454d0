"""The fingerprint of an order list that LEAN's regression tests compare (`Extensions.GetHash`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from leanib.engine.numbers import smart_rounding
from leanib.engine.orders.order import Order
from leanib.engine.orders.order_kinds import LimitIfTouchedOrder, LimitOrder, StopLimitOrder, StopMarketOrder
from leanib.engine.orders.serialization import order_json, to_json

__all__ = ["order_list_hash", "order_text"]

#: the orders whose own prices LEAN rounds too; the legs of combo orders are not among them
_ROUNDED = (LimitOrder, StopLimitOrder, StopMarketOrder, LimitIfTouchedOrder)
_PRICES = ("limit_price_decimal", "stop_price_decimal", "trigger_price_decimal", "trailing_amount_decimal")


def order_text(order: Order) -> str:
    """The JSON of one order with its prices rounded to seven significant digits.

    What follows from the prices, as whether a limit order was marketable, follows from the rounded ones.
    """
    rounded = order.clone()
    rounded.price_decimal = smart_rounding(order.price_decimal)
    if isinstance(order, _ROUNDED):
        for name in _PRICES:
            if hasattr(order, name):
                setattr(rounded, name, smart_rounding(getattr(order, name)))
    return to_json(order_json(rounded, camel_case=False))


def order_list_hash(orders: Iterable[Order]) -> str:
    """MD5, in hexadecimal, of the orders' JSON by id, joined by commas."""
    texts = (order_text(order) for order in sorted(orders, key=lambda order: order.id))
    return hashlib.md5(",".join(texts).encode(), usedforsecurity=False).hexdigest()
