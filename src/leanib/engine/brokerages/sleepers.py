"""Orders for the market's opening that wait for data: nothing is asked of them until their security has newer data.

An algorithm that orders day after day behind the end of its data piles up thousands of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leanib.engine.market import BaseData
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.traded import TradedSecurity
    from leanib.engine.securities import SecurityManager

__all__ = ["Sleepers"]


class Sleepers:
    """Such orders by security, with the data point that came before them."""

    def __init__(self, securities: SecurityManager) -> None:
        self._securities = securities  # the algorithm's
        self._asleep: dict[Any, tuple[BaseData | None, set[int]]] = {}

    def add(self, order: Order, security: TradedSecurity) -> None:
        """Let an order wait for its security's next data point."""
        last = security.get_last_data()
        before, ids = self._asleep.setdefault(security, (last, set()))
        if before is not last:  # others wait since an older point, and have not been looked at since
            ids = set()
            self._asleep[security] = last, ids
        ids.add(order.id)

    def wake(self, order: Order) -> None:
        """Look at an order again."""
        for _, ids in self._asleep.values():
            ids.discard(order.id)

    def still(self) -> dict[Any, set[int]]:
        """The orders that still wait, by security; the others are awake from now on."""
        for security, (last, _) in list(self._asleep.items()):
            known = security.symbol in self._securities and self._securities[security.symbol] is security
            if not known or security.get_last_data() is not last:
                del self._asleep[security]
        return {security: ids for security, (_, ids) in self._asleep.items()}
