"""The handle an algorithm holds on an order (`Common/Orders/OrderTicket.cs`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.naming import LeanObject, to_snake
from leanib.engine.numbers import ZERO, to_float
from leanib.engine.numbers.exact import FloatView
from leanib.engine.orders.combo import ComboLimitOrder
from leanib.engine.orders.enums import (
    OrderField,
    OrderRequestStatus,
    OrderResponseErrorCode,
    OrderStatus,
    OrderType,
)
from leanib.engine.orders.order import Order
from leanib.engine.orders.requests import (
    CancelOrderRequest,
    OrderRequest,
    SubmitOrderRequest,
    UpdateOrderFields,
    UpdateOrderRequest,
)
from leanib.engine.orders.response import OrderResponse
from leanib.engine.symbols import SecurityType, Symbol

if TYPE_CHECKING:
    from leanib.engine.orders.event import OrderEvent

__all__ = ["OrderTicket", "TicketProcessor"]


_NEVER = datetime(9999, 12, 31, 23, 59, 59, 999999)


class TicketProcessor(Protocol):
    """What a ticket needs of the transaction manager."""

    @property
    def utc_time(self) -> datetime:
        """The present time."""

    def process_request(self, request: OrderRequest) -> OrderTicket:
        """Carry a request out; the order's ticket."""


class OrderTicket(LeanObject):
    """An order's requests, events, fills; `update`, `cancel`."""

    average_fill_price = FloatView()
    quantity_filled = FloatView()
    quantity = FloatView()

    def __init__(self, transaction_manager: TicketProcessor, submit_request: SubmitOrderRequest) -> None:
        self._transactions = transaction_manager
        self.submit_request = submit_request
        self._order: Order | None = None
        self._status_override: OrderStatus | None = None
        self.cancel_request: CancelOrderRequest | None = None
        self._update_requests: list[UpdateOrderRequest] = []
        self._order_events: list[OrderEvent] = []
        self._weighted_fills = ZERO
        self.average_fill_price_decimal = ZERO
        self.quantity_filled_decimal = ZERO

    @property
    def order_id(self) -> int:
        """The order's number, or the error code of a refused submission."""
        return self.submit_request.order_id

    @property
    def status(self) -> OrderStatus:
        """The order's status."""
        if self._status_override is not None:
            return self._status_override
        return OrderStatus.NEW if self._order is None else self._order.status

    @property
    def symbol(self) -> Symbol:
        """The security."""
        return self.submit_request.symbol

    @property
    def security_type(self) -> SecurityType:
        """The kind of security."""
        return self.submit_request.security_type

    @property
    def order_type(self) -> OrderType:
        """The kind of order."""
        return self.submit_request.order_type

    @property
    def quantity_decimal(self) -> Decimal:
        """The exact signed quantity."""
        return self.submit_request.quantity_decimal if self._order is None else self._order.quantity_decimal

    @property
    def quantity_remaining_decimal(self) -> Decimal:
        """The exact quantity that has not filled."""
        return self.quantity_decimal - self.quantity_filled_decimal

    @property
    def quantity_remaining(self) -> float:
        """The quantity that has not filled."""
        return to_float(self.quantity_remaining_decimal)

    @property
    def time(self) -> datetime:
        """When the last request was made, UTC."""
        asked: datetime = self.get_most_recent_order_request().time
        return asked

    @property
    def tag(self) -> str:
        """The order's tag."""
        return (self.submit_request.tag or "") if self._order is None else self._order.tag

    @property
    def update_requests(self) -> List[UpdateOrderRequest]:
        """All updates asked for, in order."""
        return List(self._update_requests)

    @property
    def order_events(self) -> List[OrderEvent]:
        """All that happened, in order."""
        return List(self._order_events)

    @property
    def has_order(self) -> bool:
        """Whether the order has reached the transaction handler."""
        return self._order is not None

    @property
    def order(self) -> Order | None:
        """The order itself, for the engine."""
        return self._order

    def get(self, field: OrderField) -> Any:
        """A price of the order: `ticket.get(OrderField.LIMIT_PRICE)`."""
        name = to_snake(OrderField(field).lean_name)
        source: Any = self.submit_request if self._order is None else self._order
        if isinstance(self._order, ComboLimitOrder) and field is OrderField.LIMIT_PRICE:
            source = self._order.group
        if self.order_type not in _FIELDS[OrderField(field)]:
            kind = self.order_type.lean_name
            raise ArgumentException(f"Unable to get field {OrderField(field).lean_name} on order of type {kind}")
        return getattr(source, name)

    def update(self, fields: UpdateOrderFields) -> OrderResponse:
        """Change what the fields name."""
        request = UpdateOrderRequest(self._transactions.utc_time, self.order_id, fields)
        return self._transactions.process_request(request)._update_requests[-1].response

    def update_tag(self, tag: str) -> OrderResponse:
        """Change the tag, of a closed order too."""
        return self.update(UpdateOrderFields(tag=tag))

    def update_quantity(self, quantity: float, tag: str | None = None) -> OrderResponse:
        """Change the signed quantity."""
        return self.update(UpdateOrderFields(quantity=quantity, tag=tag))

    def update_limit_price(self, limit_price: float, tag: str | None = None) -> OrderResponse:
        """Change the limit price."""
        return self.update(UpdateOrderFields(limit_price=limit_price, tag=tag))

    def update_stop_price(self, stop_price: float, tag: str | None = None) -> OrderResponse:
        """Change the stop price."""
        return self.update(UpdateOrderFields(stop_price=stop_price, tag=tag))

    def update_trigger_price(self, trigger_price: float, tag: str | None = None) -> OrderResponse:
        """Change the trigger price."""
        return self.update(UpdateOrderFields(trigger_price=trigger_price, tag=tag))

    def update_stop_trailing_amount(self, trailing_amount: float, tag: str | None = None) -> OrderResponse:
        """Change the trailing amount."""
        return self.update(UpdateOrderFields(trailing_amount=trailing_amount, tag=tag))

    def cancel(self, tag: str | None = None) -> OrderResponse:
        """Cancel the order."""
        request = CancelOrderRequest(self._transactions.utc_time, self.order_id, tag)
        if self._cancel_is_pending():
            text = f"Order {self.order_id} has already received a cancellation request."
            return OrderResponse.error(request, OrderResponseErrorCode.REQUEST_CANCELED, text)
        ticket = self._transactions.process_request(request)
        assert ticket.cancel_request is not None
        return ticket.cancel_request.response

    def get_most_recent_order_response(self) -> OrderResponse:
        """The answer to the last request."""
        return self.get_most_recent_order_request().response

    def get_most_recent_order_request(self) -> OrderRequest:
        """The cancellation, else the last update, else the submission."""
        if self.cancel_request is not None:
            return self.cancel_request
        return self._update_requests[-1] if self._update_requests else self.submit_request

    def add_order_event(self, order_event: OrderEvent) -> None:
        """Note what happened, and with a fill the average price."""
        self._order_events.append(order_event)
        if order_event.fill_quantity_decimal:
            self._note_fill(order_event)

    def _note_fill(self, fill: OrderEvent) -> None:
        order = self._order
        assert order is not None
        if order.order_type is not OrderType.OPTION_EXERCISE:
            self.quantity_filled_decimal += fill.fill_quantity_decimal
            if fill.status.is_fill():
                self._weighted_fills += fill.absolute_fill_quantity_decimal * fill.fill_price_decimal
            self.average_fill_price_decimal = self._weighted_fills / abs(self.quantity_filled_decimal)
            order.price_decimal = self.average_fill_price_decimal
        elif fill.is_in_the_money:
            order.price_decimal = self.symbol.id.strike_price_decimal
            if fill.fill_price_decimal:
                self.quantity_filled_decimal += fill.fill_quantity_decimal
                self.average_fill_price_decimal = order.price_decimal

    def set_order(self, order: Order) -> None:
        """Tie the ticket to its order."""
        if self._order is not None and self._order.id != order.id:
            raise ArgumentException("Order id mismatch")
        self._order = order

    def add_update_request(self, request: UpdateOrderRequest) -> None:
        """Note an update."""
        if request.order_id != self.order_id:
            raise ArgumentException("Received UpdateOrderRequest for incorrect order id.")
        self._update_requests.append(request)

    def try_set_cancel_request(self, request: CancelOrderRequest) -> bool:
        """Note a cancellation; False if there is one already."""
        if request.order_id != self.order_id:
            raise ArgumentException("Received CancelOrderRequest for incorrect order id.")
        if self._cancel_is_pending():
            return False
        self.cancel_request = request
        return True

    def _cancel_is_pending(self) -> bool:
        return self.cancel_request is not None and self.cancel_request.status != OrderRequestStatus.ERROR

    @classmethod
    def invalid(cls, transactions: TicketProcessor, request: OrderRequest) -> OrderTicket:
        """The ticket of an update or cancellation of an order that does not exist."""
        submit = SubmitOrderRequest(OrderType.MARKET, SecurityType.BASE, Symbol.EMPTY, ZERO, _NEVER, request.tag or "")
        submit.set_response(OrderResponse.unable_to_find_order(request))
        submit.set_order_id(request.order_id)
        ticket = cls(transactions, submit)
        request.set_response(OrderResponse.unable_to_find_order(request))
        if isinstance(request, CancelOrderRequest):
            ticket.try_set_cancel_request(request)
        elif isinstance(request, UpdateOrderRequest):
            ticket.add_update_request(request)
        ticket._status_override = OrderStatus.INVALID
        return ticket

    @classmethod
    def invalid_submit_request(
        cls, transactions: TicketProcessor, request: SubmitOrderRequest, response: OrderResponse
    ) -> OrderTicket:
        """The ticket of a submission that was refused."""
        request.set_response(response)
        ticket = cls(transactions, request)
        ticket._status_override = OrderStatus.INVALID
        return ticket

    def __int__(self) -> int:
        response = self.get_most_recent_order_response()
        return int(response.error_code) if response.is_error else self.order_id

    def __str__(self) -> str:
        requests: list[OrderRequest] = [self.submit_request, *self._update_requests]
        if self.cancel_request is not None:
            requests.append(self.cancel_request)
        answered = sum(request.response.is_processed for request in requests)
        counts = f"Request Count: {len(requests)} Response Count: {answered}"
        return f"{self.order_id}: {counts}" if self._order is None else f"{self.order_id}: {self._order} {counts}"

    __repr__ = __str__


_FIELDS: dict[OrderField, tuple[OrderType, ...]] = {
    OrderField.LIMIT_PRICE: (
        OrderType.LIMIT,
        OrderType.STOP_LIMIT,
        OrderType.LIMIT_IF_TOUCHED,
        OrderType.COMBO_LIMIT,
        OrderType.COMBO_LEG_LIMIT,
    ),
    OrderField.STOP_PRICE: (OrderType.STOP_LIMIT, OrderType.STOP_MARKET, OrderType.TRAILING_STOP),
    OrderField.TRIGGER_PRICE: (OrderType.LIMIT_IF_TOUCHED,),
    OrderField.TRAILING_AMOUNT: (OrderType.TRAILING_STOP,),
    OrderField.TRAILING_AS_PERCENTAGE: (OrderType.TRAILING_STOP,),
}
