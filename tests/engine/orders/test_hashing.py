"""The order list's hash against hashes that LEAN's regression tests publish."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from leanib.engine.orders import (
    MarketOrder,
    Order,
    OrderStatus,
    OrderSubmissionData,
    order_list_hash,
)
from leanib.engine.orders.hashing import order_text
from leanib.engine.symbols import DataNormalizationMode, SecurityIdentifier, Symbol

SPY = Symbol(SecurityIdentifier.parse("SPY R735QTJ8XC9X"), "SPY")


def filled(order: Order, price: str, submission: tuple[str, str, str]) -> Order:
    """What becomes of an order that is submitted and filled at its own time."""
    order.id = 1
    order.broker_id = ["1"]
    order.price_decimal = Decimal(price)
    order.price_currency = "USD"
    order.last_fill_time = order.time
    order.status = OrderStatus.FILLED
    order.order_submission_data = OrderSubmissionData(*map(Decimal, submission))
    order.price_adjustment_mode = DataNormalizationMode.ADJUSTED
    return order


@pytest.fixture
def basic_template_order() -> Order:
    """The order of BasicTemplateAlgorithm."""
    order = MarketOrder(SPY, 688, datetime(2013, 10, 7, 13, 31))
    return filled(order, "144.78172417", ("144.77307790400", "144.78172417000", "144.77307790400"))


def test_hash_of_basic_template_algorithm(basic_template_order: Order) -> None:
    """One market order hashes to what LEAN's BasicTemplateAlgorithm expects."""
    assert order_list_hash([basic_template_order]) == "3da9fa60bf95b9ed148b95e02e0cfc9e"


def test_scale_of_submission_data_counts(basic_template_order: Order) -> None:
    """A trailing zero in the submission data changes the hash, as System.Decimal keeps it."""
    basic_template_order.order_submission_data = OrderSubmissionData(
        Decimal("144.773077904"), Decimal("144.78172417"), Decimal("144.773077904")
    )
    assert order_list_hash([basic_template_order]) != "3da9fa60bf95b9ed148b95e02e0cfc9e"


def test_text_rounds_the_price_and_keeps_the_members_order(basic_template_order: Order) -> None:
    """The JSON starts with the type, and price and value are rounded to seven digits."""
    text = order_text(basic_template_order)
    assert text.startswith('{"type":0,"id":1,"contingentId":0,"brokerId":["1"],"symbol":{"value":"SPY"')
    assert '"price":144.7817,' in text
    assert '"value":99609.8096,' in text
    assert '"properties":{"timeInForce":{}}' in text
