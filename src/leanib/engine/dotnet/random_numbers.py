"""`System.Random`: the same numbers from the same seed as .NET, so that seeded models repeat LEAN's runs."""

from __future__ import annotations

import time

from leanib.engine.naming import LeanObject

__all__ = ["Random"]

_BIG = 2**31 - 1
_SEED = 161803398


def _int32(value: int) -> int:
    return (value + 2**31) % 2**32 - 2**31


class Random(LeanObject):
    """Knuth's subtractive generator as .NET seeds it (`System.Random(int)`)."""

    __slots__ = ("_index", "_next_index", "_state")

    def __init__(self, seed: int | None = None) -> None:
        self._state = _seeded(time.time_ns() & _BIG if seed is None else seed)
        self._index = 0
        self._next_index = 21

    def next(self, *bounds: int) -> int:
        """An integer: below 2^31-1, below `next(maximum)`, or within `next(minimum, maximum)`, the maximum excluded."""
        if not bounds:
            return self._sample()
        low, high = (0, bounds[0]) if len(bounds) == 1 else bounds
        return low + int(self.next_double() * (high - low))

    def next_double(self) -> float:
        """A float in [0, 1)."""
        return self._sample() * (1.0 / _BIG)

    def _sample(self) -> int:
        state = self._state
        self._index = self._index + 1 if self._index < 55 else 1
        self._next_index = self._next_index + 1 if self._next_index < 55 else 1
        value = state[self._index] - state[self._next_index]
        if value == _BIG:
            value -= 1
        if value < 0:
            value += _BIG
        state[self._index] = value
        return value


def _seeded(seed: int) -> list[int]:
    state = [0] * 56
    left = _SEED - (_BIG if seed == -(2**31) else abs(seed))
    state[55] = left
    right = 1
    for i in range(1, 55):
        place = 21 * i % 55
        state[place] = right
        right = left - right
        if right < 0:
            right += _BIG
        left = state[place]
    for _ in range(4):
        for i in range(1, 56):
            value = _int32(state[i] - state[1 + (i + 30) % 55])
            state[i] = value + _BIG if value < 0 else value
    return state
