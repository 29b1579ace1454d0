"""Helpers for indicators of bars: `self.abands(...)` (`Algorithm/QCAlgorithm.Indicators.cs`).

Each makes an indicator, names it, feeds it with the security's data at a resolution (None: the data's own), and warms
it up when `settings.automatic_indicator_warm_up` says so. The selector chooses what of a bar the indicator sees.
"""

from __future__ import annotations

from typing import Any

from leanib.engine import indicators as i
from leanib.engine.algorithm.indicator_registry import IndicatorRegistry, Selector, text
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.symbols import Resolution

__all__ = ["BarIndicators"]


class BarIndicators(IndicatorRegistry):
    """Helpers for indicators of bars."""

    def abands(
        self,
        symbol: Any,
        period: int,
        width: float = 4,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.AccelerationBands:
        """Bands that widen with the bars' range."""
        return self._make(
            i.AccelerationBands,
            f"ABANDS({period},{text(width)})",
            symbol,
            resolution,
            selector,
            period,
            width,
            moving_average_type,
        )

    def adx(
        self, symbol: Any, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.AverageDirectionalIndex:
        """ADX: the strength of a trend, with +DI and -DI for its direction."""
        return self._make(i.AverageDirectionalIndex, f"ADX({period})", symbol, resolution, selector, period)

    def adxr(
        self, symbol: Any, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.AverageDirectionalMovementIndexRating:
        """ADXR: the mean of ADX now and a period ago."""
        return self._make(
            i.AverageDirectionalMovementIndexRating, f"ADXR({period})", symbol, resolution, selector, period
        )

    def ao(
        self,
        symbol: Any,
        fast_period: int,
        slow_period: int,
        type: MovingAverageType,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.AwesomeOscillator:
        """A fast less a slow average of the bars' middle."""
        return self._make(
            i.AwesomeOscillator,
            f"AO({fast_period},{slow_period},{type})",
            symbol,
            resolution,
            selector,
            fast_period,
            slow_period,
            type,
        )

    def ar(
        self, symbol: Any, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.AverageRange:
        """The average of high less low."""
        return self._make(i.AverageRange, f"AR({period})", symbol, resolution, selector, period)

    def atr(
        self,
        symbol: Any,
        period: int,
        type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.AverageTrueRange:
        """ATR: the average of the true range."""
        return self._make(i.AverageTrueRange, f"ATR({period})", symbol, resolution, selector, period, type)

    def bop(self, symbol: Any, resolution: Resolution | None = None, selector: Selector = None) -> i.BalanceOfPower:
        """Close less open over high less low."""
        return self._make(i.BalanceOfPower, "BOP", symbol, resolution, selector)

    def cci(
        self,
        symbol: Any,
        period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.CommodityChannelIndex:
        """The typical price's distance from its average in mean deviations."""
        return self._make(
            i.CommodityChannelIndex, f"CCI({period})", symbol, resolution, selector, period, moving_average_type
        )

    def chop(
        self, symbol: Any, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.ChoppinessIndex:
        """How much the market goes sideways, from 0 to 100."""
        return self._make(i.ChoppinessIndex, f"CHOP({period})", symbol, resolution, selector, period)

    def cks(
        self,
        symbol: Any,
        atr_period: int,
        atr_mult: float,
        period: int,
        moving_average_type: MovingAverageType = MovingAverageType.WILDERS,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.ChandeKrollStop:
        """Stops a multiple of the average true range from the extremes."""
        return self._make(
            i.ChandeKrollStop,
            f"CKS({atr_period},{text(atr_mult)},{period})",
            symbol,
            resolution,
            selector,
            atr_period,
            atr_mult,
            period,
            moving_average_type,
        )

    def dem(
        self,
        symbol: Any,
        period: int,
        type: MovingAverageType,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.DeMarkerIndicator:
        """Rises of the high over rises of the high and falls of the low."""
        return self._make(i.DeMarkerIndicator, f"DEM({period},{type})", symbol, resolution, selector, period, type)

    def fish(
        self, symbol: Any, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.FisherTransform:
        """The price's place in its range, stretched to a normal distribution."""
        return self._make(i.FisherTransform, f"FISH({period})", symbol, resolution, selector, period)

    def frama(
        self,
        symbol: Any,
        period: int,
        long_period: int = 198,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.FractalAdaptiveMovingAverage:
        """Ehlers' FRAMA: the speed follows the fractal dimension."""
        return self._make(
            i.FractalAdaptiveMovingAverage,
            f"FRAMA({period},{long_period})",
            symbol,
            resolution,
            selector,
            period,
            long_period,
        )

    def heikin_ashi(self, symbol: Any, resolution: Resolution | None = None, selector: Selector = None) -> i.HeikinAshi:
        """Averaged bars; its own value is their close."""
        return self._make(i.HeikinAshi, "HA", symbol, resolution, selector)

    def ibs(
        self, symbol: Any, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.InternalBarStrength:
        """Where the close stands in the bar, from 0 to 1."""
        return self._make(i.InternalBarStrength, "IBS", symbol, resolution, selector)

    def ichimoku(
        self,
        symbol: Any,
        tenkan_period: int,
        kijun_period: int,
        senkou_a_period: int,
        senkou_b_period: int,
        senkou_a_delay_period: int,
        senkou_b_delay_period: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.IchimokuKinkoHyo:
        """Ichimoku's lines and cloud."""
        return self._make(
            i.IchimokuKinkoHyo,
            f"ICHIMOKU({tenkan_period},{kijun_period},{senkou_a_period},{senkou_b_period},{senkou_a_delay_period},{senkou_b_delay_period})",
            symbol,
            resolution,
            selector,
            tenkan_period,
            kijun_period,
            senkou_a_period,
            senkou_b_period,
            senkou_a_delay_period,
            senkou_b_delay_period,
        )

    def kch(
        self,
        symbol: Any,
        period: int,
        k: float,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.KeltnerChannels:
        """An average and `k` average true ranges around it."""
        return self._make(
            i.KeltnerChannels, f"KCH({period},{text(k)})", symbol, resolution, selector, period, k, moving_average_type
        )

    def mama(
        self,
        symbol: Any,
        fast_limit: float = 0.5,
        slow_limit: float = 0.05,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.MesaAdaptiveMovingAverage:
        """Ehlers' MAMA and FAMA: the speed follows the phase's rate of change."""
        return self._make(
            i.MesaAdaptiveMovingAverage,
            f"MAMA({text(fast_limit)},{text(slow_limit)})",
            symbol,
            resolution,
            selector,
            fast_limit,
            slow_limit,
        )

    def midprice(
        self, symbol: Any, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.MidPrice:
        """Half-way between the highest high and the lowest low."""
        return self._make(i.MidPrice, f"MIDPRICE({period})", symbol, resolution, selector, period)

    def natr(
        self, symbol: Any, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.NormalizedAverageTrueRange:
        """The average true range in percent of the close."""
        return self._make(i.NormalizedAverageTrueRange, f"NATR({period})", symbol, resolution, selector, period)

    def psar(
        self,
        symbol: Any,
        af_start: float = 0.02,
        af_increment: float = 0.02,
        af_max: float = 0.2,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.ParabolicStopAndReverse:
        """Wilder's parabolic SAR."""
        return self._make(
            i.ParabolicStopAndReverse,
            f"PSAR({text(af_start)},{text(af_increment)},{text(af_max)})",
            symbol,
            resolution,
            selector,
            af_start,
            af_increment,
            af_max,
        )

    def pso(
        self, symbol: Any, period: int, ema_period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.PremierStochasticOscillator:
        """A doubly smoothed stochastic between -1 and 1."""
        return self._make(
            i.PremierStochasticOscillator,
            f"PSO({period},{ema_period})",
            symbol,
            resolution,
            selector,
            period,
            ema_period,
        )

    def rsv(
        self, symbol: Any, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.RogersSatchellVolatility:
        """A volatility that allows for drift."""
        return self._make(i.RogersSatchellVolatility, f"RSV({period})", symbol, resolution, selector, period)

    def rvi(
        self,
        symbol: Any,
        period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.RelativeVigorIndex:
        """Bodies over ranges, smoothed."""
        return self._make(
            i.RelativeVigorIndex,
            f"RVI({period},{moving_average_type})",
            symbol,
            resolution,
            selector,
            period,
            moving_average_type,
        )

    def sarext(
        self,
        symbol: Any,
        sar_start: float = 0.0,
        offset_on_reverse: float = 0.0,
        af_start_short: float = 0.02,
        af_increment_short: float = 0.02,
        af_max_short: float = 0.2,
        af_start_long: float = 0.02,
        af_increment_long: float = 0.02,
        af_max_long: float = 0.2,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.ParabolicStopAndReverseExtended:
        """SAR with separate parameters for long and short; negative while short."""
        return self._make(
            i.ParabolicStopAndReverseExtended,
            f"SAREXT({text(sar_start)},{text(offset_on_reverse)},{text(af_start_short)},{text(af_increment_short)},{text(af_max_short)},{text(af_start_long)},{text(af_increment_long)},{text(af_max_long)})",
            symbol,
            resolution,
            selector,
            sar_start,
            offset_on_reverse,
            af_start_short,
            af_increment_short,
            af_max_short,
            af_start_long,
            af_increment_long,
            af_max_long,
        )

    def sm(
        self,
        symbol: Any,
        bollinger_period: int = 20,
        bollinger_multiplier: float = 2,
        keltner_period: int = 20,
        keltner_multiplier: float = 1.5,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.SqueezeMomentum:
        """1 while Bollinger's bands are inside Keltner's channels, else -1."""
        return self._make(
            i.SqueezeMomentum,
            f"SM({bollinger_period}, {text(bollinger_multiplier)}, {keltner_period}, {text(keltner_multiplier)})",
            symbol,
            resolution,
            selector,
            bollinger_period,
            bollinger_multiplier,
            keltner_period,
            keltner_multiplier,
        )

    def sobv(
        self,
        symbol: Any,
        period: int,
        type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.SmoothedOnBalanceVolume:
        """An average of on-balance volume."""
        return self._make(i.SmoothedOnBalanceVolume, f"SOBV({period})", symbol, resolution, selector, period, type)

    def str(
        self,
        symbol: Any,
        period: int,
        multiplier: float,
        moving_average_type: MovingAverageType = MovingAverageType.WILDERS,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.SuperTrend:
        """A trailing stop at a multiple of the average true range."""
        return self._make(
            i.SuperTrend,
            f"STR({period},{text(multiplier)})",
            symbol,
            resolution,
            selector,
            period,
            multiplier,
            moving_average_type,
        )

    def tds(
        self, symbol: Any, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.TomDemarkSequential:
        """DeMark's setup of nine and countdown of thirteen bars; its value is a phase."""
        return self._make(i.TomDemarkSequential, "TDS", symbol, resolution, selector)

    def tr(self, symbol: Any, resolution: Resolution | None = None, selector: Selector = None) -> i.TrueRange:
        """The bar's range, widened to the close before it."""
        return self._make(i.TrueRange, "TR", symbol, resolution, selector)

    def ultosc(
        self,
        symbol: Any,
        period1: int,
        period2: int,
        period3: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.UltimateOscillator:
        """Buying pressure over true range at three lengths."""
        return self._make(
            i.UltimateOscillator,
            f"ULTOSC({period1},{period2},{period3})",
            symbol,
            resolution,
            selector,
            period1,
            period2,
            period3,
        )

    def vtx(
        self, symbol: Any, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.Vortex:
        """The mean of +VI and -VI, up and down movement over true range."""
        return self._make(i.Vortex, f"VTX({period})", symbol, resolution, selector, period)

    def wilr(
        self, symbol: Any, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.WilliamsPercentR:
        """How far the close is below the highest high, in percent of the range."""
        return self._make(i.WilliamsPercentR, f"WILR({period})", symbol, resolution, selector, period)

    def wto(
        self,
        symbol: Any,
        channel_period: int,
        average_period: int,
        signal_period: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.WaveTrendOscillator:
        """The smoothed distance from the average in units of the mean distance."""
        return self._make(
            i.WaveTrendOscillator,
            f"WTO({channel_period},{average_period},{signal_period})",
            symbol,
            resolution,
            selector,
            channel_period,
            average_period,
            signal_period,
        )

    def zz(
        self,
        symbol: Any,
        sensitivity: float = 0.05,
        min_trend_length: int = 1,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.ZigZag:
        """The last turn of at least `sensitivity`."""
        return self._make(
            i.ZigZag,
            f"ZZ({text(sensitivity)},{min_trend_length})",
            symbol,
            resolution,
            selector,
            sensitivity,
            min_trend_length,
        )
