"""Futures."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.data.paths import check_ticker
from leanib.engine.assets.base import LOW_RESOLUTIONS
from leanib.engine.assets.contracts import ContractAsset
from leanib.engine.assets.ib_contracts import ib_class, ib_day, ib_exchange, ib_price_factor, ib_root, lean_future
from leanib.engine.enums import DataMappingMode, DataNormalizationMode, Resolution, SecurityType

if TYPE_CHECKING:
    from ib_async import Contract

    from leanib.engine.exchanges.symbol_properties import SymbolProperties
    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.securities.security import Security
    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["FutureAsset"]

_BY_OPEN_INTEREST = (DataMappingMode.OPEN_INTEREST, DataMappingMode.OPEN_INTEREST_ANNUAL)
_WITHOUT_OPEN_INTEREST = ("hkfe", "eurex", "ice")
_JOINING = (
    DataNormalizationMode.RAW,
    DataNormalizationMode.BACKWARDS_RATIO,
    DataNormalizationMode.BACKWARDS_PANAMA_CANAL,
    DataNormalizationMode.FORWARD_PANAMA_CANAL,
)


class FutureAsset(ContractAsset):
    """Futures contracts, and the continuous future that stands for them."""

    kind = SecurityType.FUTURE
    ib_type = "FUT"
    default_market = "cme"
    option_kind = SecurityType.FUTURE_OPTION
    map_file_kind = SecurityType.FUTURE
    only_profit_counts = True
    trades_when_closed = True
    frame_levels = 3
    has_continuous_contract = True

    def identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """The continuous future's."""
        from leanib.engine.symbols.security_identifier import DEFAULT_DATE, SecurityIdentifier

        return SecurityIdentifier.generate_future(DEFAULT_DATE, ticker, market)

    def is_canonical(self, identifier: SecurityIdentifier) -> bool:
        """Without an expiry."""
        from leanib.engine.symbols.security_identifier import DEFAULT_DATE

        return identifier.date == DEFAULT_DATE

    def canonical(self, symbol: Symbol) -> Symbol:
        """The continuous future."""
        return type(symbol).create(symbol.id.symbol, self.kind, symbol.id.market)

    def market_of(self, ticker: str) -> str | None:
        """The first market that lists it."""
        from leanib.engine.exchanges.symbol_properties import SymbolPropertiesDatabase

        return SymbolPropertiesDatabase.from_data_folder().find_market(ticker, self.kind)

    def option_ticker(self, ticker: str) -> str:
        """OG for GC."""
        from leanib.engine.symbols.future_tickers import future_option_ticker

        return future_option_ticker(ticker)

    def alias(self, identifier: SecurityIdentifier, underlying: Symbol | None) -> str | None:
        """`/ES`, or ticker, day, month code and year of a contract."""
        from leanib.engine.symbols.future_tickers import generate_future_ticker

        if self.is_canonical(identifier):
            return f"/{identifier.symbol}"
        return generate_future_ticker(identifier.symbol, identifier.date)

    def requires_mapping(self, symbol: Symbol) -> bool:
        """The continuous future stands for another contract from time to time."""
        return symbol.is_canonical()

    def mapped(self, symbol: Symbol, ticker: str, contract_depth_offset: int) -> Symbol:
        """The continuous future on the contract whose identifier is given as text."""
        from leanib.engine.derivatives.futures.continuous import adjust_symbol_by_offset
        from leanib.engine.symbols.security_identifier import SecurityIdentifier

        if ticker == symbol.value:
            return symbol
        contract = adjust_symbol_by_offset(
            type(symbol)(SecurityIdentifier.parse(ticker), ticker), contract_depth_offset
        )
        return symbol.under(contract.value, contract)

    def mapped_key(self, symbol: Symbol, ticker: str) -> str:
        """The identifier of the contract."""
        return ticker if symbol.underlying is None else str(symbol.underlying.id)

    def database_key(self, symbol: Symbol) -> str:
        """The ticker without expiry."""
        return symbol.id.symbol

    def frame_keys(self, symbol: Symbol) -> list[Any]:
        """The expiry."""
        return [symbol.id.date, "", ""]

    def data_file(self, symbol: Symbol, mapped_ticker: str, day: datetime, resolution: Resolution, tick: str) -> str:
        """One zip a day for all contracts; of hours and days one for all."""
        ticker = check_ticker(symbol.id.symbol).lower()
        if resolution not in LOW_RESOLUTIONS:
            return f"{ticker}/{day:%Y%m%d}_{tick}.zip"
        return f"{ticker}_{tick}.zip"

    def data_entry(self, symbol: Symbol, day: datetime, resolution: Resolution, tick: str) -> str:
        """Day, ticker, resolution, data and contract month: of the continuous future that of its contract."""
        from leanib.engine.derivatives.futures.calendar import future_contract_month

        contract = symbol if symbol.underlying is None else symbol.underlying
        month = "perp" if self.is_canonical(contract.id) else f"{future_contract_month(contract):%Y%m}"
        ticker = symbol.id.symbol.lower()
        if resolution in LOW_RESOLUTIONS:
            return f"{ticker}_{tick}_{month}.csv"
        return f"{day:%Y%m%d}_{ticker}_{resolution.name.lower()}_{tick}_{month}.csv"

    def default_mapping(self, mode: DataMappingMode, market: str) -> DataMappingMode:
        """By the last trading day where open interest is not known."""
        unknown = mode in _BY_OPEN_INTEREST and market in _WITHOUT_OPEN_INTEREST
        return DataMappingMode.LAST_TRADING_DAY if unknown else mode

    def default_normalization(self, mode: DataNormalizationMode) -> DataNormalizationMode:
        """By ratios where it is not one for futures."""
        return mode if mode in _JOINING else DataNormalizationMode.BACKWARDS_RATIO

    def contract_factors(self, config: SubscriptionDataConfig) -> Any:
        """Those of the continuous future."""
        from leanib.engine.derivatives.futures.factors import ContractFactors

        return ContractFactors.of(config) if config.symbol.is_canonical() else None

    def security_class(self) -> type:
        """A contract, or the continuous future."""
        from leanib.engine.securities.future import Future

        return Future

    def fill_model(self) -> Any:
        """In regular and extended hours."""
        from leanib.engine.orders.fills import FutureFillModel

        return FutureFillModel()

    def margin_model(self, security: Security, free_percent: float = 0.0) -> Any:
        """What the exchange asks for a contract."""
        from leanib.engine.derivatives.margin import FutureMarginModel

        return FutureMarginModel(free_percent, security)

    def buying_power_model(self, security: Security, leverage: float, free_percent: float, is_cash: bool) -> Any:
        """The margin that the exchange asks for."""
        return self.margin_model(security, free_percent)

    def settlement_model(self, is_cash_account: bool) -> Any:
        """Profit and loss of every day."""
        from leanib.engine.derivatives.life import FutureSettlementModel

        return FutureSettlementModel()

    def fee_model(self) -> Any:
        """Interactive Brokers'."""
        from leanib.engine.orders.fees import InteractiveBrokersFeeModel

        return InteractiveBrokersFeeModel()

    def ib_name(self, symbol: Symbol) -> str | None:
        """Root, last day of trading and trading class at the exchange; of the continuous future its contract's."""
        contract = symbol.underlying if symbol.is_canonical() else symbol
        if contract is None:
            return None
        identifier = contract.id
        ticker = identifier.symbol.upper()
        currency = self.ib_properties(contract).quote_currency
        name = f"{ib_root(ticker)}:FUT:{identifier.date:%Y%m%d}"
        trading_class = ib_class(ticker, identifier.market)
        name += f":{trading_class}" * bool(trading_class) + f"@{ib_exchange(identifier.market)}"
        return name if currency == "USD" else f"{name}/{currency}"

    def ib_chain(self, symbol: Symbol) -> Contract | None:
        """The contracts of a future."""
        from ib_async import Contract

        ticker, market = symbol.id.symbol.upper(), symbol.id.market
        currency, trading_class = self.ib_properties(symbol).quote_currency, ib_class(ticker, market)
        return Contract(
            "FUT", symbol=ib_root(ticker), exchange=ib_exchange(market), currency=currency, tradingClass=trading_class
        )

    def of_ib(self, contract: Contract, today: datetime) -> Symbol | None:
        """The ticker stands in the trading class; weeklies and other sizes are none that LEAN knows."""
        from leanib.engine.symbols.symbol import Symbol

        ticker, expiry = lean_future(contract.symbol, contract.tradingClass), ib_day(contract)
        market = self.market_of(ticker)
        if market is None or expiry is None or contract.tradingClass not in ("", ib_class(ticker, market) or "?"):
            return None
        symbol = Symbol.create_future(ticker, market, expiry)
        properties = self.ib_properties(symbol)
        is_other = contract.multiplier and Decimal(contract.multiplier) != properties.contract_multiplier_decimal
        return None if is_other or contract.currency != properties.quote_currency else symbol

    def ib_price_factor(self, symbol: Symbol) -> Decimal:
        """A hundred for what IB quotes in cents and LEAN in dollars."""
        return ib_price_factor(symbol.id.symbol, self.ib_properties(symbol).price_magnifier_decimal)

    @staticmethod
    def ib_properties(symbol: Symbol) -> SymbolProperties:
        """What the data base says of the contract."""
        from leanib.engine.exchanges.symbol_properties import SymbolPropertiesDatabase

        database = SymbolPropertiesDatabase.from_data_folder()
        return database.get_symbol_properties(symbol.id.market, symbol, symbol.security_type, "USD")
