"""An algorithm's view of its orders: `self.transactions` (`Common/Securities/SecurityTransactionManager.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.dotnet.collections import Dictionary, List
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, to_float
from leanib.engine.orders.order import Order
from leanib.engine.orders.requests import CancelOrderRequest, OrderRequest, SubmitOrderRequest, UpdateOrderRequest
from leanib.engine.orders.response import OrderResponse
from leanib.engine.orders.text import round_trip_time_text
from leanib.engine.orders.ticket import OrderTicket
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.core.transactions import BrokerageTransactionHandler
    from leanib.engine.securities import SecurityManager
    from leanib.engine.securities.security import Security

__all__ = ["ProjectedHoldings", "SecurityTransactionManager"]

_MILLISECOND = timedelta(milliseconds=1)

TicketFilter = Callable[[OrderTicket], bool] | Symbol | str | None
OrderFilter = Callable[[Order], bool] | Symbol | str | None


class ProjectedHoldings(LeanObject):
    """Holdings, and what they will be once the open orders have filled."""

    def __init__(self, holdings_quantity: Decimal, open_orders_quantity: Decimal) -> None:
        self.holdings_quantity_decimal = holdings_quantity
        self.open_orders_quantity_decimal = open_orders_quantity
        self.projected_quantity_decimal = holdings_quantity + open_orders_quantity

    @property
    def holdings_quantity(self) -> float:
        """What is held."""
        return to_float(self.holdings_quantity_decimal)

    @property
    def open_orders_quantity(self) -> float:
        """What open orders have not filled yet."""
        return to_float(self.open_orders_quantity_decimal)

    @property
    def projected_quantity(self) -> float:
        """Both together."""
        return to_float(self.projected_quantity_decimal)


class SecurityTransactionManager(LeanObject):
    """Numbers requests, passes them to the transaction handler, and answers questions about orders."""

    def __init__(self, algorithm: RunStrategy, securities: SecurityManager) -> None:
        self._algorithm = algorithm
        self._securities = securities
        self._order_id = 0
        self._group_order_manager_id = 0
        self._records: dict[datetime, tuple[Decimal, bool]] = {}
        self._processor: BrokerageTransactionHandler | None = None
        self.market_order_fill_timeout = timedelta(0)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._order_id} orders>"

    @property
    def utc_time(self) -> datetime:
        """Now."""
        now: datetime = self._securities.utc_time
        return now

    @property
    def last_order_id(self) -> int:
        """The number of the last order."""
        return self._order_id

    def set_order_processor(self, order_processor: BrokerageTransactionHandler) -> None:
        """Who carries requests out."""
        self._processor = order_processor

    def set_live_mode(self, is_live_mode: bool) -> None:
        """Live, market orders are waited for."""
        self.market_order_fill_timeout = timedelta(seconds=5 if is_live_mode else 0)

    @property
    def _orders(self) -> BrokerageTransactionHandler:
        if self._processor is None:
            raise InvalidOperationException("orders can be placed once the algorithm runs, not before")
        return self._processor

    # ---- requests

    def process_request(self, request: OrderRequest) -> OrderTicket:
        """Carry a request out; the order's ticket."""
        if self._algorithm.is_warming_up:
            raise InvalidOperationException(str(OrderResponse.warming_up(request)))
        self._securities.interrupt()
        if isinstance(request, SubmitOrderRequest):
            self.set_order_id(request)
        return self._orders.process(request)

    def set_order_id(self, request: SubmitOrderRequest) -> None:
        """Number a new order."""
        if request.order_id < 1:
            request.set_order_id(self.get_increment_order_id())

    def add_order(self, request: SubmitOrderRequest) -> OrderTicket:
        """Place an order."""
        return self.process_request(request)

    def update_order(self, request: UpdateOrderRequest) -> OrderTicket:
        """Change an order."""
        return self.process_request(request)

    def cancel_order(self, order_id: int, order_tag: str | None = None) -> OrderTicket:
        """Cancel an order."""
        return self.remove_order(order_id, order_tag)

    def remove_order(self, order_id: int, tag: str | None = None) -> OrderTicket:
        """Cancel an order."""
        return self.process_request(CancelOrderRequest(self.utc_time, order_id, tag or ""))

    def cancel_open_orders(self, symbol: Symbol | str | None = None, tag: str | None = None) -> List[OrderTicket]:
        """Cancel the open orders of a symbol, or all."""
        if self._algorithm.is_warming_up:
            raise InvalidOperationException(
                "This operation is not allowed in initialize or during warm up: cancel_open_orders. "
                "Please move this code to the on_warmup_finished() method."
            )
        if symbol is None:
            tag = f"Canceled by CancelOpenOrders() at {round_trip_time_text(self.utc_time)}"
        tickets = self._orders.get_open_order_tickets(symbol)
        for ticket in tickets:
            ticket.cancel(tag)
        return tickets

    def get_increment_order_id(self) -> int:
        """The next order's number."""
        self._order_id += 1
        return self._order_id

    def continue_after(self, order_id: int) -> None:
        """The next order's number comes after this one."""
        self._order_id = max(self._order_id, order_id)

    def get_increment_group_order_manager_id(self) -> int:
        """The next group's number."""
        self._group_order_manager_id += 1
        return self._group_order_manager_id

    def wait_for_order(self, order_id: int) -> bool:
        """Whether the order is closed, within the timeout that live trading grants market orders."""
        ticket = self.get_order_ticket(order_id)
        if ticket is None:
            return False
        return self._orders.wait_until_closed(ticket, self.market_order_fill_timeout)

    # ---- questions

    @property
    def orders_count(self) -> int:
        """How many orders were placed."""
        return self._orders.orders_count

    def get_order_tickets(self, filter: TicketFilter = None) -> List[OrderTicket]:
        """All tickets that the filter (a function, or a symbol) lets through."""
        return self._orders.get_order_tickets(filter)

    def get_open_order_tickets(self, filter: TicketFilter = None) -> List[OrderTicket]:
        """The tickets of open orders that the filter (a function, or a symbol) lets through."""
        return self._orders.get_open_order_tickets(filter)

    def get_open_orders_remaining_quantity(self, filter: TicketFilter = None) -> float:
        """What those open orders have not filled."""
        return to_float(self.open_orders_remaining_quantity(filter))

    def open_orders_remaining_quantity(self, filter: TicketFilter = None) -> Decimal:
        """The same, exactly."""
        tickets = self._orders.get_open_order_tickets(filter)
        return sum((ticket.quantity_remaining_decimal for ticket in tickets), ZERO)

    def get_order_ticket(self, order_id: int) -> OrderTicket | None:
        """The ticket of that order, or None."""
        return self._orders.get_order_ticket(order_id)

    def get_open_orders(self, filter: OrderFilter = None) -> List[Order]:
        """Copies of the open orders that the filter (a function, or a symbol) lets through."""
        return self._orders.get_open_orders(filter)

    def get_orders(self, filter: OrderFilter = None) -> List[Order]:
        """Copies of all orders that the filter (a function, or a symbol) lets through."""
        return self._orders.get_orders(filter)

    def get_order_by_id(self, order_id: int) -> Order | None:
        """A copy of that order, or None."""
        return self._orders.get_order_by_id(order_id)

    def get_orders_by_brokerage_id(self, brokerage_id: str) -> List[Order]:
        """Copies of the orders that the brokerage knows by that id."""
        return self._orders.get_orders_by_brokerage_id(brokerage_id)

    def get_projected_holdings(self, security: Security) -> ProjectedHoldings:
        """Holdings with and without open orders."""
        remaining = self.open_orders_remaining_quantity(security.symbol)
        return ProjectedHoldings(security.holdings.quantity_decimal, remaining)

    # ---- closed transactions

    def add_transaction_record(self, time: datetime, transaction_profit_loss: Decimal, is_win: bool) -> None:
        """Note the profit of a closed transaction; times are made unique by milliseconds."""
        while time in self._records:
            time += _MILLISECOND
        self._records[time] = (transaction_profit_loss, is_win)

    @property
    def transaction_record(self) -> Dictionary[datetime, Decimal]:
        """Profit or loss by UTC time."""
        return Dictionary({time: profit for time, (profit, _) in self._records.items()})

    @property
    def winning_transactions(self) -> Dictionary[datetime, Decimal]:
        """Those that count as wins."""
        return Dictionary({time: profit for time, (profit, win) in self._records.items() if win})

    @property
    def losing_transactions(self) -> Dictionary[datetime, Decimal]:
        """Those that do not."""
        return Dictionary({time: profit for time, (profit, win) in self._records.items() if not win})

    @property
    def win_count(self) -> int:
        """How many wins."""
        return len(self.winning_transactions)

    @property
    def loss_count(self) -> int:
        """How many losses."""
        return len(self.losing_transactions)
