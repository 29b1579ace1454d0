"""How many contracts are open, told each midnight: a walk from 10,000 on, of 2.5 % a day either way, as LEAN's."""

from __future__ import annotations

import datetime as dt

import numpy as np

__all__ = ["OpenInterest"]

_BEGIN, _PART, _LEAST = 10_000, 0.05, 20


class OpenInterest:
    """A contract's."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._count = _BEGIN
        self.days: list[tuple[dt.date, int]] = []

    def next(self, date: dt.date) -> int:
        """The number of that day."""
        change = round(self._count * _PART * (float(self._random.random()) - 0.5))
        self._count = max(self._count + change, _LEAST)
        self.days.append((date, self._count))
        return self._count
