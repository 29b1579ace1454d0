"""Sums, spreads and extremes over a window of values."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.ahead import LooksAhead
from leanib.engine.indicators.base import BarIndicator, Indicator, WindowIndicator
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.running_sum import RunningSum

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar

__all__ = [
    "Delay",
    "Identity",
    "Maximum",
    "MeanAbsoluteDeviation",
    "MidPoint",
    "MidPrice",
    "Minimum",
    "SimpleMovingAverage",
    "StandardDeviation",
    "Sum",
    "Variance",
    "WindowIdentity",
    "safe_divide",
]


def safe_divide(numerator: float, denominator: float, otherwise: float = 0.0) -> float:
    """`Extensions.SafeDivision`: the quotient, or what to answer for a division by zero."""
    return numerator / denominator if denominator else otherwise


class Identity(Indicator):
    """The value itself (`Indicators/Identity.cs`)."""

    title = "Identity"
    warm_up_period = 1

    def __init__(self, name: str = "") -> None:
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a value came in."""
        return self.samples > 0

    def _next(self, data: IndicatorDataPoint) -> float:
        return data.value


class Line(Identity):
    """A value that another indicator computes for it, ready when that one says so."""

    def __init__(self, name: str, ready: Callable[[], bool]) -> None:
        self._ready = ready
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """What its owner says."""
        return self._ready()


class WindowIdentity(WindowIndicator):
    """The value itself, ready after `period` of them (`Indicators/WindowIdentity.cs`)."""

    title = "WIN-ID{period}"

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        return data.value


class Delay(WindowIndicator):
    """The value of `period` updates ago (`Indicators/Delay.cs`)."""

    title = "DELAY({period})"

    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self.warm_up_period = period + 1

    @property
    def is_ready(self) -> bool:
        """Whether a value has left the window."""
        return self.samples > self.period

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        return trailing_value(window)


def trailing_value(window: RollingWindow[float]) -> float:
    """The value of `size` updates ago, or the oldest there is."""
    return window[len(window) - 1] if window.samples <= window.size else window.most_recently_removed


class Sum(Indicator):
    """The sum of the last `period` values (`Indicators/Sum.cs`)."""

    title = "SUM({period})"

    def __init__(self, name: str, period: int) -> None:
        self.period = self.warm_up_period = period
        super().__init__(name)

    def _start(self) -> None:
        self._sum = RunningSum(self.period)

    @property
    def is_ready(self) -> bool:
        """Whether a period of values came in."""
        return self.samples >= self.period

    def _next(self, data: IndicatorDataPoint) -> float:
        self._sum.add(data.value)
        return self._sum.total


class Variance(Indicator):
    """The population variance of the last `period` values (`Indicators/Variance.cs`).

    The sums are kept of the distances from a base near the values, refreshed once a period, so that float keeps the
    digits that LEAN's decimal keeps.
    """

    title = "VAR({period})"

    def __init__(self, name: str, period: int) -> None:
        if period < 1:
            raise ArgumentException("RollingWindow must have a size of at least 1.")
        self.period = self.warm_up_period = period
        super().__init__(name)

    def _start(self) -> None:
        self._values: deque[float] = deque()
        self._base = self._sum = self._squares = 0.0
        self._run = 0

    @property
    def is_ready(self) -> bool:
        """Whether a period of values came in."""
        return self.samples >= self.period

    def _next(self, data: IndicatorDataPoint) -> float:
        value, values = data.value, self._values
        self._run = self._run + 1 if values and values[-1] == value else 1
        values.append(value)
        removed = values.popleft() if len(values) > self.period else None
        if self.samples == 1 or not self.samples % self.period:
            self._rebase(values)
        else:
            self._include(value, removed)
        count = len(values)
        if self._run >= count:
            return 0.0
        mean = self._sum / count
        return max(0.0, self._squares / count - mean * mean)

    def _include(self, value: float, removed: float | None) -> None:
        distance = value - self._base
        self._sum += distance
        self._squares += distance * distance
        if removed is not None:
            distance = removed - self._base
            self._sum -= distance
            self._squares -= distance * distance

    def _rebase(self, values: deque[float]) -> None:
        self._base = values[-1]
        distances = [value - self._base for value in values]
        self._sum = math.fsum(distances)
        self._squares = math.fsum(distance * distance for distance in distances)


class StandardDeviation(Variance):
    """The population standard deviation of the last `period` values (`Indicators/StandardDeviation.cs`)."""

    title = "STD({period})"

    def _next(self, data: IndicatorDataPoint) -> float:
        return math.sqrt(super()._next(data))


class MeanAbsoluteDeviation(WindowIndicator):
    """The mean distance from the mean (`Indicators/MeanAbsoluteDeviation.cs`)."""

    title = "MAD({period})"

    def __init__(self, name: str, period: int) -> None:
        self.mean = SimpleMovingAverage(f"{name}_Mean", period)
        super().__init__(name, period)

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        self.mean.push(data)
        if self.samples < 2:
            return 0.0
        mean = self.mean.current.value
        return math.fsum(abs(value - mean) for value in window) / len(window)


class SimpleMovingAverage(Indicator, LooksAhead):
    """The mean of the last `period` values (`Indicators/SimpleMovingAverage.cs`)."""

    title = "SMA({period})"
    changing = ("_sum",)

    def __init__(self, name: str, period: int) -> None:
        if period < 1:
            raise ArgumentException("RollingWindow must have a size of at least 1.")
        self.period = self.warm_up_period = period
        self._rolling_sum: Sum | None = None
        super().__init__(name)

    def _start(self) -> None:
        self._sum = RunningSum(self.period)

    @property
    def rolling_sum(self) -> Sum:
        """The sum of the same values; followed from when it is first asked for."""
        if self._rolling_sum is None:
            self._rolling_sum = Sum(f"{self.name}_Sum", self.period)
            for value in self._sum.values:
                self._rolling_sum.feed(self.current.time, value)
        return self._rolling_sum

    @property
    def is_ready(self) -> bool:
        """Whether a period of values came in."""
        return self.samples >= self.period

    def _next(self, data: IndicatorDataPoint) -> float:
        self._sum.add(data.value)
        if self._rolling_sum is not None:
            self._rolling_sum.push(data)
        return self._sum.mean

    def look_ahead(self, values: list[float]) -> Iterator[float]:
        """The means after some values."""
        return iter(()) if self._rolling_sum is not None else self._sum.means_after(values)

    def catch_up(self, values: list[float]) -> None:
        """Take them in."""
        self._sum.extend(values)


class Maximum(WindowIndicator):
    """The highest of the last `period` values (`Indicators/Maximum.cs`)."""

    title = "MAX({period})"

    def _start(self) -> None:
        self.periods_since_maximum = 0

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        value = data.value
        if self.samples == 1 or value >= self.current.value:
            self.periods_since_maximum = 0
            return value
        if self.periods_since_maximum >= self.period - 1:
            values = list(window)
            highest = max(values)
            self.periods_since_maximum = values.index(highest)
            return highest
        self.periods_since_maximum += 1
        return self.current.value


class Minimum(WindowIndicator):
    """The lowest of the last `period` values (`Indicators/Minimum.cs`)."""

    title = "MIN({period})"

    def _start(self) -> None:
        self.periods_since_minimum = 0

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        value = data.value
        if self.samples == 1 or value <= self.current.value:
            self.periods_since_minimum = 0
            return value
        if self.periods_since_minimum >= self.period - 1:
            values = list(window)
            lowest = min(values)
            self.periods_since_minimum = values.index(lowest)
            return lowest
        self.periods_since_minimum += 1
        return self.current.value


class MidPoint(Indicator):
    """Half-way between the highest and the lowest value (`Indicators/MidPoint.cs`)."""

    title = "MIDPOINT({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = period
        self._maximum = Maximum("MAX", period)
        self._minimum = Minimum("MIN", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of values came in."""
        return self._maximum.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        self._maximum.push(data)
        self._minimum.push(data)
        return (self._maximum.current.value + self._minimum.current.value) / 2


class MidPrice(BarIndicator):
    """Half-way between the highest high and the lowest low (`Indicators/MidPrice.cs`)."""

    title = "MIDPRICE({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = period
        self._maximum = Maximum("MAX", period)
        self._minimum = Minimum("MIN", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self._maximum.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._maximum.feed(data.end_time, data.high)
        self._minimum.feed(data.end_time, data.low)
        return (self._maximum.current.value + self._minimum.current.value) / 2
