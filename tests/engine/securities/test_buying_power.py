"""Buying power models, with the arithmetic of LEAN's Tests/Common/Securities/SecurityMarginModelTests.cs and others."""

from datetime import datetime
from decimal import Decimal

import pytest

from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.market import Bar, QuoteBar
from leanib.engine.orders.enums import OrderDirection
from leanib.engine.orders.fees.fee_model import ConstantFeeModel
from leanib.engine.orders.order_kinds import MarketOrder
from leanib.engine.securities import (
    BuyingPowerModel,
    CashBuyingPowerModel,
    ConstantBuyingPowerModel,
    GetMaximumOrderQuantityResult,
    HasSufficientBuyingPowerForOrderParameters,
    HasSufficientBuyingPowerForOrderResult,
    NullBuyingPowerModel,
    PatternDayTradingMarginModel,
    SecurityMarginModel,
    SecurityPositionGroupModel,
)
from leanib.engine.securities.buying_power.model import maximum_order_quantity
from leanib.engine.symbols import SecurityType


@pytest.fixture
def spy(account):
    """SPY at 25 dollars with twofold leverage and no fees."""
    security = account.add("SPY")
    security.set_fee_model(ConstantFeeModel(0))
    security.set_leverage(2)
    account.bar(security, 25.0)
    return security


def largest(account, security, target, minimum=0):
    """The largest order towards a target."""
    return maximum_order_quantity(account.portfolio, security, target, minimum)


def can_pay(account, security, quantity):
    """Whether a market order can be paid."""
    order = MarketOrder(security.symbol, Decimal(quantity), datetime(2013, 10, 7, 15))
    return security.buying_power_model.has_sufficient_buying_power_for_order(
        HasSufficientBuyingPowerForOrderParameters(account.portfolio, security, order)
    )


@pytest.mark.parametrize(("target", "quantity"), [(0.5, 4000), (-0.5, -4000), (1, 8000), (0, 0), (1.5, 12_000)])
def test_target_from_nothing(account, spy, target, quantity):
    """A target is a fraction of the portfolio value as margin: with twofold leverage half of it buys all of it."""
    assert largest(account, spy, target).quantity == quantity


def test_target_from_a_position(account, spy):
    """The order is the difference to what is held; targeting nothing sells all."""
    account.fill(spy, 2000, 25.0)
    assert largest(account, spy, 0.5).quantity == 2000
    assert largest(account, spy, -0.5).quantity == -6000
    assert largest(account, spy, 0).quantity == -2000


def test_fees_shrink_the_order(account, spy):
    """The order is made smaller until position and fee fit the target."""
    spy.set_fee_model(ConstantFeeModel(10))
    assert largest(account, spy, 1).quantity == 7999
    assert largest(account, spy, -1).quantity == -7999


def test_small_orders_are_ignored(account, spy):
    """Below the minimum share of the portfolio nothing is ordered, which is no error."""
    result = largest(account, spy, 0.0005, minimum=0.001)
    assert (result.quantity, result.is_error) == (0, False)
    assert result.reason == "The target order margin 50.0000 is less than the minimum 100.000."
    assert account.portfolio.minimum_order_margin_warning_sent is False


def test_no_price(account):
    """Without a price there is no order, and LEAN's explanation."""
    result = largest(account, account.add("SPY"), 1)
    assert result.is_error
    assert "does not have an accurate price" in result.reason


def test_sufficient_buying_power(account, spy):
    """An order may need as much margin as is free, and not a share more; reducing a position is always possible."""
    assert can_pay(account, spy, 8000).is_sufficient
    refused = can_pay(account, spy, 8001)
    assert not refused.is_sufficient
    assert refused.reason == "Id: 0, Initial Margin: 100012.5, Free Margin: 100000"
    account.fill(spy, 8000, 25.0)
    assert not can_pay(account, spy, 1).is_sufficient
    assert can_pay(account, spy, -8000).is_sufficient
    assert can_pay(account, spy, -16_000).is_sufficient
    assert not can_pay(account, spy, -16_001).is_sufficient


def test_margin_of_the_portfolio(account, spy):
    """Used and remaining margin add up to the value; reversing a position may use its margin twice."""
    account.fill(spy, 4000, 25.0)
    portfolio = account.portfolio
    assert (portfolio.total_margin_used, portfolio.margin_remaining) == (50_000.0, 50_000.0)
    assert portfolio.get_margin_remaining(spy.symbol, OrderDirection.BUY) == 50_000.0
    assert portfolio.get_margin_remaining(spy.symbol, OrderDirection.SELL) == 150_000.0
    assert portfolio.get_buying_power("SPY") == 50_000.0
    portfolio.set_positions(SecurityPositionGroupModel.NULL)
    assert portfolio.total_margin_used == 0.0
    assert portfolio.total_portfolio_value == 100_000.0


def test_required_free_percent(account, spy):
    """A part of the value is kept free."""
    spy.set_buying_power_model(SecurityMarginModel(2, 0.1))
    assert largest(account, spy, 1).quantity == 7200
    assert not can_pay(account, spy, 7201).is_sufficient


def test_margin_call(account, spy):
    """Once the used margin exceeds the value by a tenth the position is reduced to what the value carries."""
    account.fill(spy, 8000, 25.0)
    orders, warned = account.portfolio.margin_call_model.get_margin_call_orders()
    assert (orders, warned) == ([], False)
    account.bar(spy, 14.0)
    assert account.portfolio.total_portfolio_value == 12_000.0
    orders, warned = account.portfolio.margin_call_model.get_margin_call_orders()
    assert warned
    assert [order.quantity for order in orders] == [-6286.0]


def test_pattern_day_trading(account, spy):
    """Fourfold leverage while the market is open, twofold when it is closed."""
    spy.set_buying_power_model(PatternDayTradingMarginModel())
    assert spy.leverage == 4.0
    assert largest(account, spy, 1).quantity == 16_000
    account.time_keeper.set_utc_date_time(datetime(2013, 10, 7, 19, 55))
    assert spy.leverage == 2.0
    assert largest(account, spy, 1).quantity == 8000


def test_constant_and_null(account, spy):
    """A fixed margin per unit; and none at all."""
    spy.set_buying_power_model(ConstantBuyingPowerModel(100))
    assert largest(account, spy, 1).quantity == 1000
    spy.set_buying_power_model(NullBuyingPowerModel())
    assert can_pay(account, spy, 1_000_000).is_sufficient


@pytest.mark.parametrize("arguments", [(0.5,), (2, 1.5), (1.1, 0.5, 0), (0.5, -0.1, 0)])
def test_impossible_margins(arguments):
    """Leverage below one and margins beyond the value are refused."""
    with pytest.raises(ValueError, match=r"Leverage must|between 0 and 1"):
        BuyingPowerModel(*arguments)


def test_own_model_in_either_style(account, spy):
    """A user's subclass is honoured with snake_case and with PascalCase names, and may return bare numbers."""

    class Lots(BuyingPowerModel):
        def get_maximum_order_quantity_for_target_buying_power(self, parameters):
            whole = super().get_maximum_order_quantity_for_target_buying_power(parameters).quantity
            return GetMaximumOrderQuantityResult(whole // 100 * 100)

        def get_maintenance_margin(self, parameters):
            return 7

    class Generous(BuyingPowerModel):
        def HasSufficientBuyingPowerForOrder(self, parameters):  # noqa: N802
            return HasSufficientBuyingPowerForOrderResult(True)

    spy.set_buying_power_model(Lots())
    assert largest(account, spy, 0.99).quantity == 3900
    account.fill(spy, 100, 25.0)
    assert account.portfolio.total_margin_used == 7.0
    spy.set_buying_power_model(Generous())
    assert can_pay(account, spy, 1_000_000).is_sufficient


def test_cash_account(account):
    """A cash account spends what is there, fees included, and sells only what it has."""
    btc = account.add("BTCUSD", SecurityType.CRYPTO, "coinbase", QuoteBar)
    btc.set_fee_model(ConstantFeeModel(0))
    side = Bar(10_000.0, 10_000.0, 10_000.0, 10_000.0)
    btc.update([QuoteBar(btc.local_time, btc.symbol, side, 1, side, 1)], QuoteBar)
    account.portfolio.cash_book["BTC"].conversion_rate = 10_000
    assert isinstance(btc.buying_power_model, CashBuyingPowerModel)
    assert largest(account, btc, 1).quantity == 10.0
    assert largest(account, btc, -1).is_error
    assert can_pay(account, btc, "10").is_sufficient
    assert not can_pay(account, btc, "10.1").is_sufficient
    refused = can_pay(account, btc, "-1")
    assert refused.reason.startswith("Your portfolio holds 0 BTC, 0 BTC of which are reserved for open orders")
    with pytest.raises(InvalidOperationException, match="no leverage"):
        btc.set_leverage(2)


@pytest.mark.parametrize("held", [0, 1000, -1000])
@pytest.mark.parametrize("quantity", [1, 100, 7900, 7992, 7999, 8000, 8001, 9000, 20_000])
@pytest.mark.parametrize("side", [1, -1])
def test_floats_decide_as_decimals_do(account, spy, monkeypatch, held, quantity, side):
    """What floats let pass at once is what the exact margins let pass, up to the last share that can be paid."""
    if held:
        account.fill(spy, held, 25.0)
    quick = can_pay(account, spy, side * quantity)
    monkeypatch.setattr(type(spy.buying_power_model), "_has_plenty", lambda *_: False)
    exact = can_pay(account, spy, side * quantity)
    assert (quick.is_sufficient, quick.reason) == (exact.is_sufficient, exact.reason)
