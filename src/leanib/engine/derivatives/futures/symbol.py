"""Standard and other contracts of a future (`Common/Securities/Future/FutureSymbol.cs`)."""

from __future__ import annotations

from leanib.engine.derivatives.futures.calendar import future_contract_month
from leanib.engine.derivatives.futures.expiry import future_expiry
from leanib.engine.derivatives.futures.expiry_table import EXPIRY_RULES
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import Symbol

__all__ = ["FutureSymbol"]


class FutureSymbol(LeanNames):
    """What an expiry says of its contract."""

    @staticmethod
    def is_standard(symbol: Symbol) -> bool:
        """Whether the contract expires on its month's day; so does one whose rule is not known."""
        if (symbol.id.market, symbol.id.symbol) not in EXPIRY_RULES:
            return True
        return symbol.id.date.date() == future_expiry(symbol)(future_contract_month(symbol)).date()

    @staticmethod
    def is_weekly(symbol: Symbol) -> bool:
        """Whether it does not."""
        return not FutureSymbol.is_standard(symbol)
