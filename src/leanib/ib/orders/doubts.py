"""Asking IB within seconds when what it tells does not fit together, in a healthy session too.

A doubt is about one order, or about none in particular (empty reference). Those that come within a second or two are
asked together; one that comes back is asked again at a slower pace, so that a Gateway which contradicts itself for
ever is not asked for ever at once.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

from leanib.ib.connection import IBConnection
from leanib.ib.errors import IBError, JournalError

__all__ = ["Doubts"]

_PACE = (1.5, 5.0, 15.0, 60.0)
"""Seconds before the first question about an order, the second, and so on."""
_CALM = 120.0
"""Seconds after which a doubt is a new one."""


class Doubts:
    """Collects what must be asked, and asks."""

    def __init__(self, connection: IBConnection, ask: Callable[[], Awaitable[None]]) -> None:
        self._connection = connection
        self._ask = ask
        self._reasons: dict[str, str] = {}
        self._asked: dict[str, tuple[int, float]] = {}
        self._due = 0.0
        self._task: asyncio.Task[None] | None = None

    def raise_about(self, ref: str, why: str, within: float | None = None) -> None:
        """Has IB asked soon, because `why`.

        Args:
            ref: The order, or empty.
            why: For the log.
            within: Seconds, where it is known when the answer will be worth something.
        """
        loop = asyncio.get_running_loop()
        times, last = self._asked.get(ref, (0, loop.time()))
        if loop.time() - last > _CALM:
            times = 0
        wait = _PACE[min(times, len(_PACE) - 1)] if within is None else within
        due = loop.time() + wait
        if ref not in self._reasons:
            self._connection.log.info("doubt", ref=ref, why=why, asking_in=wait)
        self._reasons[ref] = why
        if self._task is None or self._task.done():
            self._due = due
            self._task = asyncio.create_task(self._run(), name="ib-ask-orders")
        else:
            self._due = min(self._due, due)

    def cancel(self) -> None:
        """The connection is gone: what is asked when it is back answers every doubt."""
        self._reasons.clear()
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._reasons:
            while (left := self._due - loop.time()) > 0:
                await asyncio.sleep(min(left, 0.5))
            reasons, self._reasons = self._reasons, {}
            for ref in reasons:
                times, _ = self._asked.get(ref, (0, 0.0))
                self._asked[ref] = (times + 1, loop.time())
            self._due = math.inf  # until what is asked now raises a doubt, at the pace of that one
            if not self._connection.state.is_ready:
                return  # asked when the connection is back
            try:
                await self._ask()
            except JournalError:  # what IB tells waits in memory; asked again when it can be written
                self._reasons = {**reasons, **self._reasons}
                self._due = loop.time() + _PACE[1]
            except (IBError, ConnectionError) as error:
                # An answer that comes after its deadline would be taken for the next one's.
                self._connection.renew(f"IB could not be asked about orders: {error}")
                return
