"""Options on futures."""

from __future__ import annotations

from typing import Any

from leanib.engine.assets.contracts import OptionContractAsset
from leanib.engine.enums import SecurityType

__all__ = ["FutureOptionAsset"]


class FutureOptionAsset(OptionContractAsset):
    """American options on futures contracts; hours and properties are the future's."""

    kind = SecurityType.FUTURE_OPTION
    default_market = "cme"
    underlying_kind = SecurityType.FUTURE
    hours_kind = SecurityType.FUTURE
    trades_when_closed = True

    def underlying_ticker(self, ticker: str) -> str | None:
        """The future's: GC of OG."""
        from leanib.engine.symbols.future_tickers import future_ticker_of_option

        return future_ticker_of_option(ticker)

    def fill_model(self) -> Any:
        """In regular and extended hours."""
        from leanib.engine.orders.fills import FutureOptionFillModel

        return FutureOptionFillModel()

    def fee_model(self) -> Any:
        """Interactive Brokers'."""
        from leanib.engine.orders.fees import InteractiveBrokersFeeModel

        return InteractiveBrokersFeeModel()
