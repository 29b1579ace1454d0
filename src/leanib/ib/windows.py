"""The times when IBKR resets its servers and asks for a new login, as dated data (`config/reset-windows.toml`).

The Gateway itself restarts daily at AUTO_RESTART_TIME in TIME_ZONE, as in docker-compose.yml, and not by this file.
They change how eagerly a lost connection is retried and which alert is raised, never how long it may stay lost.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leanib.errors import ConfigurationError

__all__ = ["ResetWindows", "Window", "restart_window"]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RESTART_LENGTH = timedelta(minutes=5)
_IBC_TIME = re.compile(r"(0?[1-9]|1[0-2]):([0-5]\d) ([AP]M)", re.IGNORECASE)
_KINDS = ("reset", "login", "restart")


@dataclass(frozen=True)
class Window:
    """One recurring window.

    Attributes:
        kind: `reset` (links drop and return), `login` (a new two-factor login is due) or `restart` (the Gateway's own).
        days: Weekdays on which it begins, Monday is 0.
        start: Local time at which it begins.
        length: How long it lasts.
        zone: The zone of `start`.
        source: Where the fact comes from, with its date.
    """

    kind: str
    days: frozenset[int]
    start: time
    length: timedelta
    zone: ZoneInfo
    source: str

    def begins_on(self, day: date) -> datetime | None:
        """The aware moment it begins on a local day, or None."""
        return datetime.combine(day, self.start, self.zone) if day.weekday() in self.days else None

    def contains(self, now: datetime) -> bool:
        """Whether an aware moment lies in it."""
        return any(begin <= now < begin + self.length for begin in self._around(now))

    def next_start(self, now: datetime) -> datetime:
        """The next aware moment, after now, at which it begins."""
        return min(begin for begin in self._around(now) if begin > now)

    def _around(self, now: datetime) -> list[datetime]:
        today = now.astimezone(self.zone).date()
        days = (today + timedelta(days=offset) for offset in range(-8, 9))
        return [begin for day in days if (begin := self.begins_on(day)) is not None]


class ResetWindows:
    """All windows of one configuration file."""

    def __init__(self, windows: list[Window]) -> None:
        self.windows = windows
        self._restart: tuple[datetime, datetime] | None = None

    @classmethod
    def load(cls, path: Path) -> ResetWindows:
        """Reads `reset-windows.toml`; a missing file means no window is known.

        Raises:
            ConfigurationError: The file is not valid; the text names the entry.
        """
        if not path.exists():
            return cls([])
        try:
            entries = tomllib.loads(path.read_text(encoding="utf-8")).get("window", [])
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path} is not valid TOML ({error}); repair it or delete it") from error
        return cls([_window(path, number, entry) for number, entry in enumerate(entries, 1)])

    def with_restart(self, auto_restart_time: str, time_zone: str) -> ResetWindows:
        """These windows and the Gateway's daily restart; see `restart_window`."""
        return ResetWindows([*self.windows, restart_window(auto_restart_time, time_zone)])

    def at(self, now: datetime, kind: str | None = None) -> Window | None:
        """The window that an aware moment lies in, of that kind if one is given."""
        return next((w for w in self.windows if (kind is None or w.kind == kind) and w.contains(now)), None)

    def next_restart(self, now: datetime) -> datetime | None:
        """When the Gateway is next expected to restart or to ask for a login, or None when no such window is known."""
        if self._restart is not None and self._restart[0] <= now < self._restart[1]:
            return self._restart[1]  # every order asks, and the answer holds until it comes
        starts = [w.next_start(now) for w in self.windows if w.kind in ("restart", "login")]
        following = min(starts, default=None)
        self._restart = None if following is None else (now, following)
        return following


def restart_window(auto_restart_time: str, time_zone: str) -> Window:
    """The Gateway's daily restart: `11:55 PM` in the zone that its container runs in.

    Source: AutoRestartTime of IBC's config.ini, which takes no other form of time.

    Raises:
        ValueError: One of the two is not valid; the text names it.
    """
    found = _IBC_TIME.fullmatch(auto_restart_time.strip())
    if found is None:
        raise ValueError(f"AUTO_RESTART_TIME '{auto_restart_time}' is not understood; write it as IBC does: 11:55 PM")
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"TIME_ZONE '{time_zone}' is no zone; write it as in America/New_York") from None
    hour = int(found[1]) % 12 + (12 if found[3].upper() == "PM" else 0)
    every_day = frozenset(range(7))
    return Window("restart", every_day, time(hour, int(found[2])), _RESTART_LENGTH, zone, "AUTO_RESTART_TIME")


def _window(path: Path, number: int, entry: dict[str, Any]) -> Window:
    try:
        kind = entry["kind"]
        if kind not in _KINDS:
            raise ValueError(f"kind '{kind}' is none of {', '.join(_KINDS)}")
        days = frozenset(_DAYS.index(day.lower()) for day in entry["days"])
        start = time.fromisoformat(entry["start"])
        end = time.fromisoformat(entry["end"])
        zone = ZoneInfo(entry["zone"])
    except (KeyError, ValueError, TypeError, AttributeError, ZoneInfoNotFoundError) as error:
        raise ConfigurationError(
            f"{path}: window {number} is not valid ({error}); compare it with its neighbours"
        ) from error
    length = timedelta(days=int(entry.get("days_long", 0))) + _between(start, end)
    return Window(kind, days, start, length, zone, str(entry.get("source", "")))


def _between(start: time, end: time) -> timedelta:
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    return timedelta(minutes=minutes if minutes > 0 else minutes + 24 * 60)
