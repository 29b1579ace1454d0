"""What fills cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from leanib.engine.orders import LimitOrder, MarketOrder, OrderSubmissionData
from leanib.engine.orders.fees import (
    AlpacaFeeModel,
    AxosFeeModel,
    ConstantFeeModel,
    InteractiveBrokersFeeModel,
    OrderFee,
    OrderFeeParameters,
    TradeStationFeeModel,
)
from leanib.engine.orders.fees.fee_model import is_maker
from leanib.engine.symbols import SecurityType


def fee(model, security, order):
    """Amount and currency that a model charges."""
    value = model.get_order_fee(OrderFeeParameters(security, order)).value
    return value.amount_decimal, value.currency


@pytest.mark.parametrize(
    ("quantity", "price", "expected"),
    [
        (688, 144.78, "3.44"),  # half a cent a share
        (10, 100.0, "1"),  # the minimum of a dollar
        (-10000, 0.5, "25"),  # at most half a percent of the value
        (1, 0.01, "1"),  # the minimum wins over the maximum
    ],
)
def test_interactive_brokers_equity_fee(equity, spy, now, quantity, price, expected):
    """$0.005 a share, at least $1, at most 0.5 % of the value."""
    equity.price = price
    assert fee(InteractiveBrokersFeeModel(), equity, MarketOrder(spy, quantity, now)) == (Decimal(expected), "USD")


def test_interactive_brokers_forex_tiers(make_security, spy, now):
    """The rate and the minimum fall with the monthly amount."""
    security = make_security(SecurityType.FOREX)
    order = MarketOrder(spy, 1_000_000, now)
    security.price = 1.0
    assert fee(InteractiveBrokersFeeModel(), security, order) == (Decimal(20), "USD")
    assert fee(InteractiveBrokersFeeModel(6_000_000_000), security, order) == (Decimal(8), "USD")
    small = MarketOrder(spy, 1000, now)
    assert fee(InteractiveBrokersFeeModel(), security, small) == (Decimal(2), "USD")


def test_constant_per_share_and_resident_fees(equity, spy, now):
    """The simple models charge what they say."""
    order = MarketOrder(spy, -100, now)
    assert fee(ConstantFeeModel(-2.5, "EUR"), equity, order) == (Decimal("2.5"), "EUR")
    assert fee(AxosFeeModel(), equity, order) == (Decimal("0.35"), "USD")
    assert fee(TradeStationFeeModel(us_resident=False), equity, order) == (Decimal(5), "USD")
    assert fee(AlpacaFeeModel(), equity, order) == (Decimal(0), "USD")


def test_resting_limit_orders_are_makers(spy, now):
    """A limit that did not cross the market, or was post-only, pays the maker's rate; market orders never do."""
    order = LimitOrder(spy, 1, 100, now)
    order.order_submission_data = OrderSubmissionData(99, 100, 100)
    assert not is_maker(order)
    order.limit_price_decimal = Decimal("99.99")
    assert is_maker(order)
    assert not is_maker(MarketOrder(spy, 1, now))


def test_zero_fee_reads_as_in_lean():
    """The empty fee is in no currency."""
    assert str(OrderFee.ZERO) == "0 QCC"
    assert float(OrderFee.ZERO) == 0.0
