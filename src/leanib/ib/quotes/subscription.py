"""One contract's market data over all reconnections: where it stands, and since when data is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from ib_async import TickData, Ticker

from leanib.ib.client import GatewayClient
from leanib.ib.clock import Clock
from leanib.ib.contracts import Instrument
from leanib.ib.increments import Increments
from leanib.ib.quotes.quote import Gap, Quote, QuoteStatus, read_quote
from leanib.ib.sessions import TradingHours

__all__ = ["Subscription"]

Publish = Callable[[Quote | Gap], None]
Ticks = Callable[[str, list[TickData]], None]


class Subscription:
    """One subscription.

    Args:
        instrument: What is subscribed.
        clock: Tells the time.
        publish: Receives every quote and gap, once for each of the subscription's names.
        ticks: Receives the ticks of a message one by one, as IB sent them, likewise.
        is_streamed: Whether somebody reads every quote; else only those under another status or data type are made.

    Attributes:
        names: The symbols as typed under which it is known; none while only a price is asked for.
        request_id: IB's ticker id, 0 while nothing is requested.
        since: When it was requested.
        tried_at: When it was last requested again for its silence.
        ticked: Set at every tick and at every refusal.
    """

    def __init__(
        self,
        instrument: Instrument,
        clock: Clock,
        publish: Publish,
        ticks: Ticks | None = None,
        is_streamed: Callable[[], bool] = lambda: True,
    ) -> None:
        self.instrument = instrument
        details = instrument.details
        self.hours = TradingHours.parse(details.tradingHours or details.liquidHours, details.timeZoneId)
        self.digits = Increments.least_of(instrument.details).digits
        self.names: list[str] = []
        self.status = QuoteStatus.WAITING
        self.reason = ""
        self.request_id = 0
        self.since: datetime | None = None
        self.received_at: datetime | None = None
        self.tried_at: datetime | None = None
        self.queued = False
        self.ticked = asyncio.Event()
        self._clock = clock
        self._publish = publish
        self._ticks = ticks
        self._is_streamed = is_streamed
        self._standing: tuple[QuoteStatus, int] | None = None
        self._ticker: Ticker | None = None
        self._gap_since: datetime | None = None

    @property
    def con_id(self) -> int:
        """The contract's id."""
        return self.instrument.contract.conId

    def add_name(self, name: str) -> None:
        """It is known under one more symbol as typed, under which its next quote is told whatever it is."""
        self.names.append(name)
        self._standing = None

    def start(self, client: GatewayClient) -> None:
        """Requests the data, again if need be."""
        self.stop(client)
        self.request_id, self._ticker = client.subscribe_quotes(self.instrument.contract)
        self.since = self._clock.now()
        ticker = self._ticker
        ticker.updateEvent += lambda _ticker: self._on_tick(ticker)

    def stop(self, client: GatewayClient) -> None:
        """Cancels the request."""
        if self.request_id:
            client.unsubscribe_quotes(self.instrument.contract)
        self.forget()

    def forget(self) -> None:
        """The connection is gone, and the request with it."""
        if self._ticker is not None:
            self._ticker.updateEvent.clear()
        self.request_id, self._ticker = 0, None

    def mark(self, status: QuoteStatus, reason: str) -> bool:
        """Says why the quote is not current; True when that begins a gap."""
        if self.status is status and self.reason == reason:
            return False
        self.status, self.reason = status, reason
        self._standing = None
        if status is QuoteStatus.REFUSED:
            self.ticked.set()
            self._tell(self.quote)
        if status not in (QuoteStatus.STALE, QuoteStatus.INTERRUPTED) or self._gap_since is not None:
            return False
        since = self._gap_since = self.received_at or self._clock.now()
        self._tell(lambda name: Gap(name, since, None, reason))
        return True

    def silent_since(self, now: datetime) -> datetime:
        """Since when nothing has come that could have."""
        moments = (self.received_at, self.since, self.hours.opened_at(now))
        return max((moment for moment in moments if moment is not None), default=now)

    def quote(self, name: str = "") -> Quote:
        """The quote now, under one of its names."""
        return read_quote(
            name or self.instrument.name,
            self._ticker,
            self.status,
            self.reason,
            self.received_at,
            self._clock.now(),
            may_be_negative=self.instrument.may_be_negative,
            digits=self.digits,
        )

    def _on_tick(self, ticker: Ticker) -> None:
        if ticker is not self._ticker:
            return
        now = self._clock.now()
        self.received_at, self.tried_at = now, None
        if self.status is not QuoteStatus.CURRENT:
            self.status, self.reason = QuoteStatus.CURRENT, ""
            self._close_gap(now)
        self.ticked.set()
        if self._ticks is not None:
            for name in self.names:
                self._ticks(name, ticker.ticks)
        standing = self.status, ticker.marketDataType
        if standing != self._standing or self._is_streamed():
            self._standing = standing
            self._tell(self.quote)

    def _close_gap(self, now: datetime) -> None:
        since, self._gap_since = self._gap_since, None
        if since is not None:
            self._tell(lambda name: Gap(name, since, now, "data is back"))

    def _tell(self, item: Callable[[str], Quote | Gap]) -> None:
        for name in self.names:
            self._publish(item(name))
