"""Positions in an underlying and its options, as strategies are looked for in them.

From `Common/Securities/Option/StrategyMatcher/{OptionPosition,OptionPositionCollection}.cs`. Quantities are whole:
contracts of options, and lots of the underlying, as many shares as a contract is on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from leanib.engine.symbols import OptionRight, Symbol

__all__ = ["OptionPosition", "PositionBook"]


class OptionPosition(NamedTuple):
    """So many contracts of an option, or lots of the underlying."""

    symbol: Symbol
    quantity: int

    @property
    def is_underlying(self) -> bool:
        """Whether it is no option."""
        return not self.symbol.has_underlying

    @property
    def right(self) -> OptionRight:
        """Call or put."""
        return self.symbol.id.option_right


class PositionBook(dict[Symbol, int]):
    """Quantities by symbol, none of them zero, in the order in which the positions came."""

    @classmethod
    def of(cls, positions: Iterable[OptionPosition]) -> PositionBook:
        """Positions added up."""
        book = cls()
        for symbol, quantity in positions:
            book.change(symbol, quantity)
        return book

    def change(self, symbol: Symbol, quantity: int) -> None:
        """Adds to a position."""
        after = self.get(symbol, 0) + quantity
        if after:
            self[symbol] = after
        else:
            self.pop(symbol, None)

    def without(self, symbol: Symbol, quantity: int) -> PositionBook:
        """Another book, with so much less of it."""
        book = PositionBook(self)
        book.change(symbol, -quantity)
        return book

    @property
    def underlying(self) -> Symbol | None:
        """What all positions are on."""
        first = next(iter(self), None)
        return first.underlying if first is not None and first.has_underlying else first

    @property
    def underlying_quantity(self) -> int:
        """How many lots of the underlying."""
        underlying = self.underlying
        return 0 if underlying is None else self.get(underlying, 0)

    def options(self) -> Iterable[OptionPosition]:
        """The positions in options."""
        return [OptionPosition(symbol, quantity) for symbol, quantity in self.items() if symbol.has_underlying]
