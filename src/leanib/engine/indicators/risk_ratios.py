"""Return against risk (`Indicators/{SharpeRatio,SortinoRatio,TargetDownsideDeviation,ValueAtRisk}.cs`)."""

from __future__ import annotations

import math

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.base import Indicator, IndicatorBase, WindowIndicator
from leanib.engine.indicators.composite import CompositeIndicator, minus, of, over
from leanib.engine.indicators.multi_symbol import interest_rate
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.rates import RateOfChange
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import Identity, SimpleMovingAverage, StandardDeviation

__all__ = ["SharpeRatio", "SortinoRatio", "TargetDownsideDeviation", "ValueAtRisk"]


class SharpeRatio(Indicator):
    """The mean excess return over its standard deviation; the rate is a number or a risk-free interest rate model."""

    title = "SR({period},{risk_free_rate})"

    def __init__(self, name: str, period: int, risk_free_rate: object = 0.0) -> None:
        self._period = period
        self._model = risk_free_rate
        self._rate_of_change = RateOfChange("ROC(1)", 1)
        self._risk_free_rate = Identity(name + "_RiskFreeRate")
        self._mean = of(SimpleMovingAverage("SMA", period), self._rate_of_change)
        self._numerator: CompositeIndicator = minus(self._mean, self._risk_free_rate)
        self._ratio = self._make_ratio(period)
        self.warm_up_period = 2 + period
        super().__init__(name)

    def _make_ratio(self, period: int) -> CompositeIndicator:
        return over(self._numerator, of(StandardDeviation("STD", period), self._rate_of_change))

    @property
    def is_ready(self) -> bool:
        """Whether a period of returns is known."""
        return self._ratio.samples > self._period

    def _next(self, data: IndicatorDataPoint) -> float:
        self._risk_free_rate.feed(data.end_time, interest_rate(self._model, data.end_time))
        self._rate_of_change.push(data)
        return self._ratio.current.value


class TargetDownsideDeviation(Indicator):
    """The root mean square of the returns below a minimum."""

    title = "TDD({period},{minimum_acceptable_return})"

    def __init__(self, name: str, period: int, minimum_acceptable_return: float = 0.0) -> None:
        self._minimum = minimum_acceptable_return
        self._rate_of_change = RateOfChange("ROC(1)", 1)
        self._rate_of_change.window.size = period
        self.warm_up_period: int = period + 1
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the warm-up period is over."""
        return self.samples >= self.warm_up_period

    def _next(self, data: IndicatorDataPoint) -> float:
        self._rate_of_change.push(data)
        returns = [point.value for point in self._rate_of_change.window]
        return math.sqrt(math.fsum(min(0.0, value - self._minimum) ** 2 for value in returns) / len(returns))


class SortinoRatio(SharpeRatio):
    """The mean excess return over the downside deviation."""

    title = "SORTINO({period},{minimum_acceptable_return})"

    def __init__(self, name: str, period: int, minimum_acceptable_return: float = 0.0) -> None:
        self._downside: IndicatorBase = TargetDownsideDeviation(name + "_TDD", period, minimum_acceptable_return)
        super().__init__(name, period, minimum_acceptable_return)

    def _make_ratio(self, period: int) -> CompositeIndicator:
        return over(self._numerator, self._downside)

    def _next(self, data: IndicatorDataPoint) -> float:
        self._downside.push(data)
        return super()._next(data)


class ValueAtRisk(WindowIndicator):
    """The return that a normal distribution stays above with the confidence level."""

    title = "VaR({period}, {confidence_level})"

    def __init__(self, name: str, period: int, confidence_level: float) -> None:
        if period < 3:
            raise ArgumentException(
                f"Period parameter for ValueAtRisk indicator must be greater than 2 but was {period}"
            )
        from statistics import NormalDist  # with fractions and their patterns: for this one indicator

        self._tail = NormalDist().inv_cdf(1 - confidence_level)
        self._rate_of_change = RateOfChange("ROC(1)", 1)
        self._returns: RollingWindow[float] = RollingWindow(period)
        super().__init__(name, period)

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        self._rate_of_change.push(data)
        self._returns.add(self._rate_of_change.current.value)
        n = len(self._returns)
        if n < 2:
            return 0.0
        mean = math.fsum(self._returns) / n
        variance = math.fsum((value - mean) ** 2 for value in self._returns) / (n - 1)
        return mean + math.sqrt(variance) * self._tail
