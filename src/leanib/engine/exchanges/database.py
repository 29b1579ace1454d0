"""What the market hours database and the symbol properties database have in common.

From `Common/Securities/SecurityDatabaseKey.cs` and `BaseSecurityDatabase.cs`.
"""

from __future__ import annotations

from typing import NamedTuple, Self

from leanib.engine.naming import LeanObject
from leanib.engine.symbols import SecurityType, Symbol

__all__ = ["WILDCARD", "SecurityDatabaseKey", "get_database_symbol_key"]

WILDCARD = "[*]"


class _Key(NamedTuple):
    market: str
    symbol: str
    security_type: SecurityType


class SecurityDatabaseKey(_Key, LeanObject):
    """Market, ticker (or `[*]` for all) and type; the case does not count."""

    __slots__ = ()

    WILDCARD = Wildcard = WILDCARD

    def __new__(cls, market: str | None, symbol: str | None, security_type: SecurityType) -> Self:
        """An empty market or ticker means all."""
        return super().__new__(cls, (market or WILDCARD).lower(), (symbol or WILDCARD).upper(), security_type)

    def create_common_key(self) -> SecurityDatabaseKey:
        """The key of everything of its type on its market."""
        return SecurityDatabaseKey(self.market, None, self.security_type)

    def __str__(self) -> str:
        return f"{self.security_type.lean_name}-{self.market}-{self.symbol}"


def get_database_symbol_key(symbol: Symbol | str | None) -> str:
    """The ticker under which the databases list a symbol."""
    if symbol is None:
        return ""
    if isinstance(symbol, str):
        return symbol
    return symbol.asset.database_key(symbol)
