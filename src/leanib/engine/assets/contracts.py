"""What options of all kinds have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leanib.engine.assets.base import Asset
from leanib.engine.enums import TickType

if TYPE_CHECKING:
    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["CONTRACT_TICK_TYPES", "ContractAsset", "OptionContractAsset"]

CONTRACT_TICK_TYPES = (TickType.QUOTE, TickType.TRADE, TickType.OPEN_INTEREST)


class ContractAsset(Asset):
    """Contracts that expire, with a canonical symbol that stands for them all."""

    has_contracts = True
    has_leverage = False
    tick_types = CONTRACT_TICK_TYPES


class OptionContractAsset(ContractAsset):
    """Options: named by what they are on, expiry, right and strike."""

    is_option = True
    is_always_raw = True
    frame_levels = 5

    def is_canonical(self, identifier: SecurityIdentifier) -> bool:
        """Without an expiry."""
        from leanib.engine.symbols.security_identifier import DEFAULT_DATE

        return identifier.has_underlying and identifier.date == DEFAULT_DATE

    def canonical(self, symbol: Symbol) -> Symbol:
        """The one without expiry and strike."""
        if symbol.underlying is None:
            return super().canonical(symbol)
        return type(symbol).create_canonical_option(symbol.underlying, symbol.id.symbol, symbol.id.market)

    def alias(self, identifier: SecurityIdentifier, underlying: Symbol | None) -> str | None:
        """The OCC's text, or `?` and the ticker; an option's own ticker wins over its underlying's: OG on GC."""
        from leanib.engine.symbols.symbol import generate_option_ticker_osi

        if underlying is None:
            return None
        mapped = identifier.symbol != underlying.id.symbol
        ticker = identifier.symbol if mapped else underlying.value
        if self.is_canonical(identifier):
            return f"?{ticker.upper()}"
        if len(ticker) > 5:
            ticker += " "
        return generate_option_ticker_osi(
            ticker, identifier.option_right, identifier.strike_price_decimal, identifier.date
        )

    def database_key(self, symbol: Symbol) -> str:
        """The option's own ticker."""
        return symbol.id.symbol if symbol.has_underlying else ""

    def frame_keys(self, symbol: Symbol) -> list[Any]:
        """All three."""
        return [symbol.id.date, symbol.id.strike_price, symbol.id.option_right]
