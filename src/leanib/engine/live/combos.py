"""Combo orders: one order of IB for the orders of all legs, each of which is told its own fills.

A leg's reference is the order's with the leg's place, see `leanib.ib.combos`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from leanib.engine.live.contracts import ib_name, ib_price, lean_price
from leanib.engine.live.order_mapping import apply_terms, change_of, point_value, time_in_force
from leanib.engine.orders.combo import ComboLegLimitOrder, GroupOrderManager
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.order import Order
from leanib.engine.securities.manager import SecurityManager
from leanib.errors import NotSupportedError
from leanib.ib import Change, OrderRequest
from leanib.ib.combos import LEG_PRICES, ComboPart, combo_name
from leanib.ib.journal import Terms

__all__ = ["apply_terms_to", "change_of_orders", "combo_request"]

_KINDS: dict[OrderType, Literal["MKT", "LMT"]] = {
    OrderType.COMBO_MARKET: "MKT",
    OrderType.COMBO_LIMIT: "LMT",
    OrderType.COMBO_LEG_LIMIT: "LMT",
}


def combo_request(orders: list[Order], securities: SecurityManager) -> OrderRequest:
    """What is asked of IB for the orders of a group.

    Raises:
        NotSupportedError: It cannot be sent.
    """
    first = orders[0]
    group, kind = first.group_order_manager, _KINDS.get(first.order_type)
    if group is None or kind is None:
        raise NotSupportedError(f"orders of type {first.order_type.lean_name} are no combo orders")
    parts = tuple(
        ComboPart(
            ib_name(leg.symbol),
            int(leg.quantity_decimal / group.quantity_decimal),
            point_value(leg.symbol, securities[leg.symbol]),
            ib_price(leg.symbol, leg.limit_price_decimal) if isinstance(leg, ComboLegLimitOrder) else None,
        )
        for leg in orders
    )
    tif, good_till = time_in_force(first, securities[first.symbol])
    return OrderRequest(
        combo_name(parts),
        "BUY" if group.direction is OrderDirection.BUY else "SELL",
        abs(group.quantity_decimal),
        kind,
        limit_price=_common_limit(first, group),
        tif=tif,
        good_till=good_till,
        parts=parts,
    )


def _common_limit(order: Order, group: GroupOrderManager) -> Decimal | None:
    """The limit of all legs together, as IB quotes it."""
    has_one = order.order_type is OrderType.COMBO_LIMIT
    return ib_price(order.symbol, group.limit_price_decimal) if has_one else None


def change_of_orders(orders: Sequence[Order], held: Terms) -> Change:
    """What of an order, or of the legs of one, differs from what IB holds.

    Raises:
        NotSupportedError: It cannot be changed at IB.
    """
    first, group = orders[0], orders[0].group_order_manager
    if group is None:
        return change_of(first, held)
    quantity, limit = abs(group.quantity_decimal), _common_limit(first, group)
    wanted = tuple(
        ib_price(leg.symbol, leg.limit_price_decimal) for leg in orders if isinstance(leg, ComboLegLimitOrder)
    )
    is_held = limit is None or limit == Decimal(str(held.fields.get("lmtPrice", "NaN")))
    return Change(
        quantity if quantity != held.quantity else None,
        None if is_held else limit,
        leg_prices=wanted if wanted and list(wanted) != _leg_prices(held) else None,
    )


def _leg_prices(held: Terms) -> list[Decimal]:
    return [Decimal(str(price)) for price in held.fields.get(LEG_PRICES, ())]


def apply_terms_to(orders: Sequence[Order], held: Terms, *, only: Order | None = None) -> bool:
    """Makes an order, or the legs of one, what IB holds; whether that changed anything. Signs stay.

    Args:
        orders: The order, or all legs by number.
        held: What IB holds.
        only: The leg whose own limit is meant, while changes of the others are on their way.
    """
    first, group = orders[0], orders[0].group_order_manager
    if group is None:
        return apply_terms(first, held)
    changed = only is None and _apply_common(first, group, held)
    whole = len(orders) == group.count
    for leg, price in zip(orders, _leg_prices(held), strict=True) if whole and LEG_PRICES in held.fields else ():
        own = lean_price(leg.symbol, price)
        if only in (None, leg) and isinstance(leg, ComboLegLimitOrder) and own != leg.limit_price_decimal:
            leg.limit_price_decimal = own
            changed = True
    return changed


def _apply_common(first: Order, group: GroupOrderManager, held: Terms) -> bool:
    """The same for what all legs have in common."""
    quantity = held.quantity if group.quantity_decimal >= 0 else -held.quantity
    changed = quantity != group.quantity_decimal
    group.quantity_decimal = quantity
    limit = held.fields.get("lmtPrice")
    if limit is not None and _common_limit(first, group) not in (None, Decimal(str(limit))):
        group.limit_price_decimal = lean_price(first.symbol, Decimal(str(limit)))
        changed = True
    return changed
