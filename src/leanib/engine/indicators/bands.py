"""Bands and channels around the price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.averages import ExponentialMovingAverage
from leanib.engine.indicators.base import BarIndicator, Indicator
from leanib.engine.indicators.composite import FunctionalIndicator, of, over, plus
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.statistics import (
    Delay,
    Identity,
    Line,
    Maximum,
    Minimum,
    SimpleMovingAverage,
    StandardDeviation,
    safe_divide,
)
from leanib.engine.indicators.volatility import AverageTrueRange

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar

__all__ = [
    "AccelerationBands",
    "BollingerBands",
    "DonchianChannel",
    "IchimokuKinkoHyo",
    "KeltnerChannels",
    "SqueezeMomentum",
    "WaveTrendOscillator",
]


class BollingerBands(Indicator):
    """An average and `k` standard deviations around it (`Indicators/BollingerBands.cs`).

    Its own value is the price.
    """

    title = "BB({period},{k})"

    def __init__(
        self, name: str, period: int, k: float, moving_average_type: MovingAverageType = MovingAverageType.SIMPLE
    ) -> None:
        self.warm_up_period = period
        self.moving_average_type = moving_average_type
        self.standard_deviation = StandardDeviation(name + "_StandardDeviation", period)
        self.middle_band = moving_average_type.as_indicator(name + "_MiddleBand", period)
        self._k, self._exact_k = float(k), k
        self.lower_band = Line(name + "_LowerBand", self._has_bands)
        self.upper_band = Line(name + "_UpperBand", self._has_bands)
        self.band_width = Line(name + "_BandWidth", self._has_bands)
        self.price = Identity(name + "_Close")
        self.percent_b = Line(name + "_%B", self._has_bands)
        super().__init__(name)

    def _has_bands(self) -> bool:
        return self.middle_band.is_ready and self.standard_deviation.is_ready

    @property
    def is_ready(self) -> bool:
        """Whether all the bands are."""
        return self._has_bands()

    def _next(self, data: IndicatorDataPoint) -> float | None:
        time, price = data.time, data.value
        self.standard_deviation.push(data)
        self.middle_band.push(data)
        self.price.push(data)
        middle, distance = self.middle_band.current.value, self._k * self.standard_deviation.current.value
        self.lower_band.feed(time, middle - distance)
        self.upper_band.feed(time, middle + distance)
        if middle:
            self.band_width.feed(time, 2 * distance / middle * 100)
        if distance:
            self.percent_b.feed(time, (price - middle + distance) / (2 * distance))
        return None if not self.standard_deviation.current.value and self.is_ready else price


class AccelerationBands(BarIndicator):
    """Bands that widen with the bars' range (`Indicators/AccelerationBands.cs`)."""

    title = "ABANDS({period},{width},{moving_average_type})"

    def __init__(
        self,
        name: str,
        period: int,
        width: float = 4,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
    ) -> None:
        self.warm_up_period = period
        self._width = float(width)
        self.moving_average_type = moving_average_type
        self.middle_band = moving_average_type.as_indicator(name + "_MiddleBand", period)
        self.lower_band = moving_average_type.as_indicator(name + "_LowerBand", period)
        self.upper_band = moving_average_type.as_indicator(name + "_UpperBand", period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the averages are."""
        return self.middle_band.is_ready and self.lower_band.is_ready and self.upper_band.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        coefficient = self._width * safe_divide(data.high - data.low, data.high + data.low)
        self.lower_band.feed(data.end_time, data.low * (1 - coefficient))
        self.upper_band.feed(data.end_time, data.high * (1 + coefficient))
        self.middle_band.feed(data.end_time, data.close)
        return self.middle_band.current.value


class DonchianChannel(BarIndicator):
    """The highest high and the lowest low (`Indicators/DonchianChannel.cs`)."""

    title = "DCH({upper_period},{lower_period})"

    def __init__(self, name: str, upper_period: int, lower_period: int | None = None) -> None:
        lower_period = upper_period if lower_period is None else lower_period
        self.warm_up_period = max(upper_period, lower_period)
        self.upper_band = Maximum(name + "_UpperBand", upper_period)
        self.lower_band = Minimum(name + "_LowerBand", lower_period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether both bands are."""
        return self.upper_band.is_ready and self.lower_band.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self.upper_band.feed(data.end_time, data.high)
        self.lower_band.feed(data.end_time, data.low)
        return (self.upper_band.current.value + self.lower_band.current.value) / 2


class KeltnerChannels(BarIndicator):
    """An average and `k` average true ranges around it (`Indicators/KeltnerChannels.cs`)."""

    title = "KC({period},{k})"

    def __init__(
        self, name: str, period: int, k: float, moving_average_type: MovingAverageType = MovingAverageType.SIMPLE
    ) -> None:
        self.warm_up_period = period
        self._exact_k = k
        self.average_true_range = AverageTrueRange(name + "_AverageTrueRange", period, MovingAverageType.SIMPLE)
        self.middle_band = moving_average_type.as_indicator(name + "_MiddleBand", period)
        self.lower_band = FunctionalIndicator(name + "_LowerBand", lambda _: self._band(-k), self._is_band_ready)
        self.upper_band = FunctionalIndicator(name + "_UpperBand", lambda _: self._band(k), self._is_band_ready)
        super().__init__(name)

    def _band(self, k: float) -> float:
        middle = self.middle_band
        return middle.current.value + self.average_true_range.current.value * k if middle.is_ready else 0.0

    def _is_band_ready(self, _: object) -> bool:
        return self.middle_band.is_ready

    @property
    def is_ready(self) -> bool:
        """Whether the average and the range are."""
        return self.middle_band.is_ready and self.average_true_range.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self.average_true_range.push(data)
        self.middle_band.feed(data.end_time, (data.high + data.low + data.close) / 3.0)
        self.lower_band.push(data)
        self.upper_band.push(data)
        return self.middle_band.current.value


class SqueezeMomentum(BarIndicator):
    """1 while Bollinger's bands are inside Keltner's channels, else -1 (`Indicators/SqueezeMomentum.cs`)."""

    title = "SM({bollinger_period},{bollinger_multiplier},{keltner_period},{keltner_multiplier})"

    def __init__(
        self,
        name: str,
        bollinger_period: int,
        bollinger_multiplier: float,
        keltner_period: int,
        keltner_multiplier: float,
    ) -> None:
        self.bollinger_bands = BollingerBands("BB", bollinger_period, bollinger_multiplier)
        self.keltner_channels = KeltnerChannels("KC", keltner_period, keltner_multiplier, MovingAverageType.EXPONENTIAL)
        self.warm_up_period = max(bollinger_period, keltner_period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether bands and channels are."""
        return self.bollinger_bands.is_ready and self.keltner_channels.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        self.bollinger_bands.push(data)
        self.keltner_channels.push(data)
        if not self.is_ready:
            return 0.0
        bands, channels = self.bollinger_bands, self.keltner_channels
        above = channels.upper_band.current.value > bands.upper_band.current.value
        below = channels.lower_band.current.value < bands.lower_band.current.value
        return 1.0 if above and below else -1.0


class IchimokuKinkoHyo(BarIndicator):
    """Ichimoku's lines and cloud (`Indicators/IchimokuKinkoHyo.cs`)."""

    title = (
        "ICHIMOKU({tenkan_period},{kijun_period},{senkou_a_period},{senkou_b_period},"
        "{senkou_a_delay_period},{senkou_b_delay_period})"
    )

    def __init__(
        self,
        name: str,
        tenkan_period: int = 9,
        kijun_period: int = 26,
        senkou_a_period: int = 26,
        senkou_b_period: int = 52,
        senkou_a_delay_period: int = 26,
        senkou_b_delay_period: int = 26,
    ) -> None:
        self.warm_up_period = max(
            tenkan_period + senkou_a_delay_period,
            kijun_period + senkou_a_delay_period,
            senkou_b_period + senkou_b_delay_period,
        )
        self.tenkan_maximum = Maximum(name + "_TenkanMax", tenkan_period)
        self.tenkan_minimum = Minimum(name + "_TenkanMin", tenkan_period)
        self.kijun_maximum = Maximum(name + "_KijunMax", kijun_period)
        self.kijun_minimum = Minimum(name + "_KijunMin", kijun_period)
        self.senkou_b_maximum = Maximum(name + "_SenkouBMaximum", senkou_b_period)
        self.senkou_b_minimum = Minimum(name + "_SenkouBMinimum", senkou_b_period)
        self.delayed_maximum_senkou_b = of(Delay(name + "DelayedMax", senkou_b_delay_period), self.senkou_b_maximum)
        self.delayed_minimum_senkou_b = of(Delay(name + "DelayedMin", senkou_b_delay_period), self.senkou_b_minimum)
        self.tenkan = over(plus(self.tenkan_maximum, self.tenkan_minimum), 2.0)
        self.delayed_tenkan_senkou_a = of(Delay(name + "DelayedTenkan", senkou_a_delay_period), self.tenkan)
        self.kijun = over(plus(self.kijun_maximum, self.kijun_minimum), 2.0)
        self.delayed_kijun_senkou_a = of(Delay(name + "DelayedKijun", senkou_a_delay_period), self.kijun)
        self.senkou_a = over(plus(self.delayed_tenkan_senkou_a, self.delayed_kijun_senkou_a), 2.0)
        self.senkou_b = over(plus(self.delayed_maximum_senkou_b, self.delayed_minimum_senkou_b), 2.0)
        self.chikou = Delay(name + "_Chikou", senkou_a_delay_period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the lines are."""
        return self.tenkan.is_ready and self.kijun.is_ready and self.senkou_a.is_ready and self.senkou_b.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        time = data.end_time
        for maximum, minimum in (
            (self.tenkan_maximum, self.tenkan_minimum),
            (self.kijun_maximum, self.kijun_minimum),
            (self.senkou_b_maximum, self.senkou_b_minimum),
        ):
            maximum.feed(time, data.high)
            minimum.feed(time, data.low)
        self.chikou.feed(time, data.close)
        return data.close


class WaveTrendOscillator(BarIndicator):
    """The smoothed distance from the average in units of the mean distance (`Indicators/WaveTrendOscillator.cs`)."""

    title = "WTO({channel_period},{average_period},{signal_period})"

    def __init__(self, name: str, channel_period: int, average_period: int, signal_period: int) -> None:
        if min(channel_period, average_period, signal_period) < 1:
            raise ArgumentException("WaveTrendOscillator: all periods must be greater than zero.")
        self.channel_average = ExponentialMovingAverage(name + "_ChannelAverage", channel_period)
        self.channel_deviation = ExponentialMovingAverage(name + "_ChannelDeviation", channel_period)
        self.channel_index_average = ExponentialMovingAverage(name + "_ChannelIndexAverage", average_period)
        self.signal = SimpleMovingAverage(name + "_Signal", signal_period)
        self.warm_up_period = 2 * channel_period + average_period + signal_period - 3
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the signal line is."""
        return self.signal.is_ready

    def _next(self, data: TradeBar | QuoteBar) -> float:
        time, price = data.end_time, (data.high + data.low + data.close) / 3.0
        if not self.channel_average.feed(time, price):
            return 0.0
        distance = price - self.channel_average.current.value
        if not self.channel_deviation.feed(time, abs(distance)):
            return 0.0
        unit = 0.015 * self.channel_deviation.current.value
        if not unit:
            return self.current.value
        if self.channel_index_average.feed(time, distance / unit):
            self.signal.push(self.channel_index_average.current)
        return self.channel_index_average.current.value
