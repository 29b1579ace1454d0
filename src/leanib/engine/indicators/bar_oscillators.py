"""Oscillators of bars."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leanib.engine.indicators.averages import ExponentialMovingAverage
from leanib.engine.indicators.base import BarIndicator, Indicator
from leanib.engine.indicators.composite import FunctionalIndicator, of
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import Maximum, MeanAbsoluteDeviation, Minimum, Sum, safe_divide
from leanib.engine.indicators.volatility import TrueRange

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar
    from leanib.engine.market.base_data import BaseData

__all__ = [
    "AwesomeOscillator",
    "BalanceOfPower",
    "CommodityChannelIndex",
    "DeMarkerIndicator",
    "FisherTransform",
    "InternalBarStrength",
    "PremierStochasticOscillator",
    "RelativeVigorIndex",
    "RelativeVigorIndexSignal",
    "Stochastic",
    "UltimateOscillator",
    "WilliamsPercentR",
]


class Stochastic(BarIndicator):
    """Where the close stands in the range: fast %K, slow %K and %D, in percent (`Indicators/Stochastic.cs`)."""

    title = "STO({period},{k_period},{d_period})"

    def __init__(self, name: str, period: int, k_period: int, d_period: int) -> None:
        self._maximum = Maximum(name + "_Max", period)
        self._minimum = Minimum(name + "_Min", period)
        self._sum_fast_k = Sum(name + "_SumFastK", k_period)
        self._sum_slow_k = Sum(name + "_SumD", d_period)
        self.fast_stoch = FunctionalIndicator(name + "_FastStoch", self._fast, lambda _: self._maximum.is_ready)
        self.stoch_k = FunctionalIndicator(name + "_StochK", self._slow, lambda _: self._sum_fast_k.is_ready)
        self.stoch_d = FunctionalIndicator(
            name + "_StochD", lambda _: 100 * _mean(self._sum_slow_k), lambda _: self._sum_slow_k.is_ready
        )
        self.warm_up_period = period + k_period + d_period - 2
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether all three are."""
        return self.fast_stoch.is_ready and self.stoch_k.is_ready and self.stoch_d.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._maximum.feed(data.end_time, data.high)
        self._minimum.feed(data.end_time, data.low)
        self.fast_stoch.push(data)
        self.stoch_k.push(data)
        self.stoch_d.push(data)
        return self.fast_stoch.current.value

    def _fast(self, data: TradeBar | QuoteBar) -> float:
        lowest = self._minimum.current.value
        span = self._maximum.current.value - lowest
        if not self._maximum.is_ready or not span:
            return 0.0
        position = (data.close - lowest) / span
        self._sum_fast_k.feed(data.end_time, position)
        return position * 100

    def _slow(self, data: BaseData) -> float:
        value = _mean(self._sum_fast_k)
        if self._sum_fast_k.is_ready:
            self._sum_slow_k.feed(data.end_time, value)
        return value * 100


def _mean(total: Sum) -> float:
    return total.current.value / total.period if total.is_ready else 0.0


class PremierStochasticOscillator(BarIndicator):
    """A doubly smoothed stochastic between -1 and 1 (`Indicators/PremierStochasticOscillator.cs`)."""

    title = "PSO({period},{ema_period})"

    def __init__(self, name: str, period: int, ema_period: int) -> None:
        self._stochastic = Stochastic(name, period, period, period)
        self._first = ExponentialMovingAverage("EMA1", ema_period)
        self._second = of(ExponentialMovingAverage("EMA2", ema_period), self._first)
        self.warm_up_period = period + 2 * (ema_period - 1)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the second average is."""
        return self._second.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._stochastic.push(data)
        fast = self._stochastic.fast_stoch
        if not fast.is_ready:
            return 0.0
        self._first.feed(data.end_time, 0.1 * (fast.current.value - 50))
        if not self._second.is_ready:
            return 0.0
        growth = math.exp(self._second.current.value)
        return (growth - 1) / (growth + 1)


class WilliamsPercentR(BarIndicator):
    """How far the close is below the highest high, in percent of the range (`Indicators/WilliamsPercentR.cs`)."""

    title = "WILR({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = period
        self.maximum = Maximum(name + "_Max", period)
        self.minimum = Minimum(name + "_Min", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self.maximum.is_ready and self.minimum.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self.minimum.feed(data.end_time, data.low)
        self.maximum.feed(data.end_time, data.high)
        if not self.is_ready:
            return 0.0
        highest = self.maximum.current.value
        return safe_divide(-100.0 * (highest - data.close), highest - self.minimum.current.value)


class UltimateOscillator(BarIndicator):
    """Buying pressure over true range at three lengths (`Indicators/UltimateOscillator.cs`)."""

    title = "ULTOSC({period1},{period2},{period3})"

    def __init__(self, name: str, period1: int, period2: int, period3: int) -> None:
        self._period = max(period1, period2, period3)
        self._true_range = TrueRange(name + "_TR")
        self._pressure1 = Sum(name + "_BP1", period1)
        self._pressure2 = Sum(name + "_BP2", period2)
        self._pressure3 = Sum(name + "_BP3", period3)
        self._range1 = Sum(name + "_TR1", period1)
        self._range2 = Sum(name + "_TR2", period2)
        self._range3 = Sum(name + "_TR3", period3)
        self.warm_up_period = self._period + 1
        super().__init__(name)

    def _start(self) -> None:
        self._last_close = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether the longest period is full."""
        return self.samples > self._period

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._true_range.push(data)
        last, self._last_close = self._last_close, data.close
        if self.samples == 1:
            return 50.0
        pressures = (self._pressure1, self._pressure2, self._pressure3)
        ranges = (self._range1, self._range2, self._range3)
        for pressure, span in zip(pressures, ranges, strict=True):
            pressure.feed(data.end_time, data.close - min(data.low, last))
            span.push(self._true_range.current)
        if not self.is_ready:
            return 50.0
        if any(span.current.value == 0 for span in ranges):
            return self.current.value
        first, second, third = (p.current.value / r.current.value for p, r in zip(pressures, ranges, strict=True))
        return 100.0 * (4 * first + 2 * second + third) / 7


class CommodityChannelIndex(BarIndicator):
    """The typical price's distance from its average in mean deviations (`Indicators/CommodityChannelIndex.cs`)."""

    title = "CCI({period})"

    def __init__(
        self, name: str, period: int, moving_average_type: MovingAverageType = MovingAverageType.SIMPLE
    ) -> None:
        self.warm_up_period = period
        self.moving_average_type = moving_average_type
        self.typical_price_average = moving_average_type.as_indicator(name + "_TypicalPriceAvg", period)
        self.typical_price_mean_deviation = MeanAbsoluteDeviation(name + "_TypicalPriceMAD", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether average and deviation are."""
        return self.typical_price_average.is_ready and self.typical_price_mean_deviation.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        price = (data.high + data.low + data.close) / 3.0
        self.typical_price_average.feed(data.end_time, price)
        self.typical_price_mean_deviation.feed(data.end_time, price)
        unit = 0.015 * self.typical_price_mean_deviation.current.value
        return safe_divide(price - self.typical_price_average.current.value, unit)


class AwesomeOscillator(BarIndicator):
    """A fast less a slow average of the bars' middle (`Indicators/AwesomeOscillator.cs`)."""

    title = "AO({fast_period},{slow_period},{type})"

    def __init__(
        self, name: str, fast_period: int, slow_period: int, type: MovingAverageType = MovingAverageType.SIMPLE
    ) -> None:
        self.slow_ao = type.as_indicator(name + "_Slow", slow_period)
        self.fast_ao = type.as_indicator(name + "_Fast", fast_period)
        self.warm_up_period = max(slow_period, fast_period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether both averages are."""
        return self.slow_ao.is_ready and self.fast_ao.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        middle = (data.high + data.low) / 2
        self.slow_ao.feed(data.end_time, middle)
        self.fast_ao.feed(data.end_time, middle)
        return self.fast_ao.current.value - self.slow_ao.current.value if self.is_ready else 0.0


class BalanceOfPower(BarIndicator):
    """Close less open over high less low (`Indicators/BalanceOfPower.cs`)."""

    title = "BOP"
    warm_up_period = 1

    def __init__(self, name: str = "BOP") -> None:
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a bar came in."""
        return self.samples > 0

    def _next(self, data: TradeBar | QuoteBar) -> float:
        span = data.high - data.low
        return (data.close - data.open) / span if span > 0 else 0.0


class InternalBarStrength(BarIndicator):
    """Where the close stands in the bar, from 0 to 1 (`Indicators/InternalBarStrength.cs`)."""

    title = "IBS()"
    warm_up_period = 1

    def __init__(self, name: str = "IBS()") -> None:
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a bar came in."""
        return self.samples > 0

    def _next(self, data: TradeBar | QuoteBar) -> float:
        return safe_divide(data.close - data.low, data.high - data.low, 0.5)


class DeMarkerIndicator(BarIndicator):
    """Rises of the high over rises of the high and falls of the low (`Indicators/DeMarkerIndicator.cs`)."""

    title = "DEM({period},{type})"

    def __init__(self, name: str, period: int, type: MovingAverageType = MovingAverageType.SIMPLE) -> None:
        self.warm_up_period = period
        self._max_average = type.as_indicator(name + "_Max", period)
        self._min_average = type.as_indicator(name + "_Min", period)
        super().__init__(name)

    def _start(self) -> None:
        self._high = self._low = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether both averages are."""
        return self._max_average.is_ready and self._min_average.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        first = self.samples == 1
        self._max_average.feed(data.end_time, 0.0 if first else max(data.high - self._high, 0.0))
        self._min_average.feed(data.end_time, 0.0 if first else max(self._low - data.low, 0.0))
        self._high, self._low = data.high, data.low
        rise, total = self._max_average.current.value, self._max_average + self._min_average
        return rise / total if self.is_ready and total > 0 else 0.0


class FisherTransform(BarIndicator):
    """The price's place in its range, stretched to a normal distribution (`Indicators/FisherTransform.cs`)."""

    title = "FISH({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = period
        self._maximum = Maximum("MedianMax", period)
        self._minimum = Minimum("MedianMin", period)
        super().__init__(name)

    def _start(self) -> None:
        self._last = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self._maximum.is_ready and self._minimum.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        price = (data.low + data.high) / 2.0
        self._minimum.feed(data.end_time, price)
        self._maximum.feed(data.end_time, price)
        if not self.is_ready:
            return 0.0
        lowest, highest = self._minimum.current.value, self._maximum.current.value
        x = y = 0.0
        if lowest != highest:
            x = 0.33 * 2 * ((price - lowest) / (highest - lowest) - 0.5) + (1 - 0.33) * self._last
            bounded = min(max(x, -0.999), 0.999)
            y = 0.5 * math.log((1.0 + bounded) / (1.0 - bounded))
        self._last = x
        return y + 0.5 * self.current.value


class RelativeVigorIndexSignal(Indicator):
    """The signal line of `RelativeVigorIndex` (`Indicators/RelativeVigorIndexSignal.cs`)."""

    title = "RVI_S"
    warm_up_period = 3

    def __init__(self, name: str) -> None:
        self._values: RollingWindow[float] = RollingWindow(3)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether three values came in."""
        return self._values.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        values, result = self._values, 0.0
        if values.is_ready:
            result = (data.value + 2 * (values[0] + values[1]) + values[2]) / 6
        values.add(data.value)
        return result


class RelativeVigorIndex(BarIndicator):
    """Bodies over ranges, smoothed (`Indicators/RelativeVigorIndex.cs`)."""

    title = "RVI({period},{type})"

    def __init__(self, name: str, period: int, type: MovingAverageType = MovingAverageType.SIMPLE) -> None:
        self.close_band = type.as_indicator("_closingBand", period)
        self.range_band = type.as_indicator("_rangeBand", period)
        self.signal = RelativeVigorIndexSignal(f"{name}_S")
        self._bodies: RollingWindow[float] = RollingWindow(4)
        self._ranges: RollingWindow[float] = RollingWindow(4)
        self.warm_up_period = period + 3
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether both averages are."""
        return self.close_band.is_ready and self.range_band.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._bodies.add(data.close - data.open)
        self._ranges.add(data.high - data.low)
        if not self._bodies.is_ready:
            return 0.0
        self.close_band.feed(data.end_time, _smooth(self._bodies))
        self.range_band.feed(data.end_time, _smooth(self._ranges))
        if not self.is_ready:
            return 0.0
        value = safe_divide(self.close_band.current.value, self.range_band.current.value)
        self.signal.feed(data.end_time, value)
        return value


def _smooth(window: RollingWindow[float]) -> float:
    return (window[0] + 2 * (window[1] + window[2]) + window[3]) / 6.0
