"""Options on indices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.assets.contracts import OptionContractAsset
from leanib.engine.assets.ib_contracts import ib_day, ib_option_name, ib_right, ib_strike
from leanib.engine.enums import OptionStyle, SecurityType, SettlementType

if TYPE_CHECKING:
    from ib_async import Contract

    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["IndexOptionAsset"]

_FUND_ON = {"NDX": "QQQ"}
_CLOSE_OF_WEEKLIES = timedelta(hours=15)


class IndexOptionAsset(OptionContractAsset):
    """European options on indices, settled in cash."""

    kind = SecurityType.INDEX_OPTION
    ib_type = "OPT"
    underlying_kind = SecurityType.INDEX
    option_style = OptionStyle.EUROPEAN
    settlement_type = SettlementType.CASH
    is_scaled_in_files = True
    lists_own_ticker = True
    is_priced_with_dividends = False

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
        from leanib.engine.symbols.index_tickers import INDEX_OF_OPTION

        return INDEX_OF_OPTION.get(ticker)

    def ib_name(self, symbol: Symbol) -> str | None:
        """The index, the last day of trading, right, strike, and the option's own ticker as trading class."""
        from leanib.engine.derivatives.options.index_symbol import IndexOptionSymbol

        underlying, identifier = symbol.underlying, symbol.id
        if underlying is None or symbol.is_canonical() or identifier.market != self.default_market:
            return None
        last = IndexOptionSymbol.get_last_trading_date(identifier.symbol, identifier.date)
        index = underlying.value.upper()
        return ib_option_name(index, "OPT", identifier, last, identifier.strike_price_decimal, identifier.symbol)

    def ib_chain(self, symbol: Symbol) -> Contract | None:
        """The options of a ticker on an index."""
        from ib_async import Contract

        underlying, ticker = symbol.underlying, symbol.id.symbol
        if underlying is None or symbol.id.market != self.default_market:
            return None
        return Contract("OPT", symbol=underlying.value, exchange="SMART", currency="USD", tradingClass=ticker)

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

    def osi_underlying(self, ticker: str, expiry: datetime, market: str) -> tuple[Symbol, str | None]:
        """The index; weekly options have a ticker of their own."""
        from leanib.engine.symbols.security_identifier import SecurityIdentifier
        from leanib.engine.symbols.symbol import Symbol

        name = self.underlying_ticker(ticker.upper()) or ticker
        index = SecurityIdentifier.generate_index(name, market)
        return Symbol(index, index.symbol), ticker

    def settlement_time(self, symbol: Symbol, expiry: datetime) -> datetime:
        """The opening of the day of expiry, of weekly options three o'clock in Chicago."""
        from leanib.engine.derivatives.options.index_symbol import IndexOptionSymbol
        from leanib.engine.derivatives.options.symbol import OptionSymbol, exchange_hours

        midnight = expiry.replace(hour=0, minute=0, second=0, microsecond=0)
        if not IndexOptionSymbol.is_am_settled(symbol):
            return midnight + _CLOSE_OF_WEEKLIES
        if OptionSymbol.is_standard(symbol):
            return exchange_hours(symbol).get_next_market_open(midnight, False)
        return expiry

    def is_standard_contract(self, symbol: Symbol) -> bool:
        """Tickers with weeklies only have monthly ones on the third Friday."""
        from leanib.engine.derivatives.options.index_symbol import IndexOptionSymbol

        return IndexOptionSymbol.is_standard(symbol)

    def dividend_yield_model(self, symbol: Symbol) -> Any:
        """That of the fund on the index; nothing is paid for volatility."""
        from leanib.engine.derivatives.pricing.dividends import DividendYieldProvider
        from leanib.engine.symbols.symbol import Symbol

        if symbol.value == "VIX":
            return super().dividend_yield_model(symbol)
        fund = Symbol.create(_FUND_ON.get(symbol.value, "SPY"), SecurityType.EQUITY, "usa")
        return DividendYieldProvider(fund)
