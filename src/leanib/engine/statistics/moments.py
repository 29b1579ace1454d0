"""Means, variances and higher moments, as MathNet.Numerics computes them.

MathNet adds up in one pass, number after number, and so do `np.add.accumulate` and an array's own operations: the bits
are those of the loop, in a fraction of its time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["Sample", "covariance", "mean", "skewness_and_kurtosis", "variance"]

_Array = NDArray[np.float64]


class Sample(list[float]):
    """Numbers that do not change any more, so that what several figures need of them is worked out once."""

    @classmethod
    def of(cls, values: Sequence[float]) -> Sample:
        """The values as a sample, which they may be already."""
        return values if isinstance(values, cls) else cls(values)

    @cached_property
    def array(self) -> _Array:
        """The numbers as an array."""
        return np.array(self, dtype=float)

    @cached_property
    def mean(self) -> float:
        """The average; not a number without values."""
        # Not sum(), which from Python 3.12 on keeps what it rounds off: LEAN does not.
        return float(np.add.accumulate(self.array)[-1]) / len(self) if self else math.nan

    @cached_property
    def variance(self) -> float:
        """The unbiased sample variance; not a number under two values."""
        size, numbers = len(self), self.array
        if size < 2:
            return math.nan
        counts = np.arange(2.0, size + 1)
        with np.errstate(all="ignore"):  # as Python's floats, which overflow in silence
            differences = counts * numbers[1:] - np.add.accumulate(numbers)[1:]
            spread = np.add.accumulate(differences * differences / (counts * (counts - 1.0)))[-1]
        return float(spread) / (size - 1)

    @cached_property
    def running_means(self) -> _Array:
        """0, the mean of the first value, of the first two, and so on."""
        average = 0.0
        means = [average]
        for count, value in enumerate(self, start=1):
            average += (value - average) / count
            means.append(average)
        return np.array(means)


def mean(values: Sequence[float]) -> float:
    """The average; not a number without values."""
    return Sample.of(values).mean


def variance(values: Sequence[float]) -> float:
    """The unbiased sample variance; not a number under two values."""
    return Sample.of(values).variance


def covariance(first: Sequence[float], second: Sequence[float]) -> float:
    """The unbiased sample covariance of two series of one length; not a number under two values."""
    if len(first) != len(second):
        raise ValueError("covariance needs two series of the same length")
    if len(first) < 2:
        return math.nan
    x, y = Sample.of(first), Sample.of(second)
    with np.errstate(all="ignore"):
        moment = _sums((x.array - x.running_means[1:]) * (y.array - y.running_means[:-1]))[-1]
    return float(moment) / (len(first) - 1)


def skewness_and_kurtosis(values: Sequence[float]) -> tuple[float, float]:
    """Sample skewness and sample excess kurtosis; not a number where undefined."""
    n = len(values)
    m2, m3, m4 = _central_moments(Sample.of(values))
    if not m2:
        return math.nan, math.nan
    skewness = n * m3 * math.sqrt(m2 / (n - 1)) / (m2 * m2 * (n - 2)) * (n - 1) if n > 2 else math.nan
    if n < 4:
        return skewness, math.nan
    return skewness, (n * n - 1.0) / ((n - 2) * (n - 3)) * (n * m4 / (m2 * m2) - 3 + 6.0 / (n + 1))


def _central_moments(values: Sample) -> tuple[float, float, float]:
    """Sums of the second, third and fourth powers of the deviations."""
    n = np.arange(1.0, len(values) + 1)
    with np.errstate(all="ignore"):
        delta = values.array - values.running_means[:-1]
        step = delta / n
        square = step * step
        term = delta * step * (n - 1)
        m2 = _sums(term)
        m3 = _sums(term * step * (n - 2) - 3 * step * m2[:-1])
        m4 = _sums(term * square * (n * n - 3 * n + 3) + 6 * square * m2[:-1] - 4 * step * m3[:-1])
    return float(m2[-1]), float(m3[-1]), float(m4[-1])


def _sums(terms: _Array) -> _Array:
    """0, the first term, the sum of the first two, and so on."""
    sums = np.zeros(len(terms) + 1)
    sums[1:] = terms
    return np.add.accumulate(sums)
