"""The seeded walk: a price for every instrument at every moment, past or future, from (seed, instrument, time) alone.

A sum of value noise over octaves of time (a quarter second to four years), the amplitude of each growing with the
square root of its period, looks like Brownian motion and, unlike a walk, can be asked for any moment without walking
there. History and live ticks are therefore one and the same path, and two runs with one seed see the same prices.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leanib.simulator.clock import SECOND_US

#: Where every walk stands at its reference price: 2024-01-02 14:30 UTC.
ANCHOR_US = 1_704_205_800 * SECOND_US
_PERIODS = np.array([SECOND_US // 4 * 2**n for n in range(30)], dtype=np.int64)
_AMPLITUDES = np.sqrt(_PERIODS / SECOND_US)
_TRADING_SECONDS = 365.25 * 86400
_CHUNK = 20_000
_MASK = 0xFFFFFFFFFFFFFFFF

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def hash_unit(keys: NDArray[Any], salt: int | NDArray[np.uint64]) -> Floats:
    """Uniform numbers in [-1, 1) from integer keys (splitmix64)."""
    offset = np.uint64(salt & 0xFFFFFFFFFFFFFFFF) if isinstance(salt, int) else salt
    with np.errstate(over="ignore"):
        z = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + offset
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return z.astype(np.float64) / 2.0**63 - 1.0


class Walk:
    """The path of one instrument: `price(times)` for any times."""

    __slots__ = ("_anchor", "_salt", "_salt_array", "_salts", "_scale", "base")

    def __init__(self, seed: int, key: int, base: float, volatility: float) -> None:
        self.base = base
        self._salt = (seed * 0x100000001B3 + key * 0x9E3779B1) & 0xFFFFFFFFFFFFFFFF
        self._salts = [(self._salt + n * 0x632BE59BD9B4E019) & 0xFFFFFFFFFFFFFFFF for n in range(len(_PERIODS))]
        self._scale = volatility / math.sqrt(_TRADING_SECONDS) * 0.75
        self._salt_array = np.array(self._salts, dtype=np.uint64)
        self._anchor = float(self._noise(np.array([ANCHOR_US], dtype=np.int64))[0])

    def price(self, times: Ints) -> Floats:
        """Prices at `times` (microseconds since the epoch)."""
        parts = [self._noise(times[i : i + _CHUNK]) for i in range(0, len(times), _CHUNK)]
        noise = np.concatenate(parts) if parts else np.empty(0)
        prices: Floats = self.base * np.exp(self._scale * (noise - self._anchor))
        return prices

    def at(self, moment: int) -> float:
        """The price at one moment, all octaves at once."""
        cell, rest = np.divmod(moment, _PERIODS)
        left, right = hash_unit(cell, self._salt_array), hash_unit(cell + 1, self._salt_array)
        noise = float((_AMPLITUDES * (left + (right - left) * (rest / _PERIODS))).sum())
        return self.base * math.exp(self._scale * (noise - self._anchor))

    def size(self, moment: int, stream: int, low: int = 1, high: int = 20) -> int:
        """A number of round lots (100s) for a moment, independent per `stream`."""
        z = (moment * 0x9E3779B97F4A7C15 + self._salt + 7919 * (stream + 1)) & _MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return (low + (z ^ (z >> 31)) % (high - low + 1)) * 100

    def _noise(self, times: Ints) -> Floats:
        total = np.zeros(len(times))
        for n, period in enumerate(_PERIODS):
            cell, rest = np.divmod(times, period)
            share = rest / period
            left, right = hash_unit(cell, self._salts[n]), hash_unit(cell + 1, self._salts[n])
            total += _AMPLITUDES[n] * (left + (right - left) * share)
        return total
