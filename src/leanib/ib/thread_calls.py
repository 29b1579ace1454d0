"""Work for the event loop of another thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

__all__ = ["run_on"]

T = TypeVar("T")


def run_on(loop: asyncio.AbstractEventLoop, work: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
    """Does the work on a loop that runs on another thread.

    Unlike with `asyncio.run_coroutine_threadsafe`, the coroutine is made over there: a signal that raises in this
    thread at any moment leaves none behind that was never awaited.

    Args:
        loop: The other thread's loop.
        work: Makes the coroutine; called on the loop.

    Returns:
        What the work returns or raises; cancelled with it.
    """
    future: Future[T] = Future()
    tasks: set[asyncio.Task[None]] = set()  # the loop itself keeps only weak references

    def begin() -> None:
        task = loop.create_task(_into(future, work))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    loop.call_soon_threadsafe(begin)
    return future


async def _into(future: Future[T], work: Callable[[], Coroutine[Any, Any, T]]) -> None:
    try:
        future.set_result(await work())
    except asyncio.CancelledError:
        future.cancel()
        raise
    except Exception as error:  # it is whoever asked for the work who hears of it
        future.set_exception(error)
