"""Currency pairs."""

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

__all__ = ["ForexAsset"]


class ForexAsset(Asset):
    """Pairs of currencies, quoted only."""

    kind = SecurityType.FOREX
    ib_type = "CASH"
    default_market = "oanda"
    is_dated = False
    tick_types = (TickType.QUOTE,)
    has_one_file_for_all = True
    common_tick_type = TickType.QUOTE
    session_of_quotes = True
    is_pair = True
    assumed_minute_volume = Decimal(25_000_000)
    has_base_currency = True
    trades_around_the_clock = True
    is_pair_of_codes = True
    swaps_currencies = True
    rate_order = 1
    rate_sibling = SecurityType.CFD
    leverage = 50.0
    order_day = OrderDay.FIVE_IN_NEW_YORK
    reports_volume = False

    def identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """The pair's."""
        from leanib.engine.symbols.security_identifier import SecurityIdentifier

        return SecurityIdentifier.generate_forex(ticker, market)

    def has_strict_end_times(self, market: str) -> bool:
        """Days end at midnight."""
        return False

    def security_class(self) -> type:
        """A pair."""
        from leanib.engine.securities.security_types import Forex

        return Forex

    def of_ib(self, contract: Contract, today: datetime) -> Symbol | None:
        """The pair of its two currencies."""
        from leanib.engine.symbols.symbol import Symbol

        return Symbol.create(contract.symbol + contract.currency, self.kind, self.default_market)

    def ib_name(self, symbol: Symbol) -> str | None:
        """The pair."""
        return symbol.value.upper()
