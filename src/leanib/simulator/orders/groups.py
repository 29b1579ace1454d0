"""Orders that depend on each other: brackets (parent and children) and OCA groups."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from leanib.simulator.orders.model import Order

CANCEL_WITH_BLOCK = 1


class Groups:
    """Knows the relatives of every order; orders without any cost nothing."""

    def __init__(self) -> None:
        self._children: dict[tuple[int, int], list[Order]] = {}
        self._oca: dict[tuple[str, str], list[Order]] = {}

    def add(self, order: Order) -> None:
        """Remember a new order by its parent and its OCA group."""
        if order.parent_id:
            self._children.setdefault((order.client_id, order.parent_id), []).append(order)
        if order.oca_group:
            self._oca.setdefault((order.account, order.oca_group), []).append(order)

    def children(self, order: Order) -> list[Order]:
        """Living orders whose parent this is."""
        return _living(self._children.get(order.key, ()))

    def rivals(self, order: Order) -> list[Order]:
        """Living orders that a fill of this one reduces or cancels: its OCA group, its siblings in a bracket."""
        found = list(self._oca.get((order.account, order.oca_group), ())) if order.oca_group else []
        if order.parent_id:
            found += self._children.get((order.client_id, order.parent_id), ())
        return [other for other in _living(dict.fromkeys(found)) if other is not order]

    def waiting(self, order: Order, parent: Order | None) -> list[Order]:
        """Orders that wait to be transmitted together with this one: its parent and its siblings."""
        head = parent if parent is not None else order
        found = [head, *self._children.get(head.key, ())]
        return [other for other in found if not other.transmitted]


def _living(orders: Iterable[Order]) -> list[Order]:
    return [order for order in orders if not order.done]


def reduced(order: Order, rival: Order, size: Decimal) -> Decimal:
    """The quantity that `rival` keeps after `order` filled `size`; what it has filled already when it must go."""
    whole = order.remaining == 0 or order.spec.integer("ocaType") == CANCEL_WITH_BLOCK
    return rival.filled if whole else max(rival.quantity - size, rival.filled)
