"""Prices by QuantLib (`Common/Securities/Option/QLOptionPriceModel.cs`); LEAN has a port of it, QLNet.

QuantLib comes with `pip install 'leanib[options]'`. Its evaluation date is the process's: models of two runs on threads
must not price at the same time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any

from leanib.engine.derivatives.greeks import Greeks
from leanib.engine.derivatives.pricing.result import OptionPriceModelParameters, OptionPriceModelResult
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import cast_double, to_float
from leanib.engine.statistics.risk_free import InterestRateProvider
from leanib.engine.symbols import OptionRight, OptionStyle
from leanib.errors import NotSupportedError

if TYPE_CHECKING:
    from leanib.engine.derivatives.chains.contracts import OptionContract
    from leanib.engine.securities.option import Option

__all__ = ["QLOptionPriceModel"]

Engine = Callable[[ModuleType, OptionStyle, Any], Any]
_SETTLEMENT_DAYS = timedelta(days=1)


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
    """An engine of QuantLib over a Black-Scholes-Merton process with flat rates.

    The rate is the Federal Reserve's of the day unless another is given, the dividend 0. Greeks are those at the
    implied volatility; what the engine has not is Black's, with the volatility taken for the standard deviation as
    LEAN does. Prices are LEAN's. The implied volatility of American options, for which QLNet's finite differences are
    coarser than QuantLib's today, agrees to about three digits, and the Greeks as they follow from it.
    """

    def __init__(
        self,
        engine: Engine,
        allowed_option_styles: Collection[OptionStyle] = (OptionStyle.EUROPEAN, OptionStyle.AMERICAN),
        risk_free_rate: float | None = None,
    ) -> None:
        self._engine = engine
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
        priced = _Priced(quantlib(), self._engine, contract, security, (premium, spot, rate))
        greeks = _greeks(priced, self.enable_greek_approximation)
        return OptionPriceModelResult(priced.value, priced.volatility, greeks)


def _open_day(day: datetime, security: Option) -> datetime:
    """The day after, or the next open one."""
    following = day.replace(hour=0, minute=0, second=0, microsecond=0) + _SETTLEMENT_DAYS
    hours = security.exchange.hours
    opened: datetime = following if hours.is_date_open(following) else hours.get_next_trading_day(following)
    return opened


class _Priced:
    """One contract, priced: value, implied volatility, and what the Greeks are worked out with."""

    def __init__(
        self,
        ql: ModuleType,
        engine: Engine,
        contract: OptionContract,
        security: Option,
        market: tuple[float, float, float],
    ) -> None:
        premium, self.spot, rate = market
        maturity = _open_day(contract.expiry, security)
        self._ql, self._today = ql, _date(ql, contract.time)
        self.years = (maturity.date() - contract.time.date()).days / 365
        self._set_date()
        counter, calendar = ql.Actual365Fixed(), ql.UnitedStates(ql.UnitedStates.Settlement)

        def flat(value: float) -> Any:
            quote = ql.QuoteHandle(ql.SimpleQuote(value))
            return ql.YieldTermStructureHandle(ql.FlatForward(0, calendar, quote, counter))

        dividend, risk_free = flat(0.0), flat(rate)
        self.discount = risk_free.discount(self.years)
        self.forward = self.spot * dividend.discount(self.years) / self.discount
        self._guess = math.sqrt(2 * math.pi / self.years) * premium / self.spot
        own = float(getattr(getattr(security.underlying, "volatility_model", None), "volatility", 0) or 0)
        self._sigma = ql.SimpleQuote(own if own > 0 else self._guess)
        term = ql.BlackConstantVol(0, calendar, ql.QuoteHandle(self._sigma), counter)
        spot = ql.QuoteHandle(ql.SimpleQuote(self.spot))
        process = ql.BlackScholesMertonProcess(spot, dividend, risk_free, ql.BlackVolTermStructureHandle(term))
        kind = ql.Option.Call if contract.right is OptionRight.CALL else ql.Option.Put
        self.payoff = ql.PlainVanillaPayoff(kind, contract.strike)
        style = contract.symbol.id.option_style
        settled = _date(ql, _open_day(contract.time, security))
        american = style is OptionStyle.AMERICAN
        last = _date(ql, maturity)
        exercise = ql.AmericanExercise(settled, last) if american else ql.EuropeanExercise(last)
        self.option = ql.VanillaOption(self.payoff, exercise)
        self.option.setPricingEngine(engine(ql, style, process))
        self.value = self._net_present_value()
        self.black: Any = None
        volatility = self._implied_volatility(premium, process)
        self._sigma.setValue(volatility)
        self.volatility = _as_decimal(volatility)

    def _set_date(self) -> None:
        settings = self._ql.Settings.instance()
        if settings.evaluationDate != self._today:
            settings.evaluationDate = self._today

    def _net_present_value(self) -> float:
        try:
            value = self.option.NPV()
        except RuntimeError:  # QuantLib's: LEAN takes 0 then
            return 0.0
        return _as_decimal(max(0.0, value)) if math.isfinite(value) else 0.0

    def _implied_volatility(self, premium: float, process: Any) -> float:
        self._set_date()
        try:
            volatility: float = self.option.impliedVolatility(premium, process)
        except RuntimeError:  # no such volatility: LEAN tries Newton's method
            volatility = self._by_newton(premium)
        return volatility if math.isfinite(volatility) else 0.0

    def _by_newton(self, premium: float) -> float:
        """Ten steps at most, to a thousandth; else 0."""
        estimate: float = self._guess
        for _ in range(10):
            before = estimate
            self.black = self.black_calculator(before)
            excess, slope = self.black.value() - premium, self.black.vega(self.years)
            step = excess / slope if slope else math.copysign(math.inf, excess)  # as .NET divides by zero
            estimate = min(max(estimate - step, 1e-7), 4.0)
            if abs(estimate - before) / estimate <= 1e-3:
                return estimate
        return 0.0

    def black_calculator(self, deviation: float) -> Any:
        """Black's formula."""
        return self._ql.BlackCalculator(self.payoff, self.forward, deviation, self.discount)

    def greek(self, own: Callable[[Any], float], black: Callable[[Any], float], approximate: bool) -> float:
        """The engine's Greek, else Black's."""
        self._set_date()
        try:
            value = own(self.option)
        except RuntimeError:  # the engine has no such Greek
            if not approximate:
                return 0.0
            if self.black is None:
                self.black = self.black_calculator(self._sigma.value())
            value = black(self.black)
        return _as_decimal(value) if math.isfinite(value) else 0.0


def _as_decimal(value: float) -> float:
    """What is left of a double that becomes one of LEAN's decimals: fifteen digits."""
    return to_float(cast_double(value))


def _date(ql: ModuleType, day: datetime) -> Any:
    return ql.Date(day.day, day.month, day.year)


def _greeks(priced: _Priced, approximate: bool) -> Callable[[], Greeks]:
    spot, years = priced.spot, priced.years

    def greek(own: Callable[[Any], float], black: Callable[[Any], float]) -> float:
        return priced.greek(own, black, approximate)

    return lambda: Greeks(
        greek(lambda option: option.delta(), lambda black: black.delta(spot)),
        greek(lambda option: option.gamma(), lambda black: black.gamma(spot)),
        greek(lambda option: option.vega(), lambda black: black.vega(years)) / 100,
        greek(lambda option: option.theta(), lambda black: black.theta(spot, years)),
        greek(lambda option: option.rho(), lambda black: black.rho(years)) / 100,
        greek(lambda option: option.elasticity(), lambda black: black.elasticity(spot)),
    )
