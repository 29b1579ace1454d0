"""Helpers for indicators of averages (`Algorithm/QCAlgorithm.Indicators.cs`).

Each makes an indicator, names it, feeds it with the security's data at a resolution (None: the data's own), and warms
it up when `settings.automatic_indicator_warm_up` says so. The selector chooses what of a bar the indicator sees.
"""

from __future__ import annotations

from leanib.engine import indicators as i
from leanib.engine.algorithm.indicator_registry import IndicatorRegistry, Selector, text
from leanib.engine.naming import also_named
from leanib.engine.symbols import Resolution
from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["AverageIndicators"]


class AverageIndicators(IndicatorRegistry):
    """Helpers for indicators of averages."""

    def alma(
        self,
        symbol: AnySymbol,
        period: int,
        sigma: int = 6,
        offset: float = 0.85,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.ArnaudLegouxMovingAverage:
        """Weights in the form of a bell around `offset` of the window."""
        return self._qc_make(
            i.ArnaudLegouxMovingAverage,
            f"ALMA({period},{sigma},{text(offset)})",
            symbol,
            resolution,
            selector,
            period,
            sigma,
            offset,
        )

    def dema(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.DoubleExponentialMovingAverage:
        """Twice the exponential average less the average's average."""
        return self._qc_make(i.DoubleExponentialMovingAverage, f"DEMA({period})", symbol, resolution, selector, period)

    def frama(
        self,
        symbol: AnySymbol,
        period: int,
        long_period: int = 198,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.FractalAdaptiveMovingAverage:
        """Ehlers' FRAMA: the speed follows the fractal dimension."""
        return self._qc_make(
            i.FractalAdaptiveMovingAverage,
            f"FRAMA({period},{long_period})",
            symbol,
            resolution,
            selector,
            period,
            long_period,
        )

    def hma(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.HullMovingAverage:
        """A weighted average of 2 WMA(period / 2) - WMA(period)."""
        return self._qc_make(i.HullMovingAverage, f"HMA({period})", symbol, resolution, selector, period)

    @also_named(target="symbol")
    def lsma(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.LeastSquaresMovingAverage:
        """The end of the line through the last values."""
        return self._qc_make(i.LeastSquaresMovingAverage, f"LSMA({period})", symbol, resolution, selector, period)

    def lwma(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.LinearWeightedMovingAverage:
        """The newest value weighs `period`, the oldest 1."""
        return self._qc_make(i.LinearWeightedMovingAverage, f"LWMA({period})", symbol, resolution, selector, period)

    def mama(
        self,
        symbol: AnySymbol,
        fast_limit: float = 0.5,
        slow_limit: float = 0.05,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.MesaAdaptiveMovingAverage:
        """Ehlers' MAMA and FAMA: the speed follows the phase's rate of change."""
        return self._qc_make(
            i.MesaAdaptiveMovingAverage,
            f"MAMA({text(fast_limit)},{text(slow_limit)})",
            symbol,
            resolution,
            selector,
            fast_limit,
            slow_limit,
        )

    def mgd(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.McGinleyDynamic:
        """An average that speeds up and slows down with the market."""
        return self._qc_make(i.McGinleyDynamic, f"MGD({period})", symbol, resolution, selector, period)

    def rma(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.RelativeMovingAverage:
        """SMA(3 periods) - SMA(2 periods) + SMA(period)."""
        return self._qc_make(i.RelativeMovingAverage, f"RMA({period})", symbol, resolution, selector, period)

    def sma(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.SimpleMovingAverage:
        """The mean of the last `period` values."""
        return self._qc_make(i.SimpleMovingAverage, f"SMA({period})", symbol, resolution, selector, period)

    def swiss(
        self,
        symbol: AnySymbol,
        period: int,
        delta: float,
        tool: i.SwissArmyKnifeTool,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.SwissArmyKnife:
        """Five filters at once, of which one gives its value."""
        return self._qc_make(
            i.SwissArmyKnife, f"SWISS({period},{text(delta)},{tool})", symbol, resolution, selector, period, delta, tool
        )

    def t3(
        self,
        symbol: AnySymbol,
        period: int,
        volume_factor: float = 0.7,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.T3MovingAverage:
        """Tillson's T3: three generalized double exponential averages in a row."""
        return self._qc_make(
            i.T3MovingAverage,
            f"T3({period},{text(volume_factor)})",
            symbol,
            resolution,
            selector,
            period,
            volume_factor,
        )

    def tema(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.TripleExponentialMovingAverage:
        """3 EMA - 3 EMA(EMA) + EMA(EMA(EMA))."""
        return self._qc_make(i.TripleExponentialMovingAverage, f"TEMA({period})", symbol, resolution, selector, period)

    def trima(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.TriangularMovingAverage:
        """A simple average of a simple average."""
        return self._qc_make(i.TriangularMovingAverage, f"TRIMA({period})", symbol, resolution, selector, period)

    def trix(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.Trix:
        """The percent change of a triply smoothed average."""
        return self._qc_make(i.Trix, f"TRIX({period})", symbol, resolution, selector, period)

    def vidya(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.VariableIndexDynamicAverage:
        """An exponential average sped up by Chande's momentum."""
        return self._qc_make(i.VariableIndexDynamicAverage, f"VIDYA({period})", symbol, resolution, selector, period)

    def wwma(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.WilderMovingAverage:
        """An exponential average with the factor 1 / period."""
        return self._qc_make(i.WilderMovingAverage, f"WWMA({period})", symbol, resolution, selector, period)

    def zlema(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.ZeroLagExponentialMovingAverage:
        """An exponential average of the value and its gain over half a period."""
        return self._qc_make(
            i.ZeroLagExponentialMovingAverage, f"ZLEMA({period})", symbol, resolution, selector, period
        )
