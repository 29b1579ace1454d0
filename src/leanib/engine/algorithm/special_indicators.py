"""Helpers for indicators with several forms, of several securities, or fed in a way of their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from leanib.engine import indicators as i
from leanib.engine.algorithm.consolidation import to_symbol
from leanib.engine.algorithm.history import to_symbols
from leanib.engine.algorithm.indicator_registry import IndicatorRegistry, Selector, text
from leanib.engine.market import TradeBar
from leanib.engine.symbols import Resolution

if TYPE_CHECKING:
    from leanib.engine.algorithm.arguments import IndicatorArgument
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["BreadthIndicators", "SpecialIndicators"]

Made = TypeVar("Made", bound=Any)
Period = Resolution | timedelta | None


class SpecialIndicators(IndicatorRegistry):
    """Helpers that do not follow the pattern of the others."""

    if TYPE_CHECKING:
        risk_free_interest_rate_model: Any

    def arima(
        self,
        symbol: AnySymbol,
        ar_order: int,
        diff_order: int,
        ma_order: int,
        period: int,
        *arguments: IndicatorArgument,
        **options: IndicatorArgument,
    ) -> i.AutoRegressiveIntegratedMovingAverage:
        """A forecast: `arima(symbol, p, d, q, period, [intercept,] resolution=None, selector=None)`."""
        rest: list[Any] = list(arguments)
        intercept = rest.pop(0) if rest and isinstance(rest[0], bool) else options.get("intercept", True)
        resolution, selector = _tail(rest, options)
        title = f"ARIMA({ar_order},{diff_order},{ma_order},{period})"
        orders = (ar_order, diff_order, ma_order, period, intercept)
        return self._qc_make(i.AutoRegressiveIntegratedMovingAverage, title, symbol, resolution, selector, *orders)

    def aroon(
        self, symbol: AnySymbol, up_period: int = 0, *arguments: IndicatorArgument, **options: IndicatorArgument
    ) -> i.AroonOscillator:
        """How long ago the high was, less how long ago the low was: `aroon(symbol, up_period, [down_period])`."""
        up, down, resolution, selector = _one_or_two(up_period, list(arguments), options, "down_period")
        return self._qc_make(i.AroonOscillator, f"AROON({up},{down})", symbol, resolution, selector, up, down)

    def dch(
        self, symbol: AnySymbol, upper_period: int = 0, *arguments: IndicatorArgument, **options: IndicatorArgument
    ) -> i.DonchianChannel:
        """The highest high and the lowest low: `dch(symbol, upper_period, [lower_period])`."""
        up, low, resolution, selector = _one_or_two(upper_period, list(arguments), options, "lower_period")
        return self._qc_make(i.DonchianChannel, f"DCH({up},{low})", symbol, resolution, selector, up, low)

    def ema(
        self, symbol: AnySymbol, period: int, *arguments: IndicatorArgument, **options: IndicatorArgument
    ) -> i.ExponentialMovingAverage:
        """An exponential average: `ema(symbol, period, [smoothing_factor,] resolution=None, selector=None)`."""
        rest: list[Any] = list(arguments)
        factor = options.get("smoothing_factor")
        if rest and isinstance(rest[0], (int, float)) and not isinstance(rest[0], Resolution):
            factor = rest.pop(0)
        resolution, selector = _tail(rest, options)
        return self._qc_make(i.ExponentialMovingAverage, f"EMA({period})", symbol, resolution, selector, period, factor)

    def kama(
        self, symbol: AnySymbol, period: int, *arguments: IndicatorArgument, **options: IndicatorArgument
    ) -> i.KaufmanAdaptiveMovingAverage:
        """Kaufman's average: `kama(symbol, period, [fast_ema_period, slow_ema_period,] resolution=None)`."""
        rest: list[Any] = list(arguments)
        fast, slow = options.get("fast_ema_period", 2), options.get("slow_ema_period", 30)
        if rest and isinstance(rest[0], int) and not isinstance(rest[0], Resolution):
            fast, slow = rest.pop(0), rest.pop(0)
        resolution, selector = _tail(rest, options)
        title = f"KAMA({period},{fast},{slow})"
        return self._qc_make(i.KaufmanAdaptiveMovingAverage, title, symbol, resolution, selector, period, fast, slow)

    def max(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.Maximum:
        """The highest value; of trade bars the highest high."""
        if selector is None and self._qc_has_trade_bars(symbol):
            selector = _high
        return self._qc_make(i.Maximum, f"MAX({period})", symbol, resolution, selector, period)

    def min(
        self, symbol: AnySymbol, period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.Minimum:
        """The lowest value; of trade bars the lowest low."""
        if selector is None and self._qc_has_trade_bars(symbol):
            selector = _low
        return self._qc_make(i.Minimum, f"MIN({period})", symbol, resolution, selector, period)

    def pphl(
        self,
        symbol: AnySymbol,
        length_high: int,
        length_low: int,
        last_stored_values: int = 100,
        strict: bool | Resolution = True,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.PivotPointsHighLow:
        """Highs and lows that stand out from the bars around them."""
        if isinstance(strict, Resolution):
            resolution, strict = strict, True
        title = f"PPHL({length_high},{length_low})"
        lengths = (length_high, length_low, last_stored_values, strict)
        return self._qc_make(i.PivotPointsHighLow, title, symbol, resolution, selector, *lengths)

    def sto(
        self, symbol: AnySymbol, period: int, *arguments: IndicatorArgument, **options: IndicatorArgument
    ) -> i.Stochastic:
        """Where the close stands in the range: `sto(symbol, period, [k_period, d_period,] resolution=None)`."""
        rest: list[Any] = list(arguments)
        k, d = options.get("k_period", period), options.get("d_period", 3)
        if rest and isinstance(rest[0], int) and not isinstance(rest[0], Resolution):
            k, d = rest.pop(0), rest.pop(0)
        resolution, selector = _tail(rest, options)
        return self._qc_make(i.Stochastic, f"STO({period},{k},{d})", symbol, resolution, selector, period, k, d)

    def var(
        self, symbol: AnySymbol, period: int, *arguments: IndicatorArgument, **options: IndicatorArgument
    ) -> i.Variance | i.ValueAtRisk:
        """The value at risk with a confidence level, `var(symbol, period, 0.95)`; without one the variance."""
        rest: list[Any] = list(arguments)
        level: Any = options.get("confidence_level")
        if rest and isinstance(rest[0], float):
            level = rest.pop(0)
        resolution, selector = _tail(rest, options)
        if level is None:
            return self._qc_make(i.Variance, f"V({period})", symbol, resolution, selector, period)
        title = f"VAR({period},{text(level)})"
        return self._qc_make(i.ValueAtRisk, title, symbol, resolution, selector, period, level)

    def vwap(
        self,
        symbol: AnySymbol,
        period: int | None = None,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.VolumeWeightedAveragePriceIndicator | i.IntradayVwap:
        """The volume-weighted price of the last bars, or without a period of the day."""
        if period is not None:
            title = f"VWAP({period})"
            return self._qc_make(i.VolumeWeightedAveragePriceIndicator, title, symbol, resolution, selector, period)
        intraday = i.IntradayVwap(self._qc_base.create_indicator_name(symbol, "VWAP"))
        self._qc_base.register_indicator(symbol, intraday)
        return intraday

    def rdv(
        self, symbol: AnySymbol, period: int = 2, resolution: Resolution = Resolution.DAILY, selector: Selector = None
    ) -> i.RelativeDailyVolume:
        """The day's volume so far over the usual volume by that time of day."""
        name = self._qc_base.create_indicator_name(symbol, f"RDV({period})", resolution)
        indicator = i.RelativeDailyVolume(name, period)
        self._qc_base.register_indicator(symbol, indicator, resolution, selector)
        return indicator

    def identity(self, symbol: AnySymbol, *arguments: IndicatorArgument, **options: IndicatorArgument) -> i.Identity:
        """The value itself: `identity(symbol, [Resolution | timedelta,] selector=None, field_name=None)`."""
        period, rest = self._qc_period_first(symbol, list(arguments), options)
        selector = cast("Selector", options.get("selector", rest[0] if rest else None))
        field: Any = options.get("field_name", rest[1] if len(rest) > 1 else None) or "close"
        if isinstance(period, timedelta):
            indicator = i.Identity(f"{to_symbol(symbol)}({field},{period})")
            self._qc_base.register_indicator(symbol, indicator, period, selector)
            return indicator
        return self._qc_make(i.Identity, field, symbol, period, selector)

    def filtered_identity(
        self, symbol: AnySymbol, *arguments: IndicatorArgument, **options: IndicatorArgument
    ) -> i.FilteredIdentity:
        """The last value let through: `filtered_identity(symbol, [period,] selector, filter, field_name)`."""
        named: dict[str, Any] = dict(options)
        period, rest = self._qc_period_first(symbol, list(arguments), named)
        names = ("selector", "filter", "field_name")
        selector, passes, field = (named.get(name, rest[k] if len(rest) > k else None) for k, name in enumerate(names))
        field = field or "close"
        if isinstance(period, timedelta):
            name = f"{to_symbol(symbol)}({field}_{period})"
        else:
            name = self._qc_base.create_indicator_name(symbol, field, period)
        indicator = i.FilteredIdentity(name, passes)
        self._qc_base.register_indicator(symbol, indicator, period, selector)
        return indicator

    def sr(
        self,
        symbol: AnySymbol,
        sharpe_period: int,
        risk_free_rate: float | None = None,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.SharpeRatio:
        """The mean excess return over its standard deviation."""
        title = f"SR({sharpe_period})" if risk_free_rate is None else f"SR({sharpe_period},{text(risk_free_rate)})"
        model = self._qc_rate_model(risk_free_rate)
        return self._qc_make(i.SharpeRatio, title, symbol, resolution, selector, sharpe_period, model)

    def a(
        self,
        target: AnySymbol,
        reference: AnySymbol,
        alpha_period: int = 1,
        beta_period: int = 252,
        resolution: Resolution | None = None,
        risk_free_rate: float | None = None,
        selector: Selector = None,
    ) -> i.Alpha:
        """Jensen's alpha of a security against another."""
        title = f"A({alpha_period},{beta_period})"
        if risk_free_rate is not None:
            title = f"A({alpha_period},{beta_period},{text(risk_free_rate)})"
        name = self._qc_base.create_indicator_name(target, title, resolution)
        pair = (to_symbol(target), to_symbol(reference))
        alpha = i.Alpha(name, *pair, alpha_period, beta_period, self._qc_rate_model(risk_free_rate))
        self._qc_initialize_indicator(alpha, resolution, selector, *pair)
        return alpha

    def b(
        self,
        target: AnySymbol,
        reference: AnySymbol,
        period: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.Beta:
        """How much a security moves with another."""
        return self._qc_make_pair(i.Beta, f"B({period})", target, reference, resolution, selector, period)

    def c(
        self,
        target: AnySymbol,
        reference: AnySymbol,
        period: int,
        correlation_type: i.CorrelationType = i.CorrelationType.PEARSON,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.Correlation:
        """The correlation of two securities' closes."""
        title = f"C({period})"
        return self._qc_make_pair(
            i.Correlation, title, target, reference, resolution, selector, period, correlation_type
        )

    def cov(
        self,
        target: AnySymbol,
        reference: AnySymbol,
        period: int,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.Covariance:
        """The covariance of two securities' returns."""
        return self._qc_make_pair(i.Covariance, f"COV({period})", target, reference, resolution, selector, period)

    def _qc_make_pair(
        self,
        kind: type[Made],
        title: str,
        target: AnySymbol,
        reference: AnySymbol,
        resolution: Resolution | None,
        selector: Selector,
        *rest: IndicatorArgument,
    ) -> Made:
        pair = (to_symbol(target), to_symbol(reference))
        indicator: Made = kind(self._qc_base.create_indicator_name(None, title, resolution), *pair, *rest)
        self._qc_initialize_indicator(indicator, resolution, selector, *pair)
        return indicator

    def _qc_rate_model(self, rate: float | None) -> Any:
        return self.risk_free_interest_rate_model if rate is None else rate

    def _qc_has_trade_bars(self, symbol: AnySymbol) -> bool:
        return issubclass(self._qc_subscription(to_symbol(symbol)).type, TradeBar)

    def _qc_period_first(self, symbol: AnySymbol, rest: list[Any], options: dict[str, Any]) -> tuple[Period, list[Any]]:
        """The period in front of the other arguments; without one the resolution of the security's data."""
        if rest and isinstance(rest[0], (Resolution, timedelta)):
            return rest[0], rest[1:]
        if "resolution" in options:
            return options["resolution"], rest
        return self._qc_subscription(to_symbol(symbol)).resolution, rest


class BreadthIndicators(IndicatorRegistry):
    """Helpers for indicators of many securities."""

    def nhnl(
        self, symbols: Iterable[Any], period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.NewHighsNewLows:
        """Securities with a new high less those with a new low."""
        return self._qc_make_breadth(i.NewHighsNewLows, f"NH/NL({period})", symbols, resolution, selector, period)

    def nhnlv(
        self, symbols: Iterable[Any], period: int, resolution: Resolution | None = None, selector: Selector = None
    ) -> i.NewHighsNewLowsVolume:
        """Volume of the securities with a new high over that of new lows."""
        title = f"NH/NL Volume({period})"
        return self._qc_make_breadth(i.NewHighsNewLowsVolume, title, symbols, resolution, selector, period)

    def trin(
        self, symbols: Iterable[Any], resolution: Resolution | None = None, selector: Selector = None
    ) -> i.ArmsIndex:
        """TRIN: the advance/decline ratio over that of volume."""
        return self._qc_make_breadth(i.ArmsIndex, "TRIN", symbols, resolution, selector)

    def adr(
        self, symbols: Iterable[Any], resolution: Resolution | None = None, selector: Selector = None
    ) -> i.AdvanceDeclineRatio:
        """Securities that rose over those that fell."""
        return self._qc_make_breadth(i.AdvanceDeclineRatio, "A/D Ratio", symbols, resolution, selector)

    def advr(
        self, symbols: Iterable[Any], resolution: Resolution | None = None, selector: Selector = None
    ) -> i.AdvanceDeclineVolumeRatio:
        """Volume of what rose over volume of what fell."""
        return self._qc_make_breadth(i.AdvanceDeclineVolumeRatio, "A/D Volume Rate", symbols, resolution, selector)

    def addiff(
        self, symbols: Iterable[Any], resolution: Resolution | None = None, selector: Selector = None
    ) -> i.AdvanceDeclineDifference:
        """Securities that rose less those that fell."""
        return self._qc_make_breadth(i.AdvanceDeclineDifference, "A/D Difference", symbols, resolution, selector)

    def mosc(
        self,
        symbols: Iterable[Any],
        fast_period: int = 19,
        slow_period: int = 39,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.McClellanOscillator:
        """A fast less a slow average of advances less declines."""
        title, periods = f"MO({fast_period},{slow_period})", (fast_period, slow_period)
        return self._qc_make_breadth(i.McClellanOscillator, title, symbols, resolution, selector, *periods)

    def msi(
        self,
        symbols: Iterable[Any],
        fast_period: int = 19,
        slow_period: int = 39,
        resolution: Resolution | None = None,
        selector: Selector = None,
    ) -> i.McClellanSummationIndex:
        """The running sum of the McClellan oscillator."""
        title, periods = f"MSI({fast_period},{slow_period})", (fast_period, slow_period)
        return self._qc_make_breadth(i.McClellanSummationIndex, title, symbols, resolution, selector, *periods)

    def _qc_make_breadth(
        self,
        kind: type[Made],
        title: str,
        symbols: Iterable[AnySymbol],
        resolution: Resolution | None,
        selector: Selector,
        *arguments: IndicatorArgument,
    ) -> Made:
        members = to_symbols(symbols)
        shown = self._qc_subscription(members[0]).resolution if resolution is None else resolution
        indicator: Made = kind(self._qc_base.create_indicator_name(None, title, shown), *arguments)
        for member in members:
            indicator.add(member)
        self._qc_initialize_indicator(indicator, resolution, selector, *members)
        return indicator


def _high(bar: TradeBar) -> float:
    return bar.high


def _low(bar: TradeBar) -> float:
    return bar.low


def _tail(rest: list[Any], options: dict[str, Any]) -> tuple[Any, Any]:
    """The resolution and the selector at the end of the arguments."""
    resolution = rest[0] if rest else options.get("resolution")
    return resolution, rest[1] if len(rest) > 1 else options.get("selector")


def _one_or_two(first: int, rest: list[Any], options: dict[str, Any], name: str) -> tuple[int, int, Any, Any]:
    """Two periods, of which the second may be left out."""
    first = options.get("period", first)
    second = options.get(name, first)
    if rest and isinstance(rest[0], int) and not isinstance(rest[0], Resolution):
        second = rest.pop(0)
    return (first, second, *_tail(rest, options))
