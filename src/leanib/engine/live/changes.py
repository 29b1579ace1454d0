"""Changes of orders: sent to IB, and followed to what IB makes of them. A combo's legs change together."""

from __future__ import annotations

from collections.abc import Callable, Collection

from leanib.engine.live.bridge import Bridge
from leanib.engine.live.combos import apply_terms_to, change_of_orders
from leanib.engine.live.followed import Followed
from leanib.engine.live.state import RunState
from leanib.engine.orders.enums import OrderStatus, OrderType
from leanib.engine.orders.order import Order
from leanib.errors import LeanIBError
from leanib.ib import Change, IBConnectionManager, OrderRecord
from leanib.ib.combos import order_reference

__all__ = ["OrderChanges"]

_ANSWER = 30.0


class OrderChanges:
    """To be used on the algorithm's thread.

    Args:
        bridge: Reaches the connection.
        services: The connection with its services.
        state: Where orders are written down.
        tell: Told what a user must know.
        emit: Tells the algorithm an order's status, with a message.
        legs_of: The orders that are one order at IB with an order.
    """

    def __init__(
        self,
        bridge: Bridge,
        services: IBConnectionManager,
        state: RunState,
        tell: Callable[[str], object],
        emit: Callable[[Order, OrderStatus, str], None],
        legs_of: Callable[[Order], list[Order]],
    ) -> None:
        self._bridge = bridge
        self._services = services
        self._state = state
        self._tell = tell
        self._emit = emit
        self._legs_of = legs_of

    def send(self, followed: Followed) -> bool:
        """Sends what of an order differs from what IB holds; a change that is refused is taken back."""
        order, ref = followed.order, order_reference(followed.ref)
        orders, record = self._legs_of(order), self._record(ref)
        if record is None:
            return False
        asked = record.asked if record.change else record.holds
        try:
            change = change_of_orders(orders, asked)
            if change == Change():
                return True
            followed.changing_since = self._bridge.call(
                self._services.orders.modify(ref, change), _ANSWER
            ).updated_at
        except LeanIBError as error:
            followed.changing_since = None
            self._tell(f"order {order.id} was not changed: {error}")
            apply_terms_to(orders, asked)
            return False
        self._keep(orders)
        return True

    def _record(self, ref: str) -> OrderRecord | None:
        async def read() -> OrderRecord | None:
            return self._services.orders.journal.order(ref)

        return self._bridge.call(read(), _ANSWER)

    def follow(self, followed: Followed, record: OrderRecord, legs: Collection[Followed]) -> None:
        """A change that IB has answered: taken, or refused and the order as it was.

        Args:
            followed: The order.
            record: As the journal has it now.
            legs: All that are one order at IB with it.
        """
        order = followed.order
        if followed.changing_since is None:
            if all(leg.changing_since is None for leg in legs):
                self._follow_elsewhere(order, record)
            return
        if record.change or record.updated_at < followed.changing_since:
            return  # the last: what was read before the change was noted says nothing of it
        followed.changing_since = None
        orders = self._legs_of(order)
        others_change = any(leg.changing_since is not None for leg in legs)
        if apply_terms_to(orders, record.holds, only=order if others_change else None):
            self._tell(f"the change of order {order.id} was not taken: {record.message}; it is {order}")
            self._keep(orders)
            return
        if not order.status.is_closed():
            self._emit(order, OrderStatus.UPDATE_SUBMITTED, "Interactive Brokers Order Event")

    def _follow_elsewhere(self, order: Order, record: OrderRecord) -> None:
        """IB holds an order otherwise than the algorithm believes, which asked for no change: somebody did in TWS."""
        orders = self._legs_of(order)
        if record.change or record.confirmed is None or order.status.is_closed():
            return
        if not apply_terms_to(orders, record.confirmed):
            return
        self._keep(orders)
        if order.order_type is not OrderType.TRAILING_STOP:  # its stop moves by itself, of which LEAN tells nothing
            self._tell(f"order {order.id} was changed outside of this algorithm: it is {order}")
            for one in orders:
                self._emit(one, OrderStatus.UPDATE_SUBMITTED, "changed outside of this algorithm")

    def _keep(self, orders: list[Order]) -> None:
        for order in orders:
            self._state.follow(order)
