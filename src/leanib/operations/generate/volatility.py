"""A stock's volatility as LEAN's option models see it: the deviation of its returns over a window.

`StandardDeviationOfReturnsVolatilityModel.cs` has the windows. A year's volatility follows from as many returns as a
year has at that resolution (LEAN takes 252 for all).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import Times

__all__ = ["Volatility"]

Floats = NDArray[np.float64]

_SPANS = {"daily": 86400, "hour": 3600, "minute": 60, "second": 1, "tick": 1}
_WINDOWS = {"daily": 30, "hour": 24 * 30, "minute": 60 * 24, "second": 600, "tick": 600}
_A_YEAR = {"daily": 252.0, "hour": 252 * 6.5, "minute": 252 * 390.0, "second": 252 * 23400.0, "tick": 252 * 23400.0}
_LEAST = 0.01
_LEAST_RETURNS = 2


class Volatility:
    """Takes prices; says what the volatility was at a moment, from what was over by then."""

    def __init__(self, resolution: str) -> None:
        self._span = _SPANS[resolution] * 1_000_000
        self._window, self._factor = _WINDOWS[resolution], _A_YEAR[resolution] ** 0.5
        self._returns: list[float] = []
        self._stretches: list[int] = []
        self._values: list[float] = []
        self._price: float | None = None

    def add(self, times: Times, prices: Floats) -> None:
        """A session's prices; of each stretch of the resolution the last one counts."""
        stretches = times.astype("datetime64[us]").astype(np.int64) // self._span
        ends = np.flatnonzero(np.append(stretches[1:] != stretches[:-1], True))
        for stretch, price in zip(stretches[ends].tolist(), prices[ends].tolist(), strict=True):
            if self._price is not None:
                self._returns = [*self._returns[1 - self._window :], price / self._price - 1]
                self._stretches.append(stretch)
                few = len(self._returns) < _LEAST_RETURNS
                found = 0.0 if few else float(np.std(self._returns, ddof=1)) * self._factor
                self._values.append(np.nan if few else max(found, _LEAST))
            self._price = price

    def at(self, times: Times) -> Floats:
        """A year's volatility at each moment; NaN while there are fewer than two returns."""
        stretches = times.astype("datetime64[us]").astype(np.int64) // self._span
        known = np.searchsorted(np.array(self._stretches, dtype=np.int64), stretches, side="left")
        values: Floats = np.array([np.nan, *self._values])[known]
        return values
