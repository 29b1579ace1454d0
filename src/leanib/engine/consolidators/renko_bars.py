"""Bars by price or volume (`Common/Data/Market/{RenkoBar,VolumeRenkoBar,RangeBar}.cs`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from leanib.engine.market.bars import ONE_MINUTE, TradeBar
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.volumes import add_volumes
from leanib.engine.naming import LeanEnum

if TYPE_CHECKING:
    from leanib.engine.symbols import Symbol

__all__ = ["BarDirection", "RangeBar", "RenkoBar", "RenkoType", "VolumeRenkoBar", "price_sum"]


def price_sum(price: float, step: float) -> float:
    """A price and a step, without the dust of binary fractions: 100.1 + 0.1 is 100.2."""
    return round(price + step, 10)


class RenkoType(LeanEnum):
    """With bodies only, or with wicks."""

    CLASSIC = 0
    WICKED = 1


class BarDirection(LeanEnum):
    """Where a bar went."""

    RISING = 0
    NO_DELTA = 1
    FALLING = 2


class _Brick(TradeBar):
    """A trade bar of a given height or volume."""

    __slots__ = ("brick_size", "is_closed", "type")

    def __init__(
        self, symbol: Symbol | None, start: datetime, end_time: datetime, brick_size: float, *prices: float
    ) -> None:
        first, high, low, close = prices
        super().__init__(start, symbol, first, high, low, close, 0.0, ONE_MINUTE)
        self.end_time = end_time
        self.brick_size = brick_size
        self.is_closed = False
        self.type = RenkoType.CLASSIC

    @property
    def start(self) -> datetime:
        """When the bar began."""
        return self.time


class RenkoBar(_Brick):
    """A bar as high as the brick size."""

    __slots__ = ()

    @property
    def direction(self) -> BarDirection:
        """Up, down or neither."""
        if self.open < self.close:
            return BarDirection.RISING
        return BarDirection.FALLING if self.open > self.close else BarDirection.NO_DELTA

    @property
    def spread(self) -> float:
        """The height of the body."""
        return abs(self.close - self.open)

    @property
    def end(self) -> datetime:
        """Another name of `end_time`."""
        return self.end_time

    def update(self, time: datetime, current_value: float, volume: float, *_: float) -> bool:  # type: ignore[override]
        """Take in a price; returns whether the bar is closed."""
        if self.is_closed:
            return True
        self.end_time = time
        lowest, highest = price_sum(self.open, -self.brick_size), price_sum(self.open, self.brick_size)
        self.value = min(highest, max(lowest, current_value))
        self.volume = add_volumes(self.volume, volume)
        self.is_closed = not lowest < current_value < highest
        self.high = max(self.high, self.value)
        self.low = min(self.low, self.value)
        return self.is_closed


class VolumeRenkoBar(_Brick):
    """A bar with as much volume as the brick size."""

    __slots__ = ()

    def update(self, time: datetime, high: float, low: float, close: float, volume: float, *_: float) -> float:  # type: ignore[override]
        """Take in prices and volume; returns the volume that is too much for this bar, negative while not full."""
        self.end_time = time
        volume = add_volumes(self.volume, volume)
        excess = add_volumes(volume, -self.brick_size)
        self.volume = min(volume, self.brick_size)
        self.is_closed = self.volume >= self.brick_size
        self.value = close
        self.high = max(self.high, high)
        self.low = min(self.low, low)
        return excess

    def rollover(self) -> VolumeRenkoBar:
        """The next bar, which starts where and when this one ended."""
        end, close = self.end_time, self.close
        return VolumeRenkoBar(self.symbol, end, end, self.brick_size, close, close, close, close)


class RangeBar(TradeBar):
    """A bar whose high and low are a range apart."""

    __slots__ = ("is_closed", "range_size")

    def __init__(
        self, symbol: Symbol | None, end_time: datetime, range_size: float, open: float, volume: float = 0.0
    ) -> None:
        super().__init__(NO_TIME, symbol, open, open, open, open, volume)
        self.end_time = end_time
        self.range_size = range_size
        self.is_closed = False

    def update(self, time: datetime, current_value: float, volume: float, *_: float) -> None:  # type: ignore[override]
        """Take in a price; the bar closes when the range is left."""
        self.end_time = time
        if current_value < self.low:
            if price_sum(self.high, -current_value) > self.range_size:
                self.is_closed = True
                self.low = self.value = price_sum(self.high, -self.range_size)
                return
            self.low = current_value
        elif current_value > self.high:
            if price_sum(current_value, -self.low) > self.range_size:
                self.is_closed = True
                self.high = self.value = price_sum(self.low, self.range_size)
                return
            self.high = current_value
        self.volume = add_volumes(self.volume, volume)
