"""Catching up with IB once the journal takes what IB tells again.

A connection that comes back while the disk is full is kept, so that orders can be cancelled over it; no new order and
no change is sent before everything was compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from leanib.ib.connection import IBConnection
from leanib.ib.errors import IBError, JournalError
from leanib.ib.orders.inbox import Inbox

__all__ = ["CatchingUp"]

_EVERY = 2.0
"""Seconds between two tries."""


class CatchingUp:
    """Tries until it is done, or the connection is gone."""

    def __init__(self, connection: IBConnection, inbox: Inbox) -> None:
        self._connection = connection
        self._inbox = inbox
        self._task: asyncio.Task[None] | None = None

    def begin(self, work: Callable[[], Awaitable[None]]) -> None:
        """`work` compares everything; it raises JournalError while it cannot."""
        self.cancel()
        self._task = asyncio.create_task(self._run(work), name="ib-catch-up")

    def cancel(self) -> None:
        """The connection is gone: the next one catches up by itself."""
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        self._task = None

    async def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            if self._inbox.is_behind and not self._inbox.retry():
                continue
            try:
                await work()
            except JournalError:
                continue
            except (IBError, ConnectionError) as error:
                self._connection.renew(f"IB could not be asked about orders: {error}")
                return
            self._connection.reconciled()
            return
