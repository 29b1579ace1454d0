"""Direction and strength of a trend, from bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leanib.engine.indicators.averages import WilderMovingAverage
from leanib.engine.indicators.base import BarIndicator, TradeBarIndicator
from leanib.engine.indicators.composite import of, over
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import Identity, Maximum, Minimum, Sum
from leanib.engine.indicators.volatility import AverageTrueRange

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar

__all__ = [
    "AroonOscillator",
    "AverageDirectionalIndex",
    "AverageDirectionalMovementIndexRating",
    "HeikinAshi",
    "ParabolicStopAndReverse",
    "ParabolicStopAndReverseExtended",
    "Vortex",
    "WilderAccumulativeSwingIndex",
    "WilderSwingIndex",
]


class _DirectionalIndex(Identity):
    """+DI or -DI: ready with the ADX's smoothed movements."""

    def __init__(self, name: str, period: int) -> None:
        self._period = period
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        return self.samples > self._period


class AverageDirectionalIndex(BarIndicator):
    """ADX: the strength of a trend, with +DI and -DI for its direction (`Indicators/AverageDirectionalIndex.cs`)."""

    title = "ADX({period})"

    def __init__(self, name: str, period: int) -> None:
        self._period = period
        self.positive_directional_index = _DirectionalIndex(name + "_PositiveDirectionalIndex", period)
        self.negative_directional_index = _DirectionalIndex(name + "_NegativeDirectionalIndex", period)
        self._average = WilderMovingAverage(name + "_ADX", period)
        self.warm_up_period = period * 2
        super().__init__(name)

    def _start(self) -> None:
        self._last: Any = None
        self._range = self._plus = self._minus = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether the average is."""
        return self._average.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._accumulate(data)
        self._last = data
        settled, time = self.samples > self._period and self._range, data.end_time
        plus = 100.0 * self._plus / self._range if settled else 0.0
        minus = 100.0 * self._minus / self._range if settled else 0.0
        self.positive_directional_index.feed(time, plus)
        self.negative_directional_index.feed(time, minus)
        if plus + minus == 0:
            return 50.0
        self._average.feed(time, 100.0 * abs(plus - minus) / (plus + minus))
        return self._average.current.value

    def _accumulate(self, bar: TradeBar | QuoteBar) -> None:
        last = self._last
        if last is None:
            return
        true_range = max(bar.high - bar.low, abs(bar.high - last.close), abs(bar.low - last.close))
        up, down = bar.high - last.high, last.low - bar.low
        plus = up if up > 0 and up >= down else 0.0
        minus = down if down > 0 and down > up else 0.0
        keep = 1 - 1 / self._period if self.samples > self._period + 1 else 1.0
        self._range = self._range * keep + true_range
        self._plus = self._plus * keep + plus
        self._minus = self._minus * keep + minus


class AverageDirectionalMovementIndexRating(BarIndicator):
    """ADXR: the mean of ADX now and a period ago (`Indicators/AverageDirectionalMovementIndexRating.cs`)."""

    title = "ADXR({period})"

    def __init__(self, name: str, period: int) -> None:
        self._period = period
        self.adx = AverageDirectionalIndex(name + "_ADX", period)
        self._history: RollingWindow[float] = RollingWindow(period)
        self.warm_up_period = period * 3 - 1
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of ADX values is known."""
        return self._history.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        if self.adx.push(data):
            self._history.add(self.adx.current.value)
        return (self.adx.current.value + self._history[self._period - 1]) / 2 if self.is_ready else 50.0


class _Aroon(Identity):
    """Aroon up or down: ready with the extreme it watches."""

    def __init__(self, name: str, extreme: Maximum | Minimum) -> None:
        self._extreme = extreme
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        return self._extreme.is_ready


class AroonOscillator(BarIndicator):
    """How long ago the high was, less how long ago the low was, in percent (`Indicators/AroonOscillator.cs`)."""

    title = "AROON({up_period},{down_period})"

    def __init__(self, name: str, up_period: int, down_period: int) -> None:
        self._up, self._down = up_period, down_period
        self._maximum = Maximum(name + "_Max", up_period + 1)
        self._minimum = Minimum(name + "_Min", down_period + 1)
        self.aroon_up = _Aroon(name + "_AroonUp", self._maximum)
        self.aroon_down = _Aroon(name + "_AroonDown", self._minimum)
        self.warm_up_period = 1 + max(up_period, down_period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether both are."""
        return self.aroon_up.is_ready and self.aroon_down.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        time = data.end_time
        self._maximum.feed(time, data.high)
        self._minimum.feed(time, data.low)
        self.aroon_up.feed(time, 100.0 * (self._up - self._maximum.periods_since_maximum) / self._up)
        self.aroon_down.feed(time, 100.0 * (self._down - self._minimum.periods_since_minimum) / self._down)
        return self.aroon_up.current.value - self.aroon_down.current.value


class Vortex(BarIndicator):
    """The mean of +VI and -VI, up and down movement over true range (`Indicators/Vortex.cs`)."""

    title = "VTX({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = self._period = period
        self._atr = AverageTrueRange(name + "_ATR", 1, MovingAverageType.SIMPLE)
        self._atr_sum = of(Sum("ATR_Sum", period), self._atr)
        self._plus_sum = Sum("PlusVM_Sum", period)
        self._minus_sum = Sum("MinusVM_Sum", period)
        self.plus_vortex = over(self._plus_sum, self._atr_sum)
        self.minus_vortex = over(self._minus_sum, self._atr_sum)
        super().__init__(name)

    def _start(self) -> None:
        self._last: Any = None

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self.samples >= self._period

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._atr.push(data)
        last, self._last = self._last, data
        if last is not None:
            self._plus_sum.feed(data.end_time, abs(data.high - last.low))
            self._minus_sum.feed(data.end_time, abs(data.low - last.high))
        return (self.plus_vortex.current.value + self.minus_vortex.current.value) / 2 if self.is_ready else 0.0


class ParabolicStopAndReverseExtended(BarIndicator):
    """SAR with separate parameters for long and short; negative while short (`ParabolicStopAndReverseExtended.cs`)."""

    title = (
        "SAREXT({sar_start},{offset_on_reverse},{af_start_short},{af_increment_short},{af_max_short},"
        "{af_start_long},{af_increment_long},{af_max_long})"
    )
    warm_up_period = 2

    def __init__(
        self,
        name: str,
        sar_start: float = 0.0,
        offset_on_reverse: float = 0.0,
        af_start_short: float = 0.02,
        af_increment_short: float = 0.02,
        af_max_short: float = 0.2,
        af_start_long: float = 0.02,
        af_increment_long: float = 0.02,
        af_max_long: float = 0.2,
    ) -> None:
        self._sar_start = sar_start
        self._offset_on_reverse = offset_on_reverse
        self._short = (af_start_short, af_increment_short, af_max_short)
        self._long = (af_start_long, af_increment_long, af_max_long)
        super().__init__(name)

    def _start(self) -> None:
        self._is_long = False
        self._last: Any = None
        self._sar = self._extreme = 0.0
        self._af_short = self._short[0]
        self._af_long = self._long[0]

    @property
    def is_ready(self) -> bool:
        """Whether two bars came in."""
        return self.samples >= 2

    def _next(self, data: TradeBar | QuoteBar) -> float:
        last, self._last = self._last, data
        if self.samples == 1:
            return float(self._sar_start or data.close)
        if self.samples == 2:
            self._init(data, last)
            last = data
        return self._follow_up(data, last) if self._is_long else self._follow_down(data, last)

    def _init(self, bar: TradeBar | QuoteBar, last: TradeBar | QuoteBar) -> None:
        if self._sar_start:
            self._is_long = self._sar_start > 0
            self._sar = abs(self._sar_start)
        else:
            falls = bar.low < last.low and bar.high - last.high < last.low - bar.low
            self._is_long = not falls
            self._sar = last.low if self._is_long else last.high
        self._extreme = bar.high if self._is_long else bar.low

    def _follow_up(self, bar: TradeBar | QuoteBar, last: TradeBar | QuoteBar) -> float:
        if bar.low <= self._sar:
            self._is_long = False
            sar = max(self._extreme, last.high, bar.high)
            sar += sar * self._offset_on_reverse
            self._af_short = self._short[0]
            self._extreme = bar.low
            self._sar = max(sar + self._af_short * (self._extreme - sar), last.high, bar.high)
            return float(-sar)
        result = self._sar
        if bar.high > self._extreme:
            self._extreme = bar.high
            self._af_long = min(self._af_long + self._long[1], self._long[2])
        self._sar = min(result + self._af_long * (self._extreme - result), last.low, bar.low)
        return result

    def _follow_down(self, bar: TradeBar | QuoteBar, last: TradeBar | QuoteBar) -> float:
        if bar.high >= self._sar:
            self._is_long = True
            sar = min(self._extreme, last.low, bar.low)
            sar -= sar * self._offset_on_reverse
            self._af_long = self._long[0]
            self._extreme = bar.high
            self._sar = min(sar + self._af_long * (self._extreme - sar), last.low, bar.low)
            return sar
        result = self._sar
        if bar.low < self._extreme:
            self._extreme = bar.low
            self._af_short = min(self._af_short + self._short[1], self._short[2])
        self._sar = max(result + self._af_short * (self._extreme - result), last.high, bar.high)
        return -result


class ParabolicStopAndReverse(ParabolicStopAndReverseExtended):
    """Wilder's parabolic SAR (`Indicators/ParabolicStopAndReverse.cs`)."""

    title = "PSAR({af_start},{af_increment},{af_max})"

    def __init__(self, name: str, af_start: float = 0.02, af_increment: float = 0.02, af_max: float = 0.2) -> None:
        super().__init__(name, 0.0, 0.0, af_start, af_increment, af_max, af_start, af_increment, af_max)

    def _next(self, data: TradeBar | QuoteBar) -> float:
        return abs(super()._next(data))


class WilderSwingIndex(TradeBarIndicator):
    """How strongly price swings, from two bars (`Indicators/WilderSwingIndex.cs`)."""

    title = "SI"
    warm_up_period = 2

    def __init__(self, name: str, limit_move: float) -> None:
        self._limit = abs(limit_move)
        super().__init__(name)

    def _start(self) -> None:
        self._last: Any = None

    @property
    def is_ready(self) -> bool:
        """Whether two bars came in."""
        return self.samples > 1

    def _next(self, data: TradeBar | QuoteBar) -> float:
        last, self._last = self._last, data
        if last is None:
            return 0.0
        movement = (data.close - last.close) + 0.5 * (data.close - data.open) + 0.25 * (last.close - last.open)
        span = self._span(data, last)
        if not span or not self._limit:
            return 0.0
        strength = max(abs(data.high - last.close), abs(data.low - last.close))
        return 50.0 * (movement / span) * (strength / self._limit)  # type: ignore[no-any-return]

    @staticmethod
    def _span(bar: TradeBar | QuoteBar, last: TradeBar | QuoteBar) -> float:
        above, below, whole = abs(bar.high - last.close), abs(bar.low - last.close), abs(bar.high - bar.low)
        body = abs(0.25 * (last.close - last.open))
        if above >= below and above >= whole:
            return above - abs(0.5 * (bar.low - last.close)) + body
        if below >= whole:
            return below - abs(0.5 * (bar.high - last.close)) + body
        return whole + body


class WilderAccumulativeSwingIndex(TradeBarIndicator):
    """The running sum of the swing index (`Indicators/WilderAccumulativeSwingIndex.cs`)."""

    title = "ASI"
    warm_up_period = 2

    def __init__(self, name: str, limit_move: float) -> None:
        self._index = WilderSwingIndex("SI", limit_move)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether two bars came in."""
        return self.samples > 1

    def _next(self, data: TradeBar | QuoteBar) -> float:
        return self.current.value + self._index.current.value if self._index.push(data) else 0.0


class HeikinAshi(BarIndicator):
    """Averaged bars; its own value is their close (`Indicators/HeikinAshi.cs`)."""

    title = "HA"
    warm_up_period = 2

    def __init__(self, name: str = "HA") -> None:
        self.open = Identity(name + "_Open")
        self.high = Identity(name + "_High")
        self.low = Identity(name + "_Low")
        self.close = Identity(name + "_Close")
        self.volume = Identity(name + "_Volume")
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether two bars came in."""
        return self.samples > 1

    def _next(self, data: TradeBar | QuoteBar) -> float:
        time = data.end_time
        first = self.samples == 1
        opened = data.open + data.close if first else self.open.current.value + self.close.current.value
        self.open.feed(time, opened / 2)
        self.close.feed(time, (data.open + data.high + data.low + data.close) / 4)
        middle = () if first else (self.open.current.value, self.close.current.value)
        self.high.feed(time, max((data.high, *middle)))
        self.low.feed(time, min((data.low, *middle)))
        self.volume.feed(time, getattr(data, "volume", 0.0))
        return self.close.current.value
