"""Price models by name (`Common/Securities/Option/OptionPriceModels*.cs`, `QLOptionPriceModelProvider.cs`)."""

from __future__ import annotations

from leanib.engine.derivatives.greeks import Greeks
from leanib.engine.derivatives.pricing.differences import crank_nicolson
from leanib.engine.derivatives.pricing.flat import FlatMarket, OwnResult
from leanib.engine.derivatives.pricing.indicator_model import IndicatorBasedOptionPriceModel
from leanib.engine.derivatives.pricing.quantlib_model import STEPS, QLOptionPriceModel
from leanib.engine.derivatives.pricing.result import OptionPriceModelParameters, OptionPriceModelResult
from leanib.engine.derivatives.pricing.trees import tree_result
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.option_pricing import OptionPricingModelType
from leanib.engine.naming import LeanNames, LeanObject
from leanib.engine.symbols import OptionStyle, Symbol

__all__ = ["CurrentPriceOptionPriceModel", "OptionPriceModels", "QLOptionPriceModelProvider"]

_AMERICAN, _EUROPEAN = (OptionStyle.AMERICAN,), (OptionStyle.EUROPEAN,)
_BLACK_SCHOLES = OptionPricingModelType.BLACK_SCHOLES
_CRR = OptionPricingModelType.BINOMIAL_COX_ROSS_RUBINSTEIN


class CurrentPriceOptionPriceModel(LeanObject):
    """The option's price is its price (`CurrentPriceOptionPriceModel.cs`)."""

    def evaluate(self, parameters: OptionPriceModelParameters) -> OptionPriceModelResult:
        """The market's price; no Greeks."""
        return OptionPriceModelResult(parameters.security.price, Greeks())


def _tree(kind: str) -> QLOptionPriceModel:
    def own(market: FlatMarket, volatility: float, exercise_from: float | None) -> OwnResult:
        return tree_result(kind, market, volatility, STEPS, exercise_from)

    return QLOptionPriceModel(lambda ql, _, process: ql.BinomialVanillaEngine(process, kind, STEPS), own=own)


def _named(name: str, styles: tuple[OptionStyle, ...], rate: float | None = None) -> QLOptionPriceModel:
    return QLOptionPriceModel(lambda ql, _, process: getattr(ql, name)(process), styles, rate)


class QLOptionPriceModelProvider(LeanObject):
    """QuantLib's models by an option's style or by type."""

    INSTANCE: QLOptionPriceModelProvider
    Instance: QLOptionPriceModelProvider

    def get_option_price_model(
        self, symbol: Symbol | None = None, pricing_model_type: OptionPricingModelType | None = None
    ) -> QLOptionPriceModel:
        """Black-Scholes for European options, a tree of a hundred steps for American ones."""
        if pricing_model_type is None:
            is_european = symbol is not None and symbol.id.option_style is OptionStyle.EUROPEAN
            pricing_model_type = _BLACK_SCHOLES if is_european else _CRR
        if pricing_model_type is _BLACK_SCHOLES:
            return _named("AnalyticEuropeanEngine", _EUROPEAN)
        if pricing_model_type is _CRR:
            return _tree("crr")
        raise ArgumentException(f"Unsupported pricing model type: {pricing_model_type.lean_name}")


QLOptionPriceModelProvider.INSTANCE = QLOptionPriceModelProvider.Instance = QLOptionPriceModelProvider()


class _QuantLibModels(LeanNames):
    """Models of QuantLib."""

    @staticmethod
    def create(
        price_engine_name: str, risk_free: float, allowed_option_styles: tuple[OptionStyle, ...] | None = None
    ) -> QLOptionPriceModel:
        """An engine of QuantLib's by name, which takes a process only, with a fixed rate."""
        styles = allowed_option_styles or (OptionStyle.EUROPEAN, OptionStyle.AMERICAN)
        return _named(price_engine_name, styles, float(risk_free))

    @staticmethod
    def black_scholes() -> QLOptionPriceModel:
        """Black-Scholes' formula, for European options."""
        return _named("AnalyticEuropeanEngine", _EUROPEAN)

    @staticmethod
    def barone_adesi_whaley() -> QLOptionPriceModel:
        """Barone-Adesi's and Whaley's approximation, for American options."""
        return _named("BaroneAdesiWhaleyApproximationEngine", _AMERICAN)

    @staticmethod
    def bjerksund_stensland() -> QLOptionPriceModel:
        """Bjerksund's and Stensland's approximation, for American options."""
        return _named("BjerksundStenslandApproximationEngine", _AMERICAN)

    @staticmethod
    def integral() -> QLOptionPriceModel:
        """The integral over the payoffs, for European options."""
        return _named("IntegralEngine", _EUROPEAN)

    @staticmethod
    def crank_nicolson_fd() -> QLOptionPriceModel:
        """Finite differences by Crank and Nicolson, a hundred steps."""
        return QLOptionPriceModel(None, own=crank_nicolson)

    @staticmethod
    def binomial_jarrow_rudd() -> QLOptionPriceModel:
        """Jarrow's and Rudd's tree."""
        return _tree("jr")

    @staticmethod
    def binomial_cox_ross_rubinstein() -> QLOptionPriceModel:
        """Cox', Ross' and Rubinstein's tree."""
        return _tree("crr")

    @staticmethod
    def additive_equiprobabilities() -> QLOptionPriceModel:
        """The tree of additive equal probabilities."""
        return _tree("eqp")

    @staticmethod
    def binomial_trigeorgis() -> QLOptionPriceModel:
        """Trigeorgis' tree."""
        return _tree("trigeorgis")

    @staticmethod
    def binomial_tian() -> QLOptionPriceModel:
        """Tian's tree."""
        return _tree("tian")

    @staticmethod
    def binomial_leisen_reimer() -> QLOptionPriceModel:
        """Leisen's and Reimer's tree."""
        return _tree("lr")

    @staticmethod
    def binomial_joshi() -> QLOptionPriceModel:
        """Joshi's tree."""
        return _tree("joshi4")

    CrankNicolsonFD = crank_nicolson_fd


class OptionPriceModels(LeanNames):
    """Price models by name; LEAN's own, and QuantLib's under `QuantLib`."""

    QuantLib = _QuantLibModels

    @staticmethod
    def null() -> CurrentPriceOptionPriceModel:
        """The market's price."""
        return CurrentPriceOptionPriceModel()

    @staticmethod
    def black_scholes() -> IndicatorBasedOptionPriceModel:
        """Black-Scholes' formula."""
        return IndicatorBasedOptionPriceModel(_BLACK_SCHOLES, _BLACK_SCHOLES)

    @staticmethod
    def binomial_cox_ross_rubinstein() -> IndicatorBasedOptionPriceModel:
        """Cox', Ross' and Rubinstein's tree."""
        return IndicatorBasedOptionPriceModel(_CRR, _CRR)

    @staticmethod
    def forward_tree() -> IndicatorBasedOptionPriceModel:
        """The forward tree."""
        forward = OptionPricingModelType.FORWARD_TREE
        return IndicatorBasedOptionPriceModel(forward, forward)
