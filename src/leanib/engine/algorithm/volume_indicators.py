"""Helpers for indicators of bars with volume: `self.ad(...)` (`Algorithm/QCAlgorithm.Indicators.cs`).

Each makes an indicator, names it, feeds it with the security's data at a resolution (None: the data's own), and warms
it up when `settings.automatic_indicator_warm_up` says so. The selector chooses what of a bar the indicator sees.
"""

from __future__ import annotations

from leanib.engine import indicators as i
from leanib.engine.algorithm.indicator_registry import IndicatorRegistry, Selector, text
from leanib.engine.indicators.moving_average_type import MovingAverageType
from leanib.engine.symbols import Resolution
from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["VolumeIndicators"]


class VolumeIndicators(IndicatorRegistry):
    """Helpers for indicators of bars with volume."""

    def ad(
        self, symbol: AnySymbol, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.AccumulationDistribution:
        """The running sum of volume, weighted by where the bar closes."""
        return self._qc_make(i.AccumulationDistribution, "AD", symbol, resolution, selector)

    def adosc(
        self,
        symbol: AnySymbol,
        fast_period: int,
        slow_period: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.AccumulationDistributionOscillator:
        """A fast less a slow average of accumulation/distribution."""
        return self._qc_make(
            i.AccumulationDistributionOscillator,
            f"ADOSC({fast_period},{slow_period})",
            symbol,
            resolution,
            selector,
            fast_period,
            slow_period,
        )

    def asi(
        self,
        symbol: AnySymbol,
        limit_move: float,
        resolution: Resolution | None = Resolution.DAILY,
        selector: Selector = None,
    ) -> i.WilderAccumulativeSwingIndex:
        """The running sum of the swing index."""
        return self._qc_make(i.WilderAccumulativeSwingIndex, "ASI", symbol, resolution, selector, limit_move)

    def cmf(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.ChaikinMoneyFlow:
        """Money flow over volume."""
        return self._qc_make(i.ChaikinMoneyFlow, f"CMF({period})", symbol, resolution, selector, period)

    def co(
        self,
        symbol: AnySymbol,
        fast_period: int,
        slow_period: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.ChaikinOscillator:
        """Another name of the accumulation/distribution oscillator."""
        return self._qc_make(
            i.ChaikinOscillator,
            f"CO({fast_period},{slow_period})",
            symbol,
            resolution,
            selector,
            fast_period,
            slow_period,
        )

    def emv(
        self,
        symbol: AnySymbol,
        period: int = 1,
        scale: int = 10000,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.EaseOfMovementValue:
        """How far the price moves for its volume."""
        return self._qc_make(
            i.EaseOfMovementValue, f"EMV({period}, {scale})", symbol, resolution, selector, period, scale
        )

    def fi(
        self,
        symbol: AnySymbol,
        period: int,
        type: MovingAverageType = MovingAverageType.EXPONENTIAL,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.ForceIndex:
        """The average of change times volume."""
        return self._qc_make(i.ForceIndex, f"FI({period})", symbol, resolution, selector, period, type)

    def kvo(
        self,
        symbol: AnySymbol,
        fast_period: int,
        slow_period: int,
        signal_period: int = 13,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.KlingerVolumeOscillator:
        """A fast less a slow average of Klinger's volume force."""
        return self._qc_make(
            i.KlingerVolumeOscillator,
            f"KVO({fast_period},{slow_period},{signal_period})",
            symbol,
            resolution,
            selector,
            fast_period,
            slow_period,
            signal_period,
        )

    def mass(
        self,
        symbol: AnySymbol,
        ema_period: int = 9,
        sum_period: int = 25,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.MassIndex:
        """The sum of the ratio of an averaged range to its average."""
        return self._qc_make(
            i.MassIndex, f"MASS({ema_period},{sum_period})", symbol, resolution, selector, ema_period, sum_period
        )

    def mfi(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.MoneyFlowIndex:
        """The share of volume traded at rising prices, in percent."""
        return self._qc_make(i.MoneyFlowIndex, f"MFI({period})", symbol, resolution, selector, period)

    def obv(
        self, symbol: AnySymbol, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.OnBalanceVolume:
        """The running sum of volume, added on rises and taken off on falls."""
        return self._qc_make(i.OnBalanceVolume, "OBV", symbol, resolution, selector)

    def si(
        self,
        symbol: AnySymbol,
        limit_move: float,
        resolution: Resolution | None = Resolution.DAILY,
        selector: Selector = None,
    ) -> i.WilderSwingIndex:
        """How strongly price swings, from two bars."""
        return self._qc_make(i.WilderSwingIndex, "SI", symbol, resolution, selector, limit_move)

    def tp(
        self,
        symbol: AnySymbol,
        period: int = 2,
        value_area_volume_percentage: float = 0.70,
        price_range_round_off: float = 0.05,
        resolution: Resolution | None = Resolution.DAILY,
        selector: Selector = None,
    ) -> i.TimeProfile:
        """Time by price: each bar counts 1."""
        return self._qc_make(
            i.TimeProfile,
            f"TP({period},{text(value_area_volume_percentage)},{text(price_range_round_off)})",
            symbol,
            resolution,
            selector,
            period,
            value_area_volume_percentage,
            price_range_round_off,
        )

    def vp(
        self,
        symbol: AnySymbol,
        period: int = 2,
        value_area_volume_percentage: float = 0.70,
        price_range_round_off: float = 0.05,
        resolution: Resolution | None = Resolution.DAILY,
        selector: Selector = None,
    ) -> i.VolumeProfile:
        """Volume by price."""
        return self._qc_make(
            i.VolumeProfile,
            f"VP({period},{text(value_area_volume_percentage)},{text(price_range_round_off)})",
            symbol,
            resolution,
            selector,
            period,
            value_area_volume_percentage,
            price_range_round_off,
        )

    def vwma(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.VolumeWeightedMovingAverage:
        """The mean close of the last bars, weighted by volume."""
        return self._qc_make(i.VolumeWeightedMovingAverage, f"VWMA({period})", symbol, resolution, selector, period)
