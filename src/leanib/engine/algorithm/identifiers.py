"""Industry identifiers: CUSIP, FIGI, SEDOL, ISIN, CIK (`Algorithm/QCAlgorithm.cs`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.naming import also_named
from leanib.engine.symbols import SecurityDefinitionSymbolResolver, Symbol

__all__ = ["Identifiers"]


class Identifiers(AlgorithmPart):
    """The part of QCAlgorithm that translates between symbols and industry identifiers.

    Each method takes a symbol and returns its identifier, or takes an identifier and returns the symbol under the
    ticker it has on a trading date, by default today's; None when the data folder's security database does not know it.
    """

    if TYPE_CHECKING:

        @property
        def time(self) -> datetime:
            """Now, in the algorithm's time zone."""

    @also_named(cusip="symbol")
    def cusip(self, symbol: Symbol | str, trading_date: datetime | None = None) -> Any:
        """The CUSIP of a symbol, or the symbol of a CUSIP."""
        return self._qc_translate("cusip", symbol, trading_date)

    @also_named(composite_figi="symbol")
    def composite_figi(self, symbol: Symbol | str, trading_date: datetime | None = None) -> Any:
        """The composite FIGI of a symbol, or the symbol of one."""
        return self._qc_translate("composite_figi", symbol, trading_date)

    @also_named(sedol="symbol")
    def sedol(self, symbol: Symbol | str, trading_date: datetime | None = None) -> Any:
        """The SEDOL of a symbol, or the symbol of a SEDOL."""
        return self._qc_translate("sedol", symbol, trading_date)

    @also_named(isin="symbol")
    def isin(self, symbol: Symbol | str, trading_date: datetime | None = None) -> Any:
        """The ISIN of a symbol, or the symbol of an ISIN."""
        return self._qc_translate("isin", symbol, trading_date)

    @also_named(cik="symbol")
    def cik(self, symbol: Symbol | int, trading_date: datetime | None = None) -> Any:
        """The CIK of a symbol's issuer, or all symbols of an issuer."""
        if isinstance(symbol, Symbol):
            return symbol.cik
        return SecurityDefinitionSymbolResolver.find("cik", symbol, trading_date or self._qc_base.time)

    def _qc_translate(self, kind: str, given: Symbol | str, trading_date: datetime | None) -> Any:
        if isinstance(given, Symbol):
            return getattr(given, kind)
        found = SecurityDefinitionSymbolResolver.find(kind, given, trading_date or self._qc_base.time)
        return found[0] if found else None
