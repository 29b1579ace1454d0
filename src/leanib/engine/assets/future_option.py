"""Options on futures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from leanib.engine.assets.contracts import OptionContractAsset
from leanib.engine.enums import SecurityType

if TYPE_CHECKING:
    from leanib.engine.securities.option import Option
    from leanib.engine.securities.security import Security
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["FutureOptionAsset"]


class FutureOptionAsset(OptionContractAsset):
    """American options on futures contracts; hours and properties are the future's."""

    kind = SecurityType.FUTURE_OPTION
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
