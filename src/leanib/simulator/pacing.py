"""IB's pacing rules: messages a second, and historical requests.

Sources: "order limitations" and "historical data limitations" of the TWS API documentation: 50 messages a second over
all kinds; for bars of 30 seconds or less no identical request within 15 seconds, fewer than six for one contract,
exchange and tick type within two seconds, at most 60 in ten minutes (BID_ASK counts twice).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable

from leanib.simulator.clock import SECOND_US, Clock

MESSAGES_PER_SECOND = 50
IDENTICAL_US = 15 * SECOND_US
BURST_US, BURST_LIMIT = 2 * SECOND_US, 6
WINDOW_US, WINDOW_LIMIT = 600 * SECOND_US, 60
BEAT_US = SECOND_US // 10
VIOLATION = "Historical data request pacing violation"


class Pacing:
    """Counts what clients ask for; enforces nothing while `on` is false."""

    def __init__(self, clock: Clock, on: bool) -> None:
        self.clock = clock
        self.on = on
        self.rate = MESSAGES_PER_SECOND
        self._messages: dict[int, deque[int]] = {}
        self._stalls: deque[tuple[int, int]] = deque()
        self._next_beat = 0
        self._history: deque[tuple[int, Hashable, Hashable, int]] = deque()

    def allow(self, session: object) -> bool:
        """Count a message; False when it is one too many within a second."""
        if not self.on:
            return True
        now = self.clock.now_us()
        times = self._messages.setdefault(id(session), deque())
        while times and now - times[0] >= SECOND_US:
            times.popleft()
        times.append(now)
        return len(times) <= self.rate * (1 + self._stalled(now))

    def begin(self) -> None:
        """On the real clock, watch for stalls of this process: what arrived meanwhile was not sent at once."""
        if self.on and not self.clock.virtual:
            self._beat(self.clock.now_us())

    def _beat(self, expected: int) -> None:
        now = self.clock.now_us()
        if now - expected > BEAT_US // 2:
            self._stalls.append((now, now - expected))
        self._next_beat = now + BEAT_US
        self.clock.call_at(self._next_beat, self._beat, self._next_beat)

    def _stalled(self, now: int) -> float:
        """For how many of the last seconds messages were left lying."""
        while self._stalls and now - self._stalls[0][0] > 2 * SECOND_US:
            self._stalls.popleft()
        overdue = now - self._next_beat if 0 < self._next_beat < now else 0
        return (sum(length for _, length in self._stalls) + overdue) / SECOND_US

    def allow_history(self, contract: Hashable, request: Hashable, weight: int) -> bool:
        """Count a request for small historical bars; False when it violates one of the three rules."""
        if not self.on:
            return True
        now = self.clock.now_us()
        while self._history and now - self._history[0][0] >= WINDOW_US:
            self._history.popleft()
        recent = [entry for entry in self._history if now - entry[0] < IDENTICAL_US]
        identical = any(entry[2] == request for entry in recent)
        burst = sum(entry[1] == contract and now - entry[0] < BURST_US for entry in recent) + 1
        total = sum(entry[3] for entry in self._history) + weight
        if identical or burst >= BURST_LIMIT or total > WINDOW_LIMIT:
            return False
        self._history.append((now, contract, request, weight))
        return True

    def forget(self, session: object) -> None:
        """A client is gone."""
        self._messages.pop(id(session), None)
