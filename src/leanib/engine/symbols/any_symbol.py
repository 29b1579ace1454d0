"""What algorithms may give where LEAN wants a Symbol: the symbol, its ticker, or a security."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from leanib.engine.symbols.symbol import Symbol

__all__ = ["AnySymbol", "HasSymbol"]


class HasSymbol(Protocol):
    """A security, or whatever else has a symbol."""

    @property
    def symbol(self) -> Symbol:
        """Its symbol."""


AnySymbol: TypeAlias = Symbol | str | HasSymbol
