"""Rates from one currency to another (`Common/Securities/CurrencyConversion/**`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.event import Event
from leanib.engine.exchanges.currency_pairs import CurrencyPair, PairMatch
from leanib.engine.naming import LeanNames
from leanib.engine.numbers import ONE, ZERO
from leanib.engine.numbers.exact import FloatView
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.securities.security import Security

__all__ = ["ConstantCurrencyConversion", "ConversionCandidate", "CurrencyConversion", "SecurityCurrencyConversion"]


class CurrencyConversion(LeanNames):
    """A rate; `conversion_rate_updated` calls its handlers with the new one."""

    conversion_rate = FloatView()
    conversion_rate_securities: Sequence[Security]
    source_currency: str
    destination_currency: str | None
    conversion_rate_updated: Event

    def __init__(self, source_currency: str, destination_currency: str | None) -> None:
        self.source_currency = source_currency
        self.destination_currency = destination_currency
        self.conversion_rate_securities = List()
        self.conversion_rate_updated = Event()
        self._rate = ZERO

    @property
    def conversion_rate_decimal(self) -> Decimal:
        """What one unit of the source currency costs in the destination currency; 0 when not known."""
        return self._rate

    @conversion_rate_decimal.setter
    def conversion_rate_decimal(self, value: Decimal) -> None:
        if self._rate != value:
            self._rate = value
            self.conversion_rate_updated(value)

    def update(self) -> None:
        """Prices have changed."""


class ConstantCurrencyConversion(CurrencyConversion):
    """A rate that only changes when it is set."""

    def __init__(self, source_currency: str, destination_currency: str | None, conversion_rate: Decimal = ONE) -> None:
        super().__init__(source_currency, destination_currency)
        self._rate = conversion_rate

    @staticmethod
    def identity(source_currency: str, destination_currency: str | None = None) -> ConstantCurrencyConversion:
        """One to one."""
        return ConstantCurrencyConversion(source_currency, destination_currency or source_currency)

    @staticmethod
    def null(source_currency: str, destination_currency: str) -> ConstantCurrencyConversion:
        """No rate: the currency counts nothing."""
        return ConstantCurrencyConversion(source_currency, destination_currency, ZERO)


class ConversionCandidate(NamedTuple):
    """A pair that could be used: an existing security, or one that `make` would create."""

    pair: CurrencyPair
    market: str
    symbol: Callable[[], Symbol]
    security: Security | None = None

    def match(self, base: str, quote: str) -> PairMatch:
        """How it relates to two currencies."""
        return self.pair.compare(base, quote, self.market)


class _Step(NamedTuple):
    security: Security
    inverted: bool


class SecurityCurrencyConversion(CurrencyConversion):
    """The last price of one security, or of two."""

    def __init__(self, source_currency: str, destination_currency: str, steps: Sequence[_Step]) -> None:
        super().__init__(source_currency, destination_currency)
        self._steps = steps
        self._needs_update = False
        self.conversion_rate_securities = List(step.security for step in steps)

    @property
    def conversion_rate_decimal(self) -> Decimal:
        """The rate at the last prices."""
        if self._needs_update:
            self._needs_update = False
            self._rate = self._rate_now()
            self.conversion_rate_updated(self._rate)
        return self._rate

    @conversion_rate_decimal.setter
    def conversion_rate_decimal(self, value: Decimal) -> None:
        if self._rate != value:
            self._rate = value
            self._needs_update = False
            self.conversion_rate_updated(value)

    def _rate_now(self) -> Decimal:
        rate = ONE
        for security, inverted in self._steps:
            price = security.cache.last_data_price_decimal
            if not price:
                return ZERO
            rate = rate / price if inverted else rate * price
        return rate

    def update(self) -> None:
        """Prices have changed: the rate is worked out when somebody asks."""
        self._needs_update = True

    @staticmethod
    def linear_search(
        source_currency: str,
        destination_currency: str,
        candidates: Iterable[ConversionCandidate],
        make_new_security: Callable[[Symbol], Security],
    ) -> SecurityCurrencyConversion:
        """The first pair that converts directly, else the first two that do together."""
        known = list(candidates)
        path = _direct(source_currency, destination_currency, known) or _two_legs(
            source_currency, destination_currency, known
        )
        if path is None:
            raise ValueError(
                f"no currency pairs lead from {source_currency} to {destination_currency}; "
                "check the symbol properties database"
            )
        steps = [_Step(leg.security or make_new_security(leg.symbol()), inverted) for leg, inverted in path]
        return SecurityCurrencyConversion(source_currency, destination_currency, steps)


_Path = list[tuple[ConversionCandidate, bool]]


def _direct(source: str, destination: str, candidates: list[ConversionCandidate]) -> _Path | None:
    for candidate in candidates:
        match = candidate.match(source, destination)
        if match is not PairMatch.NO_MATCH:
            return [(candidate, match is PairMatch.INVERSE)]
    return None


def _two_legs(source: str, destination: str, candidates: list[ConversionCandidate]) -> _Path | None:
    for first in candidates:
        middle = first.pair.other(source)
        if middle is None:
            continue
        for second in candidates:
            match = second.match(middle, destination)
            if match is not PairMatch.NO_MATCH:
                return [(first, source == first.pair.quote), (second, match is PairMatch.INVERSE)]
    return None
