"""Between the algorithm's thread and the connection's event loop.

The algorithm asks with `call`, and waits with `wait`; the connection hands it work with `post`, which `pump` runs on
the algorithm's thread. In virtual time there is one thread: the loop runs while the algorithm waits, and at no other
time.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from leanib.ib import Clock, RequestTimedOut

__all__ = ["Bridge", "LoopBridge", "ThreadBridge"]

T = TypeVar("T")
Action = Callable[[], object]


class Bridge(Protocol):
    """How the algorithm reaches the connection, and is reached by it."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The connection's event loop."""

    def now(self) -> datetime:
        """The wall clock, naive UTC."""

    def call(self, work: Coroutine[Any, Any, T], timeout: float) -> T:
        """Runs a coroutine on the connection's loop and waits for it.

        Raises:
            RequestTimedOut: It took longer than so many seconds, and was cancelled.
        """

    def post(self, action: Action) -> None:
        """From any thread: lets the algorithm's thread run this at its next occasion, and wakes it."""

    def wake(self) -> None:
        """From any thread: ends the algorithm's waiting."""

    @property
    def has_mail(self) -> bool:
        """Whether something was posted and has not run."""

    def pump(self) -> bool:
        """On the algorithm's thread: runs what was posted, in order; whether there was anything."""

    def wait(self, until: datetime) -> bool:
        """On the algorithm's thread: waits until something is posted, or a time (naive UTC); whether it was woken."""


class _Mailbox:
    """Work for the algorithm's thread. An action that posts another one has it run in the same pump."""

    def __init__(self) -> None:
        self._actions: deque[Action] = deque()

    def add(self, action: Action) -> None:
        self._actions.append(action)

    def __bool__(self) -> bool:
        return bool(self._actions)

    def pump(self) -> bool:
        ran = False
        while self._actions:
            ran = True
            self._actions.popleft()()
        return ran


class ThreadBridge:
    """The connection's loop runs on a thread of its own.

    Args:
        clock: The wall clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._mail = _Mailbox()
        self._condition = threading.Condition()
        self._woken = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="leanib-ib", daemon=True)
        self._thread.start()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The connection's event loop."""
        return self._loop

    def now(self) -> datetime:
        """The wall clock, naive UTC."""
        return self._clock.now().replace(tzinfo=None)

    def call(self, work: Coroutine[Any, Any, T], timeout: float) -> T:
        """Runs a coroutine on the connection's loop and waits for it."""
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result(timeout)
        except FutureTimeoutError:
            if not future.done():
                future.cancel()
                raise RequestTimedOut(f"the connection did not answer within {timeout:g} s") from None
            raise

    def post(self, action: Action) -> None:
        """From any thread: lets the algorithm's thread run this."""
        with self._condition:
            self._mail.add(action)
            self._woken = True
            self._condition.notify_all()

    def wake(self) -> None:
        """From any thread: ends the algorithm's waiting."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    @property
    def has_mail(self) -> bool:
        """Whether something was posted and has not run."""
        return bool(self._mail)

    def pump(self) -> bool:
        """Runs what was posted."""
        return self._mail.pump()

    def wait(self, until: datetime) -> bool:
        """Waits until something is posted, or a time; whether it was woken."""
        with self._condition:
            while not self._woken:
                delay = (until - self.now()).total_seconds()
                if delay <= 0:
                    return False
                self._condition.wait(delay)
            self._woken = False
            return True

    def close(self) -> None:
        """Ends the connection's thread."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=5)
        if not self._thread.is_alive():
            self.loop.close()


class LoopBridge:
    """One thread: the loop, whose time may be virtual, runs while the algorithm waits.

    Args:
        clock: Tells the loop's time.
        loop: It must not be running when the algorithm does.
    """

    def __init__(self, clock: Clock, loop: asyncio.AbstractEventLoop) -> None:
        self._clock = clock
        self._mail = _Mailbox()
        self._event = asyncio.Event()
        self._loop = loop

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The connection's event loop."""
        return self._loop

    def now(self) -> datetime:
        """The clock, naive UTC."""
        return self._clock.now().replace(tzinfo=None)

    def call(self, work: Coroutine[Any, Any, T], timeout: float) -> T:
        """Runs a coroutine on the loop, and the loop until it is done."""

        async def bounded() -> T:
            async with asyncio.timeout(timeout):
                return await work

        try:
            return self.loop.run_until_complete(bounded())
        except TimeoutError:
            raise RequestTimedOut(f"the connection did not answer within {timeout:g} s") from None

    def post(self, action: Action) -> None:
        """Lets the algorithm run this."""
        self._mail.add(action)
        self._event.set()

    def wake(self) -> None:
        """Ends the algorithm's waiting."""
        self._event.set()

    @property
    def has_mail(self) -> bool:
        """Whether something was posted and has not run."""
        return bool(self._mail)

    def pump(self) -> bool:
        """Runs what was posted."""
        return self._mail.pump()

    def wait(self, until: datetime) -> bool:
        """Runs the loop until something is posted, or a time; whether it was woken."""
        return self.loop.run_until_complete(self._until(until))

    async def _until(self, until: datetime) -> bool:
        while not self._event.is_set():
            delay = until - self.now()
            if delay <= timedelta(0):
                return False
            try:
                async with asyncio.timeout(delay.total_seconds()):
                    await self._event.wait()
            except TimeoutError:
                continue
        self._event.clear()
        return True

    def close(self) -> None:
        """The loop is the caller's."""
