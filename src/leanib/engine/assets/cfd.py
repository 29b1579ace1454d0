"""Contracts for difference."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.assets.base import Asset, OrderDay
from leanib.engine.enums import SecurityType, TickType

if TYPE_CHECKING:
    from datetime import datetime

    from ib_async import Contract

    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["CfdAsset"]

_INTERACTIVE_BROKERS = "interactivebrokers"


class CfdAsset(Asset):
    """Contracts for difference, quoted only."""

    kind = SecurityType.CFD
    ib_type = "CFD"
    default_market = "oanda"
    is_dated = False
    tick_types = (TickType.QUOTE,)
    has_one_file_for_all = True
    common_tick_type = TickType.QUOTE
    session_of_quotes = True
    is_pair = True
    assumed_minute_volume = Decimal(200)
    only_profit_counts = True
    rate_order = 2
    rate_sibling = SecurityType.FOREX
    leverage = 50.0
    order_day = OrderDay.FIVE_IN_NEW_YORK
    reports_volume = False

    def identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """The contract's."""
        from leanib.engine.symbols.security_identifier import SecurityIdentifier

        return SecurityIdentifier.generate_cfd(ticker, market)

    def has_strict_end_times(self, market: str) -> bool:
        """Oanda's days end at midnight."""
        return market != self.default_market

    def security_class(self) -> type:
        """A contract for difference."""
        from leanib.engine.securities.security_types import Cfd

        return Cfd

    def of_ib(self, contract: Contract, today: datetime) -> Symbol | None:
        """One of Interactive Brokers' own."""
        from leanib.engine.symbols.symbol import Symbol

        return Symbol.create(contract.symbol, self.kind, _INTERACTIVE_BROKERS)

    def ib_name(self, symbol: Symbol) -> str | None:
        """Interactive Brokers' own contracts."""
        return f"{symbol.value.upper()}:CFD@SMART" if symbol.id.market == _INTERACTIVE_BROKERS else None
