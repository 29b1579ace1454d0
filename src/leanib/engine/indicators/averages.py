"""Moving averages."""

from __future__ import annotations

import math
from collections.abc import Iterator

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.ahead import LooksAhead
from leanib.engine.indicators.base import Indicator, WindowIndicator
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import Delay, SimpleMovingAverage, Sum, safe_divide

__all__ = [
    "ArnaudLegouxMovingAverage",
    "DoubleExponentialMovingAverage",
    "ExponentialMovingAverage",
    "HullMovingAverage",
    "LinearWeightedMovingAverage",
    "McGinleyDynamic",
    "RelativeMovingAverage",
    "T3MovingAverage",
    "TriangularMovingAverage",
    "TripleExponentialMovingAverage",
    "WilderMovingAverage",
    "ZeroLagExponentialMovingAverage",
]


class ExponentialMovingAverage(Indicator, LooksAhead):
    """An average whose weights fall exponentially; it starts from the simple mean of the first `period` values.

    The smoothing factor is 2 / (1 + period) unless it is given (`Indicators/ExponentialMovingAverage.cs`).
    """

    title = "EMA({period})"

    def __init__(self, name: str, period: int, smoothing_factor: float | None = None) -> None:
        self.warm_up_period = self._period = period
        self._k = self.smoothing_factor_default(period) if smoothing_factor is None else float(smoothing_factor)
        self._is_default = smoothing_factor is None
        self._initial_value = SimpleMovingAverage("SMA", period)
        super().__init__(name)

    @staticmethod
    def smoothing_factor_default(period: int) -> float:
        """The smoothing factor that goes with a period."""
        return 2.0 / (1 + period)

    @property
    def is_ready(self) -> bool:
        """Whether a period of values came in."""
        return self.samples >= self._period

    def _next(self, data: IndicatorDataPoint) -> float:
        if self.samples > self._period:
            current = self.current.value
            return current + (data.value - current) * self._k
        self._initial_value.push(data)
        return self._initial_value.current.value if self.samples == self._period else 0.0

    def look_ahead(self, values: list[float]) -> Iterator[float]:
        """The averages after some values, once it is ready."""
        if self.samples < self._period:
            return
        current, factor = self.current.value, self._k
        for value in values:
            current = current + (value - current) * factor
            yield current


class WilderMovingAverage(Indicator):
    """An exponential average with the factor 1 / period (`Indicators/WilderMovingAverage.cs`)."""

    title = "WWMA{period}"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = self._period = period
        self._k = 1.0 / period
        self._sma = SimpleMovingAverage(name + "_SMA", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of values came in."""
        return self.samples >= self._period

    def _next(self, data: IndicatorDataPoint) -> float:
        if self.samples < self._period:
            self._sma.push(data)
            return self._sma.current.value
        current = self.current.value
        return current + (data.value - current) * self._k


class LinearWeightedMovingAverage(WindowIndicator):
    """The newest value weighs `period`, the oldest 1 (`Indicators/LinearWeightedMovingAverage.cs`)."""

    title = "LWMA({period})"

    def _start(self) -> None:
        self._denominator = self.period * (self.period + 1) // 2

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        if not self.is_ready:
            return 0.0
        return math.fsum((self.period - i) * value for i, value in enumerate(window)) / self._denominator


class DoubleExponentialMovingAverage(Indicator):
    """Twice the exponential average less the average's average (`Indicators/DoubleExponentialMovingAverage.cs`)."""

    title = "DEMA({period})"

    def __init__(self, name: str, period: int, volume_factor: float = 1.0) -> None:
        self._period = period
        self._volume_factor = float(volume_factor)
        self._ema1 = ExponentialMovingAverage(name + "_1", period)
        self._ema2 = ExponentialMovingAverage(name + "_2", period)
        self.warm_up_period = 1 + 2 * (period - 1)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether both averages have settled."""
        return self.samples > 2 * (self._period - 1)

    def _next(self, data: IndicatorDataPoint) -> float:
        if not self._ema1.push(data):
            return self._ema1.current.value
        self._ema2.push(self._ema1.current)
        factor = self._volume_factor
        return (factor + 1) * self._ema1.current.value - factor * self._ema2.current.value


class TripleExponentialMovingAverage(Indicator):
    """3 EMA - 3 EMA(EMA) + EMA(EMA(EMA)) (`Indicators/TripleExponentialMovingAverage.cs`)."""

    title = "TEMA({period})"

    def __init__(self, name: str, period: int) -> None:
        self._ema1 = ExponentialMovingAverage(name + "_1", period)
        self._ema2 = ExponentialMovingAverage(name + "_2", period)
        self._ema3 = ExponentialMovingAverage(name + "_3", period)
        self.warm_up_period = 3 * (period - 1) + 1
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the last of the three averages is ready."""
        return self._ema3.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        if self._ema1.push(data) and self._ema2.push(self._ema1.current):
            self._ema3.push(self._ema2.current)
        if not self.is_ready:
            return 0.0
        return 3.0 * self._ema1.current.value - 3.0 * self._ema2.current.value + self._ema3.current.value


class TriangularMovingAverage(Indicator):
    """A simple average of a simple average (`Indicators/TriangularMovingAverage.cs`)."""

    title = "TRIMA({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = self._period = period
        self._sma1 = SimpleMovingAverage(name + "_1", (period + 1) // 2)
        self._sma2 = SimpleMovingAverage(name + "_2", period // 2 + 1)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of values came in."""
        return self.samples >= self._period

    def _next(self, data: IndicatorDataPoint) -> float:
        self._sma1.push(data)
        self._sma2.push(self._sma1.current)
        return self._sma2.current.value


class T3MovingAverage(Indicator):
    """Tillson's T3: three generalized double exponential averages in a row (`Indicators/T3MovingAverage.cs`)."""

    title = "T3({period},{volume_factor})"

    def __init__(self, name: str, period: int, volume_factor: float = 0.7) -> None:
        self._period = period
        self._gd1 = DoubleExponentialMovingAverage(name + "_1", period, volume_factor)
        self._gd2 = DoubleExponentialMovingAverage(name + "_2", period, volume_factor)
        self._gd3 = DoubleExponentialMovingAverage(name + "_3", period, volume_factor)
        self.warm_up_period = 1 + 6 * (period - 1)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the last of the three averages has settled."""
        return self.samples > 6 * (self._period - 1)

    def _next(self, data: IndicatorDataPoint) -> float:
        if not self._gd1.push(data):
            return self._gd1.current.value
        if not self._gd2.push(self._gd1.current):
            return self._gd2.current.value
        self._gd3.push(self._gd2.current)
        return self._gd3.current.value


class HullMovingAverage(Indicator):
    """A weighted average of 2 WMA(period / 2) - WMA(period) (`Indicators/HullMovingAverage.cs`)."""

    title = "HMA({period})"

    def __init__(self, name: str, period: int) -> None:
        if period < 2:
            raise ArgumentException("The Hull Moving Average period should be greater or equal to 2")
        root = round(math.sqrt(period))
        self._slow = LinearWeightedMovingAverage("SLOW", period)
        self._fast = LinearWeightedMovingAverage("FAST", round(period / 2))
        self._hull = LinearWeightedMovingAverage("HULL", root)
        self.warm_up_period = period + root - 1
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the outer average is."""
        return self._hull.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        self._fast.push(data)
        self._slow.push(data)
        if self._fast.is_ready and self._slow.is_ready:
            self._hull.feed(data.end_time, 2 * self._fast.current.value - self._slow.current.value)
        return self._hull.current.value


class ArnaudLegouxMovingAverage(WindowIndicator):
    """Weights in the form of a bell around `offset` of the window (`Indicators/ArnaudLegouxMovingAverage.cs`)."""

    title = "ALMA({period},{sigma},{offset})"

    def __init__(self, name: str, period: int, sigma: int = 6, offset: float = 0.85) -> None:
        if not 0 <= offset <= 1:
            raise ArgumentException(f"Offset parameter range is [0,1]. Value: {offset}")
        middle = math.floor(offset * (period - 1))
        width = period / sigma
        bell = [math.exp(-((i - middle) ** 2) / (2 * width * width)) for i in range(period)]
        total = sum(bell)
        self._weights = [weight / total for weight in reversed(bell)]
        super().__init__(name, period)

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        if not self.is_ready:
            return data.value
        return math.fsum(value * weight for value, weight in zip(window, self._weights, strict=True))


class ZeroLagExponentialMovingAverage(Indicator):
    """An exponential average of the value and its gain over half a period (`ZeroLagExponentialMovingAverage.cs`)."""

    title = "ZLEMA({period})"

    def __init__(self, name: str, period: int) -> None:
        self.period = period
        self._ema = ExponentialMovingAverage(name + "_EMA", period)
        self._delayed = Delay("DELAY", round((period - 1) / 2))
        self.warm_up_period = period + period // 2
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the delayed value and the average are."""
        return self._delayed.is_ready and self._ema.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        if not self._delayed.push(data):
            return 0.0
        self._ema.feed(data.end_time, data.value + (data.value - self._delayed.current.value))
        return self._ema.current.value


class McGinleyDynamic(Indicator):
    """An average that speeds up and slows down with the market (`Indicators/McGinleyDynamic.cs`)."""

    title = "MGD({period})"

    def __init__(self, name: str, period: int) -> None:
        if period == 0:
            raise ArgumentException("Period can not be zero")
        self.warm_up_period = self.period = period
        self._sum = Sum(name + "_Sum", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of values came in."""
        return self._sum.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        if self.samples <= self.period:
            self._sum.push(data)
        if not self.is_ready:
            return 0.0
        if self.samples == self.period:
            return self._sum.current.value / self.period
        current = self.current.value
        if not current or not data.value:
            return current
        return current + safe_divide(data.value - current, self.period * (data.value / current) ** 4)


class RelativeMovingAverage(Indicator):
    """SMA(3 periods) - SMA(2 periods) + SMA(period) (`Indicators/RelativeMovingAverage.cs`)."""

    title = "RMA({period})"

    def __init__(self, name: str, period: int) -> None:
        self.short_average = SimpleMovingAverage(name + "_Short", period)
        self.medium_average = SimpleMovingAverage(name + "_Medium", period * 2)
        self.long_average = SimpleMovingAverage(name + "_Long", period * 3)
        self.warm_up_period = period * 3
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the longest average is."""
        return self.long_average.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        self.short_average.push(data)
        self.medium_average.push(data)
        self.long_average.push(data)
        return self.long_average.current.value - self.medium_average.current.value + self.short_average.current.value
