"""Implied volatility and Greeks of an option (`Indicators/{ImpliedVolatility,Delta,Gamma,Vega,Theta,Rho}.cs`).

Each is fed with the prices of the option and of its underlying, and with a mirror option (the same but for the right)
with that one's too, all for the same time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from leanib.engine.derivatives.options.symbol import OptionSymbol
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.multi_symbol import MultiSymbolIndicator
from leanib.engine.indicators.option_pricing import (
    OptionPricingModelType,
    Terms,
    cumulative,
    density,
    implied_volatility,
    price,
)
from leanib.engine.indicators.statistics import Identity, Line, safe_divide
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.naming import to_pascal
from leanib.engine.symbols import OptionRight, OptionStyle, Symbol

__all__ = [
    "Delta",
    "Gamma",
    "ImpliedVolatility",
    "OptionGreeksIndicatorBase",
    "OptionIndicatorBase",
    "Rho",
    "Theta",
    "Vega",
    "option_model_of",
]

_BLACK_SCHOLES = OptionPricingModelType.BLACK_SCHOLES
_CRR = OptionPricingModelType.BINOMIAL_COX_ROSS_RUBINSTEIN


def option_model_of(model: OptionPricingModelType | None, option: Symbol) -> OptionPricingModelType:
    """The model, and without one that for options of this style."""
    if not option.asset.is_option:
        raise ArgumentException("OptionIndicatorBase only support SecurityType.Option.")
    if model is not None:
        return model
    is_european = option.id.option_style is OptionStyle.EUROPEAN
    return _BLACK_SCHOLES if is_european else OptionPricingModelType.FORWARD_TREE


def _asked(model: Any, method: str, *arguments: Any) -> float:
    """A number, or what a model in snake_case or PascalCase answers."""
    if not hasattr(model, method) and not hasattr(model, to_pascal(method)):
        return float(model)
    return float((getattr(model, method, None) or getattr(model, to_pascal(method)))(*arguments))


class OptionIndicatorBase(MultiSymbolIndicator):
    """An indicator of an option's and its underlying's price.

    `(option, risk_free_rate=0.05, dividend_yield=0, mirror_option=None, option_model=None)`, a name may come first;
    rates are fractions, or models with `get_interest_rate(time)` and `get_dividend_yield(time, price)`.
    """

    def __init__(
        self,
        name: str,
        option: Symbol,
        risk_free_rate: object = 0.05,
        dividend_yield: object = 0.0,
        mirror_option: Symbol | None = None,
        option_model: OptionPricingModelType | None = None,
        **models: Any,
    ) -> None:
        self._option_model = option_model_of(option_model, option)
        self.option_symbol = option
        self.right: OptionRight = option.id.option_right
        self.style: OptionStyle = option.id.option_style
        self.strike = float(option.id.strike_price)
        self._mirror = mirror_option
        self._rate_model = models.get("risk_free_rate_model", risk_free_rate)
        self._dividend_model = models.get("dividend_yield_model", dividend_yield)
        self._expires: datetime | None = None
        self.risk_free_rate = Identity(name + "_RiskFreeRate")
        self.dividend_yield = Identity(name + "_DividendYield")
        self.price = Identity(name + "_Close")
        self.underlying_price = Identity(name + "_UnderlyingClose")
        self.opposite_price = Identity(name + "_OppositeClose")
        assert option.underlying is not None
        symbols = [option, option.underlying, *([] if mirror_option is None else [mirror_option])]
        super().__init__(name, symbols, 1)
        parts = (self.price, self.underlying_price, self.opposite_price)
        for symbol, part in zip(symbols, parts, strict=False):
            self.data_by_symbol[symbol].new_input += lambda _, data, part=part: part.push(data)

    @property
    def use_mirror_contract(self) -> bool:
        """Whether there is a mirror option."""
        return self._mirror is not None

    @property
    def expiry(self) -> datetime:
        """When the option is settled, in the exchange's zone."""
        if self._expires is None:
            self._expires = OptionSymbol.get_settlement_date_time(self.option_symbol)
        return self._expires

    def _next(self, data: Any) -> float:
        return round(super()._next(data), 7)

    def _update_rates(self) -> Terms:
        """What the price depends on, now."""
        time, spot = self.price.current.end_time, self.underlying_price.current.value
        self.risk_free_rate.feed(time, _asked(self._rate_model, "get_interest_rate", time))
        self.dividend_yield.feed(time, _asked(self._dividend_model, "get_dividend_yield", time, spot))
        return self._terms(time)

    def _terms(self, time: datetime, volatility: float = 0.0) -> Terms:
        years = (self.expiry - time) / timedelta(days=365)
        rate, dividend = self.risk_free_rate.current.value, self.dividend_yield.current.value
        spot = self.underlying_price.current.value
        return Terms(self.right, spot, self.strike, years, rate, dividend, volatility)


class ImpliedVolatility(OptionIndicatorBase):
    """The volatility at which the option's theoretical price is its price.

    With a mirror option the volatility of the one out of the money counts, unless `set_smoothing_function` says
    otherwise.
    """

    title = "IV({option},{mirror_option},{risk_free_rate},{dividend_yield},{option_model})"

    def __init__(
        self,
        name: str,
        option: Symbol,
        risk_free_rate: object = 0.05,
        dividend_yield: object = 0.0,
        mirror_option: Symbol | None = None,
        option_model: OptionPricingModelType | None = None,
        **models: Any,
    ) -> None:
        self.theoretical_price = Line(name + "_TheoreticalPrice", lambda: self.is_ready)
        self._theoretical_model = option_model or _BLACK_SCHOLES  # LEAN: by no model of the option's style
        super().__init__(name, option, risk_free_rate, dividend_yield, mirror_option, option_model, **models)
        self._smooth: Callable[[float, float], float] = self._out_of_the_money
        self.updated += lambda *_: self._price_it()

    def set_smoothing_function(self, function: Callable[[float, float], float]) -> None:
        """How to make one volatility of the option's and the mirror's."""
        self._smooth = function

    def _out_of_the_money(self, own: float, mirror: float) -> float:
        spot = self.underlying_price.current.value
        is_in_the_money = self.strike > spot if self.right is OptionRight.PUT else self.strike < spot
        return mirror if is_in_the_money else own

    def _compute_indicator(self) -> float:
        # a `calculate_iv` of a user's subclass is not asked: LEAN, whose method of that name is C#, asks none either
        terms = self._update_rates()
        own = implied_volatility(terms, self.price.current.value, self._option_model)
        if self._mirror is not None:
            other = terms.having(right=self._mirror.id.option_right)
            mirror = implied_volatility(other, self.opposite_price.current.value, self._option_model)
            if mirror is not None:
                return self._smooth(own, mirror) if own is not None else mirror
        return own or 0.0

    def _price_it(self) -> None:
        volatility, time = self.current.value, self.current.time
        if volatility and time > NO_TIME:
            self.theoretical_price.feed(time, price(self._terms(time, volatility), self._theoretical_model))


class OptionGreeksIndicatorBase(OptionIndicatorBase):
    """A Greek: takes its volatility from `implied_volatility`, which may be set to another indicator."""

    title = "{greek}({option},{mirror_option},{option_model})"

    def __init__(
        self,
        name: str,
        option: Symbol,
        risk_free_rate: object = 0.05,
        dividend_yield: object = 0.0,
        mirror_option: Symbol | None = None,
        option_model: OptionPricingModelType | None = None,
        iv_model: OptionPricingModelType | None = None,
        **models: Any,
    ) -> None:
        volatility_model = option_model_of(iv_model, option)
        given = (risk_free_rate, dividend_yield, mirror_option)
        self._volatility: Any = ImpliedVolatility(name + "_IV", option, *given, volatility_model, **models)
        self._is_own_volatility = True
        super().__init__(name, option, *given, option_model, **models)

    @property
    def implied_volatility(self) -> Any:
        """The volatility that the Greek is computed with."""
        return self._volatility

    @implied_volatility.setter
    def implied_volatility(self, indicator: OptionIndicatorBase) -> None:
        self._volatility, self._is_own_volatility = indicator, False

    @property
    def is_ready(self) -> bool:
        """Whether there is a volatility."""
        return bool(self._volatility.is_ready)

    def _compute_indicator(self) -> float:
        if self._is_own_volatility:
            for data in self.data_by_symbol.values():
                self._volatility.push(data.current_input)
        terms = self._update_rates().having(volatility=self._volatility.current.value)
        if terms.time < 0:
            return 0.0
        return self._black_scholes(terms) if self._option_model is _BLACK_SCHOLES else self._by_tree(terms)

    def _price(self, terms: Terms, **changes: Any) -> float:
        return price(terms.having(**changes), self._option_model)

    def _black_scholes(self, terms: Terms) -> float:
        raise NotImplementedError

    def _by_tree(self, terms: Terms) -> float:
        raise NotImplementedError


class Delta(OptionGreeksIndicatorBase):
    """How the price follows the underlying's."""

    title = "Delta({option},{mirror_option},{option_model})"

    def _black_scholes(self, terms: Terms) -> float:
        sign = 1 if self.right is OptionRight.CALL else -1
        return sign * cumulative(sign * terms.d1) * math.exp(-terms.dividend * terms.time)

    def _by_tree(self, terms: Terms) -> float:
        spread = terms.volatility * math.sqrt(terms.step)
        growth = 1.0 if self._option_model is _CRR else math.exp((terms.rate - terms.dividend) * terms.step)
        up, down = math.exp(spread) * growth, math.exp(-spread) * growth
        up, down = 1.00001 if up == 1 else up, 0.99999 if down == 1 else down
        high, low = terms.spot * up, terms.spot * down
        return safe_divide(self._price(terms, spot=high) - self._price(terms, spot=low), high - low)


class Gamma(OptionGreeksIndicatorBase):
    """How delta follows the underlying's price."""

    title = "Gamma({option},{mirror_option},{option_model})"

    def _black_scholes(self, terms: Terms) -> float:
        return density(terms.d1) / terms.spot / max(terms.volatility, 0.01) / math.sqrt(terms.time)

    def _by_tree(self, terms: Terms) -> float:
        up = math.exp(terms.volatility * math.sqrt(terms.step))
        up = 1.0001 if up == 1 else up
        spot, high, low = terms.spot, terms.spot * up * up, terms.spot / up / up
        middle = self._price(terms)
        above = (self._price(terms, spot=high) - middle) / (high - spot)
        below = (middle - self._price(terms, spot=low)) / (spot - low)
        return safe_divide((above - below) * 2, high - low)


class Vega(OptionGreeksIndicatorBase):
    """How the price follows the volatility, by percentage point."""

    title = "Vega({option},{mirror_option},{option_model})"

    def _black_scholes(self, terms: Terms) -> float:
        return terms.spot * math.sqrt(terms.time) * density(terms.d1) * math.exp(-terms.dividend * terms.time) / 100

    def _by_tree(self, terms: Terms) -> float:
        return (self._price(terms, volatility=terms.volatility + 0.01) - self._price(terms)) / 0.01 / 100


class Theta(OptionGreeksIndicatorBase):
    """How the price follows time, by day."""

    title = "Theta({option},{mirror_option},{option_model})"

    def _black_scholes(self, terms: Terms) -> float:
        sign = 1 if self.right is OptionRight.CALL else -1
        carry = math.exp(-terms.dividend * terms.time)
        decay = terms.spot * max(terms.volatility, 0.01) * density(terms.d1) * carry * 0.5 / math.sqrt(terms.time)
        paid = terms.dividend * terms.spot * cumulative(sign * terms.d1) * carry
        financed = terms.rate * terms.strike * math.exp(-terms.rate * terms.time) * cumulative(sign * terms.d2)
        return (-decay + sign * (paid - financed)) / 365

    def _by_tree(self, terms: Terms) -> float:
        later = self._price(terms, time=terms.time - 2 * terms.step)
        return safe_divide((later - self._price(terms)) * 0.5, terms.step) / 365


class Rho(OptionGreeksIndicatorBase):
    """How the price follows the interest rate, by percentage point."""

    title = "Rho({option},{mirror_option},{option_model})"

    def _black_scholes(self, terms: Terms) -> float:
        sign = 1 if self.right is OptionRight.CALL else -1
        discounted = terms.strike * terms.time * math.exp(-terms.rate * terms.time)
        return sign * discounted * cumulative(sign * terms.d2) / 100

    def _by_tree(self, terms: Terms) -> float:
        return (self._price(terms, rate=terms.rate + 0.0001) - self._price(terms)) / 0.0001 / 100
