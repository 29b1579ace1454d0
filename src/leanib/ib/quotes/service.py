"""Quotes for many symbols at once: never a silently stale price.

A farm that breaks, a competing session, a lost link or silence in an open market marks the quote, leaves a gap in the
stream, and is answered by one paced resubscription.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

from ib_async import TickData

from leanib.ib.client import GatewayClient
from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument, qualify
from leanib.ib.errors import IBError
from leanib.ib.quotes.pacer import Pacer
from leanib.ib.quotes.quote import DATA_TYPES, Gap, Quote, QuoteStatus
from leanib.ib.quotes.silence import SilenceWatch
from leanib.ib.quotes.subscription import Subscription
from leanib.ib.signals import Signal
from leanib.ib.state import ConnectionState, Farm

__all__ = ["QuoteService"]

_INTERRUPTED = {10182, 10197, 10225}
_IN_PART = 10090
_NOTICES = {165, 300, 10167}
"""Codes on a subscription after which it goes on, as after those from 2100 to 2199; any other refuses it."""


class QuoteService:
    """Market data subscriptions over all reconnections, one a contract whatever names it is asked for under."""

    def __init__(self, connection: IBConnection) -> None:
        self._connection = connection
        self._settings = connection.settings.quotes
        self._by_name: dict[str, Subscription] = {}
        self._by_con_id: dict[int, Subscription] = {}
        self._borrowed: dict[int, int] = {}
        self._streams: list[asyncio.Queue[Quote | Gap]] = []
        #: Every tick of a subscribed symbol as IB sent it, those of one message together.
        self.ticks: Signal[[str, list[TickData]]] = Signal("ticks")
        #: The begin and the end of each interruption, and the first quote under another status or data type; while a
        #: stream is read, those that tell of prices alone too.
        self.told: Signal[[Quote | Gap]] = Signal("quote")
        self._pacer = Pacer(connection, self._settings.resubscribe_per_second)
        self._silence = SilenceWatch(connection, self._all, self._pacer.add)
        connection.register(self)
        connection.messages.error.connect(self._on_error)
        connection.messages.state.connect(self._on_state)

    async def subscribe(self, symbols: list[str]) -> None:
        """Subscribes symbols as typed; those already subscribed stay as they are.

        Raises:
            UnknownContract: IB does not know one of them; none of the new ones is subscribed.
            IBError: More lines than the account has.
        """
        wanted = list(dict.fromkeys(n for symbol in symbols if (n := symbol.strip().upper()) not in self._by_name))
        total, limit = len(self._by_name) + len(wanted), self._settings.max_lines
        if total > limit:
            raise IBError(f"{total} symbols are more than max_lines = {limit} of [quotes] in config/")
        timeout = self._connection.settings.connection.request_timeout
        client = self._connection.client
        instruments = [await qualify(client, name, timeout) for name in wanted]
        client.reqMarketDataType(DATA_TYPES[self._settings.market_data_type])
        for instrument in instruments:
            subscription = self._of(instrument)
            subscription.add_name(instrument.name)
            self._by_name[instrument.name] = subscription
            if not subscription.request_id:
                subscription.start(client)
        self._keep_running()

    def unsubscribe(self, symbol: str) -> None:
        """Ends a subscription."""
        name = symbol.strip().upper()
        subscription = self._by_name.pop(name, None)
        if subscription is not None:
            subscription.names.remove(name)
            self._drop_unused(subscription)

    def quotes(self) -> list[Quote]:
        """All quotes now, in the order of subscription."""
        return [subscription.quote(name) for name, subscription in self._by_name.items()]

    def quote(self, symbol: str) -> Quote | None:
        """One quote, None when the symbol is not subscribed."""
        name = symbol.strip().upper()
        subscription = self._by_name.get(name)
        return subscription.quote(name) if subscription is not None else None

    def now(self) -> datetime:
        """The moment against which trading hours are held, UTC."""
        return self._connection.clock.now()

    async def stream(self) -> AsyncIterator[Quote | Gap]:
        """Every change of every quote, and a marker at the begin and the end of each interruption."""
        queue: asyncio.Queue[Quote | Gap] = asyncio.Queue()
        self._streams.append(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._streams.remove(queue)

    @asynccontextmanager
    async def borrowed(self, instrument: Instrument, *, delayed: bool) -> AsyncIterator[Subscription]:
        """The subscription of an instrument while something is read of it; its own where nobody subscribed it.

        Args:
            instrument: What is asked for.
            delayed: Whether delayed data will do where the account has no live data.
        """
        client = self._connection.client
        subscription = self._of(instrument)
        self._borrowed[subscription.con_id] = self._borrowed.get(subscription.con_id, 0) + 1
        try:
            if not subscription.request_id or (delayed and subscription.status is QuoteStatus.REFUSED):
                usual = DATA_TYPES[self._settings.market_data_type]
                client.reqMarketDataType(DATA_TYPES["delayed"] if delayed and usual < 3 else usual)
                subscription.status, subscription.reason = QuoteStatus.WAITING, ""
                subscription.start(client)
                client.reqMarketDataType(usual)
            yield subscription
        finally:
            self._borrowed[subscription.con_id] -= 1
            self._drop_unused(subscription)

    async def resume(self, client: GatewayClient, account: str) -> None:
        """Subscribes everything on the new connection, paced."""
        client.reqMarketDataType(DATA_TYPES[self._settings.market_data_type])
        for subscription in self._all():
            subscription.forget()
            self._pacer.add(subscription)
        if self._by_con_id:
            self._keep_running()

    def interrupted(self, reason: str) -> None:
        """Marks every quote."""
        for subscription in self._all():
            subscription.forget()
            self._silence.mark(subscription, QuoteStatus.INTERRUPTED, reason)
            subscription.ticked.set()

    async def link_restored(self, *, data_lost: bool) -> None:
        """1101 lost all subscriptions; after 1102 only silence shows whether they live."""
        for subscription in self._all():
            if data_lost:
                self._interrupt(subscription, "subscribed again after the link returned")
            else:
                self._silence.verify_after_grace(subscription)

    async def release(self) -> None:
        """Cancels every subscription."""
        await self._silence.stop()
        await self._pacer.stop()
        client = self._connection.client
        for subscription in self._all():
            subscription.stop(client)

    def _all(self) -> Iterable[Subscription]:
        return list(self._by_con_id.values())

    def _of(self, instrument: Instrument) -> Subscription:
        con_id = instrument.contract.conId
        if con_id not in self._by_con_id:
            self._by_con_id[con_id] = Subscription(
                instrument, self._connection.clock, self._publish, self.ticks.emit, lambda: bool(self._streams)
            )
        return self._by_con_id[con_id]

    def _drop_unused(self, subscription: Subscription) -> None:
        if subscription.names or self._borrowed.get(subscription.con_id):
            return
        self._borrowed.pop(subscription.con_id, None)
        self._by_con_id.pop(subscription.con_id, None)
        if self._connection.state.is_ready:
            subscription.stop(self._connection.client)

    def _keep_running(self) -> None:
        self._silence.keep_running()
        self._pacer.keep_running()

    def _publish(self, item: Quote | Gap) -> None:
        if isinstance(item, Gap) and item.until is not None:
            self._connection.log.info("quote is back", symbol=item.symbol)
        for queue in self._streams:
            queue.put_nowait(item)
        self.told.emit(item)

    def _interrupt(self, subscription: Subscription, reason: str) -> None:
        self._silence.mark(subscription, QuoteStatus.INTERRUPTED, reason)
        self._pacer.add(subscription)

    def _on_state(self, before: ConnectionState, after: ConnectionState) -> None:
        for name, farm in after.farms.items():
            was = before.farms.get(name)
            if was is farm or not _is_market_data(name):
                continue
            for subscription in self._all():
                if farm is Farm.BROKEN:
                    reason = f"market data farm {name} is broken"
                    self._silence.mark(subscription, QuoteStatus.INTERRUPTED, reason)
                elif farm is Farm.OK and was is Farm.BROKEN:
                    self._silence.verify_after_grace(subscription)

    def _on_error(self, request: int, code: int, text: str) -> None:
        subscription = next((s for s in self._all() if s.request_id == request and request > 0), None)
        if subscription is None:
            return
        if code in _NOTICES or 2100 <= code < 2200:
            return
        if code == _IN_PART:
            if subscription.status is QuoteStatus.WAITING:
                subscription.mark(QuoteStatus.WAITING, f"{code}: {text}")
        elif code in _INTERRUPTED:
            self._silence.mark(subscription, QuoteStatus.INTERRUPTED, f"{code}: {text}")
            subscription.ticked.set()
            if code != 10197:  # a competing session is not fought
                self._pacer.add(subscription)
        else:
            subscription.mark(QuoteStatus.REFUSED, f"{code}: {text}")  # until a tick says otherwise


def _is_market_data(farm: str) -> bool:
    """Historical farms end in `hmds`, the one for security definitions in `secdefil`; all others carry quotes."""
    return "hmds" not in farm.lower() and "secdef" not in farm.lower()
