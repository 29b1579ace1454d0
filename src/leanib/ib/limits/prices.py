"""What an instrument costs now, for the limits: streamed, not snapped, and never guessed.

A stream tells its first price within moments; a snapshot may take eleven seconds to end. What is missing is said, with
the way out there is.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal

from leanib.ib.contracts import Instrument
from leanib.ib.limits.picture import Market
from leanib.ib.quotes.quote import Quote, QuoteStatus
from leanib.ib.quotes.service import QuoteService
from leanib.ib.quotes.subscription import Subscription

__all__ = ["MarketPrices", "Priced", "market_of"]

_FRESH = 1.0
"""Seconds for which a price is not asked for again: one order may need it twice."""
_SECOND_SIDE = 1.0
"""Seconds to wait for the other side of the book once a price has come."""
_NOT_SUBSCRIBED = ("354", "10089", "10168", "10090", "10186")
_TRUSTED = (QuoteStatus.CURRENT, QuoteStatus.CLOSED)
_GIVE_ONE = "give the price you know with --reference-price"


@dataclass(frozen=True)
class Priced:
    """A market, or why there is none and what to do about it."""

    market: Market | None
    reason: str = ""


class MarketPrices:
    """Asks the quote service for the price of one instrument.

    Args:
        quotes: Has the streams.
        timeout: Seconds to wait for a first price.
        margin: Share by which delayed and old prices count as worse; None: they do not count.
    """

    def __init__(self, quotes: QuoteService, timeout: float, margin: float | None) -> None:
        self._quotes = quotes
        self._timeout = timeout
        self._margin = Decimal(str(margin)) if margin is not None else None
        self._lately: dict[int, tuple[float, Priced]] = {}

    async def of(self, instrument: Instrument) -> Priced:
        """The market of an instrument, as soon as both sides of its book or the deadline have come."""
        asked_at, found = self._lately.get(instrument.contract.conId, (0.0, None))
        now = asyncio.get_running_loop().time()
        if found is None or found.market is None or now - asked_at > _FRESH:
            found = await self._ask(instrument)
            self._lately[instrument.contract.conId] = asyncio.get_running_loop().time(), found
        return found

    async def _ask(self, instrument: Instrument) -> Priced:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timeout
        try:
            async with self._quotes.borrowed(instrument, delayed=self._margin is not None) as subscription:
                await self._wait(subscription, deadline)
                return market_of(
                    subscription.quote(), subscription.hours.is_open(self._quotes.now()), self._margin, self._timeout
                )
        except ConnectionError:
            return Priced(None, f"the connection was lost while asking for the price of {instrument.name}")

    async def _wait(self, subscription: Subscription, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            subscription.ticked.clear()
            quote = subscription.quote()
            known = [price is not None for price in (quote.bid, quote.ask, quote.last)]
            if all(known[:2]) or quote.status in (QuoteStatus.REFUSED, QuoteStatus.INTERRUPTED):
                return
            if any(known) or quote.close is not None:
                deadline = min(deadline, loop.time() + _SECOND_SIDE)
            try:
                async with asyncio.timeout_at(deadline):
                    await subscription.ticked.wait()
            except TimeoutError:
                return


def market_of(quote: Quote, is_open: bool | None, margin: Decimal | None, waited: float) -> Priced:
    """What a quote is good for.

    Args:
        quote: As the service tells it.
        is_open: Whether the instrument trades now, None where nobody knows.
        margin: Share by which delayed and old prices count as worse; None: they do not count.
        waited: Seconds that were waited for it.
    """
    bid, ask, last, close_price = (
        Decimal(str(price)) if price is not None else None for price in (quote.bid, quote.ask, quote.last, quote.close)
    )
    told = tuple(price for price in (bid, ask, last) if price is not None)
    is_live = quote.data_type in ("live", "frozen")
    if is_live and told and quote.status in _TRUSTED:
        return Priced(Market(told, bid=bid, ask=ask))
    close = (close_price,) if close_price is not None else ()
    if is_live and close and is_open is False and quote.status in _TRUSTED:
        return Priced(Market(close))  # nothing is traded before the market opens
    old = told or close
    if old and margin is not None:
        return Priced(Market(old, margin, bid, ask))
    return Priced(None, _why_none(quote, bool(old), is_live, waited))


def _why_none(quote: Quote, is_old: bool, is_live: bool, waited: float) -> str:
    name = quote.symbol
    count = "set delayed_price_margin in [risk] of config/ to count them with a margin"
    if quote.reason.split(":")[0] in _NOT_SUBSCRIBED:
        return (
            f"IB shows no live prices of {name} ({quote.reason.rstrip('.')}): subscribe to them in Client Portal, or "
            f"for delayed ones {count}, or {_GIVE_ONE}"
        )
    if quote.reason.startswith("10197"):
        return f"another session of this IB user takes the market data (10197): log it out, or {_GIVE_ONE}"
    if quote.status in (QuoteStatus.REFUSED, QuoteStatus.INTERRUPTED):
        return f"the price of {name} is not current ({quote.reason.rstrip('.')}): {_GIVE_ONE}"
    if not is_old:
        return f"no price of {name} came within {waited:g} s: {_GIVE_ONE}"
    if not is_live:
        return f"the prices of {name} are delayed: {count}, or {_GIVE_ONE}"
    why = f"is not current ({quote.reason})" if quote.reason else "is only the last close, in a market that may be open"
    return f"the price of {name} {why}: {count.replace('them', 'such')}, or {_GIVE_ONE}"
