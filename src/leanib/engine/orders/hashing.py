"""The fingerprint of an order list that LEAN's regression tests compare (`Extensions.GetHash`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from leanib.engine.numbers import normalize, smart_rounding
from leanib.engine.orders.order import Order
from leanib.engine.orders.order_kinds import LimitIfTouchedOrder, LimitOrder, StopLimitOrder, StopMarketOrder
from leanib.engine.orders.serialization import order_json, to_json

__all__ = ["order_list_hash", "order_text"]

#: the orders whose own prices LEAN rounds too; the legs of combo orders are not among them
_ROUNDED = (LimitOrder, StopLimitOrder, StopMarketOrder, LimitIfTouchedOrder)
_PRICES = ("limitPrice", "stopPrice", "triggerPrice", "trailingAmount")


def order_text(order: Order) -> str:
    """The JSON of one order with its prices rounded to seven significant digits."""
    tree = order_json(order, camel_case=False)
    tree["price"] = normalize(smart_rounding(order.price_decimal))
    tree["value"] = order.quantity_decimal * tree["price"]
    if isinstance(order, _ROUNDED):
        tree |= {name: smart_rounding(tree[name]) for name in _PRICES if name in tree}
    return to_json(tree)


def order_list_hash(orders: Iterable[Order]) -> str:
    """MD5, in hexadecimal, of the orders' JSON by id, joined by commas."""
    texts = (order_text(order) for order in sorted(orders, key=lambda order: order.id))
    return hashlib.md5(",".join(texts).encode(), usedforsecurity=False).hexdigest()
