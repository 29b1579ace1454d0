"""The Greeks of binomial trees as QLNet's engine takes them (`BinomialEngine.cs`, `BinominalTree.cs`).

The price is the tree's root; delta and gamma come of the upper nodes of its first two steps, where QuantLib today takes
all of the second, and theta from the equation. Steps are made in QLNet's order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leanib.engine.derivatives.pricing.black import is_close
from leanib.engine.derivatives.pricing.flat import FlatMarket, OwnResult

__all__ = ["TREES", "tree_result"]

Floats = NDArray[np.float64]


class _Tree(NamedTuple):
    """The chance of a step down and of one up, and the price at a step's node, the lowest first."""

    down: float
    up: float
    price: Callable[[int, int], float]


class _Steps(NamedTuple):
    """What a tree is made of: the spot price, the strike, the drift of a step, variances of a step and of the whole."""

    spot: float
    strike: float
    drift: float
    variance: float
    whole_variance: float
    number: int


def tree_result(
    kind: str, market: FlatMarket, volatility: float, steps: int, exercise_from: float | None
) -> OwnResult:
    """An option's price and Greeks by a tree.

    Args:
        kind: One of `TREES`.
        market: The option's.
        volatility: Of a year.
        steps: How many the tree has.
        exercise_from: From how many years on it may be exercised; None for one that is exercised at its end.

    Raises:
        ArithmeticError: the tree has a negative probability.
    """
    flat = market._replace(rate=market.zero_rate(market.years))
    count = steps | 1 if kind in _ODD else steps
    moment = market.years / count
    drift = (flat.forward_rate(0.0) - 0.0 - 0.5 * volatility * volatility) * moment
    own = _Steps(
        *(market.spot, market.strike, drift, volatility * volatility * moment),
        *(volatility * volatility * market.years, count),
    )
    tree = TREES[kind](own)
    if not 0.0 <= tree.up <= 1.0:
        raise ArithmeticError("a tree with a negative probability")
    return _Lattice(tree, flat, steps, exercise_from).result(market, volatility)


class _Lattice:
    """The option's values at the nodes of a step, from the last step back."""

    def __init__(self, tree: _Tree, market: FlatMarket, steps: int, exercise_from: float | None) -> None:
        self._tree, self._market, self._steps = tree, market, steps
        moment = market.years / steps
        self._discount = math.exp(-market.rate * moment)
        self._times = [moment * step for step in range(steps + 1)]
        self._first = None if exercise_from is None else self._closest(exercise_from)
        self._last = self._closest(market.years)

    def _closest(self, time: float) -> float:
        return min(self._times, key=lambda step: (abs(step - time), step))

    def result(self, market: FlatMarket, volatility: float) -> OwnResult:
        """The Greeks of the root."""
        values = self._exercised(np.zeros(self._steps + 1), self._steps, market.years)
        kept = {}
        for step in range(self._steps - 1, -1, -1):
            values = (self._tree.down * values[:-1] + self._tree.up * values[1:]) * self._discount
            values = kept[step] = self._exercised(values, step, self._times[step])
        value, first, second = float(kept[0][0]), float(kept[1][1]), float(kept[2][2])
        spot, price, further = market.spot, self._tree.price(1, 1), self._tree.price(2, 2)
        delta = (first - value) / (price - spot)
        gamma = 2.0 * ((second - first) / (further - price) - delta) / (further - spot)
        return OwnResult(value, delta, gamma, market.theta(volatility, value, delta, gamma))

    def _exercised(self, values: Floats, step: int, time: float) -> Floats:
        if self._first is None:
            if not is_close(self._times[step], self._last):
                return values
        elif not self._first <= time <= self._last:
            return values
        payoff, price = self._market.payoff, self._tree.price
        return np.maximum(values, [payoff(price(step, node)) for node in range(step + 1)])


def _equal_jumps(steps: _Steps, jump: float) -> _Tree:
    up = 0.5 + 0.5 * steps.drift / jump
    factors = [math.exp(place * jump) for place in range(-steps.number, steps.number + 1)]
    return _Tree(1.0 - up, up, lambda step, node: steps.spot * factors[2 * node - step + steps.number])


def _equal_chances(steps: _Steps, jump: float) -> _Tree:
    drift = steps.drift
    return _Tree(0.5, 0.5, lambda step, node: steps.spot * math.exp(step * drift + (2 * node - step) * jump))


def _factors(steps: _Steps, chance: float, down: float, up: float) -> _Tree:
    falls = [math.pow(down, count) for count in range(steps.number + 1)]
    rises = [math.pow(up, count) for count in range(steps.number + 1)]
    return _Tree(1.0 - chance, chance, lambda step, node: steps.spot * falls[step - node] * rises[node])


def _jarrow_rudd(steps: _Steps) -> _Tree:
    return _equal_chances(steps, math.sqrt(steps.variance))


def _cox_ross_rubinstein(steps: _Steps) -> _Tree:
    return _equal_jumps(steps, math.sqrt(steps.variance))


def _additive(steps: _Steps) -> _Tree:
    drift = steps.drift
    return _equal_chances(steps, -0.5 * drift + 0.5 * math.sqrt(4.0 * steps.variance - 3.0 * drift * drift))


def _trigeorgis(steps: _Steps) -> _Tree:
    return _equal_jumps(steps, math.sqrt(steps.variance + steps.drift * steps.drift))


def _tian(steps: _Steps) -> _Tree:
    spread = math.exp(steps.variance)
    middle = math.exp(steps.drift) * math.sqrt(spread)
    root = math.sqrt(spread * spread + 2 * spread - 3)
    up = 0.5 * middle * spread * (spread + 1 + root)
    down = 0.5 * middle * spread * (spread + 1 - root)
    return _factors(steps, (middle - down) / (up - down), down, up)


def _leisen_reimer(steps: _Steps) -> _Tree:
    return _by_inversion(steps, lambda place: _peizer_pratt(place, steps.number))


def _joshi(steps: _Steps) -> _Tree:
    return _by_inversion(steps, lambda place: _joshi_chance((steps.number - 1.0) / 2.0, place))


def _by_inversion(steps: _Steps, chance: Callable[[float], float]) -> _Tree:
    """Trees whose chances are those of a normal distribution, inverted."""
    root = math.sqrt(steps.whole_variance)
    growth = math.exp(steps.drift + 0.5 * steps.whole_variance / steps.number)
    place = (math.log(steps.spot / steps.strike) + steps.drift * steps.number) / root
    rising = chance(place)
    up = growth * chance(place + root) / rising
    return _factors(steps, rising, (growth - rising * up) / (1.0 - rising), up)


def _peizer_pratt(z: float, count: int) -> float:
    """The second inversion of Peizer and Pratt."""
    result = z / (count + 1.0 / 3.0 + 0.1 / (count + 1.0))
    result *= result
    result = math.exp(-result * (count + 1.0 / 6.0))
    return 0.5 + (1 if z > 0 else -1) * math.sqrt(0.25 * (1.0 - result))


def _joshi_chance(half: float, place: float) -> float:
    alpha = place / math.sqrt(8.0)
    alpha2 = alpha * alpha
    alpha3 = alpha * alpha2
    alpha5 = alpha3 * alpha2
    alpha7 = alpha5 * alpha2
    beta = -0.375 * alpha - alpha3
    gamma = (5.0 / 6.0) * alpha5 + (13.0 / 12.0) * alpha3 + (25.0 / 128.0) * alpha
    delta = -0.1025 * alpha - 0.9285 * alpha3 - 1.43 * alpha5 - 0.5 * alpha7
    root = math.sqrt(half)
    chance = 0.5 + alpha / root
    chance += beta / (half * root)
    chance += gamma / (half * half * root)
    return chance + delta / (half * half * half * root)


TREES: dict[str, Callable[[_Steps], _Tree]] = {
    "jr": _jarrow_rudd,
    "crr": _cox_ross_rubinstein,
    "eqp": _additive,
    "trigeorgis": _trigeorgis,
    "tian": _tian,
    "lr": _leisen_reimer,
    "joshi4": _joshi,
}
"""By the names that QuantLib has for them."""

_ODD = ("lr", "joshi4")
