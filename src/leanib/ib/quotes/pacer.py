"""Requests subscriptions again one by one, and none while there is no connection."""

from __future__ import annotations

import asyncio

from leanib.ib.connection import IBConnection
from leanib.ib.quotes.subscription import Subscription

__all__ = ["Pacer"]


class Pacer:
    """A queue of subscriptions, each in it once at most.

    Args:
        connection: Where they are requested.
        per_second: How many at most.
    """

    def __init__(self, connection: IBConnection, per_second: float) -> None:
        self._connection = connection
        self._pause = 1 / per_second
        self._pending: asyncio.Queue[Subscription] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def add(self, subscription: Subscription) -> None:
        """Puts a subscription at the end of the queue."""
        if not subscription.queued:
            subscription.queued = True
            self._pending.put_nowait(subscription)

    def keep_running(self) -> None:
        """Starts the work, unless it runs."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="ib-quote-pacer")

    async def stop(self) -> None:
        """Ends the work."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def _work(self) -> None:
        while True:
            subscription = await self._pending.get()
            subscription.queued = False
            if not self._connection.state.is_ready or not subscription.names:
                continue
            subscription.tried_at = self._connection.clock.now()
            try:
                subscription.start(self._connection.client)
            except ConnectionError as error:
                names = ", ".join(subscription.names)
                self._connection.log.info("not subscribed again", symbol=names, error=str(error))
            await asyncio.sleep(self._pause)
