"""Prices by QuantLib (`Common/Securities/Option/QLOptionPriceModel.cs`); LEAN has a port of it, QLNet.

QuantLib comes with `pip install 'leanib[options]'`. Its evaluation date is the process's: models of two runs on threads
must not price at the same time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

from leanib.engine.derivatives.greeks import Greeks
from leanib.engine.derivatives.pricing.black import BlackCalculator
from leanib.engine.derivatives.pricing.differences import american_price
from leanib.engine.derivatives.pricing.flat import FlatMarket, OwnResult
from leanib.engine.derivatives.pricing.implied import NoRootError, implied_volatility
from leanib.engine.derivatives.pricing.result import OptionPriceModelParameters, OptionPriceModelResult
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, cast_double, to_float
from leanib.engine.statistics.risk_free import InterestRateProvider
from leanib.engine.symbols import OptionRight, OptionStyle
from leanib.errors import NotSupportedError

if TYPE_CHECKING:
    from leanib.engine.derivatives.chains.contracts import OptionContract
    from leanib.engine.securities.option import Option

__all__ = ["STEPS", "QLOptionPriceModel"]

Engine = Callable[[ModuleType, OptionStyle, Any], Any]
OwnEngine = Callable[[FlatMarket, float, float | None], OwnResult]
"""By a market, a volatility, and from how many years on the option may be exercised (None: at its end)."""
_SETTLEMENT_DAYS = timedelta(days=1)

STEPS = 100
"""Of trees and of finite differences."""


def quantlib() -> ModuleType:
    """The library, or an error that says how to get it."""
    try:
        import QuantLib
    except ImportError as error:
        raise NotSupportedError(
            "this option price model needs QuantLib; install it with: pip install 'leanib[options]'"
        ) from error
    module: ModuleType = QuantLib
    return module


class QLOptionPriceModel(LeanObject):
    """An engine of QuantLib, or one of LEAN's port of it, over a Black-Scholes-Merton process with flat rates.

    The rate is the Federal Reserve's of the day unless another is given, the dividend 0. Greeks are those at the
    implied volatility; what the engine has not is Black's, with the volatility taken for the standard deviation as
    LEAN does. Where QLNet, the port of QuantLib that LEAN has, computes otherwise than QuantLib today, it is its way:
    finite differences, with the implied volatilities of American options (`differences.py`), Brent's steps, the Greeks
    of trees (`trees.py`).
    """

    def __init__(
        self,
        engine: Engine | None,
        allowed_option_styles: Collection[OptionStyle] = (OptionStyle.EUROPEAN, OptionStyle.AMERICAN),
        risk_free_rate: float | None = None,
        own: OwnEngine | None = None,
    ) -> None:
        self._engine = engine
        self._own = own
        self.allowed_option_styles = tuple(allowed_option_styles)
        self.enable_greek_approximation = True
        self._rate = risk_free_rate
        self._rates = InterestRateProvider()

    def evaluate(self, parameters: OptionPriceModelParameters) -> OptionPriceModelResult:
        """Price, volatility and Greeks; all 0 for an expired option or without prices."""
        contract, security = parameters.contract, parameters.security
        style = contract.symbol.id.option_style
        if style not in self.allowed_option_styles:
            raise ArgumentException(
                f"{style.lean_name} style options are not supported by option price model '{type(self).__name__}'"
            )
        assert security.underlying is not None
        premium, spot = float(security.price), float(security.underlying.price)
        if contract.time.date() > contract.expiry.date() or spot <= 0 or premium <= 0:
            return OptionPriceModelResult.NONE
        rate = float(self._rates.get_interest_rate(contract.time)) if self._rate is None else self._rate
        priced = _Priced(self._engine, self._own, contract, security, (premium, spot, rate))
        greeks = _greeks(priced, self.enable_greek_approximation)
        return OptionPriceModelResult(priced.value, lambda: _as_decimal(priced.volatility), greeks)


def _open_day(day: datetime, security: Option) -> datetime:
    """The day after, or the next open one."""
    following = day.replace(hour=0, minute=0, second=0, microsecond=0) + _SETTLEMENT_DAYS
    hours = security.exchange.hours
    opened: datetime = following if hours.is_date_open(following) else hours.get_next_trading_day(following)
    return opened


class _QuantLib:
    """An engine of QuantLib's for one contract."""

    def __init__(self, engine: Engine, contract: OptionContract, days: tuple[datetime, datetime], rate: float) -> None:
        settled, maturity = days
        ql = self._ql = quantlib()
        style = contract.symbol.id.option_style
        self._today, self._sigma = _date(ql, contract.time), ql.SimpleQuote(0.0)
        self._spot = ql.SimpleQuote(0.0)
        self._set_date()
        payoff = ql.PlainVanillaPayoff(
            ql.Option.Call if contract.right is OptionRight.CALL else ql.Option.Put, contract.strike
        )
        last = _date(ql, maturity)
        is_american = style is OptionStyle.AMERICAN
        exercise = ql.AmericanExercise(_date(ql, settled), last) if is_american else ql.EuropeanExercise(last)
        self._option = ql.VanillaOption(payoff, exercise)
        self._option.setPricingEngine(engine(ql, style, self._process(ql, rate)))

    def _process(self, ql: ModuleType, rate: float) -> Any:
        counter, calendar = ql.Actual365Fixed(), ql.UnitedStates(ql.UnitedStates.Settlement)

        def flat(value: float) -> Any:
            quote = ql.QuoteHandle(ql.SimpleQuote(value))
            return ql.YieldTermStructureHandle(ql.FlatForward(0, calendar, quote, counter))

        term = ql.BlackConstantVol(0, calendar, ql.QuoteHandle(self._sigma), counter)
        volatility = ql.BlackVolTermStructureHandle(term)
        return ql.BlackScholesMertonProcess(ql.QuoteHandle(self._spot), flat(0.0), flat(rate), volatility)

    def _set_date(self) -> None:
        settings = self._ql.Settings.instance()
        if settings.evaluationDate != self._today:
            settings.evaluationDate = self._today

    def result(self, name: str, spot: float, volatility: float) -> float | None:
        """The price (`NPV`) or a Greek at a spot price and a volatility; None where the engine has none."""
        self._set_date()
        self._spot.setValue(spot)
        self._sigma.setValue(volatility)
        try:
            value: float = getattr(self._option, name)()
        except RuntimeError:  # QuantLib's
            return None
        return value


class _Priced:
    """One contract, priced; its implied volatility, and what hangs on it, are worked out when they are asked for."""

    def __init__(
        self,
        engine: Engine | None,
        own: OwnEngine | None,
        contract: OptionContract,
        security: Option,
        prices: tuple[float, float, float],
    ) -> None:
        self._premium, spot, rate = prices
        maturity, settled = _open_day(contract.expiry, security), _open_day(contract.time, security)
        today, is_american = contract.time.date(), contract.symbol.id.option_style is OptionStyle.AMERICAN
        years = (maturity.date() - today).days / 365
        is_call = contract.right is OptionRight.CALL
        self.market = FlatMarket(spot, float(contract.strike), is_call, rate, years)
        self._guess = math.sqrt(2 * math.pi / years) * self._premium / spot
        self._exercise_from = (settled.date() - today).days / 365 if is_american else None
        self._own = own
        self._engine = None if engine is None else _QuantLib(engine, contract, (settled, maturity), rate)
        estimate = float(getattr(getattr(security.underlying, "volatility_model", None), "volatility", 0) or 0)
        self.value = self._net_present_value(estimate if estimate > 0 else self._guess)
        self.black: BlackCalculator | None = None

    def _net_present_value(self, volatility: float) -> float:
        """At a volatility; where the engine has none LEAN takes 0."""
        if self._engine is not None:
            value = self._engine.result("NPV", self.market.spot, volatility)
        else:
            own = self._owns(volatility)
            value = None if own is None else own.value
        return 0.0 if value is None or not math.isfinite(value) else _as_decimal(max(0.0, value))

    def _owns(self, volatility: float) -> OwnResult | None:
        """What the way of pricing says that is not QuantLib's; None where there is none, or it cannot."""
        try:
            return None if self._own is None else self._own(self.market, volatility, self._exercise_from)
        except ArithmeticError:
            return None

    @cached_property
    def volatility(self) -> float:
        """The implied one; 0 where none gives the price."""
        try:
            found = implied_volatility(self._price, self._premium)
        except NoRootError:  # LEAN tries Newton's method
            found = self._by_newton()
        return found if math.isfinite(found) else 0.0

    def _price(self, volatility: float) -> float:
        if self._exercise_from is not None:
            return american_price(self.market, volatility)
        return self.black_calculator(math.sqrt(volatility * volatility * self.market.years)).value()

    def _by_newton(self) -> float:
        """Ten steps at most, to a thousandth; else 0."""
        estimate = self._guess
        for _ in range(10):
            before = estimate
            self.black = self.black_calculator(before)
            excess, slope = self.black.value() - self._premium, self.black.vega(self.market.years)
            step = excess / slope if slope else math.copysign(math.inf, excess)  # as .NET divides by zero
            estimate = min(max(estimate - step, 1e-7), 4.0)
            if abs(estimate - before) / estimate <= 1e-3:
                return estimate
        return 0.0

    def black_calculator(self, deviation: float) -> BlackCalculator:
        """Black's formula."""
        market = self.market
        discount = market.discount(market.years)
        return BlackCalculator(market.is_call, market.strike, market.forward, deviation, discount)

    @cached_property
    def _own_result(self) -> OwnResult | None:
        return self._owns(self.volatility)

    def greek(self, name: str, black: Callable[[BlackCalculator], float], approximate: bool) -> Decimal:
        """The engine's Greek, else Black's."""
        volatility = self.volatility
        if self._own is not None:
            value: float | None = getattr(self._own_result, name, None)
        else:
            assert self._engine is not None
            value = self._engine.result(name, self.market.spot, volatility)
        if value is None:
            if not approximate:
                return ZERO
            if self.black is None:
                self.black = self.black_calculator(volatility)
            value = black(self.black)
        return cast_double(value) if math.isfinite(value) else ZERO


def _as_decimal(value: float) -> float:
    """What is left of a double that becomes one of LEAN's decimals: fifteen digits."""
    return to_float(cast_double(value))


def _date(ql: ModuleType, day: datetime) -> Any:
    return ql.Date(day.day, day.month, day.year)


def _greeks(priced: _Priced, approximate: bool) -> Callable[[], Greeks]:
    spot, years = priced.market.spot, priced.market.years

    def greek(name: str, black: Callable[[BlackCalculator], float], per: int = 1) -> float:
        value = priced.greek(name, black, approximate)
        return to_float(value if per == 1 else value / per)

    return lambda: Greeks(
        greek("delta", lambda black: black.delta(spot)),
        greek("gamma", lambda black: black.gamma(spot)),
        greek("vega", lambda black: black.vega(years), per=100),
        greek("theta", lambda black: black.theta(spot, years)),
        greek("rho", lambda black: black.rho(years), per=100),
        greek("elasticity", lambda black: black.elasticity(spot)),
    )
