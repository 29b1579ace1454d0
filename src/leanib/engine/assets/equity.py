"""Shares."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.assets.base import Asset
from leanib.engine.enums import SecurityType, TickType

if TYPE_CHECKING:
    from datetime import datetime

    from ib_async import Contract

    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["EquityAsset"]


class EquityAsset(Asset):
    """Shares and funds: their trades are what counts, quotes come beside."""

    kind = SecurityType.EQUITY
    ib_type = "STK"
    option_kind = SecurityType.OPTION
    maps_tickers = True
    map_file_kind = SecurityType.EQUITY
    tick_types = (TickType.TRADE, TickType.QUOTE)
    has_quotes_at_low_resolution = False
    is_scaled_in_files = True
    has_one_file_for_all = True
    quotes_are_main = False
    trades_come_first = True
    has_factor_files = True
    leverage = 2.0
    has_corporate_actions = True
    can_be_delisted = True
    has_sub_penny_steps = True
    is_share = True
    has_primary_exchange = True
    combo_unit = Decimal(100)
    settlement = (1, timedelta(hours=6))

    def identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """That of who has the ticker today, from its first day."""
        from leanib.engine.symbols.security_identifier import SecurityIdentifier

        return SecurityIdentifier.generate_equity(ticker, market)

    def universe_identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """A universe's name is in no map file."""
        from leanib.engine.symbols.security_identifier import SecurityIdentifier

        return SecurityIdentifier.generate_equity(ticker, market, map_symbol=False)

    def security_class(self) -> type:
        """A share."""
        from leanib.engine.securities.security_types import Equity

        return Equity

    def fill_model(self) -> Any:
        """By trades and quotes, with the exchange's auctions."""
        from leanib.engine.orders.fills import EquityFillModel

        return EquityFillModel()

    def fee_model(self) -> Any:
        """Interactive Brokers'."""
        from leanib.engine.orders.fees import InteractiveBrokersFeeModel

        return InteractiveBrokersFeeModel()

    def of_ib(self, contract: Contract, today: datetime) -> Symbol | None:
        """A share in the United States; IB writes a blank before the letter of its class."""
        from leanib.engine.symbols.symbol import Symbol

        if contract.currency != "USD":
            return None
        return Symbol.create(contract.symbol.replace(" ", "."), self.kind, self.default_market)

    def ib_name(self, symbol: Symbol) -> str | None:
        """The ticker, in the United States."""
        return symbol.value.upper() if symbol.id.market == self.default_market else None
