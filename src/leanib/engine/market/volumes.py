"""Sums of volumes as LEAN's decimals have them: 0.1 and 0.2 are 0.3, not 0.30000000000000004.

A volume with up to eight decimals, which is what exchanges write, counts as the whole number of its smallest units.
What a split has divided has no end of digits, and is added as the floats it came in.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["add_volumes", "total_volume"]

_UNITS = 1e8
#: up to here each number of units is a float
_LARGEST = 2.0**53 / _UNITS


def add_volumes(first: float, second: float) -> float:
    """The sum of two volumes."""
    if (first % 1 == 0 and second % 1 == 0) or not abs(first) + abs(second) < _LARGEST:
        return first + second
    one, other = round(first * _UNITS), round(second * _UNITS)
    if one / _UNITS == first and other / _UNITS == second:
        return (one + other) / _UNITS
    return first + second


def total_volume(first: float, volumes: NDArray[np.float64]) -> float:
    """A volume and more on top of it, as if added one after the other."""
    values = np.concatenate(([first], volumes))
    units = np.rint(values * _UNITS)
    in_units = units / _UNITS == values
    if in_units.all() and (total := float(units.sum()) / _UNITS) < _LARGEST:
        return total
    if (np.rint(values) == values).all():
        return float(np.cumsum(values)[-1])
    result = first
    for volume in volumes.tolist():
        result = add_volumes(result, volume)
    return result
