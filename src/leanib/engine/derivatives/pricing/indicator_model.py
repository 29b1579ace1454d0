"""Prices by LEAN's own Greeks indicators (`Indicators/IndicatorBasedOptionPriceModel*.cs`, `GreeksIndicators.cs`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leanib.engine.derivatives.greeks import Greeks
from leanib.engine.derivatives.pricing.dividends import ConstantDividendYieldModel, DividendYieldProvider
from leanib.engine.derivatives.pricing.result import OptionPriceModelParameters, OptionPriceModelResult
from leanib.engine.indicators.option_indicators import Delta, Gamma, ImpliedVolatility, Rho, Theta, Vega
from leanib.engine.indicators.option_pricing import OptionPricingModelType
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.naming import LeanObject
from leanib.engine.statistics.risk_free import InterestRateProvider
from leanib.engine.symbols import OptionRight, Symbol

if TYPE_CHECKING:
    from leanib.engine.market import BaseData

__all__ = ["GreeksIndicators", "IndicatorBasedOptionPriceModel", "IndicatorBasedOptionPriceModelProvider"]


def mirror_option(contract: Symbol) -> Symbol:
    """The contract that differs in its right only (`Extensions.GetMirrorOptionSymbol`)."""
    identifier = contract.id
    right = OptionRight.PUT if identifier.option_right is OptionRight.CALL else OptionRight.CALL
    terms = (identifier.option_style, right, identifier.strike_price_decimal, identifier.date)
    return Symbol.create_option(contract.underlying, identifier.symbol, identifier.market, *terms)


class GreeksIndicators(LeanObject):
    """Implied volatility and the Greeks of a contract, fed together."""

    def __init__(
        self,
        option_symbol: Symbol,
        mirror_option_symbol: Symbol | None = None,
        option_model: OptionPricingModelType | None = None,
        iv_model: OptionPricingModelType | None = None,
        dividend_yield_model: Any = None,
        risk_free_interest_rate_model: Any = None,
    ) -> None:
        rate = risk_free_interest_rate_model or InterestRateProvider()
        dividend = dividend_yield_model or self.get_dividend_yield_model(option_symbol)
        given: tuple[Any, ...] = (option_symbol, rate, dividend, mirror_option_symbol)
        volatility: Any = ImpliedVolatility
        self.implied_volatility = volatility(*given, iv_model)
        kinds: tuple[Any, ...] = (Delta, Gamma, Vega, Theta, Rho)
        made = [kind(*given, option_model, iv_model) for kind in kinds]
        self.delta, self.gamma, self.vega, self.theta_per_day, self.rho = made
        for greek in made:
            greek.implied_volatility = self.implied_volatility
        self._all = (self.implied_volatility, *made)

    @staticmethod
    def get_dividend_yield_model(option_symbol: Symbol) -> Any:
        """That of the underlying; 0 for index options."""
        if not option_symbol.asset.is_priced_with_dividends:
            return ConstantDividendYieldModel(0)
        return DividendYieldProvider.create_for_option(option_symbol)

    def update(self, data: BaseData) -> None:
        """Takes a price of the option, its mirror or its underlying in."""
        for indicator in self._all:
            indicator.update(data)

    @property
    def greeks(self) -> Greeks:
        """The Greeks; lambda is 0."""
        values = [indicator.current.value for indicator in self._all[1:]]
        delta, gamma, vega, theta_per_day, rho = values
        return Greeks(delta, gamma, vega, theta_per_day * 365, rho)

    @property
    def current_result(self) -> OptionPriceModelResult:
        """Price, volatility and Greeks."""
        volatility = self.implied_volatility
        return OptionPriceModelResult(volatility.theoretical_price.current.value, volatility.current.value, self.greeks)


class IndicatorBasedOptionPriceModel(LeanObject):
    """Prices with the option's and its underlying's present prices, and the mirror contract's if it is there.

    `securities` are the algorithm's, by symbol. European options are priced by Black-Scholes, American ones by a tree.
    """

    def __init__(
        self,
        option_model: OptionPricingModelType | None = None,
        iv_model: OptionPricingModelType | None = None,
        dividend_yield_model: Any = None,
        risk_free_interest_rate_model: Any = None,
        use_mirror_contract: bool = True,
        securities: Mapping[Symbol, Any] | None = None,
    ) -> None:
        self._models = (option_model, iv_model)
        self._dividend_yield_model = dividend_yield_model
        self._rate_model = risk_free_interest_rate_model
        self._uses_mirror = use_mirror_contract
        self._securities: Any = securities

    def evaluate(self, parameters: OptionPriceModelParameters) -> OptionPriceModelResult:
        """Price, volatility and Greeks; all 0 for an expired option or without prices."""
        contract, option = parameters.contract, parameters.security
        underlying = option.underlying
        assert underlying is not None
        if contract.time.date() > contract.expiry.date() or not option.price or not underlying.price:
            return OptionPriceModelResult.NONE
        mirror = self._mirror(contract.symbol)
        mirror_symbol = None if mirror is None else mirror.symbol
        models = (*self._models, self._dividend_yield_model, self._rate_model)
        indicators = GreeksIndicators(contract.symbol, mirror_symbol, *models)
        for security in (underlying, option, mirror):
            if security is not None:
                indicators.update(IndicatorDataPoint(security.symbol, option.local_time, security.price))
        return indicators.current_result

    def _mirror(self, contract: Symbol) -> Any:
        """The mirror contract's security, if it is there and has a price."""
        if not self._uses_mirror or self._securities is None:
            return None
        security = self._securities.get(mirror_option(contract))
        return security if security is not None and security.price else None


class IndicatorBasedOptionPriceModelProvider(LeanObject):
    """Makes such models for an algorithm's securities."""

    def __init__(self, securities: Mapping[Symbol, Any]) -> None:
        self.securities = securities

    def get_option_price_model(
        self, symbol: Symbol | None = None, pricing_model_type: OptionPricingModelType | None = None
    ) -> IndicatorBasedOptionPriceModel:
        """The model for an option; its type's own where none is asked for."""
        kind = pricing_model_type
        return IndicatorBasedOptionPriceModel(kind, kind, securities=self.securities)
