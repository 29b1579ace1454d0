"""Helpers for indicators of the spread and the cycles of values (`Algorithm/QCAlgorithm.Indicators.cs`).

Each makes an indicator, names it, feeds it with the security's data at a resolution (None: the data's own), and warms
it up when `settings.automatic_indicator_warm_up` says so. The selector chooses what of a bar the indicator sees.
"""

from __future__ import annotations

from leanib.engine import indicators as i
from leanib.engine.algorithm.indicator_registry import IndicatorRegistry, Selector, text
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.symbols import Resolution
from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["StatisticIndicators"]


class StatisticIndicators(IndicatorRegistry):
    """Helpers for indicators of the spread and the cycles of values."""

    def bb(
        self,
        symbol: AnySymbol,
        period: int,
        k: float,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.BollingerBands:
        """An average and `k` standard deviations around it."""
        return self._qc_make(
            i.BollingerBands, f"BB({period},{text(k)})", symbol, resolution, selector, period, k, moving_average_type
        )

    def he(
        self,
        symbol: AnySymbol,
        period: int,
        max_lag: int = 20,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.HurstExponent:
        """Above 0.5 in a trend, below it in mean reversion."""
        return self._qc_make(i.HurstExponent, f"HE({period},{max_lag})", symbol, resolution, selector, period, max_lag)

    def ht(
        self,
        symbol: AnySymbol,
        length: int,
        in_phase_multiplication_factor: float,
        quadrature_multiplication_factor: float,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.HilbertTransform:
        """The in-phase and quadrature parts of a price; its own value is the price."""
        return self._qc_make(
            i.HilbertTransform,
            f"HT({length}, {text(in_phase_multiplication_factor)}, {text(quadrature_multiplication_factor)})",
            symbol,
            resolution,
            selector,
            length,
            in_phase_multiplication_factor,
            quadrature_multiplication_factor,
        )

    def logr(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.LogReturn:
        """The logarithm of new over old."""
        return self._qc_make(i.LogReturn, f"LOGR({period})", symbol, resolution, selector, period)

    def mad(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.MeanAbsoluteDeviation:
        """The mean distance from the mean."""
        return self._qc_make(i.MeanAbsoluteDeviation, f"MAD({period})", symbol, resolution, selector, period)

    def midpoint(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.MidPoint:
        """Half-way between the highest and the lowest value."""
        return self._qc_make(i.MidPoint, f"MIDPOINT({period})", symbol, resolution, selector, period)

    def sortino(
        self,
        symbol: AnySymbol,
        sortino_period: int,
        minimum_acceptable_return: float = 0.0,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.SortinoRatio:
        """The mean excess return over the downside deviation."""
        return self._qc_make(
            i.SortinoRatio,
            f"SORTINO({sortino_period},{text(minimum_acceptable_return)})",
            symbol,
            resolution,
            selector,
            sortino_period,
            minimum_acceptable_return,
        )

    def std(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.StandardDeviation:
        """The population standard deviation of the last `period` values."""
        return self._qc_make(i.StandardDeviation, f"STD({period})", symbol, resolution, selector, period)

    def sum(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.Sum:
        """The sum of the last `period` values."""
        return self._qc_make(i.Sum, f"SUM({period})", symbol, resolution, selector, period)

    def tdd(
        self,
        symbol: AnySymbol,
        period: int,
        minimum_acceptable_return: float = 0,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.TargetDownsideDeviation:
        """The root mean square of the returns below a minimum."""
        return self._qc_make(
            i.TargetDownsideDeviation,
            f"TDD({period},{text(minimum_acceptable_return)})",
            symbol,
            resolution,
            selector,
            period,
            minimum_acceptable_return,
        )

    def tsf(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.TimeSeriesForecast:
        """The line through the last values, one step ahead."""
        return self._qc_make(i.TimeSeriesForecast, f"TSF({period})", symbol, resolution, selector, period)
