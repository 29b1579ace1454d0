"""Options on indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.assets.contracts import OptionContractAsset
from leanib.engine.assets.ib_contracts import ib_day, ib_option_name, ib_right, ib_strike
from leanib.engine.enums import OptionStyle, SecurityType, SettlementType

if TYPE_CHECKING:
    from datetime import datetime

    from ib_async import Contract

    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["IndexOptionAsset"]

_INDEX_OF_OPTION = {"RUTW": "RUT", "SPXW": "SPX", "VIXW": "VIX", "NDXP": "NDX", "NQX": "NDX"}


class IndexOptionAsset(OptionContractAsset):
    """European options on indices, settled in cash."""

    kind = SecurityType.INDEX_OPTION
    ib_type = "OPT"
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

    def ib_name(self, symbol: Symbol) -> str | None:
        """The index, the last day of trading, right, strike, and the option's own ticker as trading class."""
        from leanib.engine.derivatives.options.index_symbol import IndexOptionSymbol

        underlying, identifier = symbol.underlying, symbol.id
        if underlying is None or symbol.is_canonical() or identifier.market != self.default_market:
            return None
        last = IndexOptionSymbol.get_last_trading_date(identifier.symbol, identifier.date)
        index = underlying.value.upper()
        return ib_option_name(index, "OPT", identifier, last, identifier.strike_price_decimal, identifier.symbol)

    def of_ib(self, contract: Contract, today: datetime) -> Symbol | None:
        """The ticker stands in the trading class: SPX or SPXW."""
        from leanib.engine.derivatives.options.index_symbol import IndexOptionSymbol
        from leanib.engine.symbols.symbol import Symbol

        ticker = contract.tradingClass or contract.symbol
        last = ib_day(contract)
        is_known = IndexOptionSymbol.is_index_option(ticker) and contract.multiplier in ("", "100")
        if last is None or not is_known or contract.currency != "USD":
            return None
        index = Symbol.create(IndexOptionSymbol.map_to_underlying(ticker), self.underlying_kind, self.default_market)
        expiry = IndexOptionSymbol.get_expiry_date(ticker, last)
        return Symbol.create_option(
            index, ticker, self.default_market, self.option_style, ib_right(contract), ib_strike(contract), expiry
        )
