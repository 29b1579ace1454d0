"""Options on futures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from leanib.engine.assets.contracts import OptionContractAsset
from leanib.engine.assets.ib_contracts import (
    ib_day,
    ib_exchange,
    ib_option_name,
    ib_right,
    ib_root,
    ib_strike,
    lean_future,
)
from leanib.engine.enums import SecurityType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from ib_async import Contract

    from leanib.engine.securities.option import Option
    from leanib.engine.securities.security import Security
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["FutureOptionAsset"]


class FutureOptionAsset(OptionContractAsset):
    """American options on futures contracts; hours and properties are the future's."""

    kind = SecurityType.FUTURE_OPTION
    ib_type = "FOP"
    default_market = "cme"
    underlying_kind = SecurityType.FUTURE
    hours_kind = SecurityType.FUTURE
    trades_when_closed = True
    has_greeks_in_chains = False

    def file_folder(self, symbol: Symbol) -> str:
        """The options on a contract are in a folder of its month."""
        from leanib.engine.derivatives.futures.calendar import future_contract_month

        assert symbol.underlying is not None
        return f"{self.file_ticker(symbol)}/{future_contract_month(symbol.underlying):%Y%m}/"

    def low_resolution_folder(self, symbol: Symbol) -> str:
        """Likewise."""
        return self.file_folder(symbol)

    def security_class(self) -> type:
        """An option on a future."""
        from leanib.engine.securities.option import FutureOption

        return FutureOption

    def underlying_ticker(self, ticker: str) -> str | None:
        """The future's: GC of OG."""
        from leanib.engine.symbols.future_tickers import future_ticker_of_option

        return future_ticker_of_option(ticker)

    def osi_underlying(self, ticker: str, expiry: datetime, market: str) -> tuple[Symbol, str | None]:
        """The future that the text names, or one of that ticker."""
        from leanib.engine.derivatives.options.representation import parse_future_ticker
        from leanib.engine.symbols.security_identifier import SecurityIdentifier
        from leanib.engine.symbols.symbol import Symbol

        future = parse_future_ticker(ticker)
        name = ticker if future is None else future.underlying
        identifier = SecurityIdentifier.generate_future(expiry, name, market)
        return Symbol(identifier, identifier.symbol), ticker

    def is_standard_contract(self, symbol: Symbol) -> bool:
        """All are."""
        return True

    def last_day(self, symbol: Symbol) -> datetime:
        """The last day of trading."""
        from leanib.engine.derivatives.future_options.symbol import FutureOptionSymbol

        return FutureOptionSymbol.get_last_day_of_trading(symbol)

    def universe_folder(self, canonical: Symbol) -> str:
        """One a month of the future."""
        from leanib.engine.derivatives.futures.calendar import future_contract_month

        return f"{canonical.id.symbol.lower()}/{future_contract_month(canonical):%Y%m}"

    def price_model(self, symbol: Symbol, securities: Mapping[Symbol, Any]) -> Any:
        """QuantLib's."""
        from leanib.engine.derivatives.pricing.models import QLOptionPriceModelProvider

        return QLOptionPriceModelProvider.INSTANCE.get_option_price_model(symbol)

    def margin_model(self, security: Security, free_percent: float = 0.0) -> Any:
        """A part of what the future asks for."""
        from leanib.engine.derivatives.margin import FuturesOptionsMarginModel

        return FuturesOptionsMarginModel(free_percent, cast("Option", security))

    def fill_model(self) -> Any:
        """In regular and extended hours."""
        from leanib.engine.orders.fills import FutureOptionFillModel

        return FutureOptionFillModel()

    def fee_model(self) -> Any:
        """Interactive Brokers'."""
        from leanib.engine.orders.fees import InteractiveBrokersFeeModel

        return InteractiveBrokersFeeModel()

    def ib_name(self, symbol: Symbol) -> str | None:
        """The future's root and exchange, the option's own ticker as trading class, the strike as IB quotes."""
        future, identifier = symbol.underlying, symbol.id
        if future is None or symbol.is_canonical():
            return None
        strike = identifier.strike_price_decimal * self.ib_price_factor(symbol)
        name = ib_option_name(
            ib_root(future.id.symbol.upper()), "FOP", identifier, identifier.date, strike, identifier.symbol.upper()
        )
        return f"{name}@{ib_exchange(identifier.market)}"

    def ib_chain(self, symbol: Symbol) -> Contract | None:
        """The options on a future's contracts."""
        from ib_async import Contract

        future = symbol.underlying
        if future is None:
            return None
        root, ticker = ib_root(future.id.symbol.upper()), symbol.id.symbol.upper()
        return Contract("FOP", symbol=root, exchange=ib_exchange(symbol.id.market), tradingClass=ticker)

    def of_ib(self, contract: Contract, today: datetime) -> Symbol | None:
        """On the future that the expiry tells, as in LEAN; weekly options, of other classes, are none of its."""
        from leanib.engine.assets.registry import asset_of
        from leanib.engine.derivatives.future_options import FuturesOptionsUnderlyingMapper
        from leanib.engine.symbols.future_tickers import future_option_ticker
        from leanib.engine.symbols.symbol import Symbol

        ticker, expiry = lean_future(contract.symbol, ""), ib_day(contract)
        option = future_option_ticker(ticker)
        market = asset_of(SecurityType.FUTURE).market_of(ticker)
        if market is None or expiry is None or contract.tradingClass not in ("", option):
            return None
        future = FuturesOptionsUnderlyingMapper.get_underlying_future_from_future_option(option, market, expiry, today)
        if future is None:
            return None
        strike = ib_strike(contract) / future.asset.ib_price_factor(future)
        return Symbol.create_option(future, market, self.option_style, ib_right(contract), strike, expiry)

    def ib_price_factor(self, symbol: Symbol) -> Decimal:
        """The future's."""
        assert symbol.underlying is not None
        return symbol.underlying.asset.ib_price_factor(symbol.underlying)
