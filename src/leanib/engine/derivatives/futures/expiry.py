"""When a future expires (`Common/Securities/Future/FuturesExpiryFunctions.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from leanib.engine.derivatives.futures.calendar import expiration_holidays
from leanib.engine.derivatives.futures.expiry_table import EXPIRY_RULES
from leanib.engine.dotnet.exceptions import ArgumentException, KeyNotFoundException
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import SecurityType, Symbol

__all__ = ["FuturesExpiryFunctions", "future_expiry"]

ExpiryFunction = Callable[[datetime], datetime]


def future_expiry(symbol: Symbol) -> ExpiryFunction:
    """From a contract month (its first day) to the moment when trading in that contract ends, time of day included.

    A month that is not listed gives the next one's expiry. Holidays are the market hours database's. An unknown future
    is an ArgumentException.
    """
    canonical = symbol.canonical
    market, ticker = canonical.id.market, canonical.id.symbol
    rule = EXPIRY_RULES.get((market, ticker))
    if rule is None:
        raise ArgumentException(
            f"Expiry function not implemented for {symbol} in FuturesExpiryFunctions.FuturesExpiryDictionary"
        )
    return lambda month: rule.expiry(month, expiration_holidays(market, ticker))


class _ExpiryDictionary(Mapping[Symbol, ExpiryFunction]):
    """Expiry functions by canonical symbol; made when asked for, since symbols belong to a run."""

    def __getitem__(self, symbol: Symbol) -> ExpiryFunction:
        if (symbol.id.market, symbol.id.symbol) not in EXPIRY_RULES:
            raise KeyNotFoundException(f"The given key '{symbol}' was not present in the dictionary.")
        return future_expiry(symbol)

    def __iter__(self) -> Iterator[Symbol]:

        return (Symbol.create(ticker, SecurityType.FUTURE, market) for market, ticker in EXPIRY_RULES)

    def __len__(self) -> int:
        return len(EXPIRY_RULES)


class FuturesExpiryFunctions(LeanNames):
    """The same under LEAN's names."""

    FUTURES_EXPIRY_DICTIONARY: Mapping[Symbol, ExpiryFunction] = _ExpiryDictionary()
    futures_expiry_dictionary = FUTURES_EXPIRY_DICTIONARY

    @staticmethod
    def futures_expiry_function(symbol: Symbol) -> ExpiryFunction:
        """The expiry function of a contract's or a continuous future's symbol."""
        return future_expiry(symbol)
