"""Ranges and volatility of bars."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leanib.engine.indicators.averages import ExponentialMovingAverage
from leanib.engine.indicators.base import BarIndicator, TradeBarIndicator
from leanib.engine.indicators.composite import of
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import Maximum, Minimum, SimpleMovingAverage, Sum, safe_divide

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar

__all__ = [
    "AverageRange",
    "AverageTrueRange",
    "ChandeKrollStop",
    "ChoppinessIndex",
    "MassIndex",
    "NormalizedAverageTrueRange",
    "RogersSatchellVolatility",
    "SuperTrend",
    "TrueRange",
]


class TrueRange(BarIndicator):
    """The bar's range, widened to the close before it (`Indicators/TrueRange.cs`)."""

    title = "TR"
    warm_up_period = 2

    def __init__(self, name: str = "TR") -> None:
        super().__init__(name)

    def _start(self) -> None:
        self._previous_close = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether there is a bar before."""
        return self.samples > 1

    def _next(self, data: TradeBar | QuoteBar) -> float:
        high, low, previous = data.high, data.low, self._previous_close
        self._previous_close = data.close
        if self.samples < 2:
            return high - low
        return max(high - low, abs(previous - high), abs(previous - low))


class AverageTrueRange(BarIndicator):
    """ATR: the average of the true range (`Indicators/AverageTrueRange.cs`)."""

    title = "ATR({period})"

    def __init__(
        self, name: str, period: int, moving_average_type: MovingAverageType = MovingAverageType.WILDERS
    ) -> None:
        self.warm_up_period = period
        self.true_range = TrueRange(name)
        self._average = moving_average_type.as_indicator(f"{name}_{moving_average_type}", period)
        self._smoother = of(self._average, self.true_range, False)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the average is."""
        return self._smoother.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self.true_range.push(data)
        return self._smoother.current.value


class NormalizedAverageTrueRange(BarIndicator):
    """The average true range in percent of the close (`Indicators/NormalizedAverageTrueRange.cs`)."""

    title = "NATR({period})"

    def __init__(self, name: str, period: int) -> None:
        self._period = period
        self._true_range = TrueRange(name + "_TR")
        self._average = AverageTrueRange(name + "_ATR", period, MovingAverageType.SIMPLE)
        self.warm_up_period = period + 1
        super().__init__(name)

    def _start(self) -> None:
        self._last = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether a period of true ranges came in."""
        return self.samples > self._period

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._true_range.push(data)
        if self.samples <= self._period + 1:
            self._average.push(data)
            self._last = self._average.current.value
        else:
            self._last = (self._last * (self._period - 1) + self._true_range.current.value) / self._period
        return safe_divide(self._last, data.close) * 100


class AverageRange(BarIndicator):
    """The average of high less low (`Indicators/AverageRange.cs`)."""

    title = "AR({period})"

    def __init__(self, name: str, period: int) -> None:
        self._sma = SimpleMovingAverage(name + "_SMA", period)
        self.warm_up_period = period
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the average is."""
        return self._sma.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._sma.feed(data.end_time, data.high - data.low)
        return self._sma.current.value


class ChoppinessIndex(BarIndicator):
    """How much the market goes sideways, from 0 to 100 (`Indicators/ChoppinessIndex.cs`)."""

    title = "CHOP({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = self._period = period
        self._true_range = TrueRange("TR")
        self._ranges: RollingWindow[float] = RollingWindow(period)
        self._highs: RollingWindow[float] = RollingWindow(period)
        self._lows: RollingWindow[float] = RollingWindow(period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self.samples >= self._period

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._true_range.push(data)
        self._highs.add(data.high)
        self._lows.add(data.low)
        self._ranges.add(self._true_range.current.value)
        if not self.is_ready:
            return 0.0
        whole = max(self._highs) - min(self._lows)
        if not whole:
            return 100.0
        return 100.0 * math.log10(math.fsum(self._ranges) / whole) / math.log10(self._period)


class RogersSatchellVolatility(BarIndicator):
    """A volatility that allows for drift (`Indicators/RogersSatchellVolatility.cs`)."""

    title = "RSV({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = self._period = period
        self._sum = Sum(name + "_Sum", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self.samples >= self._period

    def _next(self, data: TradeBar | QuoteBar) -> float:
        o, h, l, c = data.open, data.high, data.low, data.close  # noqa: E741
        if not (o and h and l and c):
            return 0.0
        self._sum.feed(data.end_time, math.log(h / c) * math.log(h / o) + math.log(l / c) * math.log(l / o))
        return math.sqrt(max(self._sum.current.value, 0.0) / self._period) if self.is_ready else 0.0


class MassIndex(TradeBarIndicator):
    """The sum of the ratio of an averaged range to its average (`Indicators/MassIndex.cs`)."""

    title = "MASS({ema_period},{sum_period})"

    def __init__(self, name: str, ema_period: int = 9, sum_period: int = 25) -> None:
        self._ema1 = ExponentialMovingAverage("EMA1", ema_period)
        self._ema2 = of(ExponentialMovingAverage("EMA2", ema_period), self._ema1)
        self._sum = Sum("SUM", sum_period)
        self.warm_up_period = 2 * (ema_period - 1) + sum_period
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the sum is."""
        return self._sum.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._ema1.feed(data.end_time, data.high - data.low)
        if self._ema2.is_ready:
            self._sum.feed(data.end_time, safe_divide(self._ema1.current.value, self._ema2.current.value))
        return self._sum.current.value if self._sum.is_ready else float(self._sum.period)


class ChandeKrollStop(BarIndicator):
    """Stops a multiple of the average true range from the extremes (`Indicators/ChandeKrollStop.cs`)."""

    title = "CKS({atr_period},{atr_mult},{period})"

    def __init__(
        self,
        name: str,
        atr_period: int,
        atr_mult: float,
        period: int,
        moving_average_type: MovingAverageType = MovingAverageType.WILDERS,
    ) -> None:
        self.warm_up_period: int = atr_period + period - 1
        self._atr = AverageTrueRange("ATR", atr_period, moving_average_type)
        self._multiple = float(atr_mult)
        self._maximum = Maximum("MAX", atr_period)
        self._minimum = Minimum("MIN", atr_period)
        self.long_stop = Minimum(name + "_Long", period)
        self.short_stop = Maximum(name + "_Short", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the warm-up period is over."""
        return self.samples >= self.warm_up_period

    def _next(self, data: TradeBar | QuoteBar) -> float:
        time = data.end_time
        self._atr.push(data)
        self._maximum.feed(time, data.high)
        self._minimum.feed(time, data.low)
        distance = self._atr.current.value * self._multiple
        self.short_stop.feed(time, self._maximum.current.value - distance)
        self.long_stop.feed(time, self._minimum.current.value + distance)
        return data.value


class SuperTrend(BarIndicator):
    """A trailing stop at a multiple of the average true range (`Indicators/SuperTrend.cs`)."""

    title = "SuperTrend({period},{multiplier})"

    def __init__(
        self,
        name: str,
        period: int,
        multiplier: float,
        moving_average_type: MovingAverageType = MovingAverageType.WILDERS,
    ) -> None:
        self.warm_up_period = period
        self._atr = AverageTrueRange("ATR", period, moving_average_type)
        self._multiplier = float(multiplier)
        super().__init__(name)

    def _start(self) -> None:
        self.basic_upper_band = self.basic_lower_band = 0.0
        self.current_trailing_upper_band = self.current_trailing_lower_band = 0.0
        self._previous_close = self._trend = 0.0
        self._previous_trend = -1.0

    @property
    def is_ready(self) -> bool:
        """Whether the average true range is."""
        return self._atr.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        ready, close = self._atr.push(data), data.close
        previous_close, self._previous_close = self._previous_close, close
        if not ready:
            return 0.0
        middle, distance = (data.high + data.low) / 2, self._multiplier * self._atr.current.value
        self.basic_lower_band, self.basic_upper_band = middle - distance, middle + distance
        last_lower, last_upper = self.current_trailing_lower_band, self.current_trailing_upper_band
        rises = self.basic_lower_band > last_lower or previous_close < last_lower
        falls = self.basic_upper_band < last_upper or previous_close > last_upper
        self.current_trailing_lower_band = self.basic_lower_band if rises else last_lower
        self.current_trailing_upper_band = self.basic_upper_band if falls else last_upper
        lower, upper = self.current_trailing_lower_band, self.current_trailing_upper_band
        if self._previous_trend in (-1, last_upper):
            self._trend = upper if close <= upper else lower
        elif self._previous_trend == last_lower:
            self._trend = lower if close >= lower else upper
        self._previous_trend = self._trend
        return self._trend
