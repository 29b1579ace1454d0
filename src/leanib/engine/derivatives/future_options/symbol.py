"""Tickers of futures' options (`FuturesOptionsSymbolMappings.cs`, `FutureOptionSymbol.cs`)."""

from __future__ import annotations

from datetime import datetime

from leanib.engine.derivatives.futures.calendar import midnight
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import Symbol
from leanib.engine.symbols.future_tickers import future_option_ticker, future_ticker_of_option

__all__ = ["FutureOptionSymbol", "FuturesOptionsSymbolMappings"]


class FuturesOptionsSymbolMappings(LeanNames):
    """From a future's ticker to its options' and back: GC and OG; mostly the same."""

    map = staticmethod(future_option_ticker)
    map_from_option = staticmethod(future_ticker_of_option)


class FutureOptionSymbol(LeanNames):
    """What an expiry says of a contract."""

    @staticmethod
    def is_standard(_: Symbol) -> bool:
        """All are."""
        return True

    @staticmethod
    def get_last_day_of_trading(symbol: Symbol) -> datetime:
        """The day of expiry."""
        return midnight(symbol.id.date)
