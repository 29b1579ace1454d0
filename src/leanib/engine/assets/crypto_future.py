"""Futures on crypto pairs, mostly perpetual ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leanib.engine.assets.base import Asset, OrderDay
from leanib.engine.enums import SecurityType, TickType

if TYPE_CHECKING:
    from leanib.engine.securities.security import Security
    from leanib.engine.symbols.security_identifier import SecurityIdentifier

__all__ = ["CryptoFutureAsset"]


class CryptoFutureAsset(Asset):
    """Futures that pay funding, margined in a coin or in a dollar coin."""

    kind = SecurityType.CRYPTO_FUTURE
    default_market = "binance"
    tick_types = (TickType.TRADE, TickType.QUOTE)
    trades_come_first = True
    has_margin_interest_data = True
    is_pair = True
    has_base_currency = True
    trades_around_the_clock = True
    only_profit_counts = True
    rate_order = 3
    rate_markets = ("dydx",)
    leverage = 25.0
    order_day = OrderDay.MIDNIGHT

    def identifier(self, ticker: str, market: str) -> SecurityIdentifier:
        """The perpetual one's."""
        from leanib.engine.symbols.security_identifier import DEFAULT_DATE, SecurityIdentifier

        return SecurityIdentifier.generate_crypto_future(DEFAULT_DATE, ticker, market)

    def security_class(self) -> type:
        """A future on a pair."""
        from leanib.engine.securities.security_types import CryptoFuture

        return CryptoFuture

    def buying_power_model(self, security: Security, leverage: float, free_percent: float, is_cash: bool) -> Any:
        """Margin in the coin that the contract is margined in."""
        from leanib.engine.securities.crypto_future import CryptoFutureMarginModel

        return CryptoFutureMarginModel(leverage)
