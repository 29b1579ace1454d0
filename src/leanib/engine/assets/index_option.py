"""Options on indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.assets.contracts import OptionContractAsset
from leanib.engine.enums import OptionStyle, SecurityType, SettlementType

if TYPE_CHECKING:
    from leanib.engine.symbols.security_identifier import SecurityIdentifier

__all__ = ["IndexOptionAsset"]

_INDEX_OF_OPTION = {"RUTW": "RUT", "SPXW": "SPX", "VIXW": "VIX", "NDXP": "NDX", "NQX": "NDX"}


class IndexOptionAsset(OptionContractAsset):
    """European options on indices, settled in cash."""

    kind = SecurityType.INDEX_OPTION
    underlying_kind = SecurityType.INDEX
    option_style = OptionStyle.EUROPEAN
    settlement_type = SettlementType.CASH
    is_scaled_in_files = True

    def identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """The canonical one's on an index of that ticker."""
        from leanib.engine.symbols.symbol import Symbol

        index = Symbol.create(ticker, SecurityType.INDEX, market)
        return Symbol.create_canonical_option(index, None, market).id

    def security_class(self) -> type:
        """An option on an index."""
        from leanib.engine.securities.option import IndexOption

        return IndexOption

    def underlying_ticker(self, ticker: str) -> str | None:
        """The index of weekly options that have a ticker of their own."""
        return _INDEX_OF_OPTION.get(ticker)
