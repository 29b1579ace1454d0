"""Options on shares."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.assets.contracts import OptionContractAsset
from leanib.engine.enums import SecurityType

if TYPE_CHECKING:
    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["OptionAsset"]


class OptionAsset(OptionContractAsset):
    """American options on shares; they are renamed with their underlying."""

    kind = SecurityType.OPTION
    underlying_kind = SecurityType.EQUITY
    maps_tickers = True
    is_scaled_in_files = True
    exercise_costs = False
    settlement = (1, timedelta(hours=6))

    def identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """The canonical one's on a share of that ticker."""
        from leanib.engine.symbols.symbol import Symbol

        share = SecurityType.EQUITY
        return Symbol.create_canonical_option(Symbol.create(ticker, share, market), None, market).id

    def mapped_text(self, symbol: Symbol, ticker: str) -> str:
        """The OCC's text with the underlying's new ticker; a canonical symbol keeps its own."""
        from leanib.engine.symbols.symbol import generate_option_ticker_osi

        if symbol.is_canonical():
            return symbol.value
        identifier = symbol.id
        return generate_option_ticker_osi(
            ticker, identifier.option_right, identifier.strike_price_decimal, identifier.date
        )

    def file_ticker(self, symbol: Symbol) -> str:
        """The underlying's ticker of the day."""
        assert symbol.underlying is not None
        return symbol.underlying.value.lower()

    def database_key(self, symbol: Symbol) -> str:
        """The underlying's ticker."""
        return symbol.underlying.value if symbol.underlying is not None else ""

    def security_class(self) -> type:
        """An option."""
        from leanib.engine.securities.option import Option

        return Option

    def fee_model(self) -> Any:
        """Interactive Brokers'."""
        from leanib.engine.orders.fees import InteractiveBrokersFeeModel

        return InteractiveBrokersFeeModel()
