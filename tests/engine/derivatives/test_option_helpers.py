"""What an algorithm asks of options by name: helpers of Greeks, classes, models; over the sample data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from AlgorithmImports import (
    DividendYieldProvider,
    GoodTilDateTimeInForce,
    IndexOption,
    IndicatorBasedOptionPriceModel,
    Market,
    OpenInterest,
    Option,
    OptionPricingModelType,
    OptionRight,
    OptionStyle,
    OptionSymbolProperties,
    QCAlgorithm,
    QLOptionPriceModel,
    QLOptionPriceModelProvider,
    Resolution,
    Symbol,
    TimeInForce,
    Variance,
)
from leanib.testing import run_algorithm

EXPIRY = datetime(2012, 3, 17)


def contract(right: OptionRight) -> Symbol:
    """A contract near the money."""
    return Symbol.create_option("SPY", Market.USA, OptionStyle.AMERICAN, right, 325, EXPIRY)


class WithGreeks(QCAlgorithm):
    """Follows a call with its mirror, by every helper."""

    def initialize(self) -> None:
        self.set_start_date(2012, 2, 1)
        self.set_end_date(2012, 2, 3)
        call, put = contract(OptionRight.CALL), contract(OptionRight.PUT)
        self.option = self.add_option_contract(call, Resolution.HOUR)
        self.add_option_contract(put, Resolution.HOUR)
        helpers = (self.iv, self.d, self.g, self.v, self.t, self.r, self.δ, self.V)
        self.values = [helper(call, put) for helper in helpers]
        self.alone = self.d(
            call, risk_free_rate=0.01, dividend_yield=0.02, option_model=OptionPricingModelType.BLACK_SCHOLES
        )
        self.variance = self.v("SPY", 5)


@pytest.fixture(scope="module")
def greeks() -> Any:
    """The algorithm after its run."""
    return run_algorithm(WithGreeks).algorithm


def test_helpers_follow_an_option_and_its_mirror(greeks: Any) -> None:
    """Near the money and six weeks before the expiry; Greek letters and upper case are the same helpers."""
    iv, delta, gamma, vega, theta, rho, letter, upper = (float(one.current.value) for one in greeks.values)
    assert 0.1 < iv < 0.25
    assert 0.3 < delta < 0.7
    assert 0 < gamma < 0.1
    assert 0.2 < vega < 0.6
    assert -0.3 < theta < 0
    assert rho > 0
    assert letter == pytest.approx(delta, abs=0.02)
    assert upper == vega
    assert abs(float(greeks.alone.current.value) - delta) < 0.1
    assert isinstance(greeks.variance, Variance)


def test_names_say_rates_and_model(greeks: Any) -> None:
    """As LEAN names them."""
    assert greeks.values[0].name.startswith("ImpliedVolatility(,,ForwardTree,SPY")
    assert greeks.alone.name.startswith("Delta(0.01,0.02,BlackScholes,SPY")


def test_securities_are_of_leans_classes(greeks: Any) -> None:
    """`isinstance` with the names that algorithms import."""
    assert isinstance(greeks.option, Option)
    assert not isinstance(greeks.option, IndexOption)
    assert isinstance(greeks.option.symbol_properties, OptionSymbolProperties)
    assert isinstance(greeks.option.price_model, IndicatorBasedOptionPriceModel)
    model = QLOptionPriceModelProvider.INSTANCE.get_option_price_model(greeks.option.symbol)
    assert isinstance(model, QLOptionPriceModel)
    assert isinstance(DividendYieldProvider.create_for_option(greeks.option.symbol), DividendYieldProvider)
    assert TimeInForce.good_til_date(datetime(2012, 2, 3) + timedelta(1)).__class__ is GoodTilDateTimeInForce


class AsksForOpenInterest(QCAlgorithm):
    """Asks for a day of open interest within a session."""

    def initialize(self) -> None:
        self.set_start_date(2012, 2, 3)
        self.set_end_date(2012, 2, 3)
        self._call = self.add_option_contract(contract(OptionRight.CALL), Resolution.HOUR).symbol
        self.found: dict[Resolution, Any] = {}

    def on_data(self, data: Any) -> None:
        if not self.found and self.time.hour == 11:
            for resolution in (Resolution.HOUR, Resolution.DAILY):
                self.found[resolution] = self.history(OpenInterest, self._call, timedelta(days=1), resolution)


@pytest.mark.parametrize("resolution", [Resolution.HOUR, Resolution.DAILY])
def test_a_history_of_open_interest_begins_when_it_was_asked_for(resolution: Resolution) -> None:
    """Not at that day's midnight, as the algorithm's own stream does: yesterday's came before the span."""
    found = run_algorithm(AsksForOpenInterest).algorithm.found[resolution]
    times = found.index.get_level_values("time")
    assert len(times)
    assert times.min() >= datetime(2012, 2, 2, 11)
