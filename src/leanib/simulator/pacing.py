"""IB's pacing rules: messages a second, and historical requests.

Sources: "order limitations" and "historical data limitations" of the TWS API documentation: 50 messages a second over
all kinds. As users have recorded it, a second with more is answered with error 100 and the count
("max=50 rec=138 (1)"); what was sent is worked, and the third such second is the end of the connection. A client that
says "+PACEAPI" when it connects is paced by the Gateway and told nothing. For bars of 30 seconds or less no identical
request within 15 seconds, fewer than six for one contract, exchange and tick type within two seconds, at most 60 in ten
minutes (BID_ASK counts twice).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from leanib.simulator.clock import SECOND_US, Clock

MESSAGES_PER_SECOND = 50
#: So many seconds with too many messages end the connection.
STRIKES = 3
IDENTICAL_US = 15 * SECOND_US
BURST_US, BURST_LIMIT = 2 * SECOND_US, 6
WINDOW_US, WINDOW_LIMIT = 600 * SECOND_US, 60
BEAT_US = SECOND_US // 10
VIOLATION = "Historical data request pacing violation"


@dataclass(slots=True)
class _Count:
    """The messages of one client: how many in the second that began then, and how often there were too many."""

    began: int = 0
    messages: int = 0
    strikes: int = 0


class Pacing:
    """Counts what clients ask for; enforces nothing while `on` is false."""

    def __init__(self, clock: Clock, on: bool) -> None:
        self.clock = clock
        self.on = on
        self.rate = MESSAGES_PER_SECOND
        self._counts: dict[int, _Count] = {}
        self._stalls: deque[tuple[int, int]] = deque()
        self._next_beat = 0
        self._history: deque[tuple[int, Hashable, Hashable, int]] = deque()

    def count(self, session: object, tell: Callable[[str, bool], None]) -> None:
        """Count a message; `tell` hears of a second with too many when it is over, and whether it was the last."""
        if not self.on:
            return
        now = self.clock.now_us()
        one = self._counts.setdefault(id(session), _Count())
        if one.messages == 0:
            one.began = now
            self.clock.call_at(now + SECOND_US, self._judge, session, tell)
        one.messages += 1

    def _judge(self, session: object, tell: Callable[[str, bool], None]) -> None:
        one = self._counts.get(id(session))
        if one is None:
            return
        messages, one.messages = one.messages, 0
        if messages > self.rate * (1 + self._stalled(self.clock.now_us())):
            one.strikes += 1
            tell(f"max={self.rate} rec={messages} ({one.strikes})", one.strikes >= STRIKES)

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
        self._counts.pop(id(session), None)
