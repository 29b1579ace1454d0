"""Changes over a period."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.averages import ExponentialMovingAverage, LinearWeightedMovingAverage
from leanib.engine.indicators.base import Indicator, TradeBarIndicator, WindowIndicator
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import SimpleMovingAverage, StandardDeviation, safe_divide, trailing_value

if TYPE_CHECKING:
    from leanib.engine.market import TradeBar

__all__ = [
    "AugenPriceSpike",
    "CoppockCurve",
    "KnowSureThing",
    "LogReturn",
    "Momentum",
    "MomentumPercent",
    "Momersion",
    "MomersionIndicator",
    "RateOfChange",
    "RateOfChangePercent",
    "RateOfChangeRatio",
    "RelativeDailyVolume",
    "Trix",
]


class RateOfChange(WindowIndicator):
    """The change over `period` updates, as a fraction of the old value (`Indicators/RateOfChange.cs`)."""

    title = "ROC({period})"

    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self.warm_up_period = period + 1

    @property
    def is_ready(self) -> bool:
        """Whether a value has left the window."""
        return self.samples > self.period

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        old = trailing_value(window)
        return (data.value - old) / old if old else 0.0


class RateOfChangePercent(RateOfChange):
    """The rate of change in percent (`Indicators/RateOfChangePercent.cs`)."""

    title = "ROCP({period})"

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        return 100 * super()._compute(window, data)


class MomentumPercent(RateOfChangePercent):
    """Another name of the rate of change in percent (`Indicators/MomentumPercent.cs`)."""

    title = "MOMP({period})"


class RateOfChangeRatio(RateOfChange):
    """The new value over the old (`Indicators/RateOfChangeRatio.cs`)."""

    title = "ROCR({period})"

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        rate = super()._compute(window, data)
        return rate + 1 if rate else 0.0


class Momentum(RateOfChange):
    """The change over `period` updates (`Indicators/Momentum.cs`)."""

    title = "MOM({period})"

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        return data.value - trailing_value(window)


class LogReturn(WindowIndicator):
    """The logarithm of new over old (`Indicators/LogReturn.cs`)."""

    title = "LOGR({period})"

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        ratio = safe_divide(data.value, trailing_value(window))
        return math.log(ratio) if ratio > 0 else 0.0


class Momersion(WindowIndicator):
    """How much of the time a change follows a change of the same sign, in percent (`Indicators/Momersion.cs`)."""

    title = "Momersion({min_period},{full_period})"

    def __init__(self, name: str, min_period: int | None = None, full_period: int | None = None) -> None:
        if full_period is None:
            min_period, full_period = None, min_period
        assert full_period is not None
        if min_period is not None and min_period < 4:
            raise ArgumentException("The minimum period should be 4.")
        self._min_period = min_period
        self._products: RollingWindow[float] = RollingWindow(full_period)
        super().__init__(name, full_period)
        self.warm_up_period = full_period + 3 if min_period is None else min_period + 2

    @property
    def is_ready(self) -> bool:
        """Whether there are enough changes."""
        if self._min_period is not None:
            return self._products.count >= self._min_period
        return self._products.samples > self._products.size

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float:
        if len(window) >= 3:
            self._products.add((window[0] - window[1]) * (window[1] - window[2]))
        if not self.is_ready:
            return 50.0
        products = list(self._products)
        if sum(1 for product in products if product == 0) >= 0.5 * len(products):
            return 50.0
        momentum = sum(1 for product in products if product > 0)
        reversion = sum(1 for product in products if product < 0)
        return 100.0 * momentum / (momentum + reversion)


class MomersionIndicator(Momersion):
    """Another name of `Momersion`."""


class CoppockCurve(Indicator):
    """A weighted average of two rates of change (`Indicators/CoppockCurve.cs`)."""

    title = "CC({short_roc_period},{long_roc_period},{lwma_period})"

    def __init__(self, name: str, short_roc_period: int = 11, long_roc_period: int = 14, lwma_period: int = 10) -> None:
        self._short = RateOfChangePercent("SHORT", short_roc_period)
        self._long = RateOfChangePercent("LONG", long_roc_period)
        self._lwma = LinearWeightedMovingAverage("LWMA", lwma_period)
        self.warm_up_period = max(short_roc_period, long_roc_period) + lwma_period
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the average is."""
        return self._lwma.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        self._short.push(data)
        self._long.push(data)
        if not (self._long.is_ready and self._short.is_ready):
            return 0.0
        self._lwma.feed(data.end_time, self._short.current.value + self._long.current.value)
        return self._lwma.current.value


class KnowSureThing(Indicator):
    """A weighted sum of four smoothed rates of change, with a signal line (`Indicators/KnowSureThing.cs`)."""

    title = (
        "KST({roc1_period},{roc1_ma_period},{roc2_period},{roc2_ma_period},{roc3_period},{roc3_ma_period},"
        "{roc4_period},{roc4_ma_period},{signal_period},{moving_average_type})"
    )

    def __init__(
        self,
        name: str,
        roc1_period: int,
        roc1_ma_period: int,
        roc2_period: int,
        roc2_ma_period: int,
        roc3_period: int,
        roc3_ma_period: int,
        roc4_period: int,
        roc4_ma_period: int,
        signal_period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
    ) -> None:
        self.moving_average_type = moving_average_type
        self.roc_1 = RateOfChange("ROC1", roc1_period)
        self.roc_2 = RateOfChange("ROC2", roc2_period)
        self.roc_3 = RateOfChange("ROC3", roc3_period)
        self.roc_4 = RateOfChange("ROC4", roc4_period)
        self.roc_1_ma = moving_average_type.as_indicator(name + "_ROC1MA", roc1_ma_period)
        self.roc_2_ma = moving_average_type.as_indicator(name + "_ROC2MA", roc2_ma_period)
        self.roc_3_ma = moving_average_type.as_indicator(name + "_ROC3MA", roc3_ma_period)
        self.roc_4_ma = moving_average_type.as_indicator(name + "_ROC4MA", roc4_ma_period)
        self.signal_line = moving_average_type.as_indicator(name + "_SignalLine", signal_period)
        self.warm_up_period = max(
            roc1_period + roc1_ma_period,
            roc2_period + roc2_ma_period,
            roc3_period + roc3_ma_period,
            roc4_period + roc4_ma_period,
        )
        super().__init__(name)

    @property
    def _pairs(self) -> tuple[tuple[RateOfChange, Indicator], ...]:
        return (
            (self.roc_1, self.roc_1_ma),
            (self.roc_2, self.roc_2_ma),
            (self.roc_3, self.roc_3_ma),
            (self.roc_4, self.roc_4_ma),
        )

    @property
    def is_ready(self) -> bool:
        """Whether all the averages are."""
        return self.signal_line.is_ready and all(average.is_ready for _, average in self._pairs)

    def _next(self, data: IndicatorDataPoint) -> float:
        total = 0.0
        for weight, (rate, average) in enumerate(self._pairs, 1):
            if rate.push(data):
                average.feed(data.end_time, 100 * rate.current.value)
            total += weight * average.current.value
        self.signal_line.feed(data.end_time, total)
        return total if self.signal_line.is_ready else 0.0


class Trix(Indicator):
    """The percent change of a triply smoothed average (`Indicators/Trix.cs`)."""

    title = "TRIX({period})"

    def __init__(self, name: str, period: int) -> None:
        self._ema1 = ExponentialMovingAverage(name + "_1", period)
        self._ema2 = ExponentialMovingAverage(name + "_2", period)
        self._ema3 = ExponentialMovingAverage(name + "_3", period)
        self._rate = RateOfChangePercent(name + "_ROCP1", 1)
        self.warm_up_period = 3 * (period - 1) + 2
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether there is a change of the average."""
        return self._rate.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        if self._ema1.push(data) and self._ema2.push(self._ema1.current) and self._ema3.push(self._ema2.current):
            self._rate.push(self._ema3.current)
        return self._rate.current.value


class AugenPriceSpike(Indicator):
    """The change in units of the recent volatility (`Indicators/AugenPriceSpike.cs`)."""

    title = "APS({period})"

    def __init__(self, name: str, period: int = 3) -> None:
        if period < 3:
            raise ArgumentException("AugenPriceSpike Indicator must have a period of at least 3")
        self._deviation = StandardDeviation("STD", period)
        self._values: RollingWindow[float] = RollingWindow(3)
        self.warm_up_period = period + 2
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the volatility is known."""
        return self._values.is_ready and self._deviation.is_ready

    def _next(self, data: IndicatorDataPoint) -> float:
        values = self._values
        values.add(data.value)
        if len(values) < 3:
            return 0.0
        change = math.log(values[1] / values[2]) if values[1] and values[2] else 0.0
        if not self._deviation.feed(data.end_time, change):
            return 0.0
        return safe_divide(data.value - values[1], self._deviation.current.value * values[1])


class RelativeDailyVolume(TradeBarIndicator):
    """The day's volume so far over the usual volume by that time of day (`Indicators/RelativeDailyVolume.cs`)."""

    title = "RDV({period})"

    def __init__(self, name: str, period: int = 2) -> None:
        self._period = period
        super().__init__(name)

    def _start(self) -> None:
        self._usual: dict[timedelta, SimpleMovingAverage] = {}
        self._today: dict[datetime, float] = {}
        self._day = -1
        self._days = -1

    @property
    def is_ready(self) -> bool:
        """Whether enough days are complete."""
        return self._days >= self._period

    def _next(self, data: TradeBar) -> float:
        if data.time.day != self._day:
            self._close_day(data.time.day)
        self._today[data.time] = data.volume
        if not self.is_ready:
            return 0.0
        return safe_divide(sum(self._today.values()), self._usual_volume(_time_of_day(data.time)))

    def _close_day(self, next_day: int) -> None:
        total = 0.0
        for time, volume in self._today.items():
            total += volume
            key = _time_of_day(time)
            if key not in self._usual:
                self._usual[key] = SimpleMovingAverage("SMA", self._period)
            self._usual[key].feed(time, total)
        self._today.clear()
        self._day = next_day
        self._days += 1

    def _usual_volume(self, time: timedelta) -> float:
        average = self._usual.get(time)
        if average is None:
            keys = sorted(self._usual)
            later = next((i for i, key in enumerate(keys) if i and key > time), None)
            if later is None:
                return 0.0
            average = self._usual[keys[later - 1]]
        return average.current.value


def _time_of_day(time: datetime) -> timedelta:
    return timedelta(hours=time.hour, minutes=time.minute, seconds=time.second, microseconds=time.microsecond)
