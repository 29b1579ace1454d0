"""Questions about the orders of a run, asked of the order book."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.core.order_book import OrderBook
from leanib.engine.core.order_events import OrderEventProcessor
from leanib.engine.dotnet.collections import List
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.order import Order
from leanib.engine.orders.ticket import OrderTicket

if TYPE_CHECKING:
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["OrderQueries"]


class OrderQueries:
    """The part of a transaction handler that answers."""

    _book: OrderBook
    _events: OrderEventProcessor

    @property
    def orders(self) -> dict[int, Order]:
        """All orders by id."""
        return self._book.orders

    @property
    def order_tickets(self) -> dict[int, OrderTicket]:
        """All tickets by order id."""
        return self._book.tickets

    @property
    def order_events(self) -> list[OrderEvent]:
        """All that happened, in order."""
        return self._events.history

    @property
    def new_order_event(self) -> list[Callable[[OrderEvent], object]]:
        """Functions that are told of each order event, before the algorithm is."""
        return self._events.listeners

    def get_order_tickets(self, filter: Callable[[OrderTicket], object] | AnySymbol | None = None) -> List[OrderTicket]:
        """All tickets that a function or a symbol lets through."""
        return List([ticket for ticket in self._book.tickets.values() if _wanted(ticket, filter)])

    def get_open_order_tickets(
        self, filter: Callable[[OrderTicket], object] | AnySymbol | None = None
    ) -> List[OrderTicket]:
        """The tickets of open orders that a function or a symbol lets through."""
        return List(self._book.open_entries(filter, lambda entry: entry.ticket))

    def get_order_ticket(self, order_id: int) -> OrderTicket | None:
        """The ticket of that order, or None."""
        return self._book.tickets.get(order_id)

    def get_order_by_id(self, order_id: int) -> Order | None:
        """A copy of that order, or None."""
        order = self._book.orders.get(order_id)
        return None if order is None else order.clone()

    def get_orders_by_brokerage_id(self, brokerage_id: str) -> List[Order]:
        """Copies of the orders that the brokerage knows by that id."""
        return List([order.clone() for order in self._book.orders.values() if brokerage_id in order.broker_id])

    def get_orders(self, filter: Callable[[Order], object] | AnySymbol | None = None) -> List[Order]:
        """Copies of the orders that a function or a symbol lets through."""
        return List([order.clone() for order in list(self._book.orders.values()) if _wanted(order, filter)])

    def get_open_orders(self, filter: Callable[[Order], object] | AnySymbol | None = None) -> List[Order]:
        """Copies of the open orders that a function or a symbol lets through."""
        return List([order.clone() for order in self._book.open_entries(filter, lambda entry: entry.order)])

    def wait_until_closed(self, ticket: OrderTicket, timeout: timedelta) -> bool:
        """Whether an order is closed; nothing to wait for when requests are carried out at once."""
        return ticket.status.is_closed()


def _wanted(item: Order | OrderTicket, filter: Callable[[Any], object] | AnySymbol | None) -> bool:
    if filter is None:
        return True
    return bool(filter(item)) if callable(filter) else item.symbol == filter
