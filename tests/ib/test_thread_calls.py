"""Work for the loop of another thread."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import CancelledError
from typing import Any

import pytest

from leanib.ib.thread_calls import run_on


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that runs on a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


async def _answer() -> int:
    await asyncio.sleep(0)
    return 7


async def _refuse() -> int:
    raise ValueError("no")


async def _leave() -> int:
    raise asyncio.CancelledError


def test_results_errors_and_cancellations_come_back(loop: asyncio.AbstractEventLoop) -> None:
    """As with asyncio's own function."""
    assert run_on(loop, _answer).result(5) == 7
    with pytest.raises(ValueError, match="no"):
        run_on(loop, _refuse).result(5)
    with pytest.raises(CancelledError):
        run_on(loop, _leave).result(5)


def test_a_signal_before_the_work_is_handed_over_leaves_no_coroutine(monkeypatch: Any) -> None:
    """Python would say of one that it was never awaited, when it is thrown away."""
    loop = asyncio.new_event_loop()

    def signalled(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "call_soon_threadsafe", signalled)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(KeyboardInterrupt):
            run_on(loop, _answer)
        gc.collect()
    loop.close()
