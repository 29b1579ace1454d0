"""Order requests as they come in: checked, given a ticket, and queued (`BrokerageTransactionHandler.Process`)."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.core.order_queries import OrderQueries
from leanib.engine.core.submission_prices import submission_data
from leanib.engine.numbers import decimal_text
from leanib.engine.orders.enums import OrderDirection, OrderRequestStatus, OrderResponseErrorCode, OrderStatus
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.orders.order import Order
from leanib.engine.orders.requests import (
    CancelOrderRequest,
    OrderRequest,
    SubmitOrderRequest,
    UpdateOrderRequest,
    create_order,
)
from leanib.engine.orders.response import OrderResponse
from leanib.engine.orders.ticket import OrderTicket
from leanib.engine.symbols import DataNormalizationMode, Symbol

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.securities import Security

__all__ = ["Refusal", "RequestIntake"]

#: why a request is not carried out, or None
Refusal = OrderResponse | None


class RequestIntake(OrderQueries):
    """The part of a transaction handler that takes requests in."""

    _algorithm: RunStrategy
    _queue: deque[OrderRequest]
    _before_cancel: dict[int, OrderStatus]
    _price_adjustment_modes: dict[Symbol, DataNormalizationMode]
    orders_count: int

    def process_pending_requests(self) -> None:
        """Carry out all requests that wait."""
        raise NotImplementedError(f"{type(self).__name__} must define process_pending_requests")

    def process(self, request: OrderRequest) -> OrderTicket:
        """Take a request in; the order's ticket."""
        if isinstance(request, SubmitOrderRequest):
            return self._add(request)
        entry = self._book.find(request.order_id)
        if entry is None:
            return OrderTicket.invalid(self._algorithm.transactions, request)
        order, ticket = entry
        if isinstance(request, UpdateOrderRequest):
            return self._update(request, order, ticket)
        assert isinstance(request, CancelOrderRequest)
        return self._cancel(request, order, ticket)

    def _add(self, request: SubmitOrderRequest) -> OrderTicket:
        algorithm = self._algorithm
        refusal = OrderResponse.warming_up(request) if algorithm.is_warming_up else None
        if request.quantity_decimal < 0 and not algorithm.shortable(request.symbol, request.quantity_decimal):
            refusal = self._refuse_short(request, request.symbol, request.quantity_decimal) or refusal
        request.set_response(refusal or OrderResponse.success(request))
        ticket = OrderTicket(algorithm.transactions, request)
        security = algorithm.securities[request.symbol]
        order = create_order(request)
        self.orders_count += 1
        self._book.tickets[ticket.order_id] = ticket
        if refusal is not None:
            self._refuse(order, ticket, security, refusal)
            return ticket
        order.order_submission_data = submission_data(security)
        self._book.open(order, ticket, security)
        self._queue.append(request)
        self.wait_for_order_submission(ticket)
        return ticket

    def _refuse(self, order: Order, ticket: OrderTicket, security: Security, refusal: OrderResponse) -> None:
        warming_up = refusal.error_code is OrderResponseErrorCode.ALGORITHM_WARMING_UP
        tag = "Algorithm warming up." if warming_up else refusal.error_message or ""
        order.price_currency = security.symbol_properties.quote_currency
        order.status = OrderStatus.INVALID
        order.tag = tag
        ticket.set_order(order)
        self._book.orders[order.id] = order
        self._tell(order, tag)

    def _refuse_short(self, request: OrderRequest, symbol: Symbol, quantity: Decimal) -> Refusal:
        """The refusal of an order that sells more than can be borrowed; live it is only said."""
        available = self._algorithm.shortable_quantity(symbol)
        requested = decimal_text(quantity)
        text = f"Order exceeds shortable quantity {available} for Symbol {symbol} requested {requested})"
        if self._algorithm.live_mode:
            self._algorithm.debug(f"Warning: {text}")
            return None
        return OrderResponse.error(request, OrderResponseErrorCode.EXCEEDS_SHORTABLE_QUANTITY, text)

    def wait_for_order_submission(self, ticket: OrderTicket) -> None:
        """Carry the request out now, unless the handler does so elsewhere."""
        self.process_pending_requests()

    def _update(self, request: UpdateOrderRequest, order: Order, ticket: OrderTicket) -> OrderTicket:
        ticket.add_update_request(request)
        refusal = self._update_refusal(request, order, ticket)
        if refusal is not None:
            request.set_response(refusal)
        else:
            request.set_response(OrderResponse.success(request), OrderRequestStatus.PROCESSING)
            self._queue.append(request)
        return ticket

    def _update_refusal(self, request: UpdateOrderRequest, order: Order, ticket: OrderTicket) -> Refusal:
        if order.status is OrderStatus.NEW:
            return OrderResponse.invalid_new_status(request, order)
        if order.status.is_closed() and not request.is_allowed_for_closed_order():
            return OrderResponse.invalid_status(request, order)
        if request.quantity_decimal is not None and request.quantity_decimal == 0:
            return OrderResponse.zero_quantity(request)
        if self._algorithm.is_warming_up:
            return OrderResponse.warming_up(request)
        quantity = ticket.quantity_decimal if request.quantity_decimal is None else request.quantity_decimal
        selling = order.direction is OrderDirection.SELL or quantity < 0
        if selling and not self._algorithm.shortable(ticket.symbol, quantity, order.id):
            return self._refuse_short(request, ticket.symbol, ticket.quantity_decimal)
        return None

    def _cancel(self, request: CancelOrderRequest, order: Order, ticket: OrderTicket) -> OrderTicket:
        if not ticket.try_set_cancel_request(request):
            code, text = OrderResponseErrorCode.INVALID_REQUEST, "Cancellation is already in progress."
            request.set_response(OrderResponse.error(request, code, text))
            return ticket
        if request.tag is not None:
            order.tag = request.tag
        refusal = self._cancel_refusal(request, order)
        if refusal is not None:
            request.set_response(refusal)
            return ticket
        self._before_cancel[order.id] = order.status
        order.status = OrderStatus.CANCEL_PENDING
        self._tell(order)
        request.set_response(OrderResponse.success(request), OrderRequestStatus.PROCESSING)
        self._queue.append(request)
        return ticket

    def _cancel_refusal(self, request: CancelOrderRequest, order: Order) -> Refusal:
        if order.status is OrderStatus.NEW:
            return OrderResponse.invalid_new_status(request, order)
        if order.status.is_closed():
            return OrderResponse.invalid_status(request, order)
        return OrderResponse.warming_up(request) if self._algorithm.is_warming_up else None

    def _tell(self, order: Order, message: str = "") -> None:
        """Tell the order's present status."""
        self._events.process([OrderEvent(order, self._algorithm.utc_time, OrderFee.ZERO, message)])

    def _price_adjustment_mode(self, security: Security) -> DataNormalizationMode:
        """How the security's data are adjusted: what they were at its first order."""
        if self._algorithm.live_mode:
            return DataNormalizationMode.RAW
        mode = self._price_adjustment_modes.get(security.symbol)
        if mode is None:
            service = self._algorithm.subscription_manager.subscription_data_config_service
            configs = service.get_subscription_data_configs(security.symbol, True)
            mode = configs[0].data_normalization_mode if configs else security.data_normalization_mode
            self._price_adjustment_modes[security.symbol] = mode
        return mode
