"""Open orders of the account that are not this algorithm's: of TWS, of other clients, of another strategy.

LEAN takes up those that it finds at its start; here those that come later are told to the algorithm too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.brokerages.message_handler import (
    DefaultBrokerageMessageHandler,
    NewBrokerageOrderNotificationEventArgs,
)
from leanib.engine.live.bridge import Bridge
from leanib.engine.live.broker import InteractiveBrokersBrokerage
from leanib.engine.live.contracts import lean_price, lean_symbol
from leanib.engine.live.order_mapping import order_of_terms
from leanib.engine.live.transactions import LiveTransactionHandler
from leanib.engine.orders.enums import OrderStatus
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.symbols import Symbol
from leanib.ib import IBConnectionManager, OpenOrder
from leanib.ib.references import PREFIX

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["ForeignOrders"]

_TIMEOUT = 60.0
_SHOWN = 5


class ForeignOrders:
    """The open orders that somebody else has placed, as far as the algorithm takes them up.

    Args:
        algorithm: Who takes them up.
        bridge: Reaches the connection.
        services: The connection with its services.
        tell: Told what a user must know.
        tell_unknown: Told what the account has and the engine does not know.
    """

    def __init__(
        self,
        algorithm: QCAlgorithm,
        bridge: Bridge,
        services: IBConnectionManager,
        tell: Callable[[str], object],
        tell_unknown: Callable[[str], object],
    ) -> None:
        self._algorithm = algorithm
        self._bridge = bridge
        self._services = services
        self._tell = tell
        self._tell_unknown = tell_unknown
        self._adopted: dict[int, Any] = {}
        self._told: set[int] = set()
        self._broker: InteractiveBrokersBrokerage | None = None
        self._handler: LiveTransactionHandler | None = None

    def connect(self, broker: InteractiveBrokersBrokerage, handler: LiveTransactionHandler) -> None:
        """Who tells the algorithm of events, and where its orders are."""
        self._broker, self._handler = broker, handler

    def leave(self, orders: Iterable[OpenOrder]) -> None:
        """These are no affair of the algorithm."""
        self._told.update(order.perm_id for order in orders)

    def adopt(self, orders: Iterable[OpenOrder], own: set[str]) -> None:
        """Takes up those that are not this run's own, as LEAN does at its start.

        Those that a strategy of another project has placed with leanib are told of first: it may run still.
        """
        foreign = [order for order in orders if order.order_ref not in own and order.perm_id not in self._adopted]
        self._warn_of_strategies(foreign)
        for order in foreign:
            self._adopt(order)

    def _warn_of_strategies(self, orders: list[OpenOrder]) -> None:
        """Two owners on machines, or in containers, that share no folder know of each other by IB alone."""
        refs = [order.order_ref for order in orders if order.order_ref.startswith(PREFIX)]
        if not refs:
            return

        async def unknown() -> set[str]:
            journal = self._services.orders.journal
            return {ref for ref in refs if not journal.knows(ref)}

        strange = self._bridge.call(unknown(), _TIMEOUT)
        names = [
            f"{order.action} {order.quantity:g} {order.symbol} of client {order.client_id}"
            for order in orders
            if order.order_ref in strange
        ]
        if names:
            rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            self._tell(
                "the account has open orders that leanib placed and the order journal of this project does not know "
                f"({'; '.join(names[:_SHOWN])}{rest}): if another strategy trades on this account, on another "
                "machine, in a container or from another folder, each of the two takes the other's positions for its "
                "own. End one of them, or start both from one project with --book NAME"
            )

    def _adopt(self, order: OpenOrder) -> None:
        symbol = lean_symbol(order.contract, self._bridge.now())
        self._told.add(order.perm_id)
        if symbol is None or symbol not in self._algorithm.securities:
            self._tell_unknown(f"open order for {order.symbol} ({order.security_type})")
            return
        adopted = self._as_order(order, symbol)
        if adopted is None:
            self._tell_unknown(f"open order of type {order.order_type} for {order.symbol}")
            return
        self._take_up(order, adopted)
        self._algorithm.debug(f"open order of client {order.client_id} taken up: {adopted}")

    def _as_order(self, order: OpenOrder, symbol: Symbol) -> Any:
        sign = 1 if order.action == "BUY" else -1
        quantity = Decimal(str(order.quantity)) * sign
        prices = (Decimal(str(price or 0)) for price in (order.limit_price, order.stop_price))
        limit, stop = (lean_price(symbol, price) for price in prices)
        now = self._bridge.now().replace(second=0, microsecond=0)
        made = order_of_terms(symbol, quantity, order.order_type, limit, stop, order.time_in_force, now)
        if made is not None:
            made.broker_id.append(str(order.order_id or order.perm_id))
            made.status = OrderStatus.PARTIALLY_FILLED if order.filled else OrderStatus.SUBMITTED
            made.tag = f"placed by client {order.client_id}"
        return made

    def check(self, orders: Iterable[OpenOrder]) -> None:
        """Tells of those that have come, and of those taken up that are no longer open."""
        assert self._broker is not None
        client_id = self._services.connection.client_id
        living = {order.perm_id: order for order in orders if order.perm_id}
        for order in living.values():
            own = order.client_id == client_id and order.order_ref.startswith(PREFIX)
            if own or order.perm_id in self._told:
                continue
            self._told.add(order.perm_id)
            self._notify(order)
        for perm_id, adopted in list(self._adopted.items()):
            if perm_id not in living:
                del self._adopted[perm_id]
                event = OrderEvent(adopted, self._bridge.now(), OrderFee.ZERO, "it is no longer open at IB")
                event.status = OrderStatus.CANCELED
                self._broker.emit_order_event(event)

    def _notify(self, order: OpenOrder) -> None:
        """An order was placed elsewhere: the algorithm's message handler says whether it is taken up."""
        who = "TWS" if order.client_id in (0, -1) else f"client {order.client_id}"
        by = ", by leanib" if order.order_ref.startswith(PREFIX) else ""
        self._tell(
            f"an order was placed elsewhere ({who}{by}): {order.action} {order.quantity:g} {order.symbol} "
            f"{order.order_type}"
        )
        symbol = lean_symbol(order.contract, self._bridge.now())
        if symbol is None or symbol not in self._algorithm.securities:
            return
        made = self._as_order(order, symbol)
        handler = self._algorithm.brokerage_message_handler or DefaultBrokerageMessageHandler(self._algorithm)
        if made is not None and handler.handle_order(NewBrokerageOrderNotificationEventArgs(made)):
            self._take_up(order, made)

    def _take_up(self, order: OpenOrder, adopted: Any) -> None:
        assert self._handler is not None
        self._handler.add_open_order(adopted)
        self._adopted[order.perm_id] = adopted
