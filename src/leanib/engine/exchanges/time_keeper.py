"""The clock of a run, and the same clock in the time zones that somebody asked for (`Common/TimeKeeper.cs`).

A local time is worked out when it is read; setting the time costs the same for one zone and for ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from leanib.engine.dotnet.event import Event
from leanib.engine.naming import LeanNames
from leanib.engine.timezones import DateTimeZone

__all__ = ["LocalTimeKeeper", "TimeKeeper"]


class LocalTimeKeeper(LeanNames):
    """The run's time in one zone. `time_updated` calls its handlers with the local time."""

    __slots__ = ("_keeper", "_local_time", "_utc_time", "time_updated", "time_zone")

    def __init__(self, keeper: TimeKeeper, time_zone: DateTimeZone) -> None:
        self._keeper = keeper
        self.time_zone = time_zone
        self.time_updated = Event()
        self._utc_time = keeper.utc_time
        self._local_time = time_zone.to_local(keeper.utc_time)

    @property
    def local_time(self) -> datetime:
        """Now, in this zone."""
        utc_time = self._keeper.utc_time
        if utc_time is not self._utc_time:
            self._utc_time = utc_time
            self._local_time = self.time_zone.to_local(utc_time)
        return self._local_time


class TimeKeeper(LeanNames):
    """The run's time. `utc_time` is naive UTC.

    Whatever changes more than prices calls `interrupt` first: then a stretch of time steps that is under way ends, and
    everything is as if each step had been taken by itself.
    """

    __slots__ = ("_local", "interrupt", "utc_time")

    interrupt: Callable[[], object]

    def __init__(self, utc_date_time: datetime, time_zones: Iterable[DateTimeZone] = ()) -> None:
        self.utc_time = utc_date_time
        self.interrupt = self.nothing
        self._local: dict[str, LocalTimeKeeper] = {}
        for time_zone in time_zones:
            self.add_time_zone(time_zone)

    def set_utc_date_time(self, utc_date_time: datetime) -> None:
        """Moves the clock."""
        self.utc_time = utc_date_time
        for local in self._local.values():
            if local.time_updated.handlers:
                local.time_updated(local.local_time)

    @staticmethod
    def nothing() -> None:
        """What `interrupt` is while no stretch is under way."""

    @property
    def has_listeners(self) -> bool:
        """Whether anybody wants to be told of each new time."""
        return any(local.time_updated.handlers for local in self._local.values())

    def get_time_in(self, time_zone: DateTimeZone) -> datetime:
        """Now, in that zone."""
        return self.get_local_time_keeper(time_zone).local_time

    def get_local_time_keeper(self, time_zone: DateTimeZone) -> LocalTimeKeeper:
        """The clock of that zone, always the same object."""
        self.add_time_zone(time_zone)
        return self._local[time_zone.id]

    def add_time_zone(self, time_zone: DateTimeZone) -> None:
        """Makes the clock of that zone."""
        if time_zone.id not in self._local:
            self._local[time_zone.id] = LocalTimeKeeper(self, time_zone)
