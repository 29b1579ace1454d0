"""Custom data: `SecurityType.BASE`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.assets.base import Asset
from leanib.engine.enums import SecurityType

if TYPE_CHECKING:
    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["CustomDataAsset"]


class CustomDataAsset(Asset):
    """What a user's own data stand for."""

    kind = SecurityType.BASE
    is_custom_data = True
    map_file_kind = SecurityType.EQUITY
    has_one_file_for_all = True

    def identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """That of data without a type of their own."""
        from leanib.engine.symbols.security_identifier import SecurityIdentifier

        return SecurityIdentifier.generate_base(None, ticker, market)

    def requires_mapping(self, symbol: Symbol) -> bool:
        """As what the data are about."""
        return symbol.underlying is not None and symbol.underlying.requires_mapping()

    def mapped_text(self, symbol: Symbol, ticker: str) -> str:
        """Renamed with what they are about."""
        return ticker

    def database_key(self, symbol: Symbol) -> str:
        """Ticker and type of data."""
        return symbol.id.symbol

    def has_strict_end_times(self, market: str) -> bool:
        """The data say themselves when they end."""
        return False
