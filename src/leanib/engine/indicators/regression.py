"""Lines, trees and models fitted to a window of values."""

from __future__ import annotations

import math

import numpy as np

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.base import Indicator, WindowIndicator
from leanib.engine.indicators.composite import minus, plus, times
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import Identity, StandardDeviation

__all__ = [
    "HurstExponent",
    "LeastSquaresMovingAverage",
    "RegressionChannel",
    "TimeSeriesForecast",
]


def fit_line(newest_first: RollingWindow[float]) -> tuple[float, float]:
    """Intercept and slope of the least-squares line through values at 1, 2, 3 ..."""
    n = len(newest_first)
    values = list(newest_first)
    mean_x, mean_y = (n + 1) / 2, math.fsum(values) / n
    covariance = math.fsum((n - i - mean_x) * (value - mean_y) for i, value in enumerate(values))
    slope = covariance / (n * (n * n - 1) / 12)
    return mean_y - slope * mean_x, slope


class LeastSquaresMovingAverage(WindowIndicator):
    """The end of the line through the last values (`Indicators/LeastSquaresMovingAverage.cs`)."""

    title = "LSMA({period})"

    def __init__(self, name: str, period: int) -> None:
        self.intercept = Identity(name + "_Intercept")
        self.slope = Identity(name + "_Slope")
        super().__init__(name, period)

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        if not window.is_ready:
            return data.value
        intercept, slope = fit_line(window)
        self.intercept.feed(data.end_time, intercept)
        self.slope.feed(data.end_time, slope)
        return intercept + slope * self.period


class RegressionChannel(Indicator):
    """A regression line and `k` standard deviations around it (`Indicators/RegressionChannel.cs`)."""

    title = "RC({period},{k})"

    def __init__(self, name: str, period: int, k: float) -> None:
        self._deviation = StandardDeviation("STD", period)
        self.linear_regression = LeastSquaresMovingAverage(name + "_LinearRegression", period)
        self.lower_channel = minus(self.linear_regression, times(self._deviation, k), name + "_LowerChannel")
        self.upper_channel = plus(self.linear_regression, times(self._deviation, k), name + "_UpperChannel")
        self.warm_up_period = period
        super().__init__(name)

    @property
    def intercept(self) -> Identity:
        """The line's value before the window."""
        return self.linear_regression.intercept

    @property
    def slope(self) -> Identity:
        """The line's rise from one update to the next."""
        return self.linear_regression.slope

    @property
    def is_ready(self) -> bool:
        """Whether line and channel are."""
        return (
            self._deviation.is_ready
            and self.linear_regression.is_ready
            and self.upper_channel.is_ready
            and self.lower_channel.is_ready
        )

    def _next(self, data: IndicatorDataPoint) -> float:
        self._deviation.push(data)
        self.linear_regression.push(data)
        return self.linear_regression.current.value


class TimeSeriesForecast(WindowIndicator):
    """The line through the last values, one step ahead (`Indicators/TimeSeriesForecast.cs`)."""

    title = "TSF({period})"

    def __init__(self, name: str, period: int) -> None:
        if period < 2:
            raise ArgumentException("RollingWindow must have a size of at least 2.")
        super().__init__(name, period)

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        if not self.is_ready:
            return 0.0
        intercept, slope = fit_line(window)
        return intercept + slope * (self.period + 1)


class HurstExponent(Indicator):
    """Above 0.5 in a trend, below it in mean reversion (`Indicators/HurstExponent.cs`)."""

    title = "HE({period},{max_lag})"

    def __init__(self, name: str, period: int, max_lag: int = 20) -> None:
        if max_lag < 3:
            raise ArgumentException("The max_lag parameter must be greater than 2 to compute the Hurst Exponent.")
        self.warm_up_period = period
        self._prices: RollingWindow[float] = RollingWindow(period)
        self._lags = range(2, max_lag + 1)
        self._logs = np.log(np.array(self._lags, dtype=float))
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the window is full."""
        return self._prices.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        self._prices.add(data.value)
        if not self._prices.is_ready:
            return 0.0
        prices = np.array(list(self._prices))
        spreads = [float(np.std(prices[lag:] - prices[:-lag])) if lag < len(prices) else 0.0 for lag in self._lags]
        logs = np.array([math.log(spread) if spread else 0.0 for spread in spreads])
        x, n = self._logs, len(spreads)
        return float((n * (x @ logs) - x.sum() * logs.sum()) / (n * (x @ x) - x.sum() ** 2))
