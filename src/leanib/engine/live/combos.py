"""Combo orders: one order of IB for the orders of all legs, each of which is told its own fills.

A leg's reference is the order's with the leg's place, see `leanib.ib.combos`.
"""

from __future__ import annotations

from typing import Literal

from leanib.engine.live.contracts import ib_name, ib_price
from leanib.engine.live.order_mapping import point_value, time_in_force
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.order import Order
from leanib.engine.securities.manager import SecurityManager
from leanib.errors import NotSupportedError
from leanib.ib import OrderRequest
from leanib.ib.combos import ComboPart, combo_name

__all__ = ["WaitingLegs", "combo_request"]

_KINDS: dict[OrderType, Literal["MKT", "LMT"]] = {OrderType.COMBO_MARKET: "MKT", OrderType.COMBO_LIMIT: "LMT"}


class WaitingLegs:
    """Keeps the orders of a group until all are there."""

    def __init__(self) -> None:
        self._waiting: dict[int, list[Order]] = {}

    def complete(self, order: Order) -> list[Order] | None:
        """All orders of the group by number, when this was the last one of them; None before."""
        group = order.group_order_manager
        assert group is not None
        waiting = self._waiting.setdefault(group.id, [])
        waiting.append(order)
        if len(waiting) < group.count:
            return None
        return sorted(self._waiting.pop(group.id), key=lambda leg: leg.id)


def combo_request(orders: list[Order], securities: SecurityManager) -> OrderRequest:
    """What is asked of IB for the orders of a group.

    Raises:
        NotSupportedError: It cannot be sent.
    """
    first = orders[0]
    group, kind = first.group_order_manager, _KINDS.get(first.order_type)
    if group is None or kind is None:
        raise NotSupportedError(
            f"orders of type {first.order_type.lean_name} are not sent live by the embedded engine: give the combo one "
            "limit (combo_limit_order), or run the strategy with `leanib deploy`"
        )
    parts = tuple(
        ComboPart(
            ib_name(leg.symbol),
            int(leg.quantity_decimal / group.quantity_decimal),
            point_value(leg.symbol, securities[leg.symbol]),
        )
        for leg in orders
    )
    tif, good_till = time_in_force(first, securities[first.symbol])
    return OrderRequest(
        combo_name(parts),
        "BUY" if group.direction is OrderDirection.BUY else "SELL",
        abs(group.quantity_decimal),
        kind,
        limit_price=ib_price(first.symbol, group.limit_price_decimal) if kind == "LMT" else None,
        tif=tif,
        good_till=good_till,
        parts=parts,
    )
