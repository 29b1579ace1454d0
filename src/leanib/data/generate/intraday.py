"""A day's course between its real prices.

A seeded random walk starts at the open, ends at the close, touches the high and the low, and goes nowhere beyond.

All randomness is integer (NumPy's frozen `RandomState` stream), so that the bytes do not depend on a machine's libm.
Prices are integers in ten-thousandths.
"""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bars", "bars_of", "price_path", "seeded", "split_volume"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of equal length: integer prices, and shares."""

    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: Ints

    def __len__(self) -> int:
        return len(self.open)


def seeded(*names: object) -> np.random.RandomState:
    """A random stream that only depends on the names (a ticker, a date, a purpose)."""
    return np.random.RandomState(zlib.crc32("/".join(map(str, names)).encode()))


def price_path(
    random: np.random.RandomState, points: int, prices: tuple[int, int, int, int], tick: int
) -> Ints:
    """`points` prices from open to close inside [low, high], each a multiple of `tick` except the given ones.

    Args:
        random: see `seeded`.
        points: how many; at least 4.
        prices: open, high, low, close.
        tick: the smallest step, in the prices' unit.
    """
    _, high, low, _ = prices
    anchors = _anchors(random, points, prices)
    steps = random.randint(-1000, 1001, size=points).astype(np.float64)
    walk = np.cumsum(steps)
    base = np.interp(np.arange(points), list(anchors), list(anchors.values()))
    bridge = walk - np.interp(np.arange(points), list(anchors), walk[list(anchors)])
    spread = np.abs(bridge).max()
    noise = bridge * (0.35 * (high - low) / spread) if spread else bridge
    path = np.rint((base + noise) / tick).astype(np.int64) * tick
    path = _reflect(path, low, high)
    for index, price in anchors.items():
        path[index] = price
    return path


def _anchors(random: np.random.RandomState, points: int, prices: tuple[int, int, int, int]) -> dict[int, int]:
    """Where the walk must be at a given price, by index: open, high, low, close."""
    open_, high, low, close = prices
    first, second = sorted(random.choice(np.arange(1, points - 1), size=2, replace=False).tolist())
    high_first = bool(random.randint(2)) if close != open_ else True
    if close > open_:
        high_first = random.randint(10) < 3
    elif close < open_:
        high_first = random.randint(10) < 7
    extremes = zip((first, second), (high, low) if high_first else (low, high), strict=True)
    between = {index: price for index, price in extremes if price not in (open_, close)}
    return {0: open_} | between | {points - 1: close}


def _reflect(path: Ints, low: int, high: int) -> Ints:
    """Fold what went beyond the day's range back into it."""
    path = np.where(path > high, 2 * high - path, path)
    path = np.where(path < low, 2 * low - path, path)
    return np.clip(path, low, high)


def split_volume(random: np.random.RandomState, parts: int, volume: int) -> Ints:
    """Split a day's volume into parts, busier at both ends of the day; the parts add up exactly."""
    place = np.linspace(-1.0, 1.0, parts) if parts > 1 else np.zeros(1)
    weights = (0.5 + 1.5 * place * place) * random.randint(200, 1801, size=parts)
    cumulative = np.floor(np.cumsum(weights) / weights.sum() * volume + 1e-9).astype(np.int64)
    cumulative[-1] = volume
    shares: Ints = np.diff(cumulative, prepend=0)
    return shares


def bars_of(path: Ints, volume: Ints, per_bar: int) -> Bars:
    """Bars of `per_bar` points each; `volume` has one number per point. The last bar may be shorter."""
    starts = np.arange(0, len(path), per_bar)
    return Bars(
        open=path[starts],
        high=np.maximum.reduceat(path, starts),
        low=np.minimum.reduceat(path, starts),
        close=path[np.append(starts[1:], len(path)) - 1],
        volume=np.add.reduceat(volume, starts),
    )


def session_times(date: dt.date, start_minute: int, count: int, seconds: int) -> NDArray[np.datetime64]:
    """`count` times, `seconds` apart, from `start_minute` (minutes since midnight) on."""
    start = np.datetime64(date, "us") + np.timedelta64(start_minute, "m")
    times: NDArray[np.datetime64] = start + np.arange(count) * np.timedelta64(seconds, "s")
    return times
