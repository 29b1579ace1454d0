"""An event loop on virtual time: simulator and client step through a week in seconds, over real sockets.

    runner = asyncio.Runner(loop_factory=VirtualTimeLoop)
    clock = LoopClock(datetime(2024, 3, 8, 14, 0, tzinfo=UTC), runner.get_loop())

Whenever nothing is ready to run and no socket has news, the loop's time jumps to its next timer. On loopback what was
sent has arrived by then, so nothing is overtaken.
"""

from __future__ import annotations

import asyncio
import selectors
from datetime import datetime

from leanib.simulator.clock import SECOND_US, RealClock, to_us

__all__ = ["LoopClock", "VirtualTimeLoop"]

_REAL_WAIT = 0.05
"""Seconds of real time to wait for sockets and threads when the loop has no timer to jump to."""


_TURN = 1e-6
"""Virtual seconds that a turn of the loop takes: work takes time, and who waits for "later than now" gets there."""


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of sleeping until the next timer it moves the loop's time there."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            self.now += _TURN
            return ready
        if timeout is None or timeout < 0:
            return super().select(_REAL_WAIT)
        self.now += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time()` is virtual, in seconds from 0."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._jumping.now


class LoopClock(RealClock):
    """The simulator's clock on an event loop's time: as real or as virtual as the loop is.

    Args:
        start: The moment at which the clock is made; naive means UTC.
        loop: The loop that client and simulator share.
    """

    def __init__(self, start: datetime, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(start)
        self.virtual = isinstance(loop, VirtualTimeLoop)
        self._start_us = to_us(start)
        self._own_loop = loop
        self._zero = loop.time()

    def now_us(self) -> int:
        """Microseconds since the epoch."""
        return self._start_us + round((self._own_loop.time() - self._zero) * SECOND_US)
