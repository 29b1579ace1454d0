"""Prices of options: Black-Scholes and binomial trees (`Indicators/OptionGreekIndicatorsHelper.cs`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from leanib.engine.naming import LeanEnum, LeanNames
from leanib.engine.symbols import OptionRight

__all__ = ["OptionGreekIndicatorsHelper", "OptionPricingModelType", "brent_step"]

STEPS = 200
"""How many periods a tree has."""

_PRECISION = 2.0**-52


class OptionPricingModelType(LeanEnum):
    """How options are priced (`Indicators/OptionPricingModelType.cs`)."""

    BLACK_SCHOLES = 0
    BINOMIAL_COX_ROSS_RUBINSTEIN = 1
    FORWARD_TREE = 2


def density(x: float) -> float:
    """The standard normal density."""
    return math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


def cumulative(x: float) -> float:
    """The standard normal distribution."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


@dataclass(frozen=True)
class Terms:
    """What an option's price depends on; times in years, rates as fractions."""

    right: OptionRight
    spot: float
    strike: float
    time: float
    rate: float
    dividend: float
    volatility: float = 0.0
    steps: int = STEPS

    def having(self, **changes: Any) -> Terms:
        """The same but for these."""
        return replace(self, **changes)

    @property
    def d1(self) -> float:
        """Black-Scholes' d1."""
        drift = (self.rate - self.dividend + 0.5 * self.volatility**2) * self.time
        spread = self.volatility * math.sqrt(max(0.0, self.time))
        return (math.log(self.spot / self.strike) + drift) / spread if spread else 10.0

    @property
    def d2(self) -> float:
        """Black-Scholes' d2."""
        return self.d1 - self.volatility * math.sqrt(max(0.0, self.time))

    @property
    def step(self) -> float:
        """One period of a tree."""
        return self.time / self.steps


def price(terms: Terms, model: OptionPricingModelType) -> float:
    """The price by a model; 0 for an option that has expired."""
    if terms.time <= 0:
        return 0.0
    return _PRICES[model](terms)


def _black_scholes(terms: Terms) -> float:
    sign = 1 if terms.right is OptionRight.CALL else -1
    asset = terms.spot * math.exp(-terms.dividend * terms.time) * cumulative(sign * terms.d1)
    cash = terms.strike * math.exp(-terms.rate * terms.time) * cumulative(sign * terms.d2)
    return sign * (asset - cash)


def _cox_ross_rubinstein(terms: Terms) -> float:
    up = math.exp(terms.volatility * math.sqrt(terms.step))
    up = 1.0001 if up == 1 else up
    growth = math.exp((terms.rate - terms.dividend) * terms.step)
    return _tree(terms, up, (growth - 1 / up) / (up - 1 / up))


def _forward_tree(terms: Terms) -> float:
    growth = math.exp((terms.rate - terms.dividend) * terms.step)
    spread = terms.volatility * math.sqrt(terms.step)
    up, down = math.exp(spread) * growth, math.exp(-spread) * growth
    if up == down:
        up, down = 1.0001, 0.9999
    return _tree(terms, up, (growth - down) / (up - down))


def _tree(terms: Terms, up: float, chance: float) -> float:
    """Backwards through the tree; calls may be exercised early, puts as in LEAN not."""
    is_call = terms.right is OptionRight.CALL
    steps = terms.steps
    moves = np.arange(-steps, steps + 1)
    prices = terms.spot * up ** moves.astype(float)
    intrinsic = np.maximum(prices - terms.strike if is_call else terms.strike - prices, 0.0)
    values = intrinsic[::2]
    discount = math.exp(-terms.rate * terms.step)
    below, above = discount * (1 - chance), discount * chance
    for period in range(steps - 1, -1, -1):
        values = values[:-1] * below + values[1:] * above
        if is_call:
            first = steps - period
            values = np.maximum(values, intrinsic[first : first + 2 * period + 1 : 2])
    return float(values[0])


_PRICES: dict[OptionPricingModelType, Callable[[Terms], float]] = {
    OptionPricingModelType.BLACK_SCHOLES: _black_scholes,
    OptionPricingModelType.BINOMIAL_COX_ROSS_RUBINSTEIN: _cox_ross_rubinstein,
    OptionPricingModelType.FORWARD_TREE: _forward_tree,
}


class OptionGreekIndicatorsHelper(LeanNames):
    """Prices by their numbers, as static methods; time in years, rates as fractions."""

    Steps = STEPS

    @staticmethod
    def black_theoretical_price(
        volatility: float,
        spot_price: float,
        strike_price: float,
        time_to_expiration: float,
        risk_free_rate: float,
        dividend_yield: float,
        option_type: OptionRight,
    ) -> float:
        """By Black-Scholes' formula."""
        rates = (float(risk_free_rate), float(dividend_yield), float(volatility))
        terms = Terms(option_type, float(spot_price), float(strike_price), float(time_to_expiration), *rates)
        return _black_scholes(terms)

    @staticmethod
    def crr_theoretical_price(
        volatility: float,
        spot_price: float,
        strike_price: float,
        time_to_expiration: float,
        risk_free_rate: float,
        dividend_yield: float,
        option_type: OptionRight,
        steps: int = STEPS,
    ) -> float:
        """By Cox', Ross' and Rubinstein's tree."""
        rates = (float(risk_free_rate), float(dividend_yield), float(volatility))
        terms = Terms(option_type, float(spot_price), float(strike_price), float(time_to_expiration), *rates)
        return _cox_ross_rubinstein(terms.having(steps=steps))

    @staticmethod
    def forward_tree_theoretical_price(
        volatility: float,
        spot_price: float,
        strike_price: float,
        time_to_expiration: float,
        risk_free_rate: float,
        dividend_yield: float,
        option_type: OptionRight,
        steps: int = STEPS,
    ) -> float:
        """By the forward tree."""
        rates = (float(risk_free_rate), float(dividend_yield), float(volatility))
        terms = Terms(option_type, float(spot_price), float(strike_price), float(time_to_expiration), *rates)
        return _forward_tree(terms.having(steps=steps))

    @staticmethod
    def time_till_expiry(expiry: datetime, reference_date: datetime) -> float:
        """Years between two times."""
        return (expiry - reference_date) / timedelta(days=365)

    CRRTheoreticalPrice = crr_theoretical_price


def implied_volatility(terms: Terms, paid: float, model: OptionPricingModelType) -> float | None:
    """The volatility at which the model's price is what was paid, or None."""
    low, high = 1e-7, 4.0
    if model is not OptionPricingModelType.BLACK_SCHOLES:
        guess = implied_volatility(terms, paid, OptionPricingModelType.BLACK_SCHOLES)
        if guess:
            low, high = max(low, guess * 0.5), min(high, guess * 1.5)
    accuracy = max(1e-4, 1e-4 * paid)
    return find_root(lambda sigma: price(terms.having(volatility=sigma), model) - paid, low, high, accuracy)


def find_root(
    function: Callable[[float], float], low: float, high: float, accuracy: float, limit: int = 100
) -> float | None:
    """Where a function is zero between two bounds, by Brent's method; None when there is no answer."""
    at_low, at_high = function(low), function(high)
    root, at_root, step, last_step, middle = high, at_high, 0.0, 0.0, math.nan
    if (at_low > 0) == (at_high > 0):
        return None
    for _ in range(limit + 1):
        if (at_root > 0) == (at_high > 0):
            high, at_high = low, at_low
            step = last_step = root - low
        if abs(at_high) < abs(at_root):
            low, root, high = root, high, root
            at_low, at_root, at_high = at_root, at_high, at_root
        tolerance = 2 * _PRECISION * abs(root) + 0.5 * accuracy
        last_middle, middle = middle, (high - root) / 2
        if abs(middle) <= tolerance or abs(at_root) < accuracy:
            return root
        if middle == last_middle:
            return None
        step, last_step = brent_step(
            (low, at_low), (root, at_root), (high, at_high), step, last_step, tolerance, are_one=low == high
        )
        low, at_low = root, at_root
        root += step if abs(step) > tolerance else math.copysign(tolerance, middle)
        at_root = function(root)
    return None


Point = tuple[float, float]


def brent_step(
    low: Point, root: Point, high: Point, step: float, last_step: float, tolerance: float, *, are_one: bool
) -> tuple[float, float]:
    """The next step of Brent's method and the one before it: an interpolation where that is quicker than halving.

    Args:
        low: Where the function was before, and what it was.
        root: Where it is nearest to zero.
        high: The other side of the zero.
        step: The last step.
        last_step: The one before it.
        tolerance: What is near enough.
        are_one: Whether `low` and `high` are one place, between which and `root` lies a straight line.
    """
    middle = (high[0] - root[0]) / 2
    if abs(last_step) < tolerance or abs(low[1]) <= abs(root[1]):
        return middle, middle
    s = root[1] / low[1]
    if are_one:
        p, q = 2 * middle * s, 1 - s
    else:
        q, r = low[1] / high[1], root[1] / high[1]
        p = s * (2 * middle * q * (q - r) - (root[0] - low[0]) * (r - 1))
        q = (q - 1) * (r - 1) * (s - 1)
    q, p = -q if p > 0 else q, abs(p)
    if 2 * p < min(3 * middle * q - abs(tolerance * q), abs(last_step * q)):
        return p / q, step
    return middle, middle
