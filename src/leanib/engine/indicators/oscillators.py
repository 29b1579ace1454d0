"""Oscillators of values."""

from __future__ import annotations

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.averages import ExponentialMovingAverage
from leanib.engine.indicators.base import Indicator
from leanib.engine.indicators.composite import of, over, times
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import Delay, Identity, Maximum, Minimum, SimpleMovingAverage

__all__ = [
    "AbsolutePriceOscillator",
    "ConnorsRelativeStrengthIndex",
    "DerivativeOscillator",
    "DetrendedPriceOscillator",
    "MovingAverageConvergenceDivergence",
    "PercentagePriceOscillator",
    "RelativeStrengthIndex",
    "SchaffTrendCycle",
    "StochasticRelativeStrengthIndex",
    "TrueStrengthIndex",
]


class MovingAverageConvergenceDivergence(Indicator):
    """MACD: a fast less a slow average, with signal line and histogram (`MovingAverageConvergenceDivergence.cs`)."""

    title = "MACD({fast_period},{slow_period},{signal_period})"

    def __init__(
        self,
        name: str,
        fast_period: int,
        slow_period: int,
        signal_period: int,
        type: MovingAverageType = MovingAverageType.EXPONENTIAL,
    ) -> None:
        if fast_period >= slow_period:
            raise ArgumentException("MovingAverageConvergenceDivergence: fast_period must be less than slow_period")
        self.fast = type.as_indicator(name + "_Fast", fast_period)
        self.slow = type.as_indicator(name + "_Slow", slow_period)
        self.signal = type.as_indicator(name + "_Signal", signal_period)
        self.histogram = Identity(name + "_Histogram")
        self.warm_up_period = slow_period + signal_period - 1
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the signal line is."""
        return self.signal.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        fast_ready, slow_ready = self.fast.push(data), self.slow.push(data)
        macd = self.fast.current.value - self.slow.current.value
        if fast_ready and slow_ready and self.signal.feed(data.end_time, macd):
            self.histogram.feed(data.end_time, macd - self.signal.current.value)
        return macd


class AbsolutePriceOscillator(MovingAverageConvergenceDivergence):
    """A fast less a slow average (`Indicators/AbsolutePriceOscillator.cs`)."""

    title = "APO({fast_period},{slow_period})"

    def __init__(
        self,
        name: str,
        fast_period: int,
        slow_period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
    ) -> None:
        super().__init__(name, fast_period, slow_period, slow_period, moving_average_type)


class PercentagePriceOscillator(AbsolutePriceOscillator):
    """A fast less a slow average, in percent of the slow (`Indicators/PercentagePriceOscillator.cs`)."""

    title = "PPO({fast_period},{slow_period})"

    def _next(self, data: IndicatorDataPoint) -> float:
        value, slow = super()._next(data), self.slow.current.value
        return 100 * value / slow if slow else 0.0


class RelativeStrengthIndex(Indicator):
    """RSI: the average gain against the average loss, from 0 to 100 (`Indicators/RelativeStrengthIndex.cs`)."""

    title = "RSI({period})"

    def __init__(
        self, name: str, period: int, moving_average_type: MovingAverageType = MovingAverageType.WILDERS
    ) -> None:
        self.moving_average_type = moving_average_type
        self.average_gain = moving_average_type.as_indicator(name + "Up", period)
        self.average_loss = moving_average_type.as_indicator(name + "Down", period)
        self.warm_up_period = period + 1
        super().__init__(name)

    def _start(self) -> None:
        self._last: float | None = None

    @property
    def is_ready(self) -> bool:
        """Whether both averages are."""
        return self.average_gain.is_ready and self.average_loss.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        value, time = data.value, data.time
        if self._last is not None:
            change = value - self._last
            self.average_gain.feed(time, max(change, 0.0))
            self.average_loss.feed(time, max(-change, 0.0))
        self._last = value
        loss = max(self.average_loss.current.value, 0.0)
        gain = max(self.average_gain.current.value, 0.0)
        if round(loss, 10) == 0:
            return 100.0
        return 100.0 - 100.0 / (1 + gain / loss)


class ConnorsRelativeStrengthIndex(Indicator):
    """The mean of an RSI, an RSI of streaks and the rank of the change (`ConnorsRelativeStrengthIndex.cs`)."""

    title = "CRSI({rsi_period},{rsi_period_streak},{look_back_period})"

    def __init__(self, name: str, rsi_period: int, rsi_period_streak: int, look_back_period: int) -> None:
        self._rsi = RelativeStrengthIndex("RSI", rsi_period)
        self._streak_rsi = RelativeStrengthIndex("SRSI", rsi_period_streak)
        self._changes: RollingWindow[float] = RollingWindow(look_back_period)
        self.warm_up_period = max(look_back_period, rsi_period + 1, rsi_period_streak + 1)
        super().__init__(name)

    def _start(self) -> None:
        self._streak = 0
        self._last: float | None = None

    @property
    def is_ready(self) -> bool:
        """Whether all three parts are."""
        return self._rsi.is_ready and self._streak_rsi.is_ready and self._changes.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        self._rsi.push(data)
        self._count_streak(data.value)
        self._streak_rsi.feed(data.end_time, self._streak)
        last, self._last = self._last, data.value
        if not last:
            self._changes.add(0.0)
            return 0.0
        change, rank = (data.value - last) / last, 0.0
        if self._changes.is_ready:
            rank = 100.0 * sum(1 for other in self._changes if other < change) / len(self._changes)
        self._changes.add(change)
        return (self._rsi.current.value + self._streak_rsi.current.value + rank) / 3 if self.is_ready else 0.0

    def _count_streak(self, value: float) -> None:
        if self._last is None or value == self._last:
            return
        step = 1 if value > self._last else -1
        self._streak = self._streak + step if self._streak * step > 0 else step


class StochasticRelativeStrengthIndex(Indicator):
    """Where the RSI stands between its extremes, smoothed as K and D (`StochasticRelativeStrengthIndex.cs`)."""

    title = "SRSI({rsi_period},{stoch_period},{k_smoothing_period},{d_smoothing_period},{moving_average_type})"

    def __init__(
        self,
        name: str,
        rsi_period: int,
        stoch_period: int,
        k_smoothing_period: int,
        d_smoothing_period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
    ) -> None:
        self._rsi = RelativeStrengthIndex("RSI", rsi_period)
        self._recent: RollingWindow[float] = RollingWindow(stoch_period)
        self.k = moving_average_type.as_indicator(f"{name}_K_{moving_average_type}", k_smoothing_period)
        self.d = moving_average_type.as_indicator(f"{name}_D_{moving_average_type}", d_smoothing_period)
        self.warm_up_period: int = rsi_period + stoch_period + max(k_smoothing_period, d_smoothing_period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the warm-up period is over."""
        return self.samples >= self.warm_up_period

    def _next(self, data: IndicatorDataPoint) -> float:
        self._rsi.push(data)
        rsi = self._rsi.current.value
        self._recent.add(rsi)
        if not self._recent.is_ready:
            return 0.0
        recent = list(self._recent)
        highest, lowest = max(recent), min(recent)
        self.k.feed(data.end_time, 100 * (rsi - lowest) / (highest - lowest) if highest != lowest else 100.0)
        self.d.feed(data.end_time, self.k.current.value)
        return data.value


class DerivativeOscillator(Indicator):
    """A doubly smoothed RSI less its signal line (`Indicators/DerivativeOscillator.cs`)."""

    title = "DO({rsi_period},{smoothing_rsi_period},{double_smoothing_rsi_period},{signal_line_period})"

    def __init__(
        self,
        name: str,
        rsi_period: int,
        smoothing_rsi_period: int,
        double_smoothing_rsi_period: int,
        signal_line_period: int,
    ) -> None:
        self._rsi = RelativeStrengthIndex(f"{name}_RSI", rsi_period)
        self._smoothed = of(ExponentialMovingAverage(f"{name}_SmoothedRSI", smoothing_rsi_period), self._rsi)
        self._double_smoothed = of(
            ExponentialMovingAverage(f"{name}_DoubleSmoothedRSI", double_smoothing_rsi_period), self._smoothed
        )
        self._signal = of(SimpleMovingAverage(f"{name}_SignalLine", signal_line_period), self._double_smoothed)
        self.warm_up_period = rsi_period + smoothing_rsi_period + double_smoothing_rsi_period + signal_line_period - 2
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the signal line is."""
        return self._signal.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        self._rsi.push(data)
        return self._double_smoothed.current.value - self._signal.current.value if self.is_ready else 0.0


class DetrendedPriceOscillator(Indicator):
    """The value of half a period ago less the average (`Indicators/DetrendedPriceOscillator.cs`)."""

    title = "DPO({period})"

    def __init__(self, name: str, period: int) -> None:
        self._lag = Delay("DELAY", period // 2 + 1)
        self._sma = SimpleMovingAverage("SMA", period)
        self.warm_up_period = period
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the average and the lag are."""
        return self._sma.is_ready and self._lag.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        self._lag.push(data)
        self._sma.push(data)
        return self._lag.current.value - self._sma.current.value


class TrueStrengthIndex(Indicator):
    """Doubly smoothed change over doubly smoothed absolute change, in percent (`Indicators/TrueStrengthIndex.cs`)."""

    title = "TSI({long_term_period},{short_term_period},{signal_period})"

    def __init__(
        self,
        name: str,
        long_term_period: int = 25,
        short_term_period: int = 13,
        signal_period: int = 7,
        signal_type: MovingAverageType = MovingAverageType.EXPONENTIAL,
    ) -> None:
        self._change = ExponentialMovingAverage(name + "_PC_EMA", long_term_period)
        self._absolute = ExponentialMovingAverage(name + "_APC_EMA", long_term_period)
        self._change2 = of(ExponentialMovingAverage(name + "_PC_EMA_EMA", short_term_period), self._change)
        self._absolute2 = of(ExponentialMovingAverage(name + "_APC_EMA_EMA", short_term_period), self._absolute)
        self._tsi = times(over(self._change2, self._absolute2), 100.0)
        self.signal = of(signal_type.as_indicator(name + "_Signal", signal_period), self._tsi)
        self.warm_up_period: int = long_term_period + short_term_period
        super().__init__(name)

    def _start(self) -> None:
        self._previous_close = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether the warm-up period is over."""
        return self.samples >= self.warm_up_period

    def _next(self, data: IndicatorDataPoint) -> float:
        change = data.value - self._previous_close
        self._previous_close = data.value
        if self.samples == 1:
            return 0.0
        self._change.feed(data.end_time, change)
        self._absolute.feed(data.end_time, abs(change))
        return self._tsi.current.value


def _position(value: float, highest: float, lowest: float) -> float:
    """Where a value stands between two others, in percent."""
    return (value - lowest) / (highest - lowest) * 100 if highest > lowest else 0.0


class SchaffTrendCycle(Indicator):
    """A stochastic of a stochastic of a MACD (`Indicators/SchaffTrendCycle.cs`)."""

    title = "SchaffTrendCycle({cycle_period},{fast_period},{slow_period})"

    def __init__(
        self,
        name: str,
        cycle_period: int = 10,
        fast_period: int = 23,
        slow_period: int = 50,
        type: MovingAverageType = MovingAverageType.EXPONENTIAL,
    ) -> None:
        self._macd = MovingAverageConvergenceDivergence(name + "_MACD", fast_period, slow_period, cycle_period, type)
        self._maximum = of(Maximum("MAX", cycle_period), self._macd, False)
        self._minimum = of(Minimum("MIN", cycle_period), self._macd, False)
        self._k = Identity(name + "_K")
        self._d = of(type.as_indicator(name + "_D", 3), self._k, False)
        self._maximum_d = of(Maximum("MAXD", cycle_period), self._d, False)
        self._minimum_d = of(Minimum("MIND", cycle_period), self._d, False)
        self._pf = Identity(name + "_PF")
        self._pff = of(type.as_indicator(name + "_PFF", 3), self._pf, False)
        self.warm_up_period = self._macd.warm_up_period
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the MACD is."""
        return self._macd.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        time = data.end_time
        self._macd.push(data)
        self._k.feed(
            time, _position(self._macd.current.value, self._maximum.current.value, self._minimum.current.value)
        )
        self._pf.feed(
            time, _position(self._d.current.value, self._maximum_d.current.value, self._minimum_d.current.value)
        )
        return self._pff.current.value
