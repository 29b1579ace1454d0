"""Consolidators by price or volume instead of time (Renko and range bars)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import TYPE_CHECKING, Any

from leanib.engine.consolidators.base import ConsolidatorBase
from leanib.engine.consolidators.renko_bars import (
    BarDirection,
    RangeBar,
    RenkoBar,
    RenkoType,
    VolumeRenkoBar,
    price_sum,
)
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.exchanges.symbol_properties import SymbolPropertiesDatabase
from leanib.engine.market.bars import TradeBar
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.tick import Tick
from leanib.engine.numbers import to_decimal, to_float
from leanib.engine.symbols import TickType

if TYPE_CHECKING:
    from leanib.engine.market import BaseData

__all__ = [
    "ClassicRangeConsolidator",
    "ClassicRenkoConsolidator",
    "DollarVolumeRenkoConsolidator",
    "RangeConsolidator",
    "RenkoConsolidator",
    "VolumeRenkoConsolidator",
    "WickedRenkoConsolidator",
]

Selector = Callable[[Any], float]


def _ceiling_multiple(price: float, step: float) -> float:
    """The first multiple of a step at or above a price."""
    size = to_decimal(step)
    return to_float((to_decimal(price) / size).to_integral_value(ROUND_CEILING) * size)


def _closest_multiple(price: float, step: float) -> float:
    """The multiple of a step nearest to a price, the even one of two."""
    value, size = to_decimal(price), to_decimal(step)
    whole = (value / size).to_integral_value(ROUND_FLOOR)
    return to_float(size * (whole + round((value - size * whole) / size)))


def _volume(data: Any) -> float:
    if isinstance(data, TradeBar):
        return data.volume
    return data.quantity if isinstance(data, Tick) else 0.0


class _Timeless(ConsolidatorBase):
    """Builds bars from a value and a volume of each data point (`BaseTimelessConsolidator.cs`)."""

    def __init__(self, selector: Selector | None = None, volume_selector: Selector | None = None) -> None:
        super().__init__()
        self._selector = selector or (lambda data: data.value)
        self._volume_selector = volume_selector or _volume
        self._bar: Any = None

    @property
    def working_data(self) -> Any:
        """A copy of the bar in the making, or None."""
        return None if self._bar is None else self._bar.clone()

    def update(self, data: BaseData) -> None:
        """Take in a data point."""
        value, volume = self._selector(data), self._volume_selector(data)
        if self._bar is not None:
            self._update_bar(data.time, value, volume)
        if self._bar is None:
            self._bar = self._new_bar(data, value, volume)

    def reset(self) -> None:
        """Forget the bar in the making."""
        super().reset()
        self._bar = None

    def _update_bar(self, time: datetime, value: float, volume: float) -> None:
        raise NotImplementedError

    def _new_bar(self, data: Any, value: float, volume: float) -> Any:
        raise NotImplementedError


class ClassicRenkoConsolidator(_Timeless):
    """Renko bars without wicks; with `even_bars` they start at multiples of the bar size.

    `ClassicRenkoConsolidator(bar_size, even_bars=True)` or
    `ClassicRenkoConsolidator(bar_size, selector, volume_selector=None, even_bars=True)`.
    """

    output_type = RenkoBar
    type = RenkoType.CLASSIC

    def __init__(
        self,
        bar_size: float,
        selector: Selector | bool | None = None,
        volume_selector: Selector | None = None,
        even_bars: bool = True,
    ) -> None:
        if isinstance(selector, bool):
            even_bars, selector = selector, None
        if bar_size <= 0:
            raise ArgumentException("RenkoConsolidator bar size must be positve and greater than 1e-28")
        super().__init__(selector, volume_selector)
        self._bar_size = float(bar_size)
        self._even_bars = even_bars
        self._last_close: float | None = None

    def reset(self) -> None:
        """Go back to the state before the first update."""
        super().reset()
        self._last_close = None

    def _update_bar(self, time: datetime, value: float, volume: float) -> None:
        bar = self._bar
        if bar.update(time, value, volume):
            self._last_close = bar.close
            self._emit(bar)
            self._bar = None

    def _new_bar(self, data: Any, value: float, volume: float) -> RenkoBar:
        start = value if self._last_close is None else self._last_close
        if self._even_bars and self._last_close is None:
            start = _ceiling_multiple(start, self._bar_size)
        bar = RenkoBar(data.symbol, data.time, data.time, self._bar_size, start, start, start, start)
        bar.volume = volume
        return bar


class RenkoConsolidator(ConsolidatorBase):
    """Renko bars with wicks (`RenkoConsolidator.cs`)."""

    output_type = RenkoBar
    type = RenkoType.WICKED

    def __init__(self, bar_size: float) -> None:
        if bar_size <= 0:
            raise ArgumentException("Renko consolidator BarSize must be strictly greater than zero")
        super().__init__()
        self._bar_size = float(bar_size)
        self._clear()

    def _clear(self) -> None:
        self._is_first = True
        self._last: RenkoBar | None = None
        self._symbol: Any = None
        self._open_on = self._close_on = NO_TIME
        self._open = self._high = self._low = 0.0

    @property
    def working_data(self) -> Any:
        """A copy of the last bar."""
        return None if self._last is None else self._last.clone()

    def reset(self) -> None:
        """Go back to the state before the first update."""
        super().reset()
        self._clear()

    def update(self, data: BaseData) -> None:
        """Take in a price."""
        rate, self._symbol = data.value, data.symbol
        self._close_on = data.time
        if self._is_first:
            self._is_first = False
            self._open_on = data.time
            self._open = self._high = self._low = _closest_multiple(rate, self._bar_size)
            return
        self._high, self._low = max(self._high, rate), min(self._low, rate)
        if rate > self._open:
            self._rise(rate)
        elif rate < self._open:
            self._fall(rate)

    def _rise(self, rate: float) -> None:
        if self._last is not None and self._last.direction is not BarDirection.RISING:
            limit = price_sum(self._last.open, self._bar_size)
            if rate <= limit:
                return
            self._brick(self._last.open, limit, self._low, limit)
            self._low = limit
        while rate > (limit := price_sum(self._open, self._bar_size)):
            self._brick(self._open, limit, self._low, limit)
            self._low = limit

    def _fall(self, rate: float) -> None:
        if self._last is not None and self._last.direction is not BarDirection.FALLING:
            limit = price_sum(self._last.open, -self._bar_size)
            if rate >= limit:
                return
            self._brick(self._last.open, self._high, limit, limit)
            self._high = limit
        while rate < (limit := price_sum(self._open, -self._bar_size)):
            self._brick(self._open, self._high, limit, limit)
            self._high = limit

    def _brick(self, open: float, high: float, low: float, close: float) -> None:
        bar = RenkoBar(self._symbol, self._open_on, self._close_on, self._bar_size, open, high, low, close)
        bar.type, bar.is_closed = RenkoType.WICKED, True
        self._last = bar
        self._emit(bar)
        self._open_on, self._open = self._close_on, close


class WickedRenkoConsolidator(RenkoConsolidator):
    """Another name of `RenkoConsolidator`."""


class VolumeRenkoConsolidator(ConsolidatorBase):
    """Bars of equal volume."""

    output_type = VolumeRenkoBar

    def __init__(self, bar_size: float) -> None:
        super().__init__()
        self._bar_size = float(bar_size)
        self._bar: VolumeRenkoBar | None = None

    @property
    def working_data(self) -> Any:
        """The bar in the making, or None."""
        return self._bar

    def update(self, data: BaseData) -> None:
        """Take in a trade bar or a trade tick."""
        close = data.value
        if isinstance(data, TradeBar):
            volume, first, high, low = data.volume, data.open, data.high, data.low
        elif isinstance(data, Tick):
            if data.tick_type is not TickType.TRADE:
                return
            volume, first, high, low = data.quantity, close, close, close
        else:
            raise TypeError(f"{type(self).__name__} must be used with TradeBar or Tick data.")
        if self._bar is None:
            self._bar = VolumeRenkoBar(data.symbol, data.time, data.end_time, self._bar_size, first, high, low, close)
        left = self._bar.update(data.end_time, high, low, close, self._adjusted(volume, close))
        while left >= 0:
            self._emit(self._bar)
            self._bar = self._bar.rollover()
            left = self._bar.update(data.end_time, high, low, close, left)

    def reset(self) -> None:
        """Forget the bar in the making."""
        super().reset()
        self._bar = None

    def _adjusted(self, volume: float, price: float) -> float:
        return volume


class DollarVolumeRenkoConsolidator(VolumeRenkoConsolidator):
    """Bars of equal turnover."""

    def _adjusted(self, volume: float, price: float) -> float:
        return volume * price


class RangeConsolidator(_Timeless):
    """Bars with a range of so many minimum price variations, with phantom bars over gaps."""

    output_type = RangeBar

    def __init__(self, range: int, selector: Selector | None = None, volume_selector: Selector | None = None) -> None:
        super().__init__(selector, volume_selector)
        self.range = int(range)
        self._clear()

    def _clear(self) -> None:
        self._is_first = True
        self._step = 0.0
        self.range_size = 0.0

    def reset(self) -> None:
        """Go back to the state before the first update."""
        super().reset()
        self._clear()

    def _update_bar(self, time: datetime, value: float, volume: float) -> None:
        rises = value > self._bar.high
        self._bar.update(time, value, volume)
        while self._bar.is_closed:
            bar = self._bar
            self._emit(bar)
            start = price_sum(bar.high, self._step) if rises else price_sum(bar.low, -self._step)
            self._bar = RangeBar(bar.symbol, bar.end_time, self.range_size, start)
            is_phantom = abs(price_sum(self._bar.low, -value)) > self.range_size
            self._bar.update(time, value, 0.0 if is_phantom else volume)

    def _new_bar(self, data: Any, value: float, volume: float) -> RangeBar:
        if self._is_first:
            self._is_first = False
            sid = data.symbol.id
            properties = SymbolPropertiesDatabase.from_data_folder().get_symbol_properties(
                sid.market, data.symbol, sid.security_type, "USD"
            )
            step = properties.minimum_price_variation_decimal
            self._step, self.range_size = float(step), float(step * self.range)
            value = _ceiling_multiple(value, self.range_size)
        return RangeBar(data.symbol, data.time, self.range_size, value, volume)


class ClassicRangeConsolidator(RangeConsolidator):
    """Bars with a range, without phantom bars."""

    def _update_bar(self, time: datetime, value: float, volume: float) -> None:
        self._bar.update(time, value, volume)
        if self._bar.is_closed:
            self._emit(self._bar)
            self._bar = None
