"""Volatility, price steps, borrowing, initializers: the small models of a security."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from leanib.engine.market import TradeBar
from leanib.engine.securities import (
    AdjustedPriceVariationModel,
    BrokerageModelSecurityInitializer,
    CompositeSecurityInitializer,
    EquityPriceVariationModel,
    FuncSecurityInitializer,
    FuncSecuritySeeder,
    GetMinimumPriceVariationParameters,
    IndicatorVolatilityModel,
    LocalDiskShortableProvider,
    MarginInterestRateParameters,
    RelativeStandardDeviationVolatilityModel,
    ShortMarginInterestRateModel,
    StandardDeviationOfReturnsVolatilityModel,
)
from leanib.engine.symbols import DataNormalizationMode, Resolution, SecurityType


def feed(model, security, prices):
    """Daily closes, one a day."""
    for day, price in enumerate(prices):
        model.update(security, TradeBar(datetime(2016, 1, 1) + timedelta(days=day), security.symbol, close=price))


def test_standard_deviation_of_returns(account):
    """LEAN's example: closes 10 to 15, three periods."""
    model = StandardDeviationOfReturnsVolatilityModel(3)
    spy = account.add("SPY")
    feed(model, spy, [10.0, 11.0])
    assert model.volatility == 0
    feed(StandardDeviationOfReturnsVolatilityModel(3), spy, [1.0])
    model.reset()
    feed(model, spy, [10.0, 11.0, 12.0, 13.0, 14.0, 15.0])
    assert model.volatility == pytest.approx(0.0059636 * 252**0.5, rel=1e-3)


def test_updates_within_a_period_are_skipped(account):
    """At most one return a period is taken."""
    model = StandardDeviationOfReturnsVolatilityModel(Resolution.DAILY)
    spy = account.add("SPY")
    for minute in range(10):
        start = datetime(2016, 1, 1) + timedelta(minutes=minute)
        model.update(spy, TradeBar(start, spy.symbol, close=10.0 + minute))
    assert model.volatility == 0
    assert model.warm_up_requirement() == (Resolution.DAILY, 31)


def test_relative_standard_deviation(account):
    """LEAN's example: closes 0 to 9, three periods of a day."""
    model = RelativeStandardDeviationVolatilityModel(timedelta(days=1), 3)
    feed(model, account.add("SPY"), [float(price) for price in range(1, 11)])
    assert model.volatility == pytest.approx(1 / 9)


def test_indicator_volatility(account):
    """The volatility is what the indicator says; the function keeps it up to date."""
    seen = []

    class Indicator:
        class current:  # noqa: N801
            value = 0.5

    model = IndicatorVolatilityModel(Indicator, lambda _security, data, _indicator: seen.append(data.close))
    feed(model, account.add("SPY"), [1.0, 2.0])
    assert (model.volatility, seen) == (0.5, [1.0, 2.0])


def test_price_steps(account):
    """Cents, hundredths of a cent below a dollar; adjusted prices have no step."""
    spy = account.add("SPY")
    assert isinstance(spy.price_variation_model, AdjustedPriceVariationModel)
    spy.set_data_normalization_mode(DataNormalizationMode.RAW)
    assert isinstance(spy.price_variation_model, EquityPriceVariationModel)
    step = spy.price_variation_model.get_minimum_price_variation
    assert step(GetMinimumPriceVariationParameters(spy, 0.99)) == Decimal("0.0001")
    assert step(GetMinimumPriceVariationParameters(spy, 1)) == Decimal("0.01")


def test_shortable_quantities(account, data_folder):
    """What the data folder knows of a day; otherwise no limit and no fee."""
    path = data_folder / "equity" / "usa" / "shortable" / "testbrokerage" / "symbols" / "spy.csv"
    path.parent.mkdir(parents=True)
    path.write_text("20131004,1000,3.8500,\n20131007,,1,2\n")
    spy = account.add("SPY")
    spy.set_shortable_provider(LocalDiskShortableProvider("TestBrokerage"))
    assert spy.total_shortable_quantity is None
    provider = spy.shortable_provider
    assert provider.shortable_quantity(spy.symbol, datetime(2013, 10, 4, 12)) == 1000
    assert provider.rebate_rate(spy.symbol, datetime(2013, 10, 4)) == 0.0385
    assert provider.fee_rate(spy.symbol, datetime(2013, 10, 7)) == 0.02
    assert provider.fee_rate(spy.symbol, datetime(2013, 10, 8)) == 0.0


def test_short_margin_interest(account, data_folder):
    """A short position pays the borrowing fee for every night, on its value over 360 days."""
    path = data_folder / "equity" / "usa" / "shortable" / "testbrokerage" / "symbols" / "spy.csv"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"201310{day:02},1000,0,3.6\n" for day in range(1, 30)))
    spy = account.add("SPY")
    spy.set_shortable_provider(LocalDiskShortableProvider("testbrokerage"))
    spy.set_margin_interest_rate_model(ShortMarginInterestRateModel())
    account.bar(spy, 100.0)
    account.fill(spy, -100, 100.0)
    for time in (datetime(2013, 10, 7, 15), datetime(2013, 10, 7, 20), datetime(2013, 10, 9, 15)):
        account.time_keeper.set_utc_date_time(time)
        spy.margin_interest_rate_model.apply_margin_interest_rate(MarginInterestRateParameters(spy, time))
    assert spy.margin_interest_rate_model.amount == -2.0
    assert account.portfolio.cash == 100_000 + 10_000 - 2


def test_initializers(account):
    """Functions, objects of either style, and several of them set a security up; a seeder gives it a price."""

    class InPascalCase:
        def Initialize(self, security):  # noqa: N802
            security.mark = "seen"

    class Brokerage:
        def __getattr__(self, name):
            return lambda security: f"{name} of {security.symbol.value}"

        def get_buying_power_model(self, security):
            return security.buying_power_model

        def get_leverage(self, security):
            return 3

    def seed(security):
        return TradeBar(security.local_time, security.symbol, close=42.0)

    composite = CompositeSecurityInitializer(
        BrokerageModelSecurityInitializer(Brokerage(), FuncSecuritySeeder(seed)),
        FuncSecurityInitializer(lambda security: security.set_leverage(4)),
        InPascalCase(),
    )
    spy = account.add("SPY")
    composite.initialize(spy)
    assert spy.fee_model == "get_fee_model of SPY"
    assert (spy.price, spy.leverage, spy.mark) == (42.0, 4.0, "seen")


def test_index_is_not_tradable_unless_told(account):
    """An index takes no orders until the algorithm says so, and then also after it was added again."""
    index = account.add("SPX", SecurityType.INDEX)
    assert not index.is_tradable
    index.make_tradable()
    assert not index.is_tradable
    index.is_tradable = True
    index.is_tradable = False
    index.make_tradable()
    assert index.is_tradable
