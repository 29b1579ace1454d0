"""Which moving average an indicator uses inside (`Indicators/MovingAverageType{,Extensions}.cs`)."""

from __future__ import annotations

from collections.abc import Callable

from leanib.engine.indicators import averages as a
from leanib.engine.indicators.adaptive_averages import KaufmanAdaptiveMovingAverage
from leanib.engine.indicators.base import Indicator
from leanib.engine.indicators.statistics import SimpleMovingAverage
from leanib.engine.naming import LeanEnum

__all__ = ["MovingAverageType"]


class MovingAverageType(LeanEnum):
    """The kinds of moving average."""

    SIMPLE = 0
    EXPONENTIAL = 1
    WILDERS = 2
    LINEAR_WEIGHTED_MOVING_AVERAGE = 3
    DOUBLE_EXPONENTIAL = 4
    TRIPLE_EXPONENTIAL = 5
    TRIANGULAR = 6
    T3 = 7
    KAMA = 8
    HULL = 9
    ALMA = 10
    ZLEMA = 11
    MGD = 12

    @property
    def lean_name(self) -> str:
        """.NET's name of the member."""
        return "MGD" if self is MovingAverageType.MGD else super().lean_name

    def as_indicator(self, name: str, period: int) -> Indicator:
        """A moving average of this kind."""
        return _CLASSES[self](name, period)


_CLASSES: dict[MovingAverageType, Callable[[str, int], Indicator]] = {
    MovingAverageType.SIMPLE: SimpleMovingAverage,
    MovingAverageType.EXPONENTIAL: a.ExponentialMovingAverage,
    MovingAverageType.WILDERS: a.WilderMovingAverage,
    MovingAverageType.LINEAR_WEIGHTED_MOVING_AVERAGE: a.LinearWeightedMovingAverage,
    MovingAverageType.DOUBLE_EXPONENTIAL: a.DoubleExponentialMovingAverage,
    MovingAverageType.TRIPLE_EXPONENTIAL: a.TripleExponentialMovingAverage,
    MovingAverageType.TRIANGULAR: a.TriangularMovingAverage,
    MovingAverageType.T3: a.T3MovingAverage,
    MovingAverageType.KAMA: KaufmanAdaptiveMovingAverage,
    MovingAverageType.HULL: a.HullMovingAverage,
    MovingAverageType.ALMA: a.ArnaudLegouxMovingAverage,
    MovingAverageType.ZLEMA: a.ZeroLagExponentialMovingAverage,
    MovingAverageType.MGD: a.McGinleyDynamic,
}
