"""The terms that IB tells in openOrder, in the journal's form, and whether they are those that were asked for."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from ib_async import Order
from ib_async.util import UNSET_DOUBLE

from leanib.ib.combos import LEG_PRICES
from leanib.ib.journal import Terms

__all__ = ["as_decimal", "differences", "terms_from_ib"]

_LIMITED = ("LMT", "STP LMT", "LIT", "LOC", "TRAIL LIMIT")
_TRIGGERED = ("STP", "STP LMT", "MIT", "LIT", "TRAIL", "TRAIL LIMIT")
_PRICES = ("lmtPrice", "auxPrice", "trailingPercent", "trailStopPrice")
_COMPARED = ("orderType", "lmtPrice", "auxPrice", "trailingPercent", "tif", LEG_PRICES)
"""`trailStopPrice` moves by itself, and IB writes dates in its own way."""


def as_decimal(number: Any) -> Decimal | None:
    """A number of IB without binary noise; None for what IB leaves unset."""
    if number in (None, "") or number == UNSET_DOUBLE:
        return None
    try:
        value = Decimal(str(number))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def terms_from_ib(order: Order) -> Terms | None:
    """What IB holds; None where the message tells no quantity."""
    quantity = as_decimal(order.totalQuantity)
    if quantity is None or quantity <= 0:
        return None
    fields: dict[str, Any] = {"orderType": order.orderType, "tif": order.tif or "DAY"}
    for name in _PRICES:
        price = as_decimal(getattr(order, name))
        if price is not None and _has(order.orderType, name, price):
            fields[name] = f"{price.normalize():f}"
    prices = [as_decimal(leg.price) for leg in order.orderComboLegs or []]
    if any(prices):
        fields.pop("lmtPrice", None)  # that of the whole, which it has not
        fields[LEG_PRICES] = ["" if price is None else f"{price.normalize():f}" for price in prices]
    if order.goodTillDate:
        fields["goodTillDate"] = order.goodTillDate
    if order.outsideRth:
        fields["outsideRth"] = True
    return Terms(quantity, fields, order.account or "", order.parentId or 0)


def _has(kind: str, name: str, price: Decimal) -> bool:
    """Whether an order of that type has such a price: IB fills what a type does not use with zeros."""
    if name == "lmtPrice":
        return kind in _LIMITED
    if name == "auxPrice":
        return kind in _TRIGGERED and not (kind.startswith("TRAIL") and price == 0)
    return kind.startswith("TRAIL") and price != 0


def differences(asked: Terms, held: Terms) -> dict[str, tuple[Any, Any]]:
    """What IB holds otherwise than it was asked for: name to (asked, held)."""
    found: dict[str, tuple[Any, Any]] = {}
    if asked.quantity != held.quantity:
        found["quantity"] = (asked.quantity, held.quantity)
    for name in _COMPARED:
        before, after = asked.fields.get(name), held.fields.get(name)
        if before is not None and not _same(name, before, after):
            found[name] = (before, after)
    return found


def _same(name: str, asked: Any, held: Any) -> bool:
    if name in _PRICES:
        return as_decimal(asked) == as_decimal(held)
    if name == LEG_PRICES:
        return [as_decimal(price) for price in asked] == [as_decimal(price) for price in held or ()]
    return str(asked).upper() == str(held).upper()
