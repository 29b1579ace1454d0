"""Where prices come from when nobody pins them: the `Source` interface and the seeded walk behind it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np

from leanib.simulator.clock import SECOND_US, to_us
from leanib.simulator.market.instruments import Instrument, stable_id
from leanib.simulator.market.walk import Floats, Ints, Walk, hash_unit

MINUTE_US = 60 * SECOND_US
YEAR_SECONDS = 365.0 * 86400


@dataclass(slots=True)
class Bars:
    """Columns of bars; prices are rounded by whoever shows them."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Ints


class Source(Protocol):
    """A path of middle prices through time for every instrument."""

    def covers(self, item: Instrument) -> bool:
        """Does this source know the instrument?"""

    def path(self, item: Instrument, times: Ints) -> Floats:
        """The middle price at `times` (microseconds); NaN where there is none."""

    def bars(self, item: Instrument, starts: Ints, ends: Ints) -> Bars:
        """One bar per [start, end); all sized alike except where a session cuts them."""

    def begins(self, item: Instrument) -> int:
        """The earliest moment with data."""


def normal_cdf(x: Floats) -> Floats:
    """The cumulative normal distribution (Abramowitz and Stegun 26.2.17, error below 1e-7)."""
    t = 1.0 / (1.0 + 0.2316419 * np.abs(x))
    poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    upper = np.exp(-x * x / 2.0) / math.sqrt(2.0 * math.pi) * poly
    return np.where(x >= 0, 1.0 - upper, upper)


def expiry_us(item: Instrument) -> int:
    """When an option stops trading: 16:00 exchange time on its expiry day."""
    return _close_us(item.expiry, item.calendar.zone)


@cache
def _close_us(day: str, zone: ZoneInfo) -> int:
    return to_us(datetime.strptime(day, "%Y%m%d").replace(hour=16, tzinfo=zone))


def black_scholes(item: Instrument, spot: Floats, times: Ints) -> Floats:
    """The value of a European option without rates or dividends."""
    years = np.maximum((expiry_us(item) - times) / SECOND_US / YEAR_SECONDS, 1e-9)
    strike, width = float(item.strike), item.volatility * np.sqrt(years)
    d1 = np.log(spot / strike) / width + width / 2.0
    call = spot * normal_cdf(d1) - strike * normal_cdf(d1 - width)
    value = call if item.right == "C" else call - spot + strike
    return np.maximum(value, min(0.01, float(item.min_tick)))


class WalkSource:
    """The seeded walk of every instrument; options follow their underlying."""

    def __init__(self, seed: int, underlying: Callable[[Instrument, Ints], Floats]) -> None:
        self.seed = seed
        self._underlying = underlying
        self._walks: dict[str, Walk] = {}

    def covers(self, item: Instrument) -> bool:
        """Every instrument walks."""
        return True

    def begins(self, item: Instrument) -> int:
        """Twenty years before the anchor of the walk, for all."""
        return to_us(datetime(2004, 1, 2, 14, 30))

    def walk(self, item: Instrument) -> Walk:
        """The walk of an instrument; the months of a future share one."""
        name = f"{item.sec_type}:{item.symbol}:{item.currency}"
        found = self._walks.get(name)
        if found is None:
            found = self._walks[name] = Walk(self.seed, stable_id(name), item.price, item.volatility)
        return found

    def path(self, item: Instrument, times: Ints) -> Floats:
        """The middle price at `times`."""
        if item.sec_type == "CFD":
            return self._underlying(item, times)
        if not item.is_option:
            walk = self.walk(item)
            return walk.price(times) if len(times) != 1 else np.array([walk.at(int(times[0]))])
        return black_scholes(item, self._underlying(item, times), times)

    def bars(self, item: Instrument, starts: Ints, ends: Ints) -> Bars:
        """Bars of the path, sampled on a grid of minutes (of twelfths of the bar when it is shorter)."""
        if not len(starts):
            empty = np.empty(0)
            return Bars(empty, empty, empty, empty, np.empty(0, dtype=np.int64))
        longest = int((ends - starts).max())
        step = MINUTE_US if longest > MINUTE_US else max(longest // 12, 1)
        if longest >= 86400 * SECOND_US // 4 and len(starts) > 520:
            step = 15 * MINUTE_US
        counts = -(-(ends - starts) // step)
        offsets = np.concatenate(([0], np.cumsum(counts)[:-1]))
        within = np.arange(int(counts.sum())) - np.repeat(offsets, counts)
        times = np.repeat(starts, counts) + within * step
        prices = self.path(item, times)
        closes = self.path(item, ends - 1)
        opens = prices[offsets]
        highs = np.maximum(np.maximum.reduceat(prices, offsets), closes)
        lows = np.minimum(np.minimum.reduceat(prices, offsets), closes)
        unit = (hash_unit(starts, stable_id(item.local_symbol)) + 1.0) / 2.0
        volume = np.maximum((2000 + 6000 * unit) * (ends - starts) / MINUTE_US, 100).astype(np.int64)
        return Bars(opens, highs, lows, closes, volume)
