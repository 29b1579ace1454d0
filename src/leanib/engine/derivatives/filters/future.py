"""Choosing futures contracts (`Common/Securities/Future/FutureFilterUniverse.cs`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Self

from leanib.engine.derivatives.chains.universe_data import FutureUniverse
from leanib.engine.derivatives.filters.base import ContractSecurityFilterUniverse, Row
from leanib.engine.derivatives.futures.symbol import FutureSymbol
from leanib.engine.symbols import Symbol

__all__ = ["FutureFilterUniverse"]


class FutureFilterUniverse(ContractSecurityFilterUniverse):
    """The contracts of a future that are left."""

    data_class = FutureUniverse

    def refresh(self, all_data: Sequence[Row], local_time: datetime) -> None:
        """Begin with all contracts of a day."""
        self._refresh(all_data, local_time)

    def _is_standard(self, symbol: Symbol) -> bool:
        return FutureSymbol.is_standard(symbol)

    def expiration_cycle(self, months: Iterable[int]) -> Self:
        """Contracts that expire in those months; `FutureExpirationCycles` has the common ones."""
        wanted = set(months)
        return self.where(lambda row: row.terms().date.month in wanted)
