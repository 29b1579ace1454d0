"""Helpers for indicators of the range of prices, and the place in it (`Algorithm/QCAlgorithm.Indicators.cs`).

Each makes an indicator, names it, feeds it with the security's data at a resolution (None: the data's own), and warms
it up when `settings.automatic_indicator_warm_up` says so. The selector chooses what of a bar the indicator sees.
"""

from __future__ import annotations

from leanib.engine import indicators as i
from leanib.engine.algorithm.indicator_registry import IndicatorRegistry, Selector, text
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.naming import also_named
from leanib.engine.symbols import Resolution
from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["RangeIndicators"]


class RangeIndicators(IndicatorRegistry):
    """Helpers for indicators of the range of prices, and the place in it."""

    def abands(
        self,
        symbol: AnySymbol,
        period: int,
        width: float = 4,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.AccelerationBands:
        """Bands that widen with the bars' range."""
        return self._qc_make(
            i.AccelerationBands,
            f"ABANDS({period},{text(width)})",
            symbol,
            resolution,
            selector,
            period,
            width,
            moving_average_type,
        )

    def ao(
        self,
        symbol: AnySymbol,
        fast_period: int,
        slow_period: int,
        type: MovingAverageType,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.AwesomeOscillator:
        """A fast less a slow average of the bars' middle."""
        return self._qc_make(
            i.AwesomeOscillator,
            f"AO({fast_period},{slow_period},{type})",
            symbol,
            resolution,
            selector,
            fast_period,
            slow_period,
            type,
        )

    def atr(
        self,
        symbol: AnySymbol,
        period: int,
        type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.AverageTrueRange:
        """ATR: the average of the true range."""
        return self._qc_make(i.AverageTrueRange, f"ATR({period})", symbol, resolution, selector, period, type)

    def bop(
        self, symbol: AnySymbol, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.BalanceOfPower:
        """Close less open over high less low."""
        return self._qc_make(i.BalanceOfPower, "BOP", symbol, resolution, selector)

    def cci(
        self,
        symbol: AnySymbol,
        period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.CommodityChannelIndex:
        """The typical price's distance from its average in mean deviations."""
        return self._qc_make(
            i.CommodityChannelIndex, f"CCI({period})", symbol, resolution, selector, period, moving_average_type
        )

    def chop(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.ChoppinessIndex:
        """How much the market goes sideways, from 0 to 100."""
        return self._qc_make(i.ChoppinessIndex, f"CHOP({period})", symbol, resolution, selector, period)

    def dem(
        self,
        symbol: AnySymbol,
        period: int,
        type: MovingAverageType,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.DeMarkerIndicator:
        """Rises of the high over rises of the high and falls of the low."""
        return self._qc_make(i.DeMarkerIndicator, f"DEM({period},{type})", symbol, resolution, selector, period, type)

    def fish(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.FisherTransform:
        """The price's place in its range, stretched to a normal distribution."""
        return self._qc_make(i.FisherTransform, f"FISH({period})", symbol, resolution, selector, period)

    def ibs(
        self, symbol: AnySymbol, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.InternalBarStrength:
        """Where the close stands in the bar, from 0 to 1."""
        return self._qc_make(i.InternalBarStrength, "IBS", symbol, resolution, selector)

    def kch(
        self,
        symbol: AnySymbol,
        period: int,
        k: float,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.KeltnerChannels:
        """An average and `k` average true ranges around it."""
        return self._qc_make(
            i.KeltnerChannels, f"KCH({period},{text(k)})", symbol, resolution, selector, period, k, moving_average_type
        )

    def midprice(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.MidPrice:
        """Half-way between the highest high and the lowest low."""
        return self._qc_make(i.MidPrice, f"MIDPRICE({period})", symbol, resolution, selector, period)

    def natr(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.NormalizedAverageTrueRange:
        """The average true range in percent of the close."""
        return self._qc_make(i.NormalizedAverageTrueRange, f"NATR({period})", symbol, resolution, selector, period)

    def pso(
        self,
        symbol: AnySymbol,
        period: int,
        ema_period: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.PremierStochasticOscillator:
        """A doubly smoothed stochastic between -1 and 1."""
        return self._qc_make(
            i.PremierStochasticOscillator,
            f"PSO({period},{ema_period})",
            symbol,
            resolution,
            selector,
            period,
            ema_period,
        )

    def rsv(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.RogersSatchellVolatility:
        """A volatility that allows for drift."""
        return self._qc_make(i.RogersSatchellVolatility, f"RSV({period})", symbol, resolution, selector, period)

    def rvi(
        self,
        symbol: AnySymbol,
        period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.RelativeVigorIndex:
        """Bodies over ranges, smoothed."""
        return self._qc_make(
            i.RelativeVigorIndex,
            f"RVI({period},{moving_average_type})",
            symbol,
            resolution,
            selector,
            period,
            moving_average_type,
        )

    def tr(self, symbol: AnySymbol, resolution: Resolution | None = None, selector: Selector = None) -> i.TrueRange:
        """The bar's range, widened to the close before it."""
        return self._qc_make(i.TrueRange, "TR", symbol, resolution, selector)

    @also_named(period_1="period1", period_2="period2", period_3="period3")
    def ultosc(
        self,
        symbol: AnySymbol,
        period1: int,
        period2: int,
        period3: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.UltimateOscillator:
        """Buying pressure over true range at three lengths."""
        return self._qc_make(
            i.UltimateOscillator,
            f"ULTOSC({period1},{period2},{period3})",
            symbol,
            resolution,
            selector,
            period1,
            period2,
            period3,
        )

    def wilr(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.WilliamsPercentR:
        """How far the close is below the highest high, in percent of the range."""
        return self._qc_make(i.WilliamsPercentR, f"WILR({period})", symbol, resolution, selector, period)

    def wto(
        self,
        symbol: AnySymbol,
        channel_period: int,
        average_period: int,
        signal_period: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.WaveTrendOscillator:
        """The smoothed distance from the average in units of the mean distance."""
        return self._qc_make(
            i.WaveTrendOscillator,
            f"WTO({channel_period},{average_period},{signal_period})",
            symbol,
            resolution,
            selector,
            channel_period,
            average_period,
            signal_period,
        )
