"""Prices of options against QuantLib's engines of the same names."""

from __future__ import annotations

import numpy as np
import pytest

from leanib.operations.generate.option_prices import ENGINES, greeks

ql = pytest.importorskip("QuantLib")
CASES = [
    (price, strike, days, volatility, rate)
    for price, strike in ((100, 100), (100, 120), (100, 80), (60, 100), (100, 175))
    for days, volatility, rate in ((9, 0.9, 0.055), (30, 0.8, 0.0225), (200, 0.2, 0.05), (1, 0.3, 0.0025))
]


def quantlib_price(
    name: str, is_call: bool, price: float, strike: float, days: int, sigma: float, rate: float
) -> float:
    """One price by QuantLib."""
    today, counter = ql.Date(2, 1, 2024), ql.Actual365Fixed()
    ql.Settings.instance().evaluationDate = today

    def flat(value: float) -> object:
        return ql.YieldTermStructureHandle(ql.FlatForward(today, value, counter))

    term = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), sigma, counter))
    process = ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(price)), flat(0.0), flat(rate), term)
    end = today + days
    exercise = ql.AmericanExercise(today, end) if "Approximation" in name else ql.EuropeanExercise(end)
    kind = ql.Option.Call if is_call else ql.Option.Put
    option = ql.VanillaOption(ql.PlainVanillaPayoff(kind, strike), exercise)
    option.setPricingEngine(getattr(ql, name)(process))
    value: float = option.NPV()
    return value


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("is_call", [True, False])
def test_prices_are_quantlib_s(name: str, is_call: bool) -> None:
    """Each engine agrees with QuantLib's of the same name."""
    for price, strike, days, sigma, rate in CASES:
        ours = ENGINES[name](is_call, np.array([float(price)]), strike, np.array([days / 365]), np.array([sigma]), rate)
        assert ours[0] == pytest.approx(quantlib_price(name, is_call, price, strike, days, sigma, rate), abs=2e-4)


def test_greeks_have_lean_s_units() -> None:
    """Vega is a point of volatility's, theta a day's, rho a point of the rate's."""
    engine = ENGINES["AnalyticEuropeanEngine"]
    delta, gamma, vega, theta, rho = greeks(engine, True, 100.0, 100.0, 0.5, 0.2, 0.03)
    assert (delta, gamma) == (pytest.approx(0.5702, abs=1e-3), pytest.approx(0.02777, abs=1e-4))
    assert (vega, theta, rho) == pytest.approx((0.2777, -0.0194, 0.2538), abs=2e-3)
