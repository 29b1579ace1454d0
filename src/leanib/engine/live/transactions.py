"""Carries order requests out at once, and waits for what IB answers as LEAN waits (`BrokerageTransactionHandler.cs`).

A request is carried out before the method that made it returns; then up to a second is waited for IB's first answer,
and `market_order` waits up to five for its end. What comes meanwhile is told to the algorithm while it waits, so that
a market order inside of `on_order_event` fills like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.core.transactions import BrokerageTransactionHandler
from leanib.engine.live.bridge import Bridge
from leanib.engine.live.broker import InteractiveBrokersBrokerage
from leanib.engine.orders.enums import OrderRequestStatus, OrderStatus
from leanib.engine.orders.order import Order
from leanib.engine.orders.requests import OrderRequest, SubmitOrderRequest, create_order
from leanib.engine.orders.response import OrderResponse
from leanib.engine.orders.ticket import OrderTicket

if TYPE_CHECKING:
    from leanib.engine.brokerages.brokerage import Brokerage
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.core.ports import Results

__all__ = ["LiveTransactionHandler"]

_FIRST_ANSWER = timedelta(seconds=1)
_KEPT_ORDERS = 10_000
_KEPT_EVENTS = 50_000


class LiveTransactionHandler(BrokerageTransactionHandler):
    """Between an algorithm and Interactive Brokers."""

    def initialize(self, algorithm: RunStrategy, brokerage: Brokerage, results: Results) -> None:
        """Stand between an algorithm and a brokerage."""
        super().initialize(algorithm, brokerage, results)
        assert isinstance(brokerage, InteractiveBrokersBrokerage)
        self._ib = brokerage
        brokerage.reopen = self.reopen
        brokerage.find_order = self._book.orders.get
        brokerage.exercises.fill = self._notifications.fill

    def connect(self, bridge: Bridge) -> None:
        """What waking and waiting go through."""
        self._bridge = bridge

    def process(self, request: OrderRequest) -> OrderTicket:
        """Take a request in and carry it out."""
        ticket = super().process(request)
        self.process_pending_requests()
        if isinstance(request, SubmitOrderRequest) and not request.asynchronous and self._is_sent(request):
            self._wait(lambda: ticket.status not in (OrderStatus.NEW, OrderStatus.NONE), _FIRST_ANSWER)
        return ticket

    def _is_sent(self, request: SubmitOrderRequest) -> bool:
        """Whether all legs are there: without them nothing is answered to."""
        group = request.group_order_manager
        return group is None or sum(order_id in self._book.orders for order_id in group.order_ids) == group.count

    def wait_until_closed(self, ticket: OrderTicket, timeout: timedelta) -> bool:
        """Whether an order is closed, within the time that is granted."""

        def is_closed() -> bool:
            return ticket.status.is_closed()

        return self._wait(is_closed, timeout)

    def process_synchronous_events(self) -> None:
        """Carry out what waits and tell what came."""
        self.process_pending_requests()
        self._bridge.pump()
        self._ib.tick()
        self._forget_oldest()

    # --- orders of an earlier run --------------------------------------------------------------------------------

    def restore(self, request: SubmitOrderRequest, status: OrderStatus) -> Order:
        """An order of an earlier run under its number, with its ticket."""
        algorithm = self._algorithm
        order = create_order(request)
        order.status = status
        request.set_response(OrderResponse.success(request), OrderRequestStatus.PROCESSED)
        ticket = OrderTicket(algorithm.transactions, request)
        ticket.set_order(order)
        security = algorithm.securities[order.symbol]
        order.price_currency = security.symbol_properties.quote_currency
        order.price_adjustment_mode = self._price_adjustment_mode(security)
        if not status.is_closed():
            self._book.open(order, ticket, security)
        self._book.orders[order.id] = order
        self._book.tickets[order.id] = ticket
        self.orders_count += 1
        return order

    def reopen(self, order: Order) -> None:
        """It is among the open ones again."""
        ticket = self._book.tickets.get(order.id)
        if ticket is not None and self._book.get_open(order.id) is None:
            self._book.open(order, ticket, self._algorithm.securities[order.symbol])

    def restore_fills(self, order: Order, filled: Decimal, average: Decimal, at: datetime | None) -> None:
        """What of it had filled, signed, at what average price, and when last (naive UTC)."""
        if not filled:
            return
        order.price_decimal = average
        order.last_fill_time = at
        ticket = self._book.tickets[order.id]
        ticket.quantity_filled_decimal = filled
        ticket.average_fill_price_decimal = average

    def close_restored(self, order: Order) -> None:
        """It has ended."""
        self._book.close(order.id)

    # --- waiting -------------------------------------------------------------------------------------------------

    def _wait(self, condition: Callable[[], bool], timeout: timedelta) -> bool:
        bridge = self._bridge
        deadline = bridge.now() + timeout
        while True:
            bridge.pump()
            self._ib.tick()
            if condition():
                return True
            if bridge.now() >= deadline or self._algorithm.run_time_error is not None:
                return False
            bridge.wait(deadline)

    def _forget_oldest(self) -> None:
        """Only the newest orders, tickets and events are kept, so that a run of months does not grow."""
        orders, tickets = self._book.orders, self._book.tickets
        if len(orders) > _KEPT_ORDERS:
            closed = [order_id for order_id, order in orders.items() if order.status.is_closed()]
            for order_id in closed[: len(orders) - _KEPT_ORDERS]:
                del orders[order_id]
                tickets.pop(order_id, None)
        history = self._events.history
        if len(history) > _KEPT_EVENTS:
            del history[: len(history) - _KEPT_EVENTS]
