"""The sum of the last values, as exact as decimals where prices are."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from functools import cache
from itertools import chain

__all__ = ["RunningSum"]

_DECIMALS = 11
"""Four of a price file and seven of a factor file."""
_UNITS, _SCALE = 10**_DECIMALS, 10.0**_DECIMALS

_TENS = [10**digits for digits in range(29)]
_POWERS = [float(f"1e{digits}") for digits in range(29)]
_MOST_MORE = 28 - _DECIMALS
_LIMITS = [(1 << 96) // 10**more for more in range(_MOST_MORE, -1, -1)]
"""Up to which units a decimal's 96 bits have room for 17, 16, 15 ... more decimals."""
_WHOLE = 1 << 53
"""Below it a float keeps every whole number."""


@cache
def _parts(count: int) -> tuple[int, int, int]:
    """A count without its twos and fives; the factor that stands for these, and the decimals that go with it."""
    rest = count
    for prime in (2, 5):
        while not rest % prime:
            rest //= prime
    digits = next(digits for digits in range(64) if not 10**digits % (count // rest))
    return rest, 10**digits // (count // rest), _DECIMALS + digits


def _quotient(units: int, count: int) -> float:
    """Units of 1e-11 over a count: the decimal that .NET makes of it, as the float that .NET makes of that.

    .NET makes a float of the decimal's whole number and divides it by the power of ten: of a decimal with all its 28
    digits that is not always the nearest float.
    """
    rest, factor, scale = _parts(count)
    if units % rest:
        more = _MOST_MORE - bisect_right(_LIMITS, abs(units) // count)
        value: float = units * _TENS[more] / count / _POWERS[_DECIMALS + more]
        return value
    whole = units // rest * factor
    while not -_WHOLE < whole < _WHOLE and not whole % 10:  # a decimal that ends has as few digits as it can
        whole //= 10
        scale -= 1
    return whole / _POWERS[scale]


def _units_of(values: list[float]) -> list[int] | None:
    """Values that are not negative in units of 1e-11; None when one is, or has more decimals than that."""
    units = [int(value * _SCALE + 0.5) for value in values]
    exact = [whole / _SCALE for whole in units] == values
    return units if exact and min(values, default=0.0) >= 0 else None


class RunningSum:
    """The sum of the last `period` values.

    Values of at most eleven decimals, which prices are, are added up as whole numbers of 1e-11: as exactly as LEAN's
    decimals. Any other value makes the sum one of floats, which is added up afresh once a period so that it does not
    drift, and of a run of equal values has their exact sum.
    """

    __slots__ = ("_sum", "_total", "_units", "_values", "count", "period", "run")

    def __init__(self, period: int) -> None:
        self.period = period
        self._units: deque[int] | None = deque()
        self._sum = 0
        self._values: deque[float] = deque()
        self._total = 0.0
        self.run = self.count = 0

    def add(self, value: float) -> None:
        """Take in a value."""
        kept = self._units
        if kept is not None:
            units = int(value * _SCALE + 0.5) if value >= 0 else -int(0.5 - value * _SCALE)
            if units / _SCALE == value:
                kept.append(units)
                self._sum += units
                if len(kept) > self.period:
                    self._sum -= kept.popleft()
                return
            self._turn_to_floats(kept)
        self._add_float(value)

    def means_after(self, values: list[float]) -> Iterator[float]:
        """The mean after each of some values, which are not taken in; ends at one that makes the sum one of floats."""
        kept, period = self._units, self.period
        if kept is None:
            return
        count, total = len(kept), self._sum
        coming: list[int] = []
        leaving = chain(tuple(kept), coming)
        rest = _parts(period)[0]
        for value in values:
            units = int(value * _SCALE + 0.5)
            if units / _SCALE != value or value < 0:
                return
            coming.append(units)
            total += units
            if count < period:
                count += 1
                yield _quotient(total, count)
                continue
            total -= next(leaving)
            if total % rest:  # as in `_quotient`
                more = _MOST_MORE - bisect_right(_LIMITS, total // period)
                yield total * _TENS[more] / period / _POWERS[_DECIMALS + more]
            else:
                yield _quotient(total, period)

    def extend(self, values: list[float]) -> None:
        """Take in some values."""
        kept = self._units
        units = None if kept is None else _units_of(values)
        if kept is None or units is None:
            for value in values:
                self.add(value)
            return
        kept.extend(units)
        self._sum += sum(units)
        for _ in range(len(kept) - self.period):
            self._sum -= kept.popleft()

    def _turn_to_floats(self, kept: deque[int]) -> None:
        self._values = deque(units / _SCALE for units in kept)
        self._total = math.fsum(self._values)
        self.count = len(kept)
        self._units = None

    def _add_float(self, value: float) -> None:
        values, period = self._values, self.period
        self.count += 1
        self.run = self.run + 1 if values and values[-1] == value else 1
        values.append(value)
        self._total += value
        if len(values) > period:
            self._total -= values.popleft()
        if self.run >= period:
            self._total = value * period
        elif not self.count % period:
            self._total = math.fsum(values)

    @property
    def values(self) -> list[float]:
        """The values, the oldest first."""
        return list(self._values) if self._units is None else [units / _SCALE for units in self._units]

    @property
    def total(self) -> float:
        """The sum."""
        return self._total if self._units is None else self._sum / _UNITS

    @property
    def mean(self) -> float:
        """The sum over the number of values; the value itself when all are the same."""
        if self._units is not None:
            return _quotient(self._sum, len(self._units))
        values = self._values
        count = len(values)
        return values[-1] if self.run >= count else self._total / count
