"""Options by finite differences, as QuantLib had them when it was ported to .NET.

A Crank-Nicolson scheme on a grid of prices equally far apart in logarithms (`FDEuropeanEngine.cs`); of an American
option the error of the European one on the same grid is taken off (`FDAmericanEngine.cs`). Operations stand in QLNet's
order: a price is the same to the last bit, as far as exponentials and logarithms are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leanib.engine.derivatives.pricing.black import BlackCalculator
from leanib.engine.derivatives.pricing.flat import FlatMarket, OwnResult

__all__ = ["american_price", "crank_nicolson"]

_STEPS = _POINTS = 100
_SAFETY = 1.1
Floats = NDArray[np.float64]


def american_price(market: FlatMarket, volatility: float) -> float:
    """The price at a volatility.

    Args:
        market: The option's and its underlying's; the option may be exercised at any time.
        volatility: Of a year.
    """
    american, european, black = _rolled_back(market, volatility, _POINTS)
    return american.value() - european.value() + black.value()


def crank_nicolson(market: FlatMarket, volatility: float, exercise_from: float | None) -> OwnResult:
    """The price and the Greeks that LEAN's model of that name has, on a grid of 99 prices.

    Args:
        market: The option's and its underlying's.
        volatility: Of a year.
        exercise_from: None for an option that is exercised at its end.
    """
    american, european, black = _rolled_back(market, volatility, _POINTS - 1)
    if exercise_from is None:
        value, delta, gamma = european.value(), european.slope(), european.curvature()
        return OwnResult(value, delta, gamma, market.theta(volatility, value, delta, gamma))
    return OwnResult(
        american.value() - european.value() + black.value(),
        american.slope() - european.slope() + black.delta(market.spot),
        american.curvature() - european.curvature() + black.gamma(market.spot),
    )


def _rolled_back(market: FlatMarket, volatility: float, points: int) -> tuple[_Curve, _Curve, BlackCalculator]:
    """Today's prices of the American and the European option on a grid, and the latter's by Black's formula."""
    deviation = math.sqrt(volatility * volatility * market.years)
    grid = _grid(market, deviation, points)
    intrinsic = np.array([market.payoff(price) for price in grid])
    scheme = _Scheme(market, volatility, grid, intrinsic)
    american, european = intrinsic, intrinsic
    for _ in range(_STEPS):
        american, european = scheme.step(american, european)
        american = np.maximum(american, intrinsic)
    black = BlackCalculator(market.is_call, market.strike, market.forward, deviation, market.discount(market.years))
    return _Curve(grid, american.tolist()), _Curve(grid, european.tolist()), black


def _grid(market: FlatMarket, deviation: float, points: int) -> list[float]:
    """Prices around the spot, the strike among them."""
    spot, strike = market.spot, market.strike
    factor = math.exp(4.0 * (1.0 + 0.02 / deviation) * deviation)
    low, high = spot / factor, spot * factor
    if low > strike / _SAFETY:
        low = strike / _SAFETY
        high = spot / (low / spot)
    if high < strike * _SAFETY:
        high = strike * _SAFETY
        low = spot / (high / spot)
    step = math.exp((math.log(high) - math.log(low)) / (points - 1))
    grid = [low]
    for _ in range(points - 1):
        grid.append(grid[-1] * step)
    return grid


class _Curve:
    """Prices on a grid whose middle is the spot price: a point of it, or half-way between two (`SampledCurve.cs`)."""

    def __init__(self, grid: list[float], values: list[float]) -> None:
        self._grid, self._values = grid, values
        self._middle, self._is_odd = len(grid) // 2, len(grid) % 2

    def value(self) -> float:
        """The price at the spot."""
        values, middle = self._values, self._middle
        return values[middle] if self._is_odd else (values[middle] + values[middle - 1]) / 2.0

    def slope(self) -> float:
        """Its first derivative."""
        return self._quotient(self._middle + self._is_odd, self._middle - 1)

    def curvature(self) -> float:
        """Its second derivative."""
        grid, middle = self._grid, self._middle
        if self._is_odd:
            change = self._quotient(middle + 1, middle) - self._quotient(middle, middle - 1)
            return change / ((grid[middle + 1] - grid[middle - 1]) / 2.0)
        change = self._quotient(middle + 1, middle - 1) - self._quotient(middle, middle - 2)
        return change / (grid[middle] - grid[middle - 1])

    def _quotient(self, upper: int, lower: int) -> float:
        values, grid = self._values, self._grid
        return (values[upper] - values[lower]) / (grid[upper] - grid[lower])


class _Scheme:
    """A step back in time: half of it explicit, half implicit, with the slope kept at both ends of the grid."""

    def __init__(self, market: FlatMarket, volatility: float, grid: Sequence[float], intrinsic: Floats) -> None:
        lower, diagonal, upper = _operator(market, volatility, grid)
        half = 0.5 * (market.years / _STEPS)
        self._lower, self._diagonal, self._upper = 0.0 - lower * half, 1.0 - diagonal * half, 0.0 - upper * half
        self._low = float(intrinsic[1] - intrinsic[0])
        self._high = float(intrinsic[-1] - intrinsic[-2])
        self._factor(lower * half, 1.0 + diagonal * half, upper * half)

    def _factor(self, lower: Floats, diagonal: Floats, upper: Floats) -> None:
        """What solving with the implicit half needs, whatever is solved for."""
        diagonal[0], upper[0] = -1.0, 1.0
        lower[-1], diagonal[-1] = -1.0, 1.0
        pivots, ratios = [float(diagonal[0])], []
        for below, own, above in zip(lower.tolist(), diagonal[1:].tolist(), upper.tolist(), strict=True):
            ratios.append(above / pivots[-1])
            pivots.append(own - below * ratios[-1])
        self._first = pivots[0]
        self._down = list(zip(lower.tolist(), pivots[1:], strict=True))
        self._up = ratios[::-1]

    def step(self, one: Floats, other: Floats) -> tuple[Floats, Floats]:
        """Both arrays a step earlier."""
        first, second = self._explicit(one), self._explicit(other)
        a, b = first[0] / self._first, second[0] / self._first
        down = [(a, b)]
        for (below, pivot), x, y in zip(self._down, first[1:], second[1:], strict=True):
            a, b = (x - below * a) / pivot, (y - below * b) / pivot
            down.append((a, b))
        solved = [down.pop()]
        a, b = solved[0]
        for ratio, (x, y) in zip(self._up, reversed(down), strict=True):
            a, b = x - ratio * a, y - ratio * b
            solved.append((a, b))
        both = np.array(solved[::-1])
        return both[:, 0], both[:, 1]

    def _explicit(self, values: Floats) -> list[float]:
        """What the implicit half is solved for."""
        found = self._diagonal * values
        found[1:-1] += self._lower[:-1] * values[:-2] + self._upper[1:] * values[2:]
        found[0], found[-1] = self._low, self._high
        listed: list[float] = found.tolist()
        return listed


def _operator(market: FlatMarket, volatility: float, grid: Sequence[float]) -> tuple[Floats, Floats, Floats]:
    """Black's and Scholes' differential operator on the grid, as three diagonals; the ends are the scheme's."""
    drift = market.forward_rate(market.years) - 0.0 - 0.5 * volatility * volatility
    variance = volatility * volatility
    logs = np.array([math.log(price) for price in grid])
    gaps = logs[1:] - logs[:-1]
    before, after = gaps[:-1], gaps[1:]
    span = before + after
    lower, diagonal, upper = np.zeros(len(grid) - 1), np.zeros(len(grid)), np.zeros(len(grid) - 1)
    lower[:-1] = -(variance / before - drift) / span
    diagonal[1:-1] = variance / (before * after) + market.instant_rate(market.years)
    upper[1:] = -(variance / after + drift) / span
    return lower, diagonal, upper
