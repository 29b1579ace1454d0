"""A scheduled event: times to come, and what is called then (`Common/Scheduling/ScheduledEvent.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from leanib.engine.naming import LeanObject

__all__ = ["ScheduledEvent"]

_NEVER = datetime.max  # noqa: DTZ901
_Callback = Callable[[str, datetime], Any]


class ScheduledEvent(LeanObject):
    """Ordered naive UTC times, looked at one by one, late: a rule may depend on what the algorithm does meanwhile.

    `is_quiet` is set where what is called is the engine's and changes nothing of the algorithm's.
    """

    SECURITY_END_OF_DAY_DELTA = SecurityEndOfDayDelta = timedelta(minutes=10)
    ALGORITHM_END_OF_DAY_DELTA = AlgorithmEndOfDayDelta = timedelta(minutes=2)

    __slots__ = ("_callback", "_needs_next", "_next", "_times", "enabled", "is_quiet", "name")

    def __init__(
        self, name: str, event_utc_times: datetime | Iterable[datetime], callback: _Callback | None = None
    ) -> None:
        self.name = name
        self.enabled = True
        self.is_quiet = False
        self._callback = callback
        times = (event_utc_times,) if isinstance(event_utc_times, datetime) else event_utc_times
        self._times = iter(times)
        self._needs_next = True
        self._next = _NEVER

    @property
    def next_event_utc_time(self) -> datetime:
        """When it happens next; the end of time when never again."""
        if self._needs_next:
            self._needs_next = False
            self._next = next(self._times, _NEVER)
        return self._next

    def scan(self, utc_time: datetime) -> None:
        """Fire for each time that has come."""
        callback = self._callback
        while (event_time := self._next if not self._needs_next else self.next_event_utc_time) <= utc_time:
            if event_time is _NEVER:
                return
            if self.enabled and callback is not None:
                callback(self.name, event_time)
            self._needs_next = True

    def skip_events_until(self, utc_time: datetime) -> None:
        """Forget the times before this one."""
        while self.next_event_utc_time < utc_time:
            self._needs_next = True

    def __str__(self) -> str:
        return self.name

    __repr__ = __str__
