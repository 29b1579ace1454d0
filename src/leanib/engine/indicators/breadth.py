"""Breadth of a market: many securities, one number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.averages import ExponentialMovingAverage
from leanib.engine.indicators.base import IndicatorBase, TradeBarIndicator
from leanib.engine.indicators.composite import FunctionalIndicator, minus, of
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.statistics import Maximum, Minimum, safe_divide
from leanib.engine.market.bars import TradeBar
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar
    from leanib.engine.market.base_data import BaseData

__all__ = [
    "AdvanceDeclineDifference",
    "AdvanceDeclineIndicator",
    "AdvanceDeclineRatio",
    "AdvanceDeclineVolumeRatio",
    "ArmsIndex",
    "McClellanOscillator",
    "McClellanSummationIndex",
    "NewHighsNewLows",
    "NewHighsNewLowsVolume",
]


def _ratio(a: float, b: float) -> float:
    return a / b if b else a


class AdvanceDeclineIndicator(TradeBarIndicator):
    """Compares the securities that rose with those that fell (`Indicators/AdvanceDeclineIndicator.cs`)."""

    warm_up_period = 2

    def __init__(
        self, name: str, compute_sub: Callable[[list[Any]], float], compute_main: Callable[[float, float], float]
    ) -> None:
        self._compute_sub = compute_sub
        self._compute_main = compute_main
        self._current: dict[Symbol, Any] = {}
        super().__init__(name)

    def _start(self) -> None:
        self._previous: dict[Symbol, Any] = {}
        self._current = dict.fromkeys(self._current)
        self._period_time: datetime | None = None

    def add(self, asset: Symbol) -> None:
        """Count a security."""
        self._current.setdefault(asset)

    def remove(self, asset: Symbol) -> None:
        """Count a security no more."""
        self._current.pop(asset, None)

    add_stock = add
    remove_stock = remove

    @property
    def is_ready(self) -> bool:
        """Whether there is a period before."""
        return bool(self._previous)

    def _next(self, data: TradeBar | QuoteBar) -> float | None:
        self._enqueue(data)
        if not self._previous or any(bar is None for bar in self._current.values()):
            return None
        advances, declines = [], []
        for symbol, bar in self._current.items():
            last = self._previous.get(symbol)
            if last is not None and bar.close > last.close:
                advances.append(bar)
            elif last is not None and bar.close < last.close:
                declines.append(bar)
        return self._compute_main(self._compute_sub(advances), self._compute_sub(declines))

    def _enqueue(self, data: BaseData) -> None:
        if data.end_time == self._period_time:
            self._previous[data.symbol] = data
            return
        if self._period_time is not None and data.time > self._period_time:
            self._previous = dict(self._current)
            self._current = dict.fromkeys(self._current)
            self._period_time = data.time
        if data.symbol in self._current and self._period_time in (None, data.time):
            self._current[data.symbol] = data
            self._period_time = data.time


class AdvanceDeclineDifference(AdvanceDeclineIndicator):
    """Securities that rose less those that fell (`Indicators/AdvanceDeclineDifference.cs`)."""

    def __init__(self, name: str = "A/D Difference") -> None:
        super().__init__(name, len, lambda advance, decline: float(advance - decline))


class AdvanceDeclineRatio(AdvanceDeclineIndicator):
    """Securities that rose over those that fell (`Indicators/AdvanceDeclineRatio.cs`)."""

    def __init__(self, name: str = "A/D Ratio") -> None:
        super().__init__(name, len, _ratio)


class AdvanceDeclineVolumeRatio(AdvanceDeclineIndicator):
    """Volume of what rose over volume of what fell (`Indicators/AdvanceDeclineVolumeRatio.cs`)."""

    def __init__(self, name: str = "A/D Volume Rate") -> None:
        super().__init__(name, lambda bars: sum(bar.volume for bar in bars), _ratio)


class ArmsIndex(TradeBarIndicator):
    """TRIN: the advance/decline ratio over that of volume (`Indicators/ArmsIndex.cs`)."""

    title = "TRIN"
    warm_up_period = 2

    def __init__(self, name: str = "TRIN") -> None:
        self.ad_ratio = AdvanceDeclineRatio(name + "_A/D Ratio")
        self.adv_ratio = AdvanceDeclineVolumeRatio(name + "_A/D Volume Ratio")
        super().__init__(name)

    def _start(self) -> None:
        self._arms = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether both ratios are."""
        return self.ad_ratio.is_ready and self.adv_ratio.is_ready

    def add(self, asset: Symbol) -> None:
        """Count a security."""
        self.ad_ratio.add(asset)
        self.adv_ratio.add(asset)

    def remove(self, asset: Symbol) -> None:
        """Count a security no more."""
        self.ad_ratio.remove(asset)
        self.adv_ratio.remove(asset)

    add_stock = add
    remove_stock = remove

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self.ad_ratio.push(data)
        self.adv_ratio.push(data)
        self._arms = safe_divide(self.ad_ratio.current.value, self.adv_ratio.current.value)
        return self._arms


class McClellanOscillator(TradeBarIndicator):
    """A fast less a slow average of advances less declines (`Indicators/McClellanOscillator.cs`)."""

    title = "McClellanOscillator"

    def __init__(self, name: str, fast_period: int = 19, slow_period: int = 39) -> None:
        if fast_period > slow_period:
            raise ArgumentException("fast_period must be less than slow_period.")
        self.ad_difference = AdvanceDeclineDifference("ADD")
        self.ema_fast = of(ExponentialMovingAverage(f"EMA{fast_period}_Of_ADD", fast_period), self.ad_difference)
        self.ema_slow = of(ExponentialMovingAverage(f"EMA{slow_period}_Of_ADD", slow_period), self.ad_difference)
        self._average_delta = minus(self.ema_fast, self.ema_slow)
        self.warm_up_period = slow_period + 2
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the slow average is."""
        return self.ema_slow.is_ready

    def add(self, asset: Symbol) -> None:
        """Count a security."""
        self.ad_difference.add(asset)

    def remove(self, asset: Symbol) -> None:
        """Count a security no more."""
        self.ad_difference.remove(asset)

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self.ad_difference.push(data)
        return self._average_delta.current.value


class McClellanSummationIndex(TradeBarIndicator):
    """The running sum of the McClellan oscillator (`Indicators/McClellanSummationIndex.cs`)."""

    title = "McClellanSummationIndex"

    def __init__(self, name: str, fast_period: int = 19, slow_period: int = 39) -> None:
        self.mc_clellan_oscillator = McClellanOscillator("McClellanOscillator", fast_period, slow_period)
        self.mc_clellan_oscillator.updated += self._on_oscillator
        self.warm_up_period = self.mc_clellan_oscillator.warm_up_period
        super().__init__(name)

    def _start(self) -> None:
        self.summation = IndicatorDataPoint()

    def _on_oscillator(self, _: object, point: IndicatorDataPoint) -> None:
        if point.end_time != self.summation.time:
            self.summation.time = point.end_time
            self.summation.value += point.value

    @property
    def is_ready(self) -> bool:
        """Whether the oscillator is."""
        return self.mc_clellan_oscillator.is_ready

    def add(self, asset: Symbol) -> None:
        """Count a security."""
        self.mc_clellan_oscillator.add(asset)

    def remove(self, asset: Symbol) -> None:
        """Count a security no more."""
        self.mc_clellan_oscillator.remove(asset)

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self.mc_clellan_oscillator.push(data)
        return self.summation.value + self.mc_clellan_oscillator.current.value


class _TrackedAsset:
    """One security's bar of the period, and the extremes of the periods before."""

    def __init__(self, period: int) -> None:
        self.bar: Any = None
        self.high = Maximum("MAX", period)
        self.low = Minimum("MIN", period)

    @property
    def is_ready(self) -> bool:
        return self.high.is_ready and self.low.is_ready

    def reset(self) -> None:
        self.bar = None
        self.high.reset()
        self.low.reset()


class NewHighsNewLows(IndicatorBase):
    """Securities with a new high less those with a new low (`Indicators/NewHighsNewLows.cs`)."""

    title = "NH/NL({period})"

    def __init__(self, name: str, period: int) -> None:
        self._period = period
        self._assets: dict[Symbol, _TrackedAsset] = {}
        self._highs: list[Any] = []
        self._lows: list[Any] = []
        self.difference = FunctionalIndicator(
            f"{name}_Difference", lambda _: float(len(self._highs) - len(self._lows)), lambda _: self.is_ready
        )
        self.ratio = FunctionalIndicator(
            f"{name}_Ratio", lambda _: _ratio(float(len(self._highs)), len(self._lows)), lambda _: self.is_ready
        )
        self.warm_up_period = period + 1
        super().__init__(name)

    def _start(self) -> None:
        self._period_time: datetime | None = None
        for asset in self._assets.values():
            asset.reset()

    def add(self, asset: Symbol) -> None:
        """Count a security."""
        self._assets.setdefault(asset, _TrackedAsset(self._period))

    def remove(self, asset: Symbol) -> None:
        """Count a security no more."""
        self._assets.pop(asset, None)

    @property
    def is_ready(self) -> bool:
        """Whether the extremes of all securities are known."""
        return bool(self._assets) and all(asset.is_ready for asset in self._assets.values())

    def _next(self, data: TradeBar | QuoteBar) -> float | None:
        self._enqueue(data)
        assets = self._assets.values()
        if any(asset.bar is None for asset in assets) or not self.is_ready:
            return None
        self._highs = [asset.bar for asset in assets if asset.bar.high > asset.high.current.value]
        self._lows = [asset.bar for asset in assets if asset.bar.low < asset.low.current.value]
        self.difference.push(data)
        self.ratio.push(data)
        return self.difference.current.value

    def _enqueue(self, data: TradeBar | QuoteBar) -> None:
        own = self._assets.get(data.symbol)
        if data.end_time == self._period_time:
            if own is not None:
                self._settle(own, data)
            return
        if self._period_time is not None and data.time > self._period_time:
            for asset in self._assets.values():
                self._settle(asset, asset.bar)
                asset.bar = None
            self._period_time = data.time
        if own is not None and self._period_time in (None, data.time):
            own.bar = data
            self._period_time = data.time

    def _settle(self, asset: _TrackedAsset, bar: TradeBar | QuoteBar) -> None:
        if bar is not None and self._period_time is not None:
            asset.high.feed(self._period_time, bar.high)
            asset.low.feed(self._period_time, bar.low)


class NewHighsNewLowsVolume(NewHighsNewLows):
    """Volume of the securities with a new high over that of new lows (`Indicators/NewHighsNewLowsVolume.cs`)."""

    title = "NH/NL Volume({period})"
    input_type = TradeBar

    def __init__(self, name: str, period: int) -> None:
        self.volume_ratio = FunctionalIndicator(
            f"{name}_VolumeRatio",
            lambda _: _ratio(sum(bar.volume for bar in self._highs), sum(bar.volume for bar in self._lows)),
            lambda _: self.is_ready,
        )
        super().__init__(name, period)

    def _next(self, data: TradeBar | QuoteBar) -> float | None:
        if super()._next(data) is None:
            return None
        self.volume_ratio.push(data)
        return self.volume_ratio.current.value
