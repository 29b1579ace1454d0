"""Indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.assets.base import Asset
from leanib.engine.enums import SecurityType

if TYPE_CHECKING:
    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["IndexAsset"]

_FOREIGN = {
    "HSI": "hkfe",
    "KM": "krx",
    "N225": "ose",
    "SX5E": "eurex",
    "DAX": "eurex",
}
"""Indices that are not at home on the brokerage model's default market (`IndexSymbol.cs`)."""
_IB_EXCHANGES = {"NDX": "NASDAQ", "RUT": "RUSSELL", "COMP": "NASDAQ", "INDU": "CME", "NYA": "NYSE"}
_IB_FOREIGN = {
    "SX5E": "ESTX50:IND@EUREX/EUR",
    "DAX": "DAX:IND@EUREX/EUR",
    "HSI": "HSI:IND@HKFE/HKD",
    "N225": "N225:IND@OSE.JPN/JPY",
    "KM": "K200:IND@KSE/KRW",
}


class IndexAsset(Asset):
    """What is measured, and not traded unless the algorithm says so."""

    kind = SecurityType.INDEX
    option_kind = SecurityType.INDEX_OPTION
    has_one_file_for_all = True
    is_always_raw = True
    needs_trade_size = False
    is_tradable = False

    def identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """The index's."""
        from leanib.engine.symbols.security_identifier import SecurityIdentifier

        return SecurityIdentifier.generate_index(ticker, market)

    def market_of(self, ticker: str) -> str | None:
        """Where the indices of other countries are at home."""
        return _FOREIGN.get(ticker.upper())

    def security_class(self) -> type:
        """An index."""
        from leanib.engine.securities.security_types import Index

        return Index

    def ib_name(self, symbol: Symbol) -> str | None:
        """An index of CBOE, or of the exchange that makes it."""
        ticker = symbol.value.upper()
        return _IB_FOREIGN.get(ticker, f"{ticker}:IND@{_IB_EXCHANGES.get(ticker, 'CBOE')}")
