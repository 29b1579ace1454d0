"""Moving averages that adapt their speed to the market."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.base import BarIndicator, WindowIndicator
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import Identity

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar

__all__ = [
    "ChandeMomentumOscillator",
    "FractalAdaptiveMovingAverage",
    "KaufmanAdaptiveMovingAverage",
    "KaufmanEfficiencyRatio",
    "MesaAdaptiveMovingAverage",
    "VariableIndexDynamicAverage",
]


class KaufmanEfficiencyRatio(WindowIndicator):
    """The way gone over the way walked (`Indicators/KaufmanEfficiencyRatio.cs`)."""

    title = "KER({period})"

    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period + 1)

    def _start(self) -> None:
        self._sum_roc1 = self._period_roc = self._trailing = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether a period of changes came in."""
        return self.samples >= self.period

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        value, samples = data.value, self.samples
        if samples > 1:
            if samples > self.period:
                self._sum_roc1 -= abs(self._trailing - window[self.period - 1])
            self._sum_roc1 += abs(value - window[1])
        if samples < self.period:
            return value
        self._trailing = window[self.period - 1]
        self._period_roc = value - self._trailing
        if self._sum_roc1 <= self._period_roc or self._sum_roc1 == 0:
            return 1.0
        return abs(self._period_roc / self._sum_roc1)


class KaufmanAdaptiveMovingAverage(KaufmanEfficiencyRatio):
    """Kaufman's average: fast in a trend, slow in noise (`Indicators/KaufmanAdaptiveMovingAverage.cs`)."""

    title = "KAMA({period},{fast_ema_period},{slow_ema_period})"

    def __init__(self, name: str, period: int, fast_ema_period: int = 2, slow_ema_period: int = 30) -> None:
        self._slow_factor = 2.0 / (slow_ema_period + 1)
        self._difference = 2.0 / (fast_ema_period + 1) - self._slow_factor
        super().__init__(name, period)

    def _start(self) -> None:
        super()._start()
        self._previous_kama = 0.0

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        ratio = super()._compute(window, data)
        if self.samples < self.period:
            return data.value
        if self.samples == self.period:
            self._previous_kama = window[1]
        smoothing = (ratio * self._difference + self._slow_factor) ** 2
        self._previous_kama += (data.value - self._previous_kama) * smoothing
        return self._previous_kama


class ChandeMomentumOscillator(WindowIndicator):
    """Gains less losses over their sum, smoothed (`Indicators/ChandeMomentumOscillator.cs`)."""

    title = "CMO({period})"

    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self.warm_up_period = period + 1

    def _start(self) -> None:
        self._previous_value = self._gain = self._loss = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether a period of changes came in."""
        return self.samples > self.period

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        if self.samples == 1:
            self._previous_value = data.value
            return 0.0
        difference = data.value - self._previous_value
        self._previous_value = data.value
        if self.samples > self.period + 1:
            self._loss *= self.period - 1
            self._gain *= self.period - 1
        if difference < 0:
            self._loss -= difference
        else:
            self._gain += difference
        if not self.is_ready:
            return 0.0
        self._loss /= self.period
        self._gain /= self.period
        total = self._gain + self._loss
        return 100.0 * ((self._gain - self._loss) / total) if total else 0.0


class VariableIndexDynamicAverage(WindowIndicator):
    """An exponential average sped up by Chande's momentum (`Indicators/VariableIndexDynamicAverage.cs`)."""

    title = "VIDYA({period})"

    def __init__(self, name: str, period: int) -> None:
        self._momentum = ChandeMomentumOscillator("CMO", period)
        self._factor = 2.0 / (period + 1)
        super().__init__(name, period)
        self.warm_up_period = period + 1

    def _start(self) -> None:
        self._average = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether a period of changes came in."""
        return self.samples > self.period

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        self._momentum.push(data)
        if not self.is_ready:
            self._average = data.value
            return 0.0
        speed = self._factor * abs(self._momentum.current.value / 100)
        self._average = data.value * speed + self._average * (1 - speed)
        return self._average


class FractalAdaptiveMovingAverage(BarIndicator):
    """Ehlers' FRAMA: the speed follows the fractal dimension (`Indicators/FractalAdaptiveMovingAverage.cs`)."""

    title = "FRAMA({period},{long_period})"

    def __init__(self, name: str, period: int, long_period: int = 198) -> None:
        if period % 2:
            raise ArgumentException(f"{name}: N must be even, N = {period}")
        self.warm_up_period = self._n = period
        self._w = math.log(2.0 / (1 + long_period))
        self._highs: RollingWindow[float] = RollingWindow(period)
        self._lows: RollingWindow[float] = RollingWindow(period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self._highs.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        price: float = (data.high + data.low) / 2
        self._highs.add(data.high)
        self._lows.add(data.low)
        if self._highs.samples <= self._n:
            return price
        alpha = min(max(math.exp(self._w * (self._dimension() - 1)), 0.01), 1.0)
        return alpha * price + (1 - alpha) * self.current.value

    def _dimension(self) -> float:
        half = self._n // 2
        highs, lows = list(self._highs), list(self._lows)
        first = (max(highs[:half]) - min(lows[:half])) / half
        second = (max(highs[half:]) - min(lows[half:])) / half
        whole = (max(highs) - min(lows)) / self._n
        if first + second <= 0 or whole <= 0:
            return 0.0
        return math.log((first + second) / whole) / math.log(2)


_SMALL, _LARGE = 0.0962, 0.5769


def _hilbert(value: float, history: RollingWindow[float], factor: float) -> float:
    """One step of the Hilbert transform's filter."""
    second, fourth, sixth = (history[i] or 0.0 for i in (1, 3, 5))
    return (_SMALL * value + _LARGE * second - _LARGE * fourth - _SMALL * sixth) * factor


class MesaAdaptiveMovingAverage(BarIndicator):
    """Ehlers' MAMA and FAMA: the speed follows the phase's rate of change (`MesaAdaptiveMovingAverage.cs`)."""

    title = "MAMA"
    warm_up_period = 33

    def __init__(self, name: str, fast_limit: float = 0.5, slow_limit: float = 0.05) -> None:
        self._fast_limit = fast_limit
        self._slow_limit = slow_limit
        self._prices: RollingWindow[float] = RollingWindow(13)
        self._smooth: RollingWindow[float] = RollingWindow(6)
        self._detrended: RollingWindow[float] = RollingWindow(6)
        self._in_phase: RollingWindow[float] = RollingWindow(6)
        self._quadrature: RollingWindow[float] = RollingWindow(6)
        self.fama = Identity(name + "_Fama")
        super().__init__(name)

    def _start(self) -> None:
        self._period = self._phase = self._mama = 0.0
        self._i2 = self._q2 = self._real = self._imaginary = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether 33 bars came in."""
        return self.samples >= self.warm_up_period

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._prices.add((data.high + data.low) / 2)
        if not self._prices.is_ready:
            return 0.0
        self._mama, fama = self._averages()
        self.fama.feed(data.end_time, fama)
        return self._mama if self.is_ready else 0.0

    def _averages(self) -> tuple[float, float]:
        prices, factor = self._prices, 0.075 * self._period + 0.54
        smooth = (4 * prices[0] + 3 * prices[1] + 2 * prices[2] + prices[3]) / 10
        detrended = _hilbert(smooth, self._smooth, factor)
        quadrature = _hilbert(detrended, self._detrended, factor)
        in_phase = self._detrended[2] or 0.0
        i2 = in_phase - _hilbert(quadrature, self._quadrature, factor)
        q2 = quadrature + _hilbert(in_phase, self._in_phase, factor)
        alpha = self._alpha(in_phase, quadrature, 0.2 * i2 + 0.8 * self._i2, 0.2 * q2 + 0.8 * self._q2)
        mama = alpha * prices[0] + (1 - alpha) * self._mama
        fama = 0.5 * alpha * mama + (1 - 0.5 * alpha) * self.fama.current.value
        self._smooth.add(smooth)
        self._detrended.add(detrended)
        self._in_phase.add(in_phase)
        self._quadrature.add(quadrature)
        return mama, fama

    def _alpha(self, in_phase: float, quadrature: float, i2: float, q2: float) -> float:
        self._real = 0.2 * (i2 * self._i2 + q2 * self._q2) + 0.8 * self._real
        self._imaginary = 0.2 * (i2 * self._q2 - q2 * self._i2) + 0.8 * self._imaginary
        self._i2, self._q2 = i2, q2
        self._period = self._next_period()
        phase = math.degrees(math.atan(quadrature / in_phase)) if in_phase else 0.0
        change = max(self._phase - phase, 1.0)
        self._phase = phase
        return max(self._fast_limit / change, self._slow_limit)

    def _next_period(self) -> float:
        period, previous = 0.0, self._period
        if self._imaginary and self._real:
            angle = math.degrees(math.atan(self._imaginary / self._real))
            period = 360.0 / angle if angle > 0 else 0.0
        period = max(min(period, 1.5 * previous), 0.67 * previous)
        period = min(max(period, 6.0), 50.0)
        return 0.2 * period + 0.8 * previous
