"""The volatility that a price implies: Brent's root of the price's error (`ImpliedVolatility.cs`, `Brent.cs`)."""

from __future__ import annotations

import math
from collections.abc import Callable

from leanib.engine.derivatives.pricing.black import EPSILON, is_close
from leanib.engine.indicators.option_pricing import brent_step

__all__ = ["NoRootError", "implied_volatility"]

_ACCURACY, _MOST = 1e-4, 100
_LEAST_VOLATILITY, _MOST_VOLATILITY = 1e-7, 4.0


class NoRootError(ArithmeticError):
    """No volatility between the bounds gives the price."""


def implied_volatility(price: Callable[[float], float], target: float) -> float:
    """Where `price(volatility)` is the target, to a ten-thousandth.

    Which of the volatilities within that accuracy it is hangs on every step, so these are QuantLib's.

    Raises:
        NoRootError: the target lies outside the prices of all volatilities up to 4.
    """

    def error(volatility: float) -> float:
        return price(volatility) - target

    least = error(_LEAST_VOLATILITY)
    if is_close(least, 0.0):
        return _LEAST_VOLATILITY
    most = error(_MOST_VOLATILITY)
    if is_close(most, 0.0):
        return _MOST_VOLATILITY
    if not least * most < 0.0:
        raise NoRootError(f"no volatility up to {_MOST_VOLATILITY:g} gives the price {target:g}")
    return _brent(error, (_LEAST_VOLATILITY, least), (_MOST_VOLATILITY, most))


def _brent(error: Callable[[float], float], low: tuple[float, float], high: tuple[float, float]) -> float:
    (lowest, at_lowest), (highest, at_highest) = low, high
    root, at_root = highest, at_highest
    step = before = 0.0
    for _ in range(2, _MOST + 1):
        if (at_root > 0.0 and at_highest > 0.0) or (at_root < 0.0 and at_highest < 0.0):
            highest, at_highest = lowest, at_lowest
            before = step = root - lowest
        if abs(at_highest) < abs(at_root):
            lowest, root, highest = root, highest, root
            at_lowest, at_root, at_highest = at_root, at_highest, at_root
        accuracy = 2.0 * EPSILON * abs(root) + 0.5 * _ACCURACY
        middle = (highest - root) / 2.0
        if abs(middle) <= accuracy or is_close(at_root, 0.0):
            return root
        points = (lowest, at_lowest), (root, at_root), (highest, at_highest)
        step, before = brent_step(*points, step, before, accuracy, are_one=is_close(lowest, highest))
        lowest, at_lowest = root, at_root
        root += step if abs(step) > accuracy else math.copysign(accuracy, middle)
        at_root = error(root)
    raise NoRootError(f"no volatility found in {_MOST} prices")
