"""Which orders brokerages take (the cases of `Tests/Common/Brokerages/*BrokerageModelTests.cs`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from leanib.engine.brokerages import (
    BloombergFixBrokerageModel,
    BrokerageModel,
    BrokerageName,
    DefaultBrokerageModel,
    InteractiveBrokersBrokerageModel,
    OandaBrokerageModel,
    PublicBrokerageModel,
    TradeStationBrokerageModel,
    TradierBrokerageModel,
)
from leanib.engine.brokerages.rules import remove_locate_from_non_short_order
from leanib.engine.dotnet.exceptions import InvalidOperationException, NotSupportedException
from leanib.engine.exchanges.market_hours import MarketHoursState
from leanib.engine.orders import LimitOrder, MarketOnCloseOrder, MarketOnOpenOrder, MarketOrder, OrderPosition
from leanib.engine.orders.broker_properties import (
    BloombergFixOrderProperties,
    PublicOrderProperties,
    TradierOrderProperties,
    WolverineOrderProperties,
)
from leanib.engine.orders.properties import OrderProperties
from leanib.engine.orders.time_in_force import TimeInForce
from leanib.engine.symbols import AccountType, Market, SecurityType, Symbol
from leanib.errors import NotSupportedError

NOON = datetime(2025, 5, 28, 12)
SPY = Symbol.create("SPY", SecurityType.EQUITY, Market.USA)


def security(kind: SecurityType = SecurityType.EQUITY, held: int = 0, at: datetime = NOON, price: float = 100) -> Any:
    """A security whose market is open from 9:30 to 16:00."""
    opens, closes = timedelta(hours=9, minutes=30), timedelta(hours=16)
    session = SimpleNamespace(state=MarketHoursState.MARKET, start=opens, end=closes)
    time_of_day = at - datetime(at.year, at.month, at.day)
    return SimpleNamespace(
        symbol=SPY if kind is SecurityType.EQUITY else Symbol.create("ANY", kind, Market.USA),
        type=kind,
        price=price,
        local_time=at,
        holdings=SimpleNamespace(quantity_decimal=Decimal(held)),
        symbol_properties=SimpleNamespace(minimum_order_size_decimal=None),
        exchange=SimpleNamespace(
            exchange_open=opens <= time_of_day < closes,
            hours=SimpleNamespace(get_market_hours=lambda _time: SimpleNamespace(segments=[session])),
        ),
    )


def refused(model: DefaultBrokerageModel, security: Any, order: Any) -> str | None:
    """Code and text of the refusal, None if the order is accepted."""
    accepted, message = model.can_submit_order(security, order)
    assert accepted == (message is None)
    return None if message is None else f"{message.code}: {message.message}"


@pytest.mark.parametrize(
    ("pair", "smallest", "largest"),
    [("EURUSD", 20000, 6000000), ("JPYUSD", 2500000, 550000000), ("KRWUSD", 0, 200000000)],
)
def test_interactive_brokers_forex_sizes(pair, smallest, largest):
    """Between the limits of the base currency, in either direction."""
    model, forex = InteractiveBrokersBrokerageModel(), security(SecurityType.FOREX)
    symbol = Symbol.create(pair, SecurityType.FOREX, Market.OANDA)
    for sign in (1, -1):
        for size in (smallest or 1, largest):
            assert refused(model, forex, MarketOrder(symbol, sign * size, NOON)) is None
        text = refused(model, forex, MarketOrder(symbol, sign * (largest + 1), NOON))
        assert text is not None
        assert text.startswith("OrderSizeLimit: The minimum and maximum limits")


def test_interactive_brokers_refuses_pairs_without_limits():
    """Not in the table, or zero there."""
    model, forex = InteractiveBrokersBrokerageModel(), security(SecurityType.FOREX)
    for pair in ("INRUSD", "PLNUSD"):
        symbol = Symbol.create(pair, SecurityType.FOREX, Market.OANDA)
        assert refused(model, forex, MarketOrder(symbol, 100000, NOON)) is not None


def test_interactive_brokers_on_open_and_on_close():
    """By kind of security; on-open orders not in the session nor just before it."""
    model = InteractiveBrokersBrokerageModel()
    on_open, on_close = MarketOnOpenOrder(SPY, 1, NOON), MarketOnCloseOrder(SPY, 1, NOON)
    assert refused(model, security(), on_close) is None
    text = refused(model, security(SecurityType.OPTION), on_close)
    assert text is not None
    assert "other security types different than Future and Equity" in text
    text = refused(model, security(SecurityType.FUTURE), on_open)
    assert text is not None
    assert text.endswith("The broker does not support Market-on-Open orders for security type Future")
    for at, accepted in (
        (NOON, False),
        (NOON.replace(hour=16), True),
        (NOON.replace(hour=9, minute=27), True),
        (NOON.replace(hour=9, minute=28), False),
    ):
        assert (refused(model, security(at=at), on_open) is None) is accepted


def test_interactive_brokers_cfd_leverage():
    """Ten, on a margin account."""
    cfd = security(SecurityType.CFD)
    assert InteractiveBrokersBrokerageModel(AccountType.CASH).get_leverage(cfd) == 1
    assert InteractiveBrokersBrokerageModel().get_leverage(cfd) == 10


def test_tradier_short_sales():
    """Day orders only, for shares of five dollars or more."""
    model = TradierBrokerageModel()
    day = TradierOrderProperties()
    day.time_in_force = TimeInForce.DAY
    assert refused(model, security(), MarketOrder(SPY, -100, NOON)) == (
        "ShortOrderIsGtc: You cannot place short stock orders with GTC, only day orders are allowed"
    )
    assert refused(model, security(held=100), MarketOrder(SPY, -100, NOON)) is None
    assert refused(model, security(), MarketOrder(SPY, -100, NOON, properties=day)) is None
    assert refused(model, security(price=4.99), MarketOrder(SPY, -100, NOON, properties=day)) == (
        "SellShortOrderLastPriceBelow5: Sell Short order cannot be placed for stock priced below $5"
    )


@pytest.mark.parametrize("quantity", [0.5, 10_000_001])
def test_tradier_quantities(quantity):
    """At least one, at most ten million."""
    assert refused(TradierBrokerageModel(), security(), MarketOrder(SPY, quantity, NOON)) == (
        "IncorrectOrderQuantity: Quantity should be between 1 and 10,000,000"
    )


def test_tradier_extended_hours():
    """Limit orders that ask for it, in the sessions before and after the market's."""
    model = TradierBrokerageModel()
    outside = TradierOrderProperties()
    outside.outside_regular_trading_hours = True
    order = LimitOrder(SPY, 1, 100, NOON, properties=outside)
    assert model.can_execute_order(security(at=NOON.replace(hour=5)), order)
    assert not model.can_execute_order(security(at=NOON.replace(hour=3)), order)
    assert refused(model, security(at=NOON.replace(hour=5)), order) is None
    text = refused(model, security(at=NOON.replace(hour=21)), order)
    assert text is not None
    assert text.startswith("ExtendedMarket: ")


def test_on_close_orders_must_not_cross_zero():
    """They cannot be split into a close and an open."""
    model, order = TradeStationBrokerageModel(), MarketOnCloseOrder(SPY, -20, NOON)
    assert refused(model, security(held=20), order) is None
    text = refused(model, security(held=10), order)
    assert text is not None
    assert "cross the zero holdings threshold in the TradeStationBrokerageModel" in text


@pytest.mark.parametrize(
    ("account", "wanted", "used"),
    [(AccountType.CASH, True, False), (AccountType.MARGIN, None, True), (AccountType.MARGIN, False, False)],
)
def test_public_sets_use_of_margin(account, wanted, used):
    """Never in a cash account; in a margin account unless the order says otherwise."""
    properties = PublicOrderProperties()
    properties.use_margin = wanted
    order = MarketOrder(SPY, 1, NOON, properties=properties)
    assert refused(PublicBrokerageModel(account), security(), order) is None
    assert order.properties.use_margin is used


def test_public_takes_limit_orders_in_extended_hours():
    """And nothing else."""
    properties = PublicOrderProperties()
    properties.outside_regular_trading_hours = True
    model = PublicBrokerageModel()
    assert refused(model, security(), LimitOrder(SPY, 1, 100, NOON, properties=properties)) is None
    assert refused(model, security(), MarketOrder(SPY, 1, NOON, properties=properties)) == (
        "NotSupported: Orders for extended market must be of type 'Limit' and with 'DAY' time-in-force, "
        "but Market was specified."
    )


@pytest.mark.parametrize(
    ("model", "error"),
    [(OandaBrokerageModel, InvalidOperationException), (BloombergFixBrokerageModel, NotSupportedException)],
)
def test_brokerages_without_cash_accounts(model, error):
    """They say so when they are made."""
    with pytest.raises(error, match="can only be used with a Margin account type"):
        model(AccountType.CASH)


def test_locates_stay_on_short_sales_only():
    """The position's side decides where it is given, else what the order leaves; the original is not changed."""
    properties = WolverineOrderProperties()
    properties.locate_broker = "ABCD"
    remove = remove_locate_from_non_short_order
    assert remove(properties, Decimal(-10), Decimal(5)) is None
    without = remove(properties, Decimal(-10), Decimal(10))
    assert (without.locate_broker, properties.locate_broker) == (None, "ABCD")
    properties.position_side = OrderPosition.SELL_TO_OPEN
    assert remove(properties, Decimal(10), Decimal(0)) is None
    assert remove(OrderProperties(), Decimal(10), Decimal(0)) is None


def test_bloomberg_locates_are_fix_tags():
    """Reading and writing them reads and writes the additional properties."""
    properties = BloombergFixOrderProperties()
    properties.locate_broker, properties.locate_reqd = "ABCD", "Y"
    assert properties.additional_properties == {"5700": "ABCD", "114": "Y"}
    without = remove_locate_from_non_short_order(properties, Decimal(1), Decimal(0))
    assert without.additional_properties == {}
    assert properties.locate_broker == "ABCD"


def test_models_by_name_and_names_of_models():
    """Every name has a model that gives the name back, but for Atreyu, which LEAN has no model of either."""
    for name in BrokerageName:
        if name is BrokerageName.ATREYU:
            with pytest.raises(NotSupportedError):
                BrokerageModel.create(None, name)
        else:
            cash_only = name in (BrokerageName.BINANCE_US, BrokerageName.COINBASE, BrokerageName.GDAX)
            model = BrokerageModel.create(None, name, AccountType.CASH if cash_only else AccountType.MARGIN)
            assert BrokerageModel.get_brokerage_name(model) is name

    class Own(InteractiveBrokersBrokerageModel):
        """Derived by a user."""

    assert BrokerageModel.get_brokerage_name(Own()) is BrokerageName.INTERACTIVE_BROKERS_BROKERAGE
