"""Carries order requests out and passes on what happens to orders (`Engine/TransactionHandlers/`)."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Any

from leanib.engine.brokerages.backtesting import BacktestingBrokerage
from leanib.engine.brokerages.brokerage import Brokerage
from leanib.engine.core.exercises import OptionNotifications
from leanib.engine.core.order_book import OrderBook
from leanib.engine.core.order_events import OrderEventProcessor
from leanib.engine.core.order_rounding import OrderRounding
from leanib.engine.core.request_intake import Refusal, RequestIntake
from leanib.engine.core.transaction_manager import ProjectedHoldings, SecurityTransactionManager
from leanib.engine.numbers import ZERO
from leanib.engine.orders.combo import group_orders
from leanib.engine.orders.enums import OrderRequestStatus, OrderResponseErrorCode, OrderStatus
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.orders.models import method_of
from leanib.engine.orders.order import Order
from leanib.engine.orders.order_kinds import MarketOrder
from leanib.engine.orders.requests import (
    CancelOrderRequest,
    OrderRequest,
    SubmitOrderRequest,
    UpdateOrderRequest,
)
from leanib.engine.orders.response import OrderResponse
from leanib.engine.orders.text import insufficient_buying_power_text
from leanib.engine.orders.ticket import OrderTicket
from leanib.engine.symbols import DataNormalizationMode, Symbol
from leanib.errors import LeanIBError

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.core.ports import Results
    from leanib.engine.market import Slice
    from leanib.engine.securities import Security

__all__ = [
    "BacktestingTransactionHandler",
    "BrokerageTransactionHandler",
    "ProjectedHoldings",
    "SecurityTransactionManager",
]

_LOG = logging.getLogger(__name__)


class BrokerageTransactionHandler(RequestIntake):
    """Between an algorithm's requests and a brokerage; requests are carried out by `process_pending_requests`."""

    def initialize(self, algorithm: RunStrategy, brokerage: Brokerage, results: Results) -> None:
        """Stand between an algorithm and a brokerage; `results` is told of every order event before the algorithm."""
        self._algorithm = algorithm
        self._brokerage = brokerage
        self._book = OrderBook()
        self._queue: deque[OrderRequest] = deque()
        self._before_cancel: dict[int, OrderStatus] = {}
        self._rounding = OrderRounding(algorithm)
        self._price_adjustment_modes: dict[Symbol, DataNormalizationMode] = {}
        self._events = OrderEventProcessor(algorithm, self._book, self._before_cancel)
        self._events.listeners.append(results.order_event)
        self.orders_count = 0
        brokerage.on_order_events.append(self._events.process)
        brokerage.on_option_position_assigned.append(algorithm.on_assignment_order_event)
        self._notifications = OptionNotifications(algorithm, self.add_open_order, self._events.process)
        brokerage.on_option_notification.append(self._notifications.handle)
        brokerage.on_delisting.append(self._liquidate_delisted)

    # ---- requests as they are carried out

    def process_pending_requests(self) -> None:
        """Carry out all requests that wait."""
        while self._queue:
            request = self._queue.popleft()
            request.set_response(self._handle(request), OrderRequestStatus.PROCESSED)
            self.process_asynchronous_events()

    def process_asynchronous_events(self) -> None:
        """What follows a request."""

    def process_synchronous_events(self) -> None:
        """What the loop asks for twice in a time step."""
        self.process_pending_requests()

    def _handle(self, request: OrderRequest) -> OrderResponse:
        if isinstance(request, SubmitOrderRequest):
            return self._handle_submit(request)
        entry = self._book.find(request.order_id)
        if entry is None:
            return OrderResponse.unable_to_find_order(request)
        order, ticket = entry
        if isinstance(request, UpdateOrderRequest):
            return self._handle_update(request, order, ticket)
        assert isinstance(request, CancelOrderRequest)
        return self._handle_cancel(request, order, ticket)

    def _handle_submit(self, request: SubmitOrderRequest) -> OrderResponse:
        entry = self._book.get_open(request.order_id)
        if entry is None or request.order_id in self._book.orders:
            text = f"Cannot process submit request because order with id {request.order_id} already exists"
            return OrderResponse.error(request, OrderResponseErrorCode.ORDER_ALREADY_EXISTS, text)
        order, ticket, security = entry
        self._book.orders[order.id] = order
        order.price_currency = security.symbol_properties.quote_currency
        order.tag = order.tag or order.get_default_tag()
        self._rounding.round_quantity(order, security)
        orders = group_orders(order, self._book.orders.get)
        pairs = None if orders is None else [(leg, self._algorithm.securities.get(leg.symbol)) for leg in orders]
        self._rounding.round_prices(order, security, pairs)
        self._rounding.drop_locate(order, security)
        order.price_adjustment_mode = self._price_adjustment_mode(security)
        ticket.set_order(order)
        if orders is None or pairs is None:
            return OrderResponse.success(request)  # the last leg submits them all
        return self._submit_group(request, orders, pairs)

    def _submit_group(
        self, request: SubmitOrderRequest, orders: list[Order], pairs: list[tuple[Order, Any]]
    ) -> OrderResponse:
        """Check the orders of a group together and place them."""
        refusal = None
        if any(not order.quantity_decimal for order in orders):
            refusal = OrderResponse.zero_quantity(request)
        elif any(security is None for _, security in pairs):
            refusal = OrderResponse.missing_security(request)
        if refusal is not None:
            self._algorithm.error(refusal.error_message)
            self._invalidate(orders, refusal.error_message or "")
            return refusal
        refusal = self._buying_power_refusal(request, orders, pairs) or self._brokerage_refusal(request, orders, pairs)
        return refusal or self._place(request, orders)

    def _brokerage_refusal(
        self, request: SubmitOrderRequest, orders: list[Order], pairs: list[tuple[Order, Any]]
    ) -> Refusal:
        can_submit = method_of(self._algorithm.brokerage_model, "can_submit_order")
        for order, security in pairs:
            accepted, message = verdict(can_submit(security, order, None))
            if not accepted:
                ids = ",".join(str(leg.id) for leg in orders)
                reason = message or "Warning - Code: InvalidOrder - "
                text = f"BrokerageModel declared unable to submit order: [{ids}] {reason}"
                code = OrderResponseErrorCode.BROKERAGE_MODEL_REFUSED_TO_SUBMIT_ORDER
                self._invalidate(orders, text)
                self._algorithm.error(text)
                return OrderResponse.error(request, code, text)
        return None

    def _place(self, request: SubmitOrderRequest, orders: list[Order]) -> OrderResponse:
        reason = ""
        try:
            placed = all(self._brokerage.place_order(order) for order in orders)
        except LeanIBError as error:  # a refusal, in a sentence
            placed, reason = False, f" {error}"
        except Exception as error:
            _LOG.exception("the brokerage raised an error on placing orders")
            placed, reason = False, f" {error}"
        if placed:
            return OrderResponse.success(request)
        ids = ",".join(str(order.id) for order in orders)
        text = f"Brokerage failed to place orders: [{ids}]{reason}"
        self._invalidate(orders, text)
        self._algorithm.error(text)
        return OrderResponse.error(request, OrderResponseErrorCode.BROKERAGE_FAILED_TO_SUBMIT_ORDER, text)

    def _handle_update(self, request: UpdateOrderRequest, order: Order, ticket: OrderTicket) -> OrderResponse:
        if order.status is OrderStatus.NEW:
            return OrderResponse.invalid_new_status(request, order)
        closed = order.status.is_closed()
        if closed and not request.is_allowed_for_closed_order():
            return OrderResponse.invalid_status(request, order)
        security = self._algorithm.securities[order.symbol]
        self._rounding.round_quantity(order, security)
        refusal = self._update_model_refusal(request, order, security)
        if refusal is None and order.group_order_manager is None:
            changed = order.clone()
            changed.apply_update_order_request(request)
            refusal = self._buying_power_refusal(request, [changed], None)
        if refusal is not None:
            return refusal
        order.apply_update_order_request(request)
        legs = group_orders(order, self._book.orders.get)
        pairs = None if legs is None else [(leg, self._algorithm.securities[leg.symbol]) for leg in legs]
        self._rounding.round_prices(order, security, pairs)
        ticket.set_order(order)
        if closed or self._brokerage.update_order(order):
            return OrderResponse.success(request)
        text = f"Brokerage failed to update order with id {request.order_id}"
        self._algorithm.error(text)
        self._tell(order, "Brokerage failed to update order")
        return OrderResponse.error(request, OrderResponseErrorCode.BROKERAGE_FAILED_TO_UPDATE_ORDER, text)

    def _update_model_refusal(self, request: UpdateOrderRequest, order: Order, security: Security) -> Refusal:
        if self._algorithm.live_mode:
            return None
        can_update = method_of(self._algorithm.brokerage_model, "can_update_order")
        accepted, message = verdict(can_update(security, order, request, None))
        if accepted:
            return None
        default = f"Warning - Code: InvalidRequest - BrokerageModel declared unable to update order: {order.id}"
        text = f"OrderID: {order.id} {message or default}"
        self._algorithm.error(text)
        self._tell(order, "BrokerageModel declared unable to update order")
        return OrderResponse.error(request, OrderResponseErrorCode.BROKERAGE_MODEL_REFUSED_TO_UPDATE_ORDER, text)

    def _handle_cancel(self, request: CancelOrderRequest, order: Order, ticket: OrderTicket) -> OrderResponse:
        if order.status is OrderStatus.NEW or order.status.is_closed():
            refusal = (
                OrderResponse.invalid_new_status if order.status is OrderStatus.NEW else OrderResponse.invalid_status
            )
            self._restore_status(order)
            return refusal(request, order)
        ticket.set_order(order)
        if not self._brokerage.cancel_order(order):
            text = f"Brokerage failed to cancel order with id {order.id}"
            self._algorithm.error(text)
            self._restore_status(order)
            return OrderResponse.error(request, OrderResponseErrorCode.BROKERAGE_FAILED_TO_CANCEL_ORDER, text)
        if request.tag is not None:
            order.tag = request.tag
        return OrderResponse.success(request)

    def _restore_status(self, order: Order) -> None:
        """Back to the status before a cancellation that failed."""
        order.status = self._before_cancel.pop(order.id, order.status)

    def _buying_power_refusal(
        self, request: OrderRequest, orders: list[Order], pairs: list[tuple[Order, Any]] | None
    ) -> Refusal:
        """The refusal of orders that the portfolio cannot pay for; `pairs` is None for an update."""
        first = orders[0]
        try:
            result = self._algorithm.portfolio.has_sufficient_buying_power_for_order(orders)
        except Exception as error:
            self._algorithm.error(f"Order Error: id: {first.id}, Error executing margin models: {error}")
            self._tell(first, "Error executing margin models")
            text = "An error occurred while checking sufficient buying power for the orders."
            return OrderResponse.error(request, OrderResponseErrorCode.PROCESSING_ERROR, text)
        if result.is_sufficient:
            return None
        if pairs is not None:
            text = insufficient_buying_power_text(pairs, result.reason)
            self._algorithm.error(text)
            self._invalidate(orders, text)
            return OrderResponse.error(request, OrderResponseErrorCode.INSUFFICIENT_BUYING_POWER, text)
        text = (
            f"Brokerage failed to update order with id: {first.id}, Symbol: {first.symbol.value}, "
            f"Insufficient buying power to complete order, Reason: {result.reason}."
        )
        self._algorithm.error(text)
        self._tell(first, text)
        return OrderResponse.error(request, OrderResponseErrorCode.BROKERAGE_FAILED_TO_UPDATE_ORDER, text)

    def _invalidate(self, orders: list[Order], message: str) -> None:
        for order in orders:
            if not order.status.is_closed():
                order.status = OrderStatus.INVALID
            self._tell(order, message)

    # ---- orders that did not come from the algorithm

    def add_open_order(self, order: Order) -> None:
        """Take in an order that the brokerage made."""
        transactions = self._algorithm.transactions
        if order.status in (OrderStatus.NEW, OrderStatus.NONE):
            order.status = OrderStatus.SUBMITTED
        order.id = transactions.get_increment_order_id()
        request = SubmitOrderRequest(
            order.order_type, order.security_type, order.symbol, order.quantity_decimal, order.time, order.tag
        )
        request.set_order_id(order.id)
        request.set_response(OrderResponse.success(request), OrderRequestStatus.PROCESSED)
        ticket = OrderTicket(transactions, request)
        ticket.set_order(order)
        security = self._algorithm.securities[order.symbol]
        order.price_adjustment_mode = self._price_adjustment_mode(security)
        self._book.open(order, ticket, security)
        self._book.orders[order.id] = order
        self._book.tickets[order.id] = ticket
        self.orders_count += 1

    def _liquidate_delisted(self, symbol: Symbol) -> None:
        """Close the position at the last price (`HandleDelistingNotification`)."""
        security = self._algorithm.securities.get(symbol)
        quantity = ZERO if security is None else -security.holdings.quantity_decimal
        if not quantity:
            return
        now, tag = self._algorithm.utc_time, "Liquidate from delisting"
        order = MarketOrder(symbol, quantity, now, tag)
        self.add_open_order(order)
        fill = OrderEvent(order, now, OrderFee.ZERO, tag)
        fill.fill_price_decimal = security.price_decimal
        fill.fill_quantity_decimal = order.quantity_decimal
        fill.status = OrderStatus.FILLED
        self._events.process([fill])


def verdict(answer: Any) -> tuple[bool, Any]:
    """A brokerage model's answer: `True`, or `(False, message)`, as models in Python may return either."""
    if isinstance(answer, tuple):
        return bool(answer[0]), answer[1] if len(answer) > 1 else None
    return bool(answer), None


class BacktestingTransactionHandler(BrokerageTransactionHandler):
    """Carries requests out at once and lets the brokerage look for fills after each."""

    def initialize(self, algorithm: RunStrategy, brokerage: Brokerage, results: Results) -> None:
        """Likewise; the brokerage must be the simulated one."""
        if not isinstance(brokerage, BacktestingBrokerage):
            raise TypeError("the BacktestingTransactionHandler works with the BacktestingBrokerage")
        super().initialize(algorithm, brokerage, results)
        self._simulation = brokerage
        self._latest_slice: Slice | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether orders are pending or requests wait: then every time step counts."""
        return bool(self._queue) or self._simulation.needs_scan

    @property
    def pending_orders(self) -> list[Order] | None:
        """The orders that are pending, unless requests wait or the last look at one failed, which is told each time."""
        return None if self._queue or self._simulation.has_failed else self._simulation.pending

    @property
    def sleeping_orders(self) -> dict[Any, set[int]]:
        """By security, the ids of pending orders of which nothing is asked before it has newer data."""
        return self._simulation.sleeping

    def process_asynchronous_events(self) -> None:
        """Look for fills."""
        self._simulation.scan()

    def process_synchronous_events(self) -> None:
        """Carry out what waits, look for fills, and close what is delisted."""
        if self._queue:
            self.process_pending_requests()
        self._simulation.scan()
        current = self._algorithm.current_slice
        if current.has_auxiliary and current is not self._latest_slice:
            self._latest_slice = current
            self._simulation.process_delistings(current.delistings)
