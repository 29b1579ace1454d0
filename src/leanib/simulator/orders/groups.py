"""Orders that depend on each other: brackets (parent and children) and OCA groups."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from leanib.simulator.orders.model import Order

CANCEL_WITH_BLOCK = 1


def children(order: Order, orders: Iterable[Order]) -> list[Order]:
    """Living orders whose parent this is."""
    return [
        other
        for other in orders
        if not other.done and other.client_id == order.client_id and other.parent_id == order.order_id != 0
    ]


def rivals(order: Order, orders: Iterable[Order]) -> list[Order]:
    """Living orders that a fill of this one reduces or cancels: its OCA group, its siblings in a bracket."""
    group, parent = order.spec.text("ocaGroup"), order.parent_id
    return [
        other
        for other in orders
        if other is not order
        and not other.done
        and other.account == order.account
        and (
            (group and other.spec.text("ocaGroup") == group)
            or (parent and other.client_id == order.client_id and other.parent_id == parent)
        )
    ]


def family(order: Order, orders: Iterable[Order]) -> list[Order]:
    """Orders that wait to be transmitted together with this one: its parent and its siblings."""
    parent = order.parent_id or order.order_id
    return [
        other
        for other in orders
        if not other.transmitted
        and other.client_id == order.client_id
        and parent in {other.order_id, other.parent_id}
    ]


def reduced(order: Order, rival: Order, size: Decimal) -> Decimal:
    """The quantity that `rival` keeps after `order` filled `size`; what it has filled already when it must go."""
    whole = order.remaining == 0 or order.spec.integer("ocaType") == CANCEL_WITH_BLOCK
    return rival.filled if whole else max(rival.quantity - size, rival.filled)
