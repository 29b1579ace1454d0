"""Exchange rates for the limits: as the account tells them, or else the market."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from leanib.ib.client import GatewayClient
from leanib.ib.connection import IBConnection
from leanib.ib.contracts import qualify
from leanib.ib.currencies import ExchangeRates, base_currency
from leanib.ib.errors import RequestFailed, RequestTimedOut, UnknownContract
from leanib.ib.limits.prices import MarketPrices

__all__ = ["MarketRates"]

_FRESH = timedelta(minutes=1)


class MarketRates:
    """Exchange rates to the account's base currency: as the account tells them, or else the market.

    The account tells those of the currencies that it holds.
    """

    def __init__(self, connection: IBConnection, prices: MarketPrices) -> None:
        self._connection = connection
        self._prices = prices
        self._base: tuple[GatewayClient, str, str] | None = None  # told once a connection; values come by the hundred
        self._found: dict[tuple[str, str], tuple[datetime, Decimal]] = {}

    async def rate(self, currency: str) -> Decimal | None:
        """What one unit of a currency is worth in the base currency, None where nobody tells."""
        client, account = self._connection.client, self._connection.account
        if (client, account, currency) == self._base:
            return Decimal(1)
        told = ExchangeRates.of(client.accountValues(account))
        if currency == told.base:
            self._base = client, account, currency
        known = told.rate(currency)
        return known if known is not None or not told.base else await self._of_market(currency, told.base)

    def unknown(self, currency: str) -> str:
        """What to say where a rate is not known."""
        base = base_currency(self._connection.client.accountValues(self._connection.account))
        if not base:
            return "the account's base currency is not known yet: try again in a moment"
        return f"the exchange rate from {currency} to the account's {base} is not known: hold some {currency}"

    async def _of_market(self, currency: str, base: str) -> Decimal | None:
        now = self._connection.clock.now()
        found = self._found.get((currency, base))
        if found is not None and now - found[0] < _FRESH:
            return found[1]
        for pair in (currency + base, base + currency):
            worst = await self._pair(pair, inverse=pair.startswith(base))
            if worst is not None:
                self._found[currency, base] = now, worst
                return worst
        return None

    async def _pair(self, pair: str, *, inverse: bool) -> Decimal | None:
        """The largest rate that a pair's book allows."""
        timeout = self._connection.settings.connection.request_timeout
        try:
            instrument = await qualify(self._connection.client, pair, timeout)
        except (UnknownContract, RequestFailed, RequestTimedOut):
            return None
        if not instrument.is_pair:
            return None
        market = (await self._prices.of(instrument)).market
        prices = [price for price in market.prices if price > 0] if market is not None else []
        if market is None or not prices:
            return None
        worst = 1 / min(prices) if inverse else max(prices)
        return worst * (1 + market.margin)
