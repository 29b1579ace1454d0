"""Pairs of a crypto currency and another currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.assets.base import Asset, OrderDay
from leanib.engine.enums import SecurityType, TickType

if TYPE_CHECKING:
    from datetime import datetime

    from ib_async import Contract

    from leanib.engine.symbols.security_identifier import SecurityIdentifier
    from leanib.engine.symbols.symbol import Symbol

__all__ = ["CryptoAsset"]

_CODE = 3


class CryptoAsset(Asset):
    """Crypto currencies, bought with other currencies of the cash book."""

    kind = SecurityType.CRYPTO
    ib_type = "CRYPTO"
    default_market = "coinbase"
    is_dated = False
    tick_types = (TickType.TRADE, TickType.QUOTE)
    trades_come_first = True
    common_tick_type = TickType.QUOTE
    is_pair = True
    has_base_currency = True
    trades_around_the_clock = True
    swaps_currencies = True
    rate_order = 4
    fee_may_reduce_quantity = True
    order_day = OrderDay.MIDNIGHT
    reports_volume = False
    must_be_listed = True

    def identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """The pair's."""
        from leanib.engine.symbols.security_identifier import SecurityIdentifier

        return SecurityIdentifier.generate_crypto(ticker, market)

    def security_class(self) -> type:
        """A pair."""
        from leanib.engine.securities.security_types import Crypto

        return Crypto

    def of_ib(self, contract: Contract, today: datetime) -> Symbol | None:
        """The pair of what it is and its currency."""
        from leanib.engine.symbols.symbol import Symbol

        return Symbol.create(contract.symbol + contract.currency, self.kind, self.default_market)

    def ib_name(self, symbol: Symbol) -> str | None:
        """What Paxos trades for Interactive Brokers."""
        ticker = symbol.value.upper()
        return f"{ticker[:-_CODE]}:CRYPTO@PAXOS/{ticker[-_CODE:]}" if len(ticker) > _CODE else None
