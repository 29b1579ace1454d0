"""Answers to questions, each marked complete or incomplete: unknown is not empty."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from ib_async.wrapper import RequestError

from leanib.ib.clock import Clock

__all__ = ["Question", "Snapshot"]

S = TypeVar("S")
T = TypeVar("T")


@dataclass(frozen=True)
class Snapshot(Generic[T]):
    """What was answered.

    Attributes:
        items: The answer as far as it came.
        complete: Whether the Gateway said that this is all.
        at: When it was complete or given up, UTC.
        reason: Why it is incomplete; empty otherwise.
    """

    items: tuple[T, ...]
    complete: bool
    at: datetime
    reason: str = ""


class Question:
    """Asks one kind of thing at a time: IB's answers to `reqPositions` and the like carry no request id."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self._clock = clock
        self._lock = asyncio.Lock()

    async def ask(self, request: Callable[[], Awaitable[list[T] | None]], timeout: float) -> Snapshot[T]:
        """Sends the request and waits for its end, `timeout` seconds at most."""
        async with self._lock:
            return await self._answered(_sent(request), timeout)

    async def ask_before(
        self,
        after: Question,
        request: Callable[[], Awaitable[list[T] | None]],
        request_after: Callable[[], Awaitable[list[S] | None]],
        timeout: float,
    ) -> tuple[Snapshot[T], Snapshot[S]]:
        """Sends this one's request and then another's, both at once, and waits for both answers."""
        async with self._lock, after._lock:
            first, second = _sent(request), _sent(request_after)
            return await self._answered(first, timeout), await after._answered(second, timeout)

    async def _answered(self, sent: Awaitable[list[T] | None], timeout: float) -> Snapshot[T]:
        try:
            async with asyncio.timeout(timeout):  # `wait_for` swallows a cancellation that meets a failure
                answer = await sent
        except TimeoutError:
            return self._incomplete(f"no complete answer about {self.name} within {timeout:g} s")
        except RequestError as error:
            return self._incomplete(f"IB error {error.code}: {error.message}")
        except (ConnectionError, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _cancelled_from_outside():
                raise
            return self._incomplete(f"the connection was lost while asking about {self.name}")
        return Snapshot(tuple(answer or ()), complete=True, at=self._clock.now())

    def _incomplete(self, reason: str) -> Snapshot[T]:
        return Snapshot((), complete=False, at=self._clock.now(), reason=reason)


def _sent(request: Callable[[], Awaitable[T]]) -> Awaitable[T]:
    """What is waited for; where there is no connection any more, its failure."""
    try:
        return request()
    except ConnectionError as error:
        failed: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        failed.set_exception(error)
        return failed


def _cancelled_from_outside() -> bool:
    """A lost connection cancels the library's future; a cancelled task is somebody's wish."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
