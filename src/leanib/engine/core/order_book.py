"""All orders of a run with their tickets, and the open ones indexed by symbol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from leanib.engine.orders.order import Order
from leanib.engine.orders.ticket import OrderTicket
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.securities import Security
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["OpenOrder", "OrderBook"]


class OpenOrder(NamedTuple):
    """An order with its ticket and its security."""

    order: Order
    ticket: OrderTicket
    security: Any


class OrderBook:
    """Questions by symbol cost as much as there are open orders of that symbol."""

    def __init__(self) -> None:
        self.orders: dict[int, Order] = {}
        self.tickets: dict[int, OrderTicket] = {}
        self._open: dict[int, OpenOrder] = {}
        self._open_by_symbol: dict[Symbol, dict[int, OpenOrder]] = {}

    def open(self, order: Order, ticket: OrderTicket, security: Security) -> OpenOrder:
        """Take in an order that may fill."""
        entry = OpenOrder(order, ticket, security)
        self._open[order.id] = entry
        self._open_by_symbol.setdefault(order.symbol, {})[order.id] = entry
        return entry

    def close(self, order_id: int) -> OpenOrder | None:
        """The order will not fill any more; None if it was not open."""
        entry = self._open.pop(order_id, None)
        if entry is not None:
            self._open_by_symbol[entry.order.symbol].pop(order_id)
            self.orders[order_id] = entry.order
            self.tickets[order_id] = entry.ticket
        return entry

    def get_open(self, order_id: int) -> OpenOrder | None:
        """The open order of that id, or None."""
        return self._open.get(order_id)

    def find(self, order_id: int) -> tuple[Order, OrderTicket] | None:
        """The order of that id and its ticket, open or not; None if there is none."""
        entry = self._open.get(order_id)
        if entry is not None:
            return entry.order, entry.ticket
        order, ticket = self.orders.get(order_id), self.tickets.get(order_id)
        return None if order is None or ticket is None else (order, ticket)

    def open_entries(
        self, filter: Callable[[Any], object] | AnySymbol | None, pick: Callable[[OpenOrder], Any]
    ) -> Iterator[Any]:
        """What `pick` takes of the open orders: all, those of a symbol, or those that a function of it wants."""
        if filter is None or callable(filter):
            for entry in list(self._open.values()):
                picked = pick(entry)
                if filter is None or filter(picked):
                    yield picked
            return
        symbol = filter if isinstance(filter, Symbol) else getattr(filter, "symbol", filter)
        if isinstance(symbol, Symbol):
            yield from [pick(entry) for entry in self._open_by_symbol.get(symbol, {}).values()]
        else:
            yield from [pick(entry) for entry in list(self._open.values()) if entry.order.symbol == symbol]
