"""Black and Scholes' prices and Greeks of options that pay no dividend, for made-up option prices.

Units are those of LEAN's lists of options: vega a point of volatility, theta a day, rho a point of the rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE", "Greeks", "greeks", "normal", "values"]

Floats = NDArray[np.float64]

RATE = 0.0075
"""The Federal Reserve's primary credit rate over the whole span of the options."""

_DAYS = 365.0
_SOONEST = 1e-9
"""Years: at the expiry itself a value is what exercising gives."""


@dataclass(frozen=True, slots=True)
class Greeks:
    """How an option's value changes."""

    delta: float
    gamma: float
    vega: float
    theta: float
    rho: float


def values(
    is_call: bool, price: Floats, strike: float, years: Floats, volatility: Floats, rate: float = RATE
) -> Floats:
    """What a European option is worth; of a share without dividends an American call is worth the same."""
    left = np.maximum(years, _SOONEST)
    width = volatility * np.sqrt(left)
    upper = (np.log(price / strike) + (rate + volatility * volatility / 2) * left) / width
    sign = 1.0 if is_call else -1.0
    discounted = strike * np.exp(-rate * left)
    value: Floats = sign * (price * normal(sign * upper) - discounted * normal(sign * (upper - width)))
    return value


def greeks(is_call: bool, price: float, strike: float, years: float, volatility: float) -> Greeks:
    """The derivatives of the value."""
    root = math.sqrt(years)
    upper = (math.log(price / strike) + (RATE + volatility * volatility / 2) * years) / (volatility * root)
    lower = upper - volatility * root
    density = math.exp(-upper * upper / 2) / math.sqrt(2 * math.pi)
    sign = 1.0 if is_call else -1.0
    carried = strike * math.exp(-RATE * years) * _normal_of(sign * lower) * sign
    decay = -price * density * volatility / (2 * root) - RATE * carried
    return Greeks(
        delta=sign * _normal_of(sign * upper),
        gamma=density / (price * volatility * root),
        vega=price * density * root / 100,
        theta=decay / _DAYS,
        rho=carried * years / 100,
    )


def normal(values: Floats) -> Floats:
    """How likely a draw of the normal distribution is not above each."""
    return np.array([_normal_of(value) for value in values.tolist()])


def _normal_of(value: float) -> float:
    return (1 + math.erf(value / math.sqrt(2))) / 2
