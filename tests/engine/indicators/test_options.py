"""Implied volatility and Greeks against QuantLib's numbers, and against what follows from the theory."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.indicators import (
    Delta,
    Gamma,
    ImpliedVolatility,
    IndicatorDataPoint,
    OptionPricingModelType,
    Rho,
    Theta,
    Vega,
)
from leanib.engine.symbols import Market, OptionRight, OptionStyle, SecurityType, Symbol

NOW = datetime(2023, 8, 1, 10)
CALL, PUT = OptionRight.CALL, OptionRight.PUT
EUROPEAN, AMERICAN = OptionStyle.EUROPEAN, OptionStyle.AMERICAN
BLACK_SCHOLES = OptionPricingModelType.BLACK_SCHOLES
BINOMIAL = OptionPricingModelType.BINOMIAL_COX_ROSS_RUBINSTEIN


def _option(right: OptionRight, style: OptionStyle = EUROPEAN) -> Symbol:
    return Symbol.create_option("SPY", Market.USA, style, right, 450, NOW + timedelta(days=60))


def _fed(indicator: Any, option: Symbol, price: float, spot: float) -> Any:
    indicator.update(IndicatorDataPoint(option, NOW, price))
    indicator.update(IndicatorDataPoint(option.underlying, NOW, spot))
    return indicator


@pytest.mark.parametrize(
    ("kind", "right", "style", "expected", "tolerance"),
    [
        (Delta, CALL, EUROPEAN, 0.546, 0.0017),
        (Delta, PUT, AMERICAN, -0.446, 0.0017),
        (Gamma, CALL, EUROPEAN, 0.0071, 0.0005),
        (Gamma, PUT, AMERICAN, 0.0042, 0.0005),
        (Vega, CALL, EUROPEAN, 0.7215, 0.0072),
        (Vega, PUT, AMERICAN, 0.7189, 0.0072),
        (Theta, CALL, EUROPEAN, -0.2092, 0.0042),
        (Theta, PUT, AMERICAN, -0.2838, 0.0042),
        (Rho, CALL, EUROPEAN, 0.3628, 0.017),
        (Rho, PUT, AMERICAN, -0.3884, 0.017),
    ],
)
def test_greeks_as_quantlib_has_them(kind: Any, right: Any, style: Any, expected: float, tolerance: float) -> None:
    """At the money, 60 days, by closed form and by tree."""
    option = _option(right, style)
    model = BLACK_SCHOLES if style is EUROPEAN else BINOMIAL
    greek = kind(option, 0.0403, 0.0, option_model=model, iv_model=BLACK_SCHOLES)
    _fed(greek, option, 23.753 if right is CALL else 35.830, 450.0)
    assert greek.is_ready
    assert greek.current.value == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(("right", "price", "expected"), [(CALL, 23.753, 0.309), (PUT, 35.830, 0.515)])
def test_implied_volatility_as_quantlib_has_it(right: Any, price: float, expected: float) -> None:
    """The volatility's own price is what was paid, as exactly as LEAN looks for it."""
    option = _option(right, AMERICAN)
    volatility = _fed(ImpliedVolatility(option, 0.053, 0.0153, option_model=BLACK_SCHOLES), option, price, 450.0)
    assert volatility.current.value == pytest.approx(expected, abs=0.0036)
    assert volatility.theoretical_price.current.value == pytest.approx(price, abs=0.15)


def test_a_mirror_option_decides_in_the_money() -> None:
    """A call in the money takes the volatility of the put out of the money."""
    call, put = _option(CALL), _option(PUT)
    alone = _fed(ImpliedVolatility(put, 0.05, 0.0), put, 6.4, 470.0)
    both = ImpliedVolatility(call, 0.05, 0.0, put)
    _fed(both, call, 33.9, 470.0)
    both.update(IndicatorDataPoint(put, NOW, 6.4))
    assert both.current.value == alone.current.value > 0
    both.set_smoothing_function(lambda _own, mirror: 2 * mirror)
    later = NOW + timedelta(minutes=1)
    for symbol, price in ((call, 33.9), (call.underlying, 470.0), (put, 6.4)):
        both.update(IndicatorDataPoint(symbol, later, price))
    assert both.current.value == pytest.approx(2 * alone.current.value, rel=1e-3)


def test_models_give_the_rates() -> None:
    """Objects with `get_interest_rate` and `get_dividend_yield` in place of numbers, in either naming style."""

    class Rates:
        def get_interest_rate(self, time: datetime) -> float:
            return 0.04

    class Dividends:
        def GetDividendYield(self, time: datetime, price: float) -> float:  # noqa: N802
            return 0.01

    option = _option(CALL)
    delta = _fed(Delta(option, Rates(), Dividends()), option, 23.753, 450.0)
    assert (delta.risk_free_rate.current.value, delta.dividend_yield.current.value) == (0.04, 0.01)


def test_a_price_that_no_volatility_explains() -> None:
    """Below its intrinsic value an option has no volatility: 0."""
    option = _option(CALL)
    assert _fed(ImpliedVolatility(option, 0.05, 0.0), option, 1.0, 500.0).current.value == 0.0


def test_reset_and_replay_a_greek() -> None:
    """After reset the same prices give the same value."""
    option = _option(PUT)
    greek = _fed(Gamma(option), option, 35.83, 450.0)
    first = greek.current.value
    greek.reset()
    assert not greek.is_ready
    assert _fed(greek, option, 35.83, 450.0).current.value == first


def test_only_options_have_greeks() -> None:
    """A stock is refused."""
    with pytest.raises(ValueError, match=r"SecurityType\.Option"):
        Delta(Symbol.create("SPY", SecurityType.EQUITY, Market.USA))


def test_a_subclass_leaves_the_name_out() -> None:
    """In `super().__init__`, as where the class is called; a `calculate_iv` of its own is not asked, as in LEAN."""

    class Mine(ImpliedVolatility):
        def __init__(self, option: Symbol, mirror: Symbol) -> None:
            super().__init__(option, 0.04, 0.0, mirror)
            self.set_smoothing_function(min)

        def calculate_iv(self, time_till_expiry: float) -> float:
            raise AssertionError("asked")

    call, put = _option(CALL), _option(PUT)
    mine, plain = Mine(call, put), ImpliedVolatility(call, 0.04)
    for indicator in (mine, plain):
        _fed(indicator, call, 23.753, 450.0)
    mine.update(IndicatorDataPoint(put, NOW, 30.0))
    assert mine.is_ready
    assert mine.current.value == plain.current.value
    assert mine.name.startswith("IV(SPY")


def test_the_helper_gives_prices_by_their_numbers() -> None:
    """Closed form and trees; of a call without dividends they are nearly the same."""
    from AlgorithmImports import OptionGreekIndicatorsHelper as Helper

    terms = (0.2, 450.0, 440.0, 0.25, 0.03, 0.0, CALL)
    black = Helper.black_theoretical_price(*terms)
    assert black == pytest.approx(25.0, abs=1.0)
    assert Helper.CRRTheoreticalPrice(*terms) == pytest.approx(black, rel=1e-3)
    assert 10 < Helper.forward_tree_theoretical_price(*terms, steps=50) < black  # of calls LEAN makes less
    assert Helper.time_till_expiry(NOW + timedelta(days=73), NOW) == pytest.approx(0.2)
