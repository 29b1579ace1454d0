"""Fires scheduled events in a backtest (`Engine/RealTime/BacktestingRealTimeHandler.cs`, `BaseRealTimeHandler.cs`)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.market.base_data import END_OF_TIME
from leanib.engine.scheduling.end_of_day import algorithm_end_of_day, handler_arity, security_end_of_day
from leanib.engine.scheduling.event import ScheduledEvent

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.securities import Security
    from leanib.engine.symbols import Symbol

__all__ = ["BacktestingRealTimeHandler"]


class BacktestingRealTimeHandler:
    """The events in the order in which they happen; events of one time in the order in which they were made.

    The loop calls `setup` once, `set_time` at each step, `scan_past_events` before time jumps over a gap, and
    `on_securities_changed`. An error of a callback is the algorithm's and passes through.
    """

    def __init__(self, algorithm: RunStrategy) -> None:
        self._algorithm = algorithm
        self._ids: dict[ScheduledEvent, int] = {}
        self._count = 0
        self._agenda = _Agenda([])
        self._stale = False
        self._end_of_day_arity = handler_arity(algorithm)
        self._algorithm_end_of_day: ScheduledEvent | None = None
        self._security_end_of_day: dict[Symbol, ScheduledEvent] = {}
        self._is_set_up = False

    def setup(self) -> None:
        """After the algorithm's initialize and its start is known, warm-up included: forget what lies before that.

        Until then no event is asked for its times: its rules begin with the day on which they are first asked.
        """
        self._is_set_up = True
        self._algorithm.schedule.set_event_schedule(self)
        self._add_algorithm_end_of_day(self._algorithm.time)
        for event in self._events().events:
            event.skip_events_until(self._algorithm.utc_time)
        self._stale = True

    def add(self, scheduled_event: ScheduledEvent) -> None:
        """From now on fire this one too."""
        self._algorithm.securities.interrupt()
        if self._is_set_up:
            scheduled_event.skip_events_until(self._algorithm.utc_time)
        self._count += 1
        self._ids[scheduled_event] = self._count
        self._stale = True

    def remove(self, scheduled_event: ScheduledEvent) -> None:
        """Fire this one no more."""
        self._algorithm.securities.interrupt()
        self._ids.pop(scheduled_event, None)
        self._stale = True

    @property
    def upcoming(self) -> list[ScheduledEvent]:
        """All events, in the order in which they were made."""
        return list(self._ids)

    @property
    def next_event_utc_time(self) -> datetime | None:
        """When the next event is due."""
        times = self._events().times
        return times[0] if times else None

    def next_time(self) -> datetime:
        """When the next event is due; the end of time when none is."""
        times = self._events().times
        return times[0] if times else END_OF_TIME

    def set_time(self, utc_time: datetime) -> None:
        """Fire what is due by now."""
        events = self._events()
        while events.times and events.times[0] <= utc_time:
            events.fire_first(utc_time)

    def scan_past_events(self, utc_time: datetime) -> None:
        """Fire what is due before now, each at its own time."""
        events = self._events()
        while events.times and (due := events.times[0]) < utc_time:
            self._algorithm.set_date_time(due)
            events.fire_first(due)

    def fire_quiet(self, utc_time: datetime) -> bool:
        """Fire the next event, if it is due before a time and the engine's own; whether it was."""
        events = self._events()
        if not events.times or not events.events[0].is_quiet or (due := events.times[0]) >= utc_time:
            return False
        self._algorithm.set_date_time(due)
        events.fire_first(due)
        return True

    def _events(self) -> _Agenda:
        if self._stale:
            self._stale = False
            ids = self._ids
            self._agenda = _Agenda(sorted(ids, key=lambda event: (event.next_event_utc_time, ids[event])))
        return self._agenda

    def on_securities_changed(self, added: Iterable[Any], removed: Iterable[Any]) -> None:
        """Keep the end-of-day events in step with the securities that the algorithm itself has."""
        if self._end_of_day_arity == 1:
            for security in added:
                if not security.is_internal_feed():
                    self._add_security_end_of_day(security)
            for security in removed:
                if event := self._security_end_of_day.pop(security.symbol, None):
                    self.remove(event)
        self._add_algorithm_end_of_day(self._algorithm.utc_time)

    def _add_security_end_of_day(self, security: Security) -> None:
        event = security_end_of_day(self._algorithm, security)
        self._security_end_of_day[security.symbol] = event
        self.add(event)

    def _add_algorithm_end_of_day(self, start: datetime) -> None:
        if self._end_of_day_arity != 0:
            return
        if self._algorithm_end_of_day is not None:
            self.remove(self._algorithm_end_of_day)
        self._algorithm_end_of_day = algorithm_end_of_day(self._algorithm, start)
        self.add(self._algorithm_end_of_day)


class _Agenda:
    """Events by their next time, which `times` has too."""

    __slots__ = ("events", "times")

    def __init__(self, events: list[ScheduledEvent]) -> None:
        self.events = events
        self.times = [event.next_event_utc_time for event in events]

    def fire_first(self, utc_time: datetime) -> None:
        """Let the first event happen, and move it to where its next time belongs."""
        event = self.events[0]
        event.scan(utc_time)
        time, times = event.next_event_utc_time, self.times
        if len(times) < 2 or time <= times[1]:
            times[0] = time
            return
        events = self.events
        del events[0], times[0]
        place = bisect_left(times, time)
        if place < len(times) and times[place] == time:
            place = _place_among_equals(times, time)
        events.insert(place, event)
        times.insert(place, time)


def _place_among_equals(times: list[datetime], time: datetime) -> int:
    """Where a time belongs, the way LEAN's binary search finds it: the order among equals is part of its results."""
    lower, upper = 0, len(times) - 1
    while lower <= upper:
        middle = (lower + upper) // 2
        other = times[middle]
        if time == other:
            return middle + 1  # after the equal one that the search happens on
        if time < other:
            upper = middle - 1
        else:
            lower = middle + 1
    return lower
