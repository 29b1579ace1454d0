"""Prices that wander, and when they come: LEAN's model (`RandomValueGenerator.cs`, `TickGenerator.cs`).

A price differs from the one before by a part of it that is drawn evenly, at most half of the resolution's deviation in
either direction and at least by the smallest step. Near nothing and from 100,000 on the walk is turned round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import Times
from leanib.operations.generate.sessions import Session

__all__ = ["Clock", "Walk", "deviation_of"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_START = 100
_START_STEPS = 400
_LEAST_STEPS = 20
_MOST = 1_000_000
_HIGH = 100_000
_TRIES = 10
_SECOND = 1_000_000
_SECONDS = {"tick": 0.5, "second": 1.0, "minute": 60.0, "hour": 3600.0}
_NUMBERS = ("tick", "second", "minute", "hour", "daily")


def deviation_of(resolution: str) -> float:
    """The widest change between two prices, up and down together, as a part of the price (LEAN: a parabola)."""
    return (_NUMBERS.index(resolution) + 0.15) ** 2 * 0.001


@dataclass(slots=True)
class Walk:
    """One price, in steps of the smallest price variation."""

    step: Decimal
    resolution: str
    random: np.random.Generator
    price: int = 0

    def __post_init__(self) -> None:
        """Begin at 100, or at four hundred steps where these are more."""
        self.price = self.price or max(round(_START / self.step), _START_STEPS)

    def go(self, count: int) -> Ints:
        """The next prices."""
        low, high = _LEAST_STEPS, round(_HIGH / self.step)
        part, price = deviation_of(self.resolution), self.price
        prices = []
        for draw in self.random.random(count).tolist():
            change = price * part * (draw - 0.5)
            if -1 < change < 1:
                change = (change > 0) - (change < 0)
            after = round(price + change)
            if after < low or after > high:
                after = self._turned(price, part, high)
            prices.append(after)
            price = after
        self.price = price
        return np.array(prices, dtype=np.int64)

    def _turned(self, price: int, part: float, high: int) -> int:
        """At the edges: drawn again, with better odds for the way back; the price stays where that does not help."""
        middle, most = 0.5, round(_MOST / self.step)
        for _ in range(_TRIES):
            change = price * part * (self.random.random() - middle)
            change = max(change, 1) if change > 0 else min(change, -1)
            after = round(price + change)
            if _LEAST_STEPS <= after <= high or (high < after < most and middle > 0.5):
                return after
            middle += 0.05 if after > high else -0.05
        return price

    def sides(self, prices: Ints) -> tuple[Ints, Ints]:
        """A bid and an ask for each price, on either side of it."""
        part = deviation_of(self.resolution)
        off = [
            np.maximum(np.rint(prices * part * np.abs(self.random.random(len(prices)) - 0.5)), 1).astype(np.int64)
            for _ in range(2)
        ]
        return np.maximum(prices - off[0], 1), prices + off[1]

    def sizes(self, count: int) -> Floats:
        """How much is traded, bid or asked."""
        return self.random.integers(1, 1500, count).astype(np.float64)

    def money(self, prices: Ints) -> Floats:
        """Steps as prices, each the nearest double to its decimal."""
        exponent = self.step.normalize().as_tuple().exponent
        assert isinstance(exponent, int)
        whole = int(self.step.scaleb(max(0, -exponent)))
        money: Floats = prices * whole / 10 ** max(0, -exponent)
        return money


@dataclass(slots=True)
class Clock:
    """When prices come: steps of trading time, drawn evenly up to the widest; of days, the step is a session."""

    resolution: str
    widest: float
    random: np.random.Generator
    _left: float = field(default=-1.0, init=False)
    """How far the next price is away, in steps."""

    def of(self, session: Session) -> Times:
        """The moments within a session."""
        unit = session.length if self.resolution == "daily" else round(_SECONDS[self.resolution] * _SECOND)
        total = session.length / unit
        if self._left < 0:
            self._left = self.widest * self.random.random()
        moments = [np.array([self._left])]
        while moments[-1][-1] < total:
            count = int((total - moments[-1][-1]) / self.widest * 2.2) + 8
            moments.append(moments[-1][-1] + np.cumsum(self.widest * self.random.random(count)))
        every = np.concatenate(moments)
        inside = every[every < total]
        self._left = float(every[len(inside)] - total)
        return session.times(np.minimum((inside * unit).astype(np.int64), session.length - 1))
