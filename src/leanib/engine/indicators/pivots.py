"""Turning points: pivots, zig-zag and DeMark's sequence."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.event import Event
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.base import BarIndicator
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import Identity
from leanib.engine.market.base_data import BaseData
from leanib.engine.naming import LeanEnum, LeanObject

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar

__all__ = [
    "PivotPoint",
    "PivotPointType",
    "PivotPointsEventArgs",
    "PivotPointsHighLow",
    "TomDemarkSequential",
    "TomDemarkSequentialPhase",
    "ZigZag",
]


class PivotPointType(LeanEnum):
    """Which turn a pivot is."""

    LOW = -1
    NONE = 0
    HIGH = 1
    BOTH = 2


class PivotPoint(BaseData):
    """A turn: its kind, price and time."""

    __slots__ = ("pivot_point_type",)

    def __init__(self, type: PivotPointType, price: float, time: datetime) -> None:
        super().__init__()
        self.pivot_point_type = type
        self.value = price
        self.time = time


class PivotPointsEventArgs(LeanObject):
    """What `PivotPointsHighLow.new_pivot_point_formed` tells."""

    def __init__(self, pivot_point: PivotPoint) -> None:
        self.pivot_point = pivot_point


class PivotPointsHighLow(BarIndicator):
    """Highs and lows that stand out from the bars around them (`Indicators/PivotPointsHighLow.cs`)."""

    title = "PivotPointsHighLow({surrounding_bars_count_for_high_point},{surrounding_bars_count_for_low_point})"

    def __init__(
        self,
        name: str,
        surrounding_bars_count_for_high_point: int,
        surrounding_bars_count_for_low_point: int | None = None,
        last_stored_values: int = 100,
        strict: bool = True,
    ) -> None:
        low = surrounding_bars_count_for_low_point
        self._high_count = surrounding_bars_count_for_high_point
        self._low_count = self._high_count if low is None else low
        self._strict = strict
        self._highs: RollingWindow[Any] = RollingWindow(2 * self._high_count + 1)
        self._lows: RollingWindow[Any] = RollingWindow(2 * self._low_count + 1)
        self._pivots: RollingWindow[PivotPoint] = RollingWindow(last_stored_values)
        self.new_pivot_point_formed = Event()
        self.warm_up_period = max(self._highs.size, self._lows.size)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a high and a low can be told."""
        return self._highs.is_ready and self._lows.is_ready

    def get_high_pivot_points_array(self) -> list[PivotPoint]:
        """The last highs, the newest first."""
        return [pivot for pivot in self._pivots if pivot.pivot_point_type is PivotPointType.HIGH]

    def get_low_pivot_points_array(self) -> list[PivotPoint]:
        """The last lows, the newest first."""
        return [pivot for pivot in self._pivots if pivot.pivot_point_type is PivotPointType.LOW]

    def get_all_pivot_points_array(self) -> list[PivotPoint]:
        """The last pivots, the newest first."""
        return list(self._pivots)

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._highs.add(data)
        self._lows.add(data)
        high = self._high() if self._highs.is_ready else None
        low = self._low() if self._lows.is_ready else None
        for pivot in (high, low):
            if pivot is not None:
                self._pivots.add(pivot)
                self.new_pivot_point_formed(self, PivotPointsEventArgs(pivot))
        if high and low:
            return float(PivotPointType.BOTH.value)
        return 1.0 if high else -1.0 if low else 0.0

    def _high(self) -> PivotPoint | None:
        middle, level = self._highs[self._high_count], self._highs[self._high_count].high
        others = [bar.high for i, bar in enumerate(self._highs) if i != self._high_count]
        stands_out = all(other < level if self._strict else other <= level for other in others)
        return PivotPoint(PivotPointType.HIGH, level, middle.end_time) if stands_out else None

    def _low(self) -> PivotPoint | None:
        middle, level = self._lows[self._low_count], self._lows[self._low_count].low
        others = [bar.low for i, bar in enumerate(self._lows) if i != self._low_count]
        stands_out = all(other > level if self._strict else other >= level for other in others)
        return PivotPoint(PivotPointType.LOW, level, middle.end_time) if stands_out else None


class ZigZag(BarIndicator):
    """The last turn of at least `sensitivity` (`Indicators/ZigZag.cs`)."""

    title = "ZZ({sensitivity},{min_trend_length})"

    def __init__(self, name: str, sensitivity: float = 0.05, min_trend_length: int = 1) -> None:
        if not 0 < sensitivity < 1:
            raise ArgumentException("Sensitivity must be between 0 and 1.")
        if min_trend_length < 1:
            raise ArgumentException("Minimum trend length must be greater than 0.")
        self.high_pivot = Identity(name + "_HighPivot")
        self.low_pivot = Identity(name + "_LowPivot")
        self._sensitivity = sensitivity
        self._min_trend_length = min_trend_length
        self.warm_up_period = min_trend_length + 1
        super().__init__(name)

    def _start(self) -> None:
        self._pivot: Any = None
        self._count = 0
        self._is_low = False
        self.pivot_type = PivotPointType.LOW

    @property
    def is_ready(self) -> bool:
        """Whether a trend's length of bars came in."""
        return self.samples > self._min_trend_length

    def _next(self, data: TradeBar | QuoteBar) -> float:
        if self._pivot is None:
            self._turn(data, True)
            return 0.0
        pivot, long_enough = self._pivot, self._count >= self._min_trend_length
        if self._is_low:
            value = pivot.low
            if data.high >= pivot.low * (1 + self._sensitivity) and long_enough:
                value = self._turn(data, False)
            elif data.low <= pivot.low:
                value = self._turn(data, True)
        else:
            value = pivot.high
            if data.low <= pivot.high * (1 - self._sensitivity) and long_enough:
                value = self._turn(data, True)
            elif data.high >= pivot.high:
                value = self._turn(data, False)
        self._count += 1
        return value  # type: ignore[no-any-return]

    def _turn(self, bar: TradeBar | QuoteBar, low: bool) -> float:
        self._pivot, self._count = bar, 0
        if self._is_low != low:
            self.pivot_type = PivotPointType.LOW if low else PivotPointType.HIGH
        self._is_low = low
        target = self.low_pivot if low else self.high_pivot
        target.feed(bar.end_time, bar.low if low else bar.high)
        return target.current.value


class TomDemarkSequentialPhase(LeanEnum):
    """The phases of DeMark's sequence."""

    NONE = 0
    BUY_SETUP = 1
    SELL_SETUP = 2
    BUY_COUNTDOWN = 3
    SELL_COUNTDOWN = 4
    BUY_SETUP_PERFECT = 5
    SELL_SETUP_PERFECT = 6


_Phase = TomDemarkSequentialPhase
_SETUP, _COUNTDOWN = 9, 13


class TomDemarkSequential(BarIndicator):
    """DeMark's setup of nine and countdown of thirteen bars; its value is a phase (`TomDemarkSequential.cs`)."""

    title = "TomDemarkSequential"
    warm_up_period = 6

    def __init__(self, name: str = "TomDemarkSequential") -> None:
        self._bars: RollingWindow[Any] = RollingWindow(10)
        super().__init__(name)

    def _start(self) -> None:
        self._phase = _Phase.NONE
        self.setup_phase_step_count = self.countdown_phase_step_count = 0
        self.support_price = self.resistance_price = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether six bars came in."""
        return self.samples >= 6

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._bars.add(data)
        if not self.is_ready:
            return 0.0
        step = {
            _Phase.NONE: self._begin,
            _Phase.BUY_SETUP: self._buy_setup,
            _Phase.SELL_SETUP: self._sell_setup,
            _Phase.BUY_COUNTDOWN: self._buy_countdown,
            _Phase.SELL_COUNTDOWN: self._sell_countdown,
        }[self._phase]
        return float(step().value)

    def _begin(self) -> _Phase:
        close = [bar.close for bar in self._bars]
        if close[1] > close[5] and close[0] < close[4]:
            self._phase = _Phase.BUY_SETUP
        elif close[1] < close[5] and close[0] > close[4]:
            self._phase = _Phase.SELL_SETUP
        else:
            return _Phase.NONE
        self.setup_phase_step_count = 1
        return self._phase

    def _buy_setup(self) -> _Phase:
        bars = list(self._bars)
        if bars[0].close >= bars[4].close:
            self._phase = _Phase.NONE
            return _Phase.NONE
        self.setup_phase_step_count += 1
        if self.setup_phase_step_count < _SETUP:
            return _Phase.BUY_SETUP
        perfect = min(bars[0].low, bars[1].low) < min(bars[2].low, bars[3].low)
        self._phase = _Phase.BUY_COUNTDOWN
        self.resistance_price = max(bar.high for bar in bars[-_SETUP:])
        if bars[0].close < bars[2].low:
            self.countdown_phase_step_count = 1
        return _Phase.BUY_SETUP_PERFECT if perfect else _Phase.BUY_SETUP

    def _sell_setup(self) -> _Phase:
        bars = list(self._bars)
        if bars[0].close <= bars[4].close:
            self._phase = _Phase.NONE
            return _Phase.NONE
        self.setup_phase_step_count += 1
        if self.setup_phase_step_count < _SETUP:
            return _Phase.SELL_SETUP
        perfect = max(bars[0].high, bars[1].high) > max(bars[2].high, bars[3].high)
        self._phase = _Phase.SELL_COUNTDOWN
        if bars[0].close > bars[2].high:
            self.countdown_phase_step_count = 1
        self.support_price = min(bar.low for bar in bars[-_SETUP:])
        return _Phase.SELL_SETUP_PERFECT if perfect else _Phase.SELL_SETUP

    def _buy_countdown(self) -> _Phase:
        if self._bars[0].close <= self._bars[2].low:
            return self._count_down(_Phase.BUY_COUNTDOWN)
        if self._bars[0].close > self.resistance_price:
            self._phase = _Phase.NONE
        return _Phase.NONE

    def _sell_countdown(self) -> _Phase:
        if self._bars[0].close >= self._bars[2].high:
            return self._count_down(_Phase.SELL_COUNTDOWN)
        if self._bars[0].close < self.support_price:
            self._phase = _Phase.NONE
        return _Phase.NONE

    def _count_down(self, phase: _Phase) -> _Phase:
        self.countdown_phase_step_count += 1
        if self.countdown_phase_step_count == _COUNTDOWN:
            self._phase = _Phase.NONE
        return phase
