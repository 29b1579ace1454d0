"""Quotes for many symbols at once: never a silently stale price.

Each subscription has its own deadline of silence against its own trading hours. A farm that breaks, a competing
session, a lost link or silence in an open market marks the quote, leaves a gap in the stream, and is answered by one
paced resubscription.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from ib_async import Contract, Ticker

from leanib.ib.client import GatewayClient
from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument, qualify
from leanib.ib.errors import IBError
from leanib.ib.sessions import TradingHours
from leanib.ib.state import ConnectionState, Farm

__all__ = ["Gap", "Quote", "QuoteService", "QuoteStatus"]

_DATA_TYPES = {"live": 1, "frozen": 2, "delayed": 3, "delayed-frozen": 4}
_TYPE_NAMES = {number: name for name, number in _DATA_TYPES.items()}
_REFUSED = {101, 200, 354, 10089, 10168}
_INTERRUPTED = {10182, 10197, 10225}
_CHECK_EVERY = 5.0
_TRY_AGAIN = timedelta(minutes=5)
"""How often a subscription that stays silent in an open market is sent again, after the first time."""


class QuoteStatus(Enum):
    """How far a quote can be trusted."""

    WAITING = "waiting for data"
    CURRENT = "current"
    CLOSED = "market closed"
    STALE = "stale"
    INTERRUPTED = "interrupted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Quote:
    """The quote of one symbol at one moment; None where IB has told nothing.

    Attributes:
        data_type: `live`, `frozen`, `delayed` or `delayed-frozen`.
        exchange_time: When the exchange says the last trade was, UTC.
        received_at: When the last tick came, UTC.
        age: Seconds since then.
        reason: Why it is not current.
    """

    symbol: str
    bid: float | None
    ask: float | None
    last: float | None
    bid_size: float | None
    ask_size: float | None
    last_size: float | None
    volume: float | None
    close: float | None
    exchange_time: datetime | None
    received_at: datetime | None
    age: float | None
    data_type: str
    status: QuoteStatus
    reason: str = ""


@dataclass(frozen=True)
class Gap:
    """A marker in the stream: between `since` and `until` ticks may be missing.

    Attributes:
        until: None while the gap lasts.
    """

    symbol: str
    since: datetime
    until: datetime | None
    reason: str


@dataclass
class _Subscription:
    instrument: Instrument
    hours: TradingHours
    ticker: Ticker | None = None
    request_id: int = 0
    status: QuoteStatus = QuoteStatus.WAITING
    reason: str = ""
    since: datetime | None = None
    received_at: datetime | None = None
    gap_since: datetime | None = None
    tried_at: datetime | None = None
    queued: bool = False

    @property
    def name(self) -> str:
        return self.instrument.name


@dataclass
class _Stream:
    queue: asyncio.Queue[Quote | Gap] = field(default_factory=asyncio.Queue)


class QuoteService:
    """Market data subscriptions over all reconnections."""

    def __init__(self, connection: IBConnection) -> None:
        self._connection = connection
        self._settings = connection.settings.quotes
        self._subscriptions: dict[str, _Subscription] = {}
        self._streams: list[_Stream] = []
        self._watch: asyncio.Task[None] | None = None
        self._pending: asyncio.Queue[_Subscription] = asyncio.Queue()
        self._pacer: asyncio.Task[None] | None = None
        connection.register(self)
        connection.messages.error.connect(self._on_error)
        connection.messages.state.connect(self._on_state)

    async def subscribe(self, symbols: list[str]) -> None:
        """Subscribes symbols as typed; those already subscribed stay as they are.

        Raises:
            UnknownContract: IB does not know one of them; none of the new ones is subscribed.
            IBError: More lines than the account has.
        """
        wanted = [name for symbol in symbols if (name := symbol.strip().upper()) not in self._subscriptions]
        if len(self._subscriptions) + len(wanted) > self._settings.max_lines:
            total, limit = len(self._subscriptions) + len(wanted), self._settings.max_lines
            raise IBError(f"{total} symbols are more than max_lines = {limit} of [quotes] in config/")
        timeout = self._connection.settings.connection.request_timeout
        client = self._connection.client
        instruments = [await qualify(client, name, timeout) for name in dict.fromkeys(wanted)]
        for instrument in instruments:
            details = instrument.details
            hours = TradingHours.parse(details.tradingHours or details.liquidHours, details.timeZoneId)
            self._subscriptions[instrument.name] = _Subscription(instrument, hours)
        client.reqMarketDataType(_DATA_TYPES[self._settings.market_data_type])
        for instrument in instruments:
            self._start(client, self._subscriptions[instrument.name])
        self._keep_watch()

    def unsubscribe(self, symbol: str) -> None:
        """Ends a subscription."""
        subscription = self._subscriptions.pop(symbol.strip().upper(), None)
        if subscription is not None and subscription.request_id and self._connection.state.is_ready:
            self._stop(self._connection.client, subscription)

    def quotes(self) -> list[Quote]:
        """All quotes now, in the order of subscription."""
        return [self._quote(subscription) for subscription in self._subscriptions.values()]

    def quote(self, symbol: str) -> Quote | None:
        """One quote, None when the symbol is not subscribed."""
        subscription = self._subscriptions.get(symbol.strip().upper())
        return self._quote(subscription) if subscription is not None else None

    async def stream(self) -> AsyncIterator[Quote | Gap]:
        """Every change of every quote, and a marker at the begin and the end of each interruption."""
        stream = _Stream()
        self._streams.append(stream)
        try:
            while True:
                yield await stream.queue.get()
        finally:
            self._streams.remove(stream)

    async def resume(self, client: GatewayClient, account: str) -> None:
        """Subscribes everything on the new connection, paced."""
        client.reqMarketDataType(_DATA_TYPES[self._settings.market_data_type])
        for subscription in self._subscriptions.values():
            subscription.request_id = 0
            subscription.ticker = None
            self._queue(subscription)
        if self._subscriptions:
            self._keep_watch()

    def interrupted(self, reason: str) -> None:
        """Marks every quote."""
        for subscription in self._subscriptions.values():
            subscription.request_id, subscription.ticker = 0, None
            self._mark(subscription, QuoteStatus.INTERRUPTED, reason)

    async def link_restored(self, *, data_lost: bool) -> None:
        """1101 lost all subscriptions; after 1102 only silence shows whether they live."""
        for subscription in self._subscriptions.values():
            if data_lost:
                self._mark(subscription, QuoteStatus.INTERRUPTED, "subscribed again after the link returned")
                self._queue(subscription)
            else:
                self._watch_after_grace(subscription)

    async def release(self) -> None:
        """Cancels every subscription."""
        for task in (self._watch, self._pacer):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        self._watch = self._pacer = None
        client = self._connection.client
        for subscription in self._subscriptions.values():
            if subscription.request_id:
                self._stop(client, subscription)

    def _start(self, client: GatewayClient, subscription: _Subscription) -> None:
        if subscription.request_id:
            self._stop(client, subscription)
        contract: Contract = subscription.instrument.contract
        ticker = client.reqMktData(contract, "", False, False)
        subscription.ticker = ticker
        subscription.request_id = client.wrapper.ticker2ReqId["mktData"].get(ticker, 0)
        subscription.since = self._connection.clock.now()
        ticker.updateEvent += lambda _ticker: self._on_tick(subscription, ticker)

    def _stop(self, client: GatewayClient, subscription: _Subscription) -> None:
        if subscription.ticker is not None:
            subscription.ticker.updateEvent.clear()
        client.cancelMktData(subscription.instrument.contract)
        client.wrapper.tickers.pop(hash(subscription.instrument.contract), None)
        subscription.request_id, subscription.ticker = 0, None

    def _on_tick(self, subscription: _Subscription, ticker: Ticker) -> None:
        if ticker is not subscription.ticker:
            return
        now = self._connection.clock.now()
        subscription.received_at = now
        subscription.tried_at = None
        if subscription.status is not QuoteStatus.CURRENT:
            subscription.status, subscription.reason = QuoteStatus.CURRENT, ""
            self._close_gap(subscription, now)
        self._publish(self._quote(subscription))

    def _mark(self, subscription: _Subscription, status: QuoteStatus, reason: str) -> None:
        if subscription.status is status and subscription.reason == reason:
            return
        subscription.status, subscription.reason = status, reason
        if status in (QuoteStatus.STALE, QuoteStatus.INTERRUPTED) and subscription.gap_since is None:
            subscription.gap_since = subscription.received_at or self._connection.clock.now()
            self._connection.log.info("quote interrupted", symbol=subscription.name, reason=reason)
            self._publish(Gap(subscription.name, subscription.gap_since, None, reason))

    def _close_gap(self, subscription: _Subscription, now: datetime) -> None:
        since, subscription.gap_since = subscription.gap_since, None
        if since is not None:
            self._connection.log.info("quote is back", symbol=subscription.name)
            self._publish(Gap(subscription.name, since, now, "data is back"))

    def _publish(self, item: Quote | Gap) -> None:
        for stream in self._streams:
            stream.queue.put_nowait(item)

    def _keep_watch(self) -> None:
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._watching(), name="ib-quote-watch")
        if self._pacer is None or self._pacer.done():
            self._pacer = asyncio.create_task(self._pacing(), name="ib-quote-pacer")

    async def _watching(self) -> None:
        while True:
            await asyncio.sleep(_CHECK_EVERY)
            now = self._connection.clock.now()
            for subscription in self._subscriptions.values():
                if subscription.request_id:
                    self._check(subscription, now)

    def _check(self, subscription: _Subscription, now: datetime) -> None:
        if subscription.status is QuoteStatus.REFUSED:
            return
        is_open = subscription.hours.is_open(now)
        if is_open is False:
            if subscription.status in (QuoteStatus.CURRENT, QuoteStatus.WAITING):
                subscription.status = QuoteStatus.CLOSED
            return
        if subscription.status is QuoteStatus.CLOSED:
            subscription.status, subscription.since = QuoteStatus.WAITING, now
        if now - self._silent_since(subscription, now) < timedelta(seconds=self._settings.stale_after):
            return
        self._mark(subscription, QuoteStatus.STALE, f"no tick for {self._settings.stale_after:g} s in an open market")
        if subscription.tried_at is None or now - subscription.tried_at >= _TRY_AGAIN:
            self._queue(subscription)

    @staticmethod
    def _silent_since(subscription: _Subscription, now: datetime) -> datetime:
        moments = (subscription.received_at, subscription.since, subscription.hours.opened_at(now))
        return max((moment for moment in moments if moment is not None), default=now)

    def _queue(self, subscription: _Subscription) -> None:
        if not subscription.queued:
            subscription.queued = True
            self._pending.put_nowait(subscription)

    async def _pacing(self) -> None:
        """Sends queued subscriptions one by one, and none while there is no connection."""
        while True:
            subscription = await self._pending.get()
            subscription.queued = False
            if not self._connection.state.is_ready or self._subscriptions.get(subscription.name) is not subscription:
                continue
            subscription.tried_at = self._connection.clock.now()
            try:
                self._start(self._connection.client, subscription)
            except ConnectionError as error:
                self._connection.log.info("not subscribed again", symbol=subscription.name, error=str(error))
            await asyncio.sleep(1 / self._settings.resubscribe_per_second)

    def _watch_after_grace(self, subscription: _Subscription) -> None:
        before = subscription.received_at
        loop = asyncio.get_running_loop()

        def verify() -> None:
            silent = subscription.received_at == before and subscription.request_id
            if silent and subscription.hours.is_open(self._connection.clock.now()) is not False:
                self._mark(subscription, QuoteStatus.INTERRUPTED, "silent after the data came back")
                self._queue(subscription)

        loop.call_later(self._settings.farm_grace, verify)

    def _on_state(self, before: ConnectionState, after: ConnectionState) -> None:
        for name, farm in after.farms.items():
            was = before.farms.get(name)
            if was is farm or not _is_market_data(name):
                continue
            if farm is Farm.BROKEN:
                for subscription in self._subscriptions.values():
                    self._mark(subscription, QuoteStatus.INTERRUPTED, f"market data farm {name} is broken")
            elif farm is Farm.OK and was is Farm.BROKEN:
                for subscription in self._subscriptions.values():
                    self._watch_after_grace(subscription)

    def _on_error(self, request: int, code: int, text: str) -> None:
        subscription = next((s for s in self._subscriptions.values() if s.request_id == request and request > 0), None)
        if subscription is None:
            return
        if code in _REFUSED:
            self._mark(subscription, QuoteStatus.REFUSED, f"{code}: {text}")
        elif code in _INTERRUPTED:
            self._mark(subscription, QuoteStatus.INTERRUPTED, f"{code}: {text}")
            if code != 10197:  # a competing session is not fought
                self._queue(subscription)

    def _quote(self, subscription: _Subscription) -> Quote:
        ticker = subscription.ticker
        now = self._connection.clock.now()
        received = subscription.received_at

        def value(name: str) -> float | None:
            return _number(getattr(ticker, name)) if ticker is not None else None

        return Quote(
            symbol=subscription.name,
            bid=_price(value("bid")),
            ask=_price(value("ask")),
            last=_price(value("last")),
            bid_size=value("bidSize"),
            ask_size=value("askSize"),
            last_size=value("lastSize"),
            volume=value("volume"),
            close=_price(value("close")),
            exchange_time=_exchange_time(ticker),
            received_at=received,
            age=(now - received).total_seconds() if received is not None else None,
            data_type=_TYPE_NAMES.get(ticker.marketDataType if ticker is not None else 1, "live"),
            status=subscription.status,
            reason=subscription.reason,
        )


def _exchange_time(ticker: Ticker | None) -> datetime | None:
    if ticker is None:
        return None
    moment: Any = getattr(ticker, "lastTimestamp", None) or getattr(ticker, "delayedLastTimestamp", None)
    return moment if isinstance(moment, datetime) else None


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _price(value: float | None) -> float | None:
    """IB sends -1 (with size 0) when there is no quote."""
    return value if value is not None and value > 0 else None


def _is_market_data(farm: str) -> bool:
    """Historical farms end in `hmds`, the one for security definitions in `secdefil`; all others carry quotes."""
    return "hmds" not in farm.lower() and "secdef" not in farm.lower()
