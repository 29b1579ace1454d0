"""Options on shares."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.assets.contracts import OptionContractAsset
from leanib.engine.assets.ib_contracts import ib_day, ib_option_name, ib_right, ib_strike
from leanib.engine.enums import SecurityType

if TYPE_CHECKING:
    from datetime import datetime

    from ib_async import Contract

    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["OptionAsset"]


class OptionAsset(OptionContractAsset):
    """American options on shares; they are renamed with their underlying."""

    kind = SecurityType.OPTION
    ib_type = "OPT"
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

    def osi_underlying(self, ticker: str, expiry: datetime, market: str) -> tuple[Symbol, str | None]:
        """The share of that ticker."""
        from leanib.engine.symbols.security_identifier import SecurityIdentifier
        from leanib.engine.symbols.symbol import Symbol

        return Symbol(SecurityIdentifier.generate_equity(ticker, market), ticker), None

    def last_day(self, symbol: Symbol) -> datetime:
        """The last day of trading."""
        from leanib.engine.derivatives.options.symbol import OptionSymbol

        return OptionSymbol.get_last_day_of_trading(symbol)

    def universe_folder(self, canonical: Symbol) -> str:
        """Named by the underlying's ticker of the day."""
        return self.file_ticker(canonical)

    def dividend_yield_model(self, symbol: Symbol) -> Any:
        """The share's dividends."""
        from leanib.engine.derivatives.pricing.dividends import DividendYieldProvider

        return DividendYieldProvider(symbol.underlying)

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

    def ib_name(self, symbol: Symbol) -> str | None:
        """The share's ticker, last day, right and strike, in the United States."""
        underlying = symbol.underlying
        if underlying is None or symbol.is_canonical() or symbol.id.market != self.default_market:
            return None
        return ib_option_name(
            underlying.value.upper(), "OPT", symbol.id, symbol.id.date, symbol.id.strike_price_decimal
        )

    def ib_chain(self, symbol: Symbol) -> Contract | None:
        """The options on a share that no corporate action has changed."""
        from ib_async import Contract

        underlying = symbol.underlying
        if underlying is None or symbol.id.market != self.default_market:
            return None
        root = underlying.value.upper().replace(".", " ")
        return Contract("OPT", symbol=root, exchange="SMART", currency="USD", tradingClass=root.replace(" ", ""))

    def of_ib(self, contract: Contract, today: datetime) -> Symbol | None:
        """A contract on a hundred shares; one that a corporate action has changed has a class of its own."""
        from leanib.engine.derivatives.options.index_symbol import IndexOptionSymbol
        from leanib.engine.symbols.symbol import Symbol

        plain = "".join(letter for letter in contract.symbol if letter.isalnum())
        is_adjusted = contract.tradingClass not in ("", plain) or contract.multiplier not in ("", "100")
        expiry = ib_day(contract)
        if expiry is None or is_adjusted or contract.currency != "USD":
            return None
        if IndexOptionSymbol.is_index_option(contract.symbol):
            return None
        share = Symbol.create(contract.symbol.replace(" ", "."), self.underlying_kind, self.default_market)
        return Symbol.create_option(
            share, self.default_market, self.option_style, ib_right(contract), ib_strike(contract), expiry
        )

    def fee_model(self) -> Any:
        """Interactive Brokers'."""
        from leanib.engine.orders.fees import InteractiveBrokersFeeModel

        return InteractiveBrokersFeeModel()
