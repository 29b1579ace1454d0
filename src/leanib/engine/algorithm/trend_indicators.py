"""Helpers for indicators of the direction of a trend (`Algorithm/QCAlgorithm.Indicators.cs`).

Each makes an indicator, names it, feeds it with the security's data at a resolution (None: the data's own), and warms
it up when `settings.automatic_indicator_warm_up` says so. The selector chooses what of a bar the indicator sees.
"""

from __future__ import annotations

from leanib.engine import indicators as i
from leanib.engine.algorithm.indicator_registry import IndicatorRegistry, Selector, text
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.symbols import Resolution
from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["TrendIndicators"]


class TrendIndicators(IndicatorRegistry):
    """Helpers for indicators of the direction of a trend."""

    def adx(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.AverageDirectionalIndex:
        """ADX: the strength of a trend, with +DI and -DI for its direction."""
        return self._qc_make(i.AverageDirectionalIndex, f"ADX({period})", symbol, resolution, selector, period)

    def adxr(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.AverageDirectionalMovementIndexRating:
        """ADXR: the mean of ADX now and a period ago."""
        return self._qc_make(
            i.AverageDirectionalMovementIndexRating, f"ADXR({period})", symbol, resolution, selector, period
        )

    def ar(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.AverageRange:
        """The average of high less low."""
        return self._qc_make(i.AverageRange, f"AR({period})", symbol, resolution, selector, period)

    def cks(
        self,
        symbol: AnySymbol,
        atr_period: int,
        atr_mult: float,
        period: int,
        moving_average_type: MovingAverageType = MovingAverageType.WILDERS,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.ChandeKrollStop:
        """Stops a multiple of the average true range from the extremes."""
        return self._qc_make(
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

    def heikin_ashi(
        self, symbol: AnySymbol, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.HeikinAshi:
        """Averaged bars; its own value is their close."""
        return self._qc_make(i.HeikinAshi, "HA", symbol, resolution, selector)

    def ichimoku(
        self,
        symbol: AnySymbol,
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
        return self._qc_make(
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

    def psar(
        self,
        symbol: AnySymbol,
        af_start: float = 0.02,
        af_increment: float = 0.02,
        af_max: float = 0.2,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.ParabolicStopAndReverse:
        """Wilder's parabolic SAR."""
        return self._qc_make(
            i.ParabolicStopAndReverse,
            f"PSAR({text(af_start)},{text(af_increment)},{text(af_max)})",
            symbol,
            resolution,
            selector,
            af_start,
            af_increment,
            af_max,
        )

    def sarext(
        self,
        symbol: AnySymbol,
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
        return self._qc_make(
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
        symbol: AnySymbol,
        bollinger_period: int = 20,
        bollinger_multiplier: float = 2,
        keltner_period: int = 20,
        keltner_multiplier: float = 1.5,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.SqueezeMomentum:
        """1 while Bollinger's bands are inside Keltner's channels, else -1."""
        return self._qc_make(
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
        symbol: AnySymbol,
        period: int,
        type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.SmoothedOnBalanceVolume:
        """An average of on-balance volume."""
        return self._qc_make(i.SmoothedOnBalanceVolume, f"SOBV({period})", symbol, resolution, selector, period, type)

    def str(
        self,
        symbol: AnySymbol,
        period: int,
        multiplier: float,
        moving_average_type: MovingAverageType = MovingAverageType.WILDERS,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.SuperTrend:
        """A trailing stop at a multiple of the average true range."""
        return self._qc_make(
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
        self, symbol: AnySymbol, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.TomDemarkSequential:
        """DeMark's setup of nine and countdown of thirteen bars; its value is a phase."""
        return self._qc_make(i.TomDemarkSequential, "TDS", symbol, resolution, selector)

    def vtx(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.Vortex:
        """The mean of +VI and -VI, up and down movement over true range."""
        return self._qc_make(i.Vortex, f"VTX({period})", symbol, resolution, selector, period)

    def zz(
        self,
        symbol: AnySymbol,
        sensitivity: float = 0.05,
        min_trend_length: int = 1,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.ZigZag:
        """The last turn of at least `sensitivity`."""
        return self._qc_make(
            i.ZigZag,
            f"ZZ({text(sensitivity)},{min_trend_length})",
            symbol,
            resolution,
            selector,
            sensitivity,
            min_trend_length,
        )
