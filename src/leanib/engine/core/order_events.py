"""What an order event sets in motion (`BrokerageTransactionHandler.HandleOrderEvents`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from leanib.engine.core.order_book import OrderBook
from leanib.engine.dotnet.two_sides import users_of
from leanib.engine.exchanges.currency_pairs import CurrencyPairUtil
from leanib.engine.orders.enums import OrderDirection, OrderStatus
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.fees.order_fee import ModifiedFillQuantityOrderFee
from leanib.engine.orders.models import method_of
from leanib.engine.orders.order import Order
from leanib.engine.orders.ticket import OrderTicket

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy

__all__ = ["OrderEventProcessor"]

#: which of an order's own prices its events repeat

class _Entry(NamedTuple):
    event: OrderEvent
    order: Order
    ticket: OrderTicket
    security: Any


class OrderEventProcessor:
    """Brings order, ticket, portfolio and trade list up to date, then tells the algorithm."""

    def __init__(self, algorithm: RunStrategy, book: OrderBook, before_cancel: dict[int, OrderStatus]) -> None:
        self._algorithm = algorithm
        self._book = book
        self._before_cancel = before_cancel
        self._told_of_base_currency_fee = False
        self.history: list[OrderEvent] = []
        self.listeners: list[Callable[[OrderEvent], object]] = []

    def process(self, events: list[OrderEvent]) -> None:
        """Events that belong together: one, or those of a combo's legs."""
        entries = [self._entry(event) for event in events]
        for entry in entries:
            self._update_order(entry)
            if entry.event.status.is_fill():
                self._take_base_currency_fee(entry)
        self._algorithm.portfolio.process_fills([event for event in events if event.status.is_fill()])
        for entry in entries:
            if entry.event.status.is_fill():
                self._add_to_trades(entry)
            entry.ticket.add_order_event(entry.event)
        for event in events:
            if event.status is not OrderStatus.NONE:
                self._tell(event)

    def _entry(self, event: OrderEvent) -> _Entry:
        if event.status.is_closed():
            self._book.close(event.order_id)
        found = self._book.find(event.order_id)
        if found is None:
            raise KeyError(f"unable to locate order or ticket for order ID {event.order_id}")
        order, ticket = found
        event.ticket = ticket
        return _Entry(event, order, ticket, self._algorithm.securities[event.symbol])

    def _update_order(self, entry: _Entry) -> None:
        event, order = entry.event, entry.order
        self._update_cancellation(event)
        # an order that is filled or canceled does not become invalid by a late refusal
        if order.status not in (OrderStatus.FILLED, OrderStatus.CANCELED) or event.status is not OrderStatus.INVALID:
            order.status = event.status
        event.id = order.get_new_id()
        if event.status is OrderStatus.CANCELED:
            order.canceled_time = event.utc_time
        elif event.status.is_fill():
            order.last_fill_time = event.utc_time
        elif event.status in (OrderStatus.UPDATE_SUBMITTED, OrderStatus.SUBMITTED) and entry.ticket.update_requests:
            order.last_update_time = event.utc_time
        event.quantity_decimal = order.quantity_decimal
        order.write_prices(event)

    def _update_cancellation(self, event: OrderEvent) -> None:
        """Keep the status to fall back to if a pending cancellation fails."""
        if event.order_id not in self._before_cancel:
            return
        if event.status.is_closed():
            del self._before_cancel[event.order_id]
        elif event.status is not OrderStatus.CANCEL_PENDING:
            self._before_cancel[event.order_id] = event.status

    def _take_base_currency_fee(self, entry: _Entry) -> None:
        """A fee in what was bought comes out of the filled quantity."""
        event = entry.event
        if not event.symbol.asset.fee_may_reduce_quantity or entry.order.direction is not OrderDirection.BUY:
            return
        base, quote = CurrencyPairUtil.decompose_currency_pair(event.symbol)
        if event.order_fee.value.currency != base:
            return
        event.fill_quantity_decimal -= event.order_fee.value.amount_decimal
        multiplier = entry.security.symbol_properties.contract_multiplier_decimal
        event.order_fee = ModifiedFillQuantityOrderFee(event.order_fee.value, quote, multiplier)
        if not self._told_of_base_currency_fee:
            self._told_of_base_currency_fee = True
            self._algorithm.debug(
                "When buying currency pairs, using Cash account types, fees in base currency "
                "will be deducted from the filled quantity so virtual positions reflect actual holdings."
            )

    def _add_to_trades(self, entry: _Entry) -> None:
        security = entry.security
        fee = self._algorithm.portfolio.cash_book.convert_to_account_currency(entry.event.order_fee.value)
        self._algorithm.trade_builder.process_fill(
            entry.event,
            security.quote_currency.conversion_rate_decimal,
            fee.amount_decimal,
            security.symbol_properties.contract_multiplier_decimal,
        )

    def _tell(self, event: OrderEvent) -> None:
        self.history.append(event)
        for listener in self.listeners:
            listener(event)
        try:
            execution = getattr(self._algorithm, "execution", None)
            if execution is not None:
                method_of(execution, "on_order_event")(users_of(self._algorithm), event)
            self._algorithm.on_order_event(event)
        except Exception as error:
            self._algorithm.set_runtime_error(error, "Order Event Handler")
