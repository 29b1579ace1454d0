"""Price and volume together."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from leanib.engine.indicators.averages import ExponentialMovingAverage
from leanib.engine.indicators.base import BarIndicator, IndicatorBase, TradeBarIndicator
from leanib.engine.indicators.composite import weighted_by
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.indicators.statistics import Identity, SimpleMovingAverage, Sum, safe_divide
from leanib.engine.market.bars import TradeBar

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar

__all__ = [
    "AccumulationDistribution",
    "AccumulationDistributionOscillator",
    "ChaikinMoneyFlow",
    "ChaikinOscillator",
    "EaseOfMovementValue",
    "ForceIndex",
    "IntradayVwap",
    "KlingerVolumeOscillator",
    "MoneyFlowIndex",
    "OnBalanceVolume",
    "SmoothedOnBalanceVolume",
    "VolumeWeightedAveragePriceIndicator",
    "VolumeWeightedMovingAverage",
]


class AccumulationDistribution(TradeBarIndicator):
    """The running sum of volume, weighted by where the bar closes (`Indicators/AccumulationDistribution.cs`)."""

    title = "AD"
    warm_up_period = 1

    def __init__(self, name: str = "AD") -> None:
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a bar came in."""
        return self.samples > 0

    def _next(self, data: TradeBar) -> float:
        return self.current.value + _money_flow(data)


def _money_flow(bar: TradeBar) -> float:
    """The bar's volume by where it closes: all of it at the high, its negative at the low."""
    span = bar.high - bar.low
    return ((bar.close - bar.low) - (bar.high - bar.close)) / span * bar.volume if span > 0 else 0.0


class AccumulationDistributionOscillator(TradeBarIndicator):
    """A fast less a slow average of accumulation/distribution (`AccumulationDistributionOscillator.cs`)."""

    title = "ADOSC({fast_period},{slow_period})"

    def __init__(self, name: str, fast_period: int, slow_period: int) -> None:
        self.warm_up_period = self._period = max(fast_period, slow_period)
        self._ad = AccumulationDistribution(name + "_AD")
        self._fast = ExponentialMovingAverage(name + "_Fast", fast_period)
        self._slow = ExponentialMovingAverage(name + "_Slow", slow_period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the slower average is."""
        return self.samples >= self._period

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self._ad.push(data)
        self._fast.push(self._ad.current)
        self._slow.push(self._ad.current)
        return self._fast.current.value - self._slow.current.value if self.is_ready else 0.0


class ChaikinOscillator(AccumulationDistributionOscillator):
    """Another name of the accumulation/distribution oscillator (`Indicators/ChaikinOscillator.cs`)."""

    title = "ChaikinOscillator({fast_period},{slow_period})"


class ChaikinMoneyFlow(TradeBarIndicator):
    """Money flow over volume (`Indicators/ChaikinMoneyFlow.cs`)."""

    title = "CMF({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = period
        self._flow = Sum("FLOW", period)
        self._volume = Sum("VOLUME", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self._flow.is_ready

    def _next(self, data: TradeBar) -> float:
        self._flow.feed(data.end_time, _money_flow(data))
        self._volume.feed(data.end_time, data.volume)
        return safe_divide(self._flow.current.value, self._volume.current.value) if self.is_ready else 0.0


class MoneyFlowIndex(TradeBarIndicator):
    """The share of volume traded at rising prices, in percent (`Indicators/MoneyFlowIndex.cs`)."""

    title = "MFI({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = period
        self.positive_money_flow = Sum(name + "_PositiveMoneyFlow", period)
        self.negative_money_flow = Sum(name + "_NegativeMoneyFlow", period)
        super().__init__(name)

    def _start(self) -> None:
        self.previous_typical_price = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self.positive_money_flow.is_ready and self.negative_money_flow.is_ready

    def _next(self, data: TradeBar) -> float:
        price, last = (data.high + data.low + data.close) / 3.0, self.previous_typical_price
        flow = price * data.volume
        self.positive_money_flow.feed(data.end_time, flow if price > last else 0.0)
        self.negative_money_flow.feed(data.end_time, flow if price < last else 0.0)
        self.previous_typical_price = price
        positive, negative = self.positive_money_flow.current.value, self.negative_money_flow.current.value
        return 100.0 * safe_divide(positive, positive + negative, 1.0)


class OnBalanceVolume(TradeBarIndicator):
    """The running sum of volume, added on rises and taken off on falls (`Indicators/OnBalanceVolume.cs`)."""

    title = "OBV"
    warm_up_period = 1

    def __init__(self, name: str = "OBV") -> None:
        super().__init__(name)

    def _start(self) -> None:
        self._last: float | None = None

    @property
    def is_ready(self) -> bool:
        """Whether a bar came in."""
        return self._last is not None

    def _next(self, data: TradeBar) -> float:
        last, self._last = self._last, data.value
        if last is None or data.value > last:
            return self.current.value + data.volume
        return self.current.value - data.volume if data.value < last else self.current.value


class SmoothedOnBalanceVolume(BarIndicator):
    """An average of on-balance volume (`Indicators/SmoothedOnBalanceVolume.cs`)."""

    title = "SOBV({period})"

    def __init__(
        self, name: str, period: int, moving_average_type: MovingAverageType = MovingAverageType.SIMPLE
    ) -> None:
        self.warm_up_period = period
        self.on_balance_volume = OnBalanceVolume("OBV")
        self._smoother = moving_average_type.as_indicator(f"{name}_{moving_average_type}", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the average is."""
        return self._smoother.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self.on_balance_volume.push(data)
        ready = self._smoother.feed(data.end_time, self.on_balance_volume.current.value)
        return self._smoother.current.value if ready else 0.0


class ForceIndex(TradeBarIndicator):
    """The average of change times volume (`Indicators/ForceIndex.cs`)."""

    title = "FI({period})"

    def __init__(
        self, name: str, period: int, moving_average_type: MovingAverageType = MovingAverageType.EXPONENTIAL
    ) -> None:
        self._smoother = moving_average_type.as_indicator(f"{name}_{moving_average_type}", period)
        self.warm_up_period = period + 1
        super().__init__(name)

    def _start(self) -> None:
        self._last = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether the average is."""
        return self._smoother.is_ready

    def _next(self, data: TradeBar) -> float:
        last, self._last = self._last, data.close
        if self.samples < 2:
            return 0.0
        self._smoother.feed(data.end_time, (data.close - last) * data.volume)
        return self._smoother.current.value


class EaseOfMovementValue(TradeBarIndicator):
    """How far the price moves for its volume (`Indicators/EaseOfMovementValue.cs`)."""

    title = "EMV({period}, {scale})"

    def __init__(self, name: str, period: int = 1, scale: int = 10000) -> None:
        self._sma = SimpleMovingAverage("SMA", period)
        self._scale = scale
        self.warm_up_period = period
        super().__init__(name)

    def _start(self) -> None:
        self._high = self._low = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether the average is."""
        return self._sma.is_ready

    def _next(self, data: TradeBar) -> float:
        if not self._high and not self._low:
            self._high, self._low = data.high, data.low
        value = 0.0
        if data.volume and data.high != data.low:
            middle = (data.high + data.low) / 2 - (self._high + self._low) / 2
            value = middle / (data.volume / self._scale / (data.high - data.low))
            self._high, self._low = data.high, data.low
        self._sma.feed(data.end_time, value)
        return self._sma.current.value


class KlingerVolumeOscillator(TradeBarIndicator):
    """A fast less a slow average of Klinger's volume force (`Indicators/KlingerVolumeOscillator.cs`)."""

    title = "KVO({fast_period},{slow_period},{signal_period})"

    def __init__(self, name: str, fast_period: int, slow_period: int, signal_period: int = 13) -> None:
        self._fast = ExponentialMovingAverage(name + "_FastEma", fast_period)
        self._slow = ExponentialMovingAverage(name + "_SlowEma", slow_period)
        self.signal = ExponentialMovingAverage(name + "_Signal", signal_period)
        self.warm_up_period = max(fast_period, slow_period, signal_period) + 2
        super().__init__(name)

    def _start(self) -> None:
        self._index: float | None = None
        self._trend = 0
        self._range = self._movement = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether both averages and the signal line are."""
        return self._fast.is_ready and self._slow.is_ready and self.signal.is_ready

    def _next(self, data: TradeBar) -> float:
        today, yesterday = data.high - data.low, self._range
        index, last_index, last_trend = data.high + data.low + data.close, self._index, self._trend
        self._range, self._index = today, index
        if last_index is None:
            return 0.0
        self._trend = 1 if index > last_index else -1
        if not last_trend:
            return 0.0
        continues = self._movement and self._trend == last_trend
        self._movement = self._movement + today if continues else today + yesterday
        denominator = 1e-8 if abs(self._movement) < 1e-8 else self._movement
        force = data.volume * abs(2.0 * (today / denominator - 1.0)) * self._trend * 100.0
        return self._smooth(data.end_time, force)

    def _smooth(self, time: datetime, force: float) -> float:
        fast_ready, slow_ready = self._fast.feed(time, force), self._slow.feed(time, force)
        value = self._fast.current.value - self._slow.current.value if fast_ready and slow_ready else 0.0
        self.signal.feed(time, value)
        return value


class VolumeWeightedAveragePriceIndicator(TradeBarIndicator):
    """The mean price of the last bars, weighted by volume (`Indicators/VolumeWeightedAveragePriceIndicator.cs`)."""

    title = "VWAP({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = period
        self._price = Identity("Price")
        self._volume = Identity("Volume")
        self._vwap = weighted_by(self._price, self._volume, period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self._vwap.is_ready

    def _next(self, data: TradeBar) -> float:
        self._price.feed(data.end_time, (data.open + data.high + data.low + data.value) / 4)
        self._volume.feed(data.end_time, data.volume)
        return self._vwap.current.value


class VolumeWeightedMovingAverage(TradeBarIndicator):
    """The mean close of the last bars, weighted by volume (`Indicators/VolumeWeightedMovingAverage.cs`)."""

    title = "VWMA({period})"

    def __init__(self, name: str, period: int) -> None:
        self.warm_up_period = period
        self._products = Sum(name + "_SumPxV", period)
        self._volumes = Sum(name + "_SumVolume", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self._products.is_ready and self._volumes.is_ready

    def _next(self, data: TradeBar) -> float:
        self._products.feed(data.end_time, data.close * data.volume)
        self._volumes.feed(data.end_time, data.volume)
        return safe_divide(self._products.current.value, self._volumes.current.value, data.close)


class IntradayVwap(IndicatorBase):
    """The day's volume-weighted price, from ticks or trade bars (`Indicators/IntradayVwap.cs`)."""

    title = "VWAP"

    def __init__(self, name: str = "VWAP") -> None:
        super().__init__(name)

    def _start(self) -> None:
        self._day: date | None = None
        self._volume = self._products = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether there was volume."""
        return self._volume > 0

    def _next(self, data: TradeBar) -> float | None:
        if isinstance(data, TradeBar):
            if data.is_fill_forward:
                return None
            volume, price = data.volume, (data.high + data.low + data.close) / 3.0
        elif str(getattr(data, "tick_type", "")) == "Trade":
            volume, price = data.quantity, data.last_price
        else:
            return None
        day = data.end_time.date()
        if day != self._day:
            self._day, self._volume, self._products = day, 0.0, 0.0
        self._volume += volume
        self._products += price * volume
        return safe_divide(self._products, self._volume, data.value)
