"""Tickets, requests, responses and events, with LEAN's texts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from leanib.engine.orders import (
    LimitOrder,
    MarketOrder,
    OrderDirection,
    OrderEvent,
    OrderField,
    OrderRequestStatus,
    OrderResponse,
    OrderResponseErrorCode,
    OrderStatus,
    OrderTicket,
    OrderType,
    SubmitOrderRequest,
    UpdateOrderFields,
    UpdateOrderRequest,
)
from leanib.engine.orders.fees import CashAmount, OrderFee
from leanib.engine.orders.requests import create_order
from leanib.engine.symbols import SecurityType


class Transactions:
    """Answers every request with success."""

    utc_time = datetime(2013, 10, 7, 14)

    def __init__(self):
        self.ticket = None

    def process_request(self, request):
        if isinstance(request, UpdateOrderRequest):
            self.ticket.add_update_request(request)
        else:
            self.ticket.try_set_cancel_request(request)
        request.set_response(OrderResponse.success(request), OrderRequestStatus.PROCESSED)
        return self.ticket


@pytest.fixture
def ticket(spy, now):
    """A limit order's ticket."""
    transactions = Transactions()
    request = SubmitOrderRequest(
        OrderType.LIMIT, SecurityType.EQUITY, spy, 10, now, "why", limit_price=Decimal("100.5")
    )
    request.set_order_id(7)
    transactions.ticket = OrderTicket(transactions, request)
    return transactions.ticket


def event(order, status, quantity, price):
    """A fill with a fee of a dollar."""
    return OrderEvent(
        order.id, order.symbol, order.time, status, OrderDirection.BUY, price, quantity, OrderFee(CashAmount(1, "USD"))
    )


def test_average_fill_price_weighs_the_fills(ticket):
    """Two partial fills give their weighted average, on the ticket and as the order's price."""
    order = create_order(ticket.submit_request)
    ticket.set_order(order)
    ticket.add_order_event(event(order, OrderStatus.PARTIALLY_FILLED, 4, 100))
    ticket.add_order_event(event(order, OrderStatus.FILLED, 6, 110))
    assert (ticket.quantity_filled, ticket.average_fill_price, order.price) == (10, 106, 106)
    assert ticket.quantity_remaining == 0


def test_ticket_answers_in_both_naming_styles(ticket):
    """`AverageFillPrice` and `average_fill_price` are one thing, and so are method names."""
    assert ticket.OrderId == ticket.order_id == 7
    assert ticket.Get(OrderField.LIMIT_PRICE) == ticket.get(OrderField.LimitPrice) == 100.5


def test_unknown_field_is_refused(ticket):
    """A limit order has no stop price to ask for."""
    with pytest.raises(ValueError, match="Unable to get field StopPrice on order of type Limit"):
        ticket.get(OrderField.STOP_PRICE)


def test_second_cancellation_is_refused(ticket):
    """A ticket takes one cancellation."""
    assert ticket.cancel("enough").is_success
    second = ticket.cancel()
    assert second.error_code is OrderResponseErrorCode.REQUEST_CANCELED
    assert second.error_message == "Order 7 has already received a cancellation request."


def test_update_fields_take_either_style(ticket):
    """UpdateOrderFields may be filled in LEAN's old names."""
    fields = UpdateOrderFields()
    fields.LimitPrice = 99.25
    assert ticket.update(fields).is_success
    assert ticket.update_requests[-1].limit_price_decimal == Decimal("99.25")


def test_positional_submit_request_follows_leans_overloads(spy, now):
    """Prices before the time are stop, limit, trigger."""
    request = SubmitOrderRequest(OrderType.LIMIT_IF_TOUCHED, SecurityType.EQUITY, spy, 1, 0, 98.5, 99, now, "tag", None)
    assert (request.stop_price, request.limit_price, request.trigger_price) == (0, 98.5, 99)
    assert request.tag == "tag"


def test_response_texts():
    """Errors read as LEAN's."""
    assert str(OrderResponse.UNPROCESSED) == "Unprocessed"
    failure = OrderResponse(1, OrderResponseErrorCode.ORDER_QUANTITY_ZERO, "none")
    assert str(failure) == "Error: OrderQuantityZero - none"
    assert failure.is_error
    assert not failure.is_success


def test_event_text_names_what_there_is(spy, now):
    """str() of an event is LEAN's line, with limit price, fee and message only where there are any."""
    order = LimitOrder(spy, 10, 100.5, now)
    order.id = 3
    order.price_currency = "USD"
    filled = event(order, OrderStatus.FILLED, 10, 100.25)
    filled.quantity = 10
    filled.fill_price_currency = "USD"
    filled.limit_price = 100.5
    assert str(filled) == (
        "Time: 10/07/2013 14:00:00 OrderID: 3 EventID: 0 Symbol: SPY Status: Filled Quantity: 10 "
        "FillQuantity: 10 FillPrice: $100.25 LimitPrice: $100.5 OrderFee: 1 USD"
    )


def test_order_text_and_event_of_an_order(spy, now):
    """str() of an order is LEAN's, and an event made of an order takes its status and quantity."""
    order = MarketOrder(spy, 1, now, "because")
    order.status = OrderStatus.SUBMITTED
    assert str(order).endswith("Submitted Market order for 1 unit of SPY R735QTJ8XC9X: because")
    told = OrderEvent(order, now, OrderFee.ZERO)
    assert (told.status, told.quantity, told.fill_quantity) == (OrderStatus.SUBMITTED, 1, 0)


def test_quantities_lose_trailing_zeros_but_prices_keep_their_scale(spy, now):
    """As in LEAN the quantity is normalized, a limit price is not."""
    order = LimitOrder(spy, Decimal("10.00"), Decimal("99.50"), now)
    assert str(order.quantity_decimal) == "10"
    assert str(order.limit_price_decimal) == "99.50"
    assert order.value == 0
