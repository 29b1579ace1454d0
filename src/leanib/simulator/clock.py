"""The one clock that everything in the simulator is scheduled on: real (optionally faster) or virtual and steppable.

Times are integer microseconds since 1970-01-01 UTC inside, timezone-aware UTC datetimes at the edge.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000


def to_us(moment: datetime) -> int:
    """Microseconds since the epoch; a naive datetime is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // MICROSECOND


def to_datetime(us: int) -> datetime:
    """The aware UTC datetime of `us` microseconds since the epoch."""
    return EPOCH + timedelta(microseconds=us)


@dataclass(slots=True, order=True)
class Timer:
    """One scheduled call; ordered by time, then by the order in which it was asked for."""

    when: int
    sequence: int
    callback: Callable[..., object] = field(compare=False)
    args: tuple[Any, ...] = field(compare=False, default=())
    cancelled: bool = field(compare=False, default=False)

    def cancel(self) -> None:
        """Forget the call; harmless if it already happened."""
        self.cancelled = True


class Clock:
    """A queue of timers over some notion of now; subclasses say what now is and who fires what is due."""

    virtual = False

    def __init__(self) -> None:
        self._timers: list[Timer] = []
        self._sequence = itertools.count()

    def now_us(self) -> int:
        """Microseconds since the epoch."""
        raise NotImplementedError

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return to_datetime(self.now_us())

    def run_us(self) -> int:
        """The moment that tells this run from all others: the present one; on the real clock the machine's own."""
        return self.now_us()

    def call_at(self, when: int, callback: Callable[..., object], *args: Any) -> Timer:
        """Call `callback(*args)` at `when` (microseconds since the epoch); in the past means as soon as possible."""
        timer = Timer(when, next(self._sequence), callback, args)
        heapq.heappush(self._timers, timer)
        self._rearm()
        return timer

    def call_later(self, seconds: float, callback: Callable[..., object], *args: Any) -> Timer:
        """Call `callback(*args)` `seconds` of this clock from now."""
        return self.call_at(self.now_us() + round(seconds * SECOND_US), callback, *args)

    def start(self) -> None:
        """Begin to fire timers; needs a running event loop on the real clock."""

    def stop(self) -> None:
        """Fire nothing more."""

    def _rearm(self) -> None:
        """The set of timers changed."""

    def _next(self) -> Timer | None:
        timers = self._timers
        while timers and timers[0].cancelled:
            heapq.heappop(timers)
        return timers[0] if timers else None

    def _pop_due(self, now: int) -> Timer | None:
        timer = self._next()
        if timer is None or timer.when > now:
            return None
        return heapq.heappop(self._timers)


class VirtualClock(Clock):
    """Time that moves only when told to, so that a test can step a week in a moment.

    `start` is the first moment (naive means UTC). Callbacks run in the order of their times.
    """

    virtual = True

    def __init__(self, start: datetime = datetime(2024, 1, 3, 15, 0, tzinfo=UTC)) -> None:
        super().__init__()
        self._now = to_us(start)

    def now_us(self) -> int:
        """Microseconds since the epoch."""
        return self._now

    def step_to(self, moment: datetime | int) -> None:
        """Move to `moment`, running what is due on the way, without giving the sockets a turn."""
        target = moment if isinstance(moment, int) else to_us(moment)
        while (timer := self._pop_due(target)) is not None:
            self._now = max(self._now, timer.when)
            timer.callback(*timer.args)
        self._now = max(self._now, target)

    def step(self, seconds: float) -> None:
        """Move `seconds` ahead, running what is due on the way, without giving the sockets a turn."""
        self.step_to(self._now + round(seconds * SECOND_US))

    async def advance(self, seconds: float, turns: int = 3) -> None:
        """Move `seconds` ahead; after each moment at which something happened clients get `turns` loop turns."""
        target = self._now + round(seconds * SECOND_US)
        while (timer := self._next()) is not None and timer.when <= target:
            self.step_to(timer.when)
            await _yield(turns)
        self.step_to(target)
        await _yield(turns)

    async def advance_to(self, moment: datetime, turns: int = 3) -> None:
        """As `advance`, to a moment."""
        await self.advance((to_us(moment) - self._now) / SECOND_US, turns)


class RealClock(Clock):
    """The machine's clock, from `start` (default: now) and `speed` times as fast.

    `start` in the past replays history; the clock begins to run when the simulator starts.
    """

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        super().__init__()
        if speed <= 0:
            raise ValueError("speed must be above zero")
        self.speed = speed
        self._origin = to_us(start) if start is not None else time.time_ns() // 1000
        self._base = time.monotonic_ns()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._handle: asyncio.TimerHandle | None = None
        self._armed_for: int | None = None

    def now_us(self) -> int:
        """Microseconds since the epoch."""
        elapsed = (time.monotonic_ns() - self._base) // 1000
        return self._origin + (elapsed if self.speed == 1.0 else round(elapsed * self.speed))

    def run_us(self) -> int:
        """The machine's time, whatever the clock was set to: two runs over the same past are still two runs."""
        return self.now_us() if self.virtual else time.time_ns() // 1000

    def start(self) -> None:
        """Begin to fire timers on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._rearm()

    def stop(self) -> None:
        """Fire nothing more."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle, self._loop, self._armed_for = None, None, None

    def _rearm(self) -> None:
        timer = self._next()
        if self._loop is None or timer is None or (self._armed_for is not None and self._armed_for <= timer.when):
            return
        if self._handle is not None:
            self._handle.cancel()
        delay = max(0.0, (timer.when - self.now_us()) / SECOND_US / self.speed)
        self._armed_for = timer.when
        self._handle = self._loop.call_later(delay, self._fire)

    def _fire(self) -> None:
        self._handle, self._armed_for = None, None
        deadline = time.monotonic() + 0.02  # sockets get a turn even when a backlog of timers is due
        try:
            while (timer := self._pop_due(self.now_us())) is not None:
                timer.callback(*timer.args)
                if time.monotonic() > deadline:
                    break
        finally:  # an error goes to the event loop's handler; time goes on
            self._rearm()


async def _yield(turns: int) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)
