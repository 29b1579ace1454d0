"""Helpers for indicators of the speed of a change (`Algorithm/QCAlgorithm.Indicators.cs`).

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

__all__ = ["MomentumIndicators"]


class MomentumIndicators(IndicatorRegistry):
    """Helpers for indicators of the speed of a change."""

    def apo(
        self,
        symbol: AnySymbol,
        fast_period: int,
        slow_period: int,
        moving_average_type: MovingAverageType,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.AbsolutePriceOscillator:
        """A fast less a slow average."""
        return self._qc_make(
            i.AbsolutePriceOscillator,
            f"APO({fast_period},{slow_period})",
            symbol,
            resolution,
            selector,
            fast_period,
            slow_period,
            moving_average_type,
        )

    def aps(
        self, symbol: AnySymbol, period: int = 3, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.AugenPriceSpike:
        """The change in units of the recent volatility."""
        return self._qc_make(i.AugenPriceSpike, f"APS({period})", symbol, resolution, selector, period)

    def cc(
        self,
        symbol: AnySymbol,
        short_roc_period: int = 11,
        long_roc_period: int = 14,
        lwma_period: int = 10,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.CoppockCurve:
        """A weighted average of two rates of change."""
        return self._qc_make(
            i.CoppockCurve,
            f"CC({short_roc_period},{long_roc_period},{lwma_period})",
            symbol,
            resolution,
            selector,
            short_roc_period,
            long_roc_period,
            lwma_period,
        )

    def cmo(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.ChandeMomentumOscillator:
        """Gains less losses over their sum, smoothed."""
        return self._qc_make(i.ChandeMomentumOscillator, f"CMO({period})", symbol, resolution, selector, period)

    def crsi(
        self,
        symbol: AnySymbol,
        rsi_period: int,
        rsi_period_streak: int,
        look_back_period: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.ConnorsRelativeStrengthIndex:
        """The mean of an RSI, an RSI of streaks and the rank of the change."""
        return self._qc_make(
            i.ConnorsRelativeStrengthIndex,
            f"CRSI({rsi_period},{rsi_period_streak},{look_back_period})",
            symbol,
            resolution,
            selector,
            rsi_period,
            rsi_period_streak,
            look_back_period,
        )

    def do(
        self,
        symbol: AnySymbol,
        rsi_period: int,
        smoothing_rsi_period: int,
        double_smoothing_rsi_period: int,
        signal_line_period: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.DerivativeOscillator:
        """A doubly smoothed RSI less its signal line."""
        return self._qc_make(
            i.DerivativeOscillator,
            f"DO({rsi_period},{smoothing_rsi_period},{double_smoothing_rsi_period},{signal_line_period})",
            symbol,
            resolution,
            selector,
            rsi_period,
            smoothing_rsi_period,
            double_smoothing_rsi_period,
            signal_line_period,
        )

    def dpo(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.DetrendedPriceOscillator:
        """The value of half a period ago less the average."""
        return self._qc_make(i.DetrendedPriceOscillator, f"DPO({period})", symbol, resolution, selector, period)

    def ker(
        self, symbol: AnySymbol, period: int = 2, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.KaufmanEfficiencyRatio:
        """The way gone over the way walked."""
        return self._qc_make(i.KaufmanEfficiencyRatio, f"KER({period})", symbol, resolution, selector, period)

    @also_named(
        roc_1_period="roc1_period",
        roc_1_ma_period="roc1_ma_period",
        roc_2_period="roc2_period",
        roc_2_ma_period="roc2_ma_period",
        roc_3_period="roc3_period",
        roc_3_ma_period="roc3_ma_period",
        roc_4_period="roc4_period",
        roc_4_ma_period="roc4_ma_period",
    )
    def kst(
        self,
        symbol: AnySymbol,
        roc1_period: int = 10,
        roc1_ma_period: int = 10,
        roc2_period: int = 15,
        roc2_ma_period: int = 10,
        roc3_period: int = 20,
        roc3_ma_period: int = 10,
        roc4_period: int = 30,
        roc4_ma_period: int = 15,
        signal_period: int = 9,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.KnowSureThing:
        """A weighted sum of four smoothed rates of change, with a signal line."""
        return self._qc_make(
            i.KnowSureThing,
            f"KST({roc1_period},{roc1_ma_period},{roc2_period},{roc2_ma_period},{roc3_period},{roc3_ma_period},{roc4_period},{roc4_ma_period},{signal_period},{moving_average_type})",
            symbol,
            resolution,
            selector,
            roc1_period,
            roc1_ma_period,
            roc2_period,
            roc2_ma_period,
            roc3_period,
            roc3_ma_period,
            roc4_period,
            roc4_ma_period,
            signal_period,
            moving_average_type,
        )

    def macd(
        self,
        symbol: AnySymbol,
        fast_period: int,
        slow_period: int,
        signal_period: int,
        type: MovingAverageType = MovingAverageType.EXPONENTIAL,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.MovingAverageConvergenceDivergence:
        """MACD: a fast less a slow average, with signal line and histogram."""
        return self._qc_make(
            i.MovingAverageConvergenceDivergence,
            f"MACD({fast_period},{slow_period},{signal_period})",
            symbol,
            resolution,
            selector,
            fast_period,
            slow_period,
            signal_period,
            type,
        )

    def mom(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.Momentum:
        """The change over `period` updates."""
        return self._qc_make(i.Momentum, f"MOM({period})", symbol, resolution, selector, period)

    def momersion(
        self,
        symbol: AnySymbol,
        min_period: int | None,
        full_period: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.Momersion:
        """How much of the time a change follows a change of the same sign, in percent."""
        return self._qc_make(
            i.Momersion, f"MOMERSION({min_period},{full_period})", symbol, resolution, selector, min_period, full_period
        )

    def momp(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.MomentumPercent:
        """Another name of the rate of change in percent."""
        return self._qc_make(i.MomentumPercent, f"MOMP({period})", symbol, resolution, selector, period)

    def ppo(
        self,
        symbol: AnySymbol,
        fast_period: int,
        slow_period: int,
        moving_average_type: MovingAverageType,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.PercentagePriceOscillator:
        """A fast less a slow average, in percent of the slow."""
        return self._qc_make(
            i.PercentagePriceOscillator,
            f"PPO({fast_period},{slow_period})",
            symbol,
            resolution,
            selector,
            fast_period,
            slow_period,
            moving_average_type,
        )

    def rc(
        self, symbol: AnySymbol, period: int, k: float, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.RegressionChannel:
        """A regression line and `k` standard deviations around it."""
        return self._qc_make(i.RegressionChannel, f"RC({period},{text(k)})", symbol, resolution, selector, period, k)

    def roc(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.RateOfChange:
        """The change over `period` updates, as a fraction of the old value."""
        return self._qc_make(i.RateOfChange, f"ROC({period})", symbol, resolution, selector, period)

    def rocp(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.RateOfChangePercent:
        """The rate of change in percent."""
        return self._qc_make(i.RateOfChangePercent, f"ROCP({period})", symbol, resolution, selector, period)

    def rocr(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.RateOfChangeRatio:
        """The new value over the old."""
        return self._qc_make(i.RateOfChangeRatio, f"ROCR({period})", symbol, resolution, selector, period)

    def rsi(
        self,
        symbol: AnySymbol,
        period: int,
        moving_average_type: MovingAverageType = MovingAverageType.WILDERS,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.RelativeStrengthIndex:
        """RSI: the average gain against the average loss, from 0 to 100."""
        return self._qc_make(
            i.RelativeStrengthIndex,
            f"RSI({period},{moving_average_type})",
            symbol,
            resolution,
            selector,
            period,
            moving_average_type,
        )

    def srsi(
        self,
        symbol: AnySymbol,
        rsi_period: int,
        stoch_period: int,
        k_smoothing_period: int,
        d_smoothing_period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.StochasticRelativeStrengthIndex:
        """Where the RSI stands between its extremes, smoothed as K and D."""
        return self._qc_make(
            i.StochasticRelativeStrengthIndex,
            f"SRSI({rsi_period},{stoch_period},{k_smoothing_period},{d_smoothing_period})",
            symbol,
            resolution,
            selector,
            rsi_period,
            stoch_period,
            k_smoothing_period,
            d_smoothing_period,
            moving_average_type,
        )

    def stc(
        self,
        symbol: AnySymbol,
        cycle_period: int,
        fast_period: int,
        slow_period: int,
        moving_average_type: MovingAverageType = MovingAverageType.EXPONENTIAL,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.SchaffTrendCycle:
        """A stochastic of a stochastic of a MACD."""
        return self._qc_make(
            i.SchaffTrendCycle,
            f"STC({cycle_period},{fast_period},{slow_period})",
            symbol,
            resolution,
            selector,
            cycle_period,
            fast_period,
            slow_period,
            moving_average_type,
        )

    def tsi(
        self,
        symbol: AnySymbol,
        long_term_period: int = 25,
        short_term_period: int = 13,
        signal_period: int = 7,
        signal_type: MovingAverageType = MovingAverageType.EXPONENTIAL,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.TrueStrengthIndex:
        """Doubly smoothed change over doubly smoothed absolute change, in percent."""
        return self._qc_make(
            i.TrueStrengthIndex,
            f"TSI({long_term_period},{short_term_period},{signal_period})",
            symbol,
            resolution,
            selector,
            long_term_period,
            short_term_period,
            signal_period,
            signal_type,
        )
