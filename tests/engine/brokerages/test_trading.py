"""Orders from request to fill: small algorithms on the sample data, through the loop and the simulated brokerage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.brokerages import BrokerageMessageEvent, BrokerageMessageType, DefaultBrokerageModel
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.framework.portfolio_target import PortfolioTarget
from leanib.engine.orders import (
    MarketOnCloseOrder,
    OrderProperties,
    OrderResponseErrorCode,
    OrderStatus,
    OrderType,
    TimeInForce,
    UpdateOrderFields,
)
from leanib.engine.orders.fees import CashAmount, FeeModel, OrderFee
from leanib.engine.symbols import Market, Resolution, SecurityType, Symbol

DATA = Path(__file__).parents[3] / "data"


class OneDay(QCAlgorithm):
    """AAPL by the minute on one day; `act(self, minute)` is called on each bar, counted from 1."""

    act: Callable[[Any, int], None]

    def initialize(self):
        self.set_start_date(2012, 10, 1)
        self.set_end_date(2012, 10, 1)
        self.set_cash(100_000)
        self.security = self.add_equity("AAPL", Resolution.MINUTE)
        self.aapl = self.security.symbol
        self.minute = 0
        self.events = []
        self.ticket = None

    def on_data(self, slice):
        if self.aapl in slice.bars:
            self.minute += 1
            type(self).act(self, self.minute)

    def on_order_event(self, order_event):
        self.events.append(order_event)


def run(act: Callable[[Any, int], None]) -> Any:
    """Run a day with that handler and give back the algorithm."""
    algorithm_class = type("Day", (OneDay,), {"act": staticmethod(act)})
    finished = run_backtest(algorithm_class, Job(data_folder=DATA))
    if finished.error is not None:
        raise finished.error
    return finished.algorithm


def statuses(algorithm: Any) -> list[OrderStatus]:
    """What happened, in order."""
    return [event.status for event in algorithm.events]


def test_market_order_fills_at_once_and_pays():
    """It is submitted and filled within the call, at the ask, with Interactive Brokers' minimum fee."""

    def act(self, minute):
        if minute == 1:
            self.ticket = self.market_order("AAPL", 10, tag="first")
            assert self.ticket.status is OrderStatus.FILLED
            assert self.ticket.average_fill_price == self.security.ask_price

    algorithm = run(act)
    assert statuses(algorithm) == [OrderStatus.SUBMITTED, OrderStatus.FILLED]
    assert [event.id for event in algorithm.events] == [1, 2]
    assert algorithm.events[1].order_fee.value.amount == 1
    assert algorithm.portfolio["AAPL"].quantity == 10
    assert algorithm.ticket.tag == "first"


def test_limit_order_is_updated_and_canceled():
    """Update and cancellation are carried out at the end of the time step, each with its event."""

    def act(self, minute):
        if minute == 1:
            self.ticket = self.limit_order(self.aapl, 10, round(self.security.price * 0.5, 2))
        elif minute == 2:
            assert self.ticket.update(UpdateOrderFields(quantity=20, tag="more")).is_success
        elif minute == 3:
            assert self.ticket.quantity == 20
            assert self.ticket.cancel("enough").is_success
            assert self.ticket.status is OrderStatus.CANCEL_PENDING
        elif minute == 4:
            assert self.ticket.update_quantity(5).error_code is OrderResponseErrorCode.INVALID_ORDER_STATUS
            assert self.ticket.update_tag("afterwards").is_success

    algorithm = run(act)
    assert statuses(algorithm) == [
        OrderStatus.SUBMITTED,
        OrderStatus.UPDATE_SUBMITTED,
        OrderStatus.CANCEL_PENDING,
        OrderStatus.CANCELED,
    ]
    assert algorithm.ticket.tag == "afterwards"
    order = algorithm.transactions.get_order_by_id(1)
    assert order.last_update_time is not None
    assert order.canceled_time is not None
    assert algorithm.transactions.get_open_orders() == []


def test_day_order_expires_at_the_close():
    """A day order that did not fill is canceled with LEAN's text."""

    def act(self, minute):
        if minute == 1:
            properties = OrderProperties()
            properties.time_in_force = TimeInForce.DAY
            self.limit_order(self.aapl, 1, 1.0, order_properties=properties)

    algorithm = run(act)
    assert statuses(algorithm) == [OrderStatus.SUBMITTED, OrderStatus.CANCELED]
    assert algorithm.events[-1].message == "The order has expired."


def test_order_beyond_the_buying_power_is_invalid():
    """The margin check refuses before the brokerage sees the order, and says how much was missing."""

    def act(self, minute):
        if minute == 1:
            self.ticket = self.market_order("AAPL", 1_000_000)

    algorithm = run(act)
    assert statuses(algorithm) == [OrderStatus.INVALID]
    assert algorithm.ticket.submit_request.response.error_code is OrderResponseErrorCode.INSUFFICIENT_BUYING_POWER
    assert "Insufficient buying power to complete orders" in algorithm.events[0].message


def test_zero_and_unknown_orders_are_refused_before_they_are_orders():
    """A quantity of zero has an invalid ticket and no order event."""

    def act(self, minute):
        if minute == 1:
            self.ticket = self.market_order("AAPL", 0)

    algorithm = run(act)
    assert algorithm.events == []
    assert algorithm.ticket.status is OrderStatus.INVALID
    assert algorithm.ticket.submit_request.response.error_message == (
        "Unable to submit order with id -10 that has zero quantity."
    )


def test_market_on_close_fills_at_the_close_and_not_too_late():
    """It fills at 16:00; within the buffer before the close it is refused."""

    def act(self, minute):
        if minute == 1:
            self.ticket = self.market_on_close_order("AAPL", 5)
        if self.time.hour == 15 and self.time.minute == 50:
            late = self.market_on_close_order("AAPL", 5)
            assert late.submit_request.response.error_code is OrderResponseErrorCode.MARKET_ON_CLOSE_ORDER_TOO_LATE

    algorithm = run(act)
    assert algorithm.ticket.status is OrderStatus.FILLED
    assert algorithm.events[-1].utc_time.hour == 20


def test_a_market_order_on_daily_data_says_all_that_lean_says():
    """Why it becomes an on-close order, and that live trading does not do so."""

    class Daily(QCAlgorithm):
        def initialize(self):
            self.set_start_date(2012, 10, 1)
            self.set_end_date(2012, 10, 2)
            self.add_equity("AAPL", Resolution.DAILY)
            self.schedule.on(self.date_rules.every_day("AAPL"), self.time_rules.at(12, 0), self.buy_one)

        def buy_one(self):
            self.market_order("AAPL", 1)

    (warning,) = (line for line in run_backtest(Daily, Job(data_folder=DATA)).results.log_store if "Warning" in line)
    assert warning == (
        "2012-10-02 12:00:00 Warning: market orders on daily resolution data sent during market hours are "
        "automatically converted into MarketOnClose orders (or MarketOnOpen near the close) to avoid filling at the "
        "stale previous close. Note: in live trading this conversion is not applied, as the order fills at the "
        "current market price."
    )


def test_submission_buffer_is_forgotten_between_runs():
    """What an algorithm sets on the class does not reach the next run."""

    def act(self, minute):
        MarketOnCloseOrder.SubmissionTimeBuffer = timedelta(minutes=1)

    run(act)
    run(lambda _self, _minute: None)
    assert MarketOnCloseOrder.submission_time_buffer == timedelta(minutes=15, seconds=30)


def test_set_holdings_reaches_the_target_and_liquidate_leaves_it():
    """Half the portfolio, then nothing, with LEAN's tag."""

    def act(self, minute):
        if minute == 1:
            (self.ticket,) = self.set_holdings("AAPL", 0.5)
            value = self.portfolio["AAPL"].holdings_value / self.portfolio.total_portfolio_value
            assert 0.49 < value < 0.5
        elif minute == 2:
            assert self.set_holdings([PortfolioTarget(self.aapl, 0.5)]) == []
            (self.ticket,) = self.liquidate()

    algorithm = run(act)
    assert algorithm.ticket.tag == "Liquidated"
    assert not algorithm.portfolio.invested
    assert algorithm.transactions.orders_count == 2
    assert len(algorithm.transactions.transaction_record) == 1


def test_liquidate_cancels_open_orders():
    """Waiting orders go with the position, and carry the tag of the liquidation."""

    def act(self, minute):
        if minute == 1:
            self.ticket = self.stop_market_order("AAPL", 10, 10_000.0)
        elif minute == 2:
            self.liquidate(tag="out")

    algorithm = run(act)
    assert algorithm.ticket.status is OrderStatus.CANCELED
    assert algorithm.ticket.tag == "out"


def test_trailing_stop_overloads_start_from_the_price_or_a_given_stop():
    """Without a stop price the order starts at the full distance."""

    def act(self, minute):
        if minute == 1:
            self.far = self.trailing_stop_order("AAPL", -1, 5, False)
            self.given = self.trailing_stop_order("AAPL", -1, 100.0, 0.1, True)

    algorithm = run(act)
    assert algorithm.far.submit_request.trailing_amount == 5
    assert algorithm.far.submit_request.stop_price > 0
    assert algorithm.given.submit_request.stop_price == 100
    assert algorithm.given.submit_request.trailing_as_percentage


def test_custom_brokerage_and_fee_models_are_asked():
    """A model that refuses is quoted in the ticket; a fee model in LEAN's old style is charged."""

    class Refusing(DefaultBrokerageModel):
        def can_submit_order(self, security, order, message):
            if order.quantity > 5:
                return False, BrokerageMessageEvent(BrokerageMessageType.INFORMATION, "", "too many")
            return True

    class Fixed(FeeModel):
        def GetOrderFee(self, parameters):  # noqa: N802
            return OrderFee(CashAmount(2.5, "USD"))

    def act(self, minute):
        if minute == 1:
            self.set_brokerage_model(Refusing())
            self.security.set_fee_model(Fixed())
            self.ticket = self.market_order("AAPL", 10)
            self.market_order("AAPL", 5)

    algorithm = run(act)
    assert algorithm.ticket.submit_request.response.error_message == (
        "BrokerageModel declared unable to submit order: [1] Information - Code:  - too many"
    )
    assert algorithm.events[-1].order_fee.value.amount_decimal == Decimal("2.5")


def test_buying_and_selling_without_sign():
    """`buy` and `sell` take the size; `order` the signed quantity."""

    def act(self, minute):
        if minute == 1:
            self.buy("AAPL", -3)
            self.sell("AAPL", 1)
            self.order("AAPL", -2)

    algorithm = run(act)
    quantities = [order.quantity for order in algorithm.transactions.get_orders()]
    assert quantities == [3, -1, -2]
    assert {order.type for order in algorithm.transactions.get_orders()} == {OrderType.MARKET}


def test_open_orders_are_found_by_symbol_and_by_function():
    """Filters may be a symbol, a ticker or a function."""

    def act(self, minute):
        if minute == 1:
            self.limit_order("AAPL", 1, 1.0)
            self.limit_order("AAPL", 2, 1.0)
            assert len(self.transactions.get_open_orders(self.aapl)) == 2
            assert len(self.transactions.get_open_orders("AAPL")) == 2
            assert [order.id for order in self.transactions.get_open_orders(lambda o: o.quantity > 1)] == [2]
            assert self.transactions.get_open_orders_remaining_quantity(self.aapl) == 3
            assert self.transactions.get_projected_holdings(self.security).projected_quantity == 3
            assert len(self.transactions.cancel_open_orders()) == 2

    algorithm = run(act)
    tags = {ticket.tag for ticket in algorithm.transactions.get_order_tickets()}
    assert tags == {"Canceled by CancelOpenOrders() at 2012-10-01T13:31:00.0000000Z"}


def test_market_is_open_for_symbols_that_nobody_added():
    """Their exchange's hours are looked up."""

    def act(self, minute):
        if minute == 1:
            assert self.is_market_open(self.aapl)
            assert self.is_market_open("AAPL")
            assert self.is_market_open(Symbol.create("IBM", SecurityType.EQUITY, Market.USA))

    run(act)


@pytest.mark.parametrize("quantity", [1, -1])
def test_orders_from_order_events_are_carried_out(quantity):
    """An order placed while another one's fill is being told is filled within that call."""

    class Chained(OneDay):
        def on_order_event(self, order_event):
            super().on_order_event(order_event)
            if order_event.status is OrderStatus.FILLED and order_event.order_id == 1:
                self.ticket = self.market_order("AAPL", -quantity)

    chained = type(
        "Day", (Chained,), {"act": staticmethod(lambda self, m: m == 1 and self.market_order("AAPL", quantity))}
    )
    algorithm = run_backtest(chained, Job(data_folder=DATA)).algorithm
    assert algorithm.ticket.status is OrderStatus.FILLED
    assert not algorithm.portfolio.invested
