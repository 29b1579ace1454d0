"""Waiting for IB's word about an order: with a deadline, after which IB is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from leanib.ib.journal import OrderRecord
from leanib.ib.signals import Signal

__all__ = ["Answers"]


class Answers:
    """Knows which orders IB has not answered yet."""

    def __init__(self, changed: Signal[[OrderRecord]], deadline: float, unanswered: Callable[[str], None]) -> None:
        self._changed = changed
        self._deadline = deadline
        self._unanswered = unanswered
        self._timers: dict[str, asyncio.TimerHandle] = {}
        changed.connect(self._heard)

    def expect(self, ref: str) -> None:
        """Something was sent about the order; `unanswered` is called when nothing comes in time."""
        self._forget(ref)
        self._timers[ref] = asyncio.get_running_loop().call_later(self._deadline, self._overdue, ref)

    def cancel(self) -> None:
        """The connection is gone: what is asked when it is back is the answer."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    async def until(self, ref: str, enough: Callable[[OrderRecord], bool], timeout: float) -> None:
        """Waits until what is heard of the order is enough, or the deadline (seconds) comes."""
        done = asyncio.Event()

        def listen(record: OrderRecord) -> None:
            if record.ref == ref and enough(record):
                done.set()

        self._changed.connect(listen)
        try:
            async with asyncio.timeout(timeout):
                await done.wait()
        except TimeoutError:
            pass  # the order's present state is the answer
        finally:
            self._changed.disconnect(listen)

    def is_expected(self, ref: str) -> bool:
        """Whether IB has not said anything yet."""
        return ref in self._timers

    def _forget(self, ref: str) -> None:
        timer = self._timers.pop(ref, None)
        if timer is not None:
            timer.cancel()

    def _heard(self, record: OrderRecord) -> None:
        # While a change is not answered, a word about the order as it was is no answer to it.
        if not record.change:
            self._forget(record.ref)

    def _overdue(self, ref: str) -> None:
        self._timers.pop(ref, None)
        self._unanswered(ref)
