"""Watches subscriptions for silence: each has its own deadline against its own trading hours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from leanib.ib.connection import IBConnection
from leanib.ib.quotes.quote import QuoteStatus
from leanib.ib.quotes.subscription import Subscription

__all__ = ["SilenceWatch"]

_CHECK_EVERY = 5.0
_TRY_AGAIN = timedelta(minutes=5)
"""How often a subscription that stays silent in an open market is sent again, after the first time."""


class SilenceWatch:
    """Marks what is silent and has it requested again.

    Args:
        connection: Tells the settings and the time.
        subscriptions: All that are watched.
        again: Has one requested again.
    """

    def __init__(
        self,
        connection: IBConnection,
        subscriptions: Callable[[], Iterable[Subscription]],
        again: Callable[[Subscription], None],
    ) -> None:
        self._connection = connection
        self._settings = connection.settings.quotes
        self._subscriptions = subscriptions
        self._again = again
        self._task: asyncio.Task[None] | None = None

    def keep_running(self) -> None:
        """Starts to watch, unless it does."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch(), name="ib-quote-watch")

    async def stop(self) -> None:
        """Ends the watch."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    def verify_after_grace(self, subscription: Subscription) -> None:
        """Data is said to be back: what stays silent after the grace is requested again."""
        before = subscription.received_at

        def verify() -> None:
            silent = subscription.received_at == before and subscription.request_id
            if silent and subscription.hours.is_open(self._connection.clock.now()) is not False:
                self.mark(subscription, QuoteStatus.INTERRUPTED, "silent after the data came back")
                self._again(subscription)

        asyncio.get_running_loop().call_later(self._settings.farm_grace, verify)

    def mark(self, subscription: Subscription, status: QuoteStatus, reason: str) -> None:
        """Marks a subscription, and logs where a gap begins."""
        if subscription.mark(status, reason):
            symbol = ", ".join(subscription.names)
            self._connection.log.info("quote interrupted", symbol=symbol, reason=reason)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_CHECK_EVERY)
            now = self._connection.clock.now()
            for subscription in list(self._subscriptions()):
                if subscription.request_id:
                    self._check(subscription, now)

    def _check(self, subscription: Subscription, now: datetime) -> None:
        if subscription.status is QuoteStatus.REFUSED:
            return
        if subscription.hours.is_open(now) is False:
            if subscription.status in (QuoteStatus.CURRENT, QuoteStatus.WAITING):
                subscription.status = QuoteStatus.CLOSED
            return
        if subscription.status is QuoteStatus.CLOSED:
            subscription.status, subscription.since = QuoteStatus.WAITING, now
        if now - subscription.silent_since(now) < timedelta(seconds=self._settings.stale_after):
            return
        silence = f"no tick for {self._settings.stale_after:g} s in an open market"
        self.mark(subscription, QuoteStatus.STALE, silence)
        if subscription.tried_at is None or now - subscription.tried_at >= _TRY_AGAIN:
            self._again(subscription)
