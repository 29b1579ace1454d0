"""Helpers for an option's implied volatility and Greeks (`Algorithm/QCAlgorithm.Indicators.cs`)."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from leanib.engine import indicators as i
from leanib.engine.algorithm.consolidation import to_symbol
from leanib.engine.algorithm.indicator_registry import IndicatorRegistry, Selector, text
from leanib.engine.derivatives.pricing.dividends import DividendYieldProvider
from leanib.engine.indicators.option_indicators import option_model_of
from leanib.engine.indicators.option_pricing import OptionPricingModelType
from leanib.engine.market import QuoteBar
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm.arguments import IndicatorArgument
    from leanib.engine.indicators.base import IndicatorBase
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["OptionIndicators"]

Made = TypeVar("Made", bound=i.OptionIndicatorBase)
Model = OptionPricingModelType | None
_BLACK_SCHOLES = OptionPricingModelType.BLACK_SCHOLES


class OptionIndicators(IndicatorRegistry):
    """Each follows an option's quotes and its underlying's prices, and with a mirror option that one's quotes too.

    Rates are fractions; without them the algorithm's interest rate model and the underlying's dividends count.
    """

    if TYPE_CHECKING:
        risk_free_interest_rate_model: Any

    def iv(
        self,
        symbol: AnySymbol,
        mirror_option: AnySymbol | None = None,
        risk_free_rate: float | None = None,
        dividend_yield: float | None = None,
        option_model: Model = None,
        resolution: Resolution | None = None,
    ) -> i.ImpliedVolatility:
        """The volatility at which the option's theoretical price is its price."""
        rates = (risk_free_rate, dividend_yield)
        return self._qc_option_indicator(i.ImpliedVolatility, symbol, mirror_option, rates, (option_model,), resolution)

    def d(
        self,
        symbol: AnySymbol,
        mirror_option: AnySymbol | None = None,
        risk_free_rate: float | None = None,
        dividend_yield: float | None = None,
        option_model: Model = None,
        iv_model: Model = None,
        resolution: Resolution | None = None,
    ) -> i.Delta:
        """How the option's price follows the underlying's."""
        rates, models = (risk_free_rate, dividend_yield), (option_model, iv_model)
        return self._qc_option_indicator(i.Delta, symbol, mirror_option, rates, models, resolution)

    def g(
        self,
        symbol: AnySymbol,
        mirror_option: AnySymbol | None = None,
        risk_free_rate: float | None = None,
        dividend_yield: float | None = None,
        option_model: Model = None,
        iv_model: Model = None,
        resolution: Resolution | None = None,
    ) -> i.Gamma:
        """How delta follows the underlying's price."""
        rates, models = (risk_free_rate, dividend_yield), (option_model, iv_model)
        return self._qc_option_indicator(i.Gamma, symbol, mirror_option, rates, models, resolution)

    def t(
        self,
        symbol: AnySymbol,
        mirror_option: AnySymbol | None = None,
        risk_free_rate: float | None = None,
        dividend_yield: float | None = None,
        option_model: Model = None,
        iv_model: Model = None,
        resolution: Resolution | None = None,
    ) -> i.Theta:
        """How the option's price follows time, a day."""
        rates, models = (risk_free_rate, dividend_yield), (option_model, iv_model)
        return self._qc_option_indicator(i.Theta, symbol, mirror_option, rates, models, resolution)

    def r(
        self,
        symbol: AnySymbol,
        mirror_option: AnySymbol | None = None,
        risk_free_rate: float | None = None,
        dividend_yield: float | None = None,
        option_model: Model = None,
        iv_model: Model = None,
        resolution: Resolution | None = None,
    ) -> i.Rho:
        """How the option's price follows the interest rate, a percentage point."""
        rates, models = (risk_free_rate, dividend_yield), (option_model, iv_model)
        return self._qc_option_indicator(i.Rho, symbol, mirror_option, rates, models, resolution)

    def v(
        self,
        symbol: AnySymbol,
        mirror_option: AnySymbol | int | None = None,
        risk_free_rate: Any = None,
        dividend_yield: Any = None,
        option_model: Model = None,
        iv_model: Model = None,
        resolution: Resolution | None = None,
        *,
        period: int | None = None,
        selector: Selector = None,
    ) -> i.Vega | i.Variance:
        """Vega, how the option's price follows the volatility, a percentage point; with a period the variance.

        `v(symbol, period, resolution=None, selector=None)` is the population variance of the last `period` values.
        """
        if isinstance(mirror_option, int):  # LEAN's other overload, by position
            period, resolution, selector = mirror_option, risk_free_rate or resolution, dividend_yield or selector
        if period is not None:
            return self._qc_make(i.Variance, f"V({period})", symbol, resolution, selector, period)
        rates, models = (risk_free_rate, dividend_yield), (option_model, iv_model)
        return self._qc_option_indicator(
            i.Vega, symbol, cast("AnySymbol | None", mirror_option), rates, models, resolution
        )

    def δ(self, *arguments: IndicatorArgument, **options: IndicatorArgument) -> i.Delta:
        """Delta, by Black-Scholes unless another model is named."""
        return self._qc_base.d(*cast("tuple[Any, ...]", arguments), **_black_scholes(arguments, options))

    def γ(self, *arguments: IndicatorArgument, **options: IndicatorArgument) -> i.Gamma:
        """Gamma, by Black-Scholes unless another model is named."""
        return self._qc_base.g(*cast("tuple[Any, ...]", arguments), **_black_scholes(arguments, options))

    def θ(self, *arguments: IndicatorArgument, **options: IndicatorArgument) -> i.Theta:
        """Theta, by Black-Scholes unless another model is named."""
        return self._qc_base.t(*cast("tuple[Any, ...]", arguments), **_black_scholes(arguments, options))

    def ρ(self, *arguments: IndicatorArgument, **options: IndicatorArgument) -> i.Rho:
        """Rho, by Black-Scholes unless another model is named."""
        return self._qc_base.r(*cast("tuple[Any, ...]", arguments), **_black_scholes(arguments, options))

    def _qc_option_indicator(
        self,
        kind: type[Made],
        option: AnySymbol,
        mirror_option: AnySymbol | None,
        rates: tuple[float | None, float | None],
        models: tuple[Model, ...],
        resolution: Resolution | None,
    ) -> Made:
        symbol, mirror = to_symbol(option), None if mirror_option is None else to_symbol(mirror_option)
        shown = ["" if rate is None else text(rate) for rate in rates]
        title = f"{kind.__name__}({','.join(shown)},{option_model_of(models[0], symbol).lean_name})"
        name = self._qc_base.create_indicator_name(symbol, title, resolution)
        rate, dividend = rates
        # asked when it is needed: the algorithm may set another model later
        rate_model = SimpleNamespace(get_interest_rate=self._qc_interest_rate)
        indicator = kind(
            name,
            symbol,
            rate_model if rate is None else rate,
            DividendYieldProvider.create_for_option(symbol) if dividend is None else dividend,
            mirror,
            *models,
        )
        self._qc_follow_option(indicator, resolution, symbol, mirror)
        return indicator

    def _qc_follow_option(
        self, indicator: IndicatorBase, resolution: Resolution | None, symbol: Symbol, mirror: Symbol | None
    ) -> None:
        assert symbol.underlying is not None
        options = [symbol] if mirror is None else [symbol, mirror]
        base, underlying = self._qc_base, symbol.underlying
        base.register_indicator(symbol, indicator, base.resolve_consolidator(symbol, resolution, QuoteBar))
        base.register_indicator(underlying, indicator, base.resolve_consolidator(underlying, resolution))
        if mirror is not None:
            base.register_indicator(mirror, indicator, base.resolve_consolidator(mirror, resolution, QuoteBar))
        if self.settings.automatic_indicator_warm_up:
            base.warm_up_indicator([symbol, symbol.underlying, *options[1:]], indicator, resolution)

    def _qc_interest_rate(self, time: datetime) -> float:
        return float(self.risk_free_interest_rate_model.get_interest_rate(time))


def _black_scholes(arguments: tuple[Any, ...], options: dict[str, Any]) -> dict[str, Any]:
    return options if len(arguments) > 4 else {"option_model": _BLACK_SCHOLES, **options}
