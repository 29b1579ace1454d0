"""Indicators of indicators, by the names that algorithms use (`Indicators/IndicatorExtensions.cs`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from leanib.engine.indicators import composite
from leanib.engine.indicators.averages import ExponentialMovingAverage
from leanib.engine.indicators.base import IndicatorBase
from leanib.engine.indicators.composite import CompositeIndicator
from leanib.engine.indicators.python_indicator import as_indicator
from leanib.engine.indicators.statistics import Maximum, Minimum, SimpleMovingAverage
from leanib.engine.naming import LeanObject, also_named

__all__ = ["IndicatorExtensions"]


class IndicatorExtensions(LeanObject):
    """Chains and combines indicators; every argument may also be an indicator of the user's own."""

    @staticmethod
    def update(indicator: object, time: datetime, value: float) -> bool:
        """`indicator.update(time, value)`."""
        return as_indicator(indicator).update(time, value)

    @staticmethod
    def of(second: object, first: object, wait_for_first_to_ready: bool = True) -> Any:
        """Feed `second` with the values of `first`; returns `second`."""
        return composite.of(as_indicator(second), as_indicator(first), wait_for_first_to_ready)

    @staticmethod
    def weighted_by(value: object, weight: object, period: int) -> CompositeIndicator:
        """The mean of the last values of one indicator, weighted by those of another."""
        return composite.weighted_by(as_indicator(value), as_indicator(weight), period)

    @staticmethod
    @also_named(constant="right")
    def plus(left: object, right: object, name: str | None = None) -> CompositeIndicator:
        """The sum of two indicators, or of an indicator and a number."""
        return composite.plus(as_indicator(left), _operand(right), name)

    @staticmethod
    @also_named(constant="right")
    def minus(left: object, right: object, name: str | None = None) -> CompositeIndicator:
        """The difference of two indicators, or of an indicator and a number."""
        return composite.minus(as_indicator(left), _operand(right), name)

    @staticmethod
    @also_named(constant="right")
    def times(left: object, right: object, name: str | None = None) -> CompositeIndicator:
        """The product of two indicators, or of an indicator and a number."""
        return composite.times(as_indicator(left), _operand(right), name)

    @staticmethod
    @also_named(constant="right")
    def over(left: object, right: object, name: str | None = None) -> CompositeIndicator:
        """The quotient of two indicators, or of an indicator and a number."""
        return composite.over(as_indicator(left), _operand(right), name)

    @staticmethod
    def sma(left: object, period: int, wait_for_first_to_ready: bool = True) -> SimpleMovingAverage:
        """The simple moving average of an indicator."""
        first = as_indicator(left)
        return composite.of(SimpleMovingAverage(f"SMA{period}_Of_{first.name}", period), first, wait_for_first_to_ready)

    @staticmethod
    def ema(
        left: object, period: int, smoothing_factor: float | None = None, wait_for_first_to_ready: bool = True
    ) -> ExponentialMovingAverage:
        """The exponential moving average of an indicator."""
        first = as_indicator(left)
        average = ExponentialMovingAverage(f"EMA{period}_Of_{first.name}", period, smoothing_factor)
        return composite.of(average, first, wait_for_first_to_ready)

    @staticmethod
    def max(left: object, period: int, wait_for_first_to_ready: bool = True) -> Maximum:
        """The maximum of an indicator."""
        first = as_indicator(left)
        return composite.of(Maximum(f"MAX{period}_Of_{first.name}", period), first, wait_for_first_to_ready)

    @staticmethod
    def min(left: object, period: int, wait_for_first_to_ready: bool = True) -> Minimum:
        """The minimum of an indicator."""
        first = as_indicator(left)
        return composite.of(Minimum(f"MIN{period}_Of_{first.name}", period), first, wait_for_first_to_ready)

    SMA = sma
    EMA = ema
    MAX = max
    MIN = min


def _operand(value: object) -> IndicatorBase | float:
    return float(value) if isinstance(value, (int, float)) else as_indicator(value)
