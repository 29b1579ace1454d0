"""Bar sizes, durations, and the edges of the bars that they make within an exchange's sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from leanib.simulator.clock import SECOND_US, to_us
from leanib.simulator.market.calendar import Calendar, Session

MINUTE, HOUR, DAY = 60, 3600, 86400
BAR_SECONDS: dict[str, int] = {
    "1 secs": 1, "5 secs": 5, "10 secs": 10, "15 secs": 15, "30 secs": 30, "1 min": MINUTE, "2 mins": 2 * MINUTE,
    "3 mins": 3 * MINUTE, "5 mins": 5 * MINUTE, "10 mins": 10 * MINUTE, "15 mins": 15 * MINUTE,
    "20 mins": 20 * MINUTE, "30 mins": 30 * MINUTE, "1 hour": HOUR, "2 hours": 2 * HOUR, "3 hours": 3 * HOUR,
    "4 hours": 4 * HOUR, "8 hours": 8 * HOUR, "1 day": DAY, "1 week": 7 * DAY, "1 month": 30 * DAY,
}  # fmt: skip
_ALIASES = {
    "1 sec": "1 secs", "1 mins": "1 min", "1W": "1 week", "1M": "1 month", "1 hours": "1 hour", "1 days": "1 day",
}  # fmt: skip
_UNITS = {"S": 1, "D": DAY, "W": 7 * DAY, "M": 31 * DAY, "Y": 366 * DAY}


class SpanError(ValueError):
    """A bar size or duration that IB does not know; its text is the cause in IB's words."""


def bar_size(text: str) -> str:
    """The canonical name of a bar size."""
    name = _ALIASES.get(text.strip(), text.strip())
    if name not in BAR_SECONDS:
        legal = ",".join(BAR_SECONDS)
        raise SpanError(f"Historical data bar size setting is invalid. Legal ones are: {legal}")
    return name


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of seconds, trading days, weeks, months or years."""

    count: int
    unit: str

    @property
    def seconds(self) -> int:
        """About how long that is."""
        return self.count * _UNITS[self.unit]


def duration(text: str) -> Duration:
    """Parse "2 D" and the like; a bare number means seconds."""
    words = text.split() or [""]
    unit = words[1].upper() if len(words) > 1 else "S"
    if not words[0].isdigit() or int(words[0]) == 0 or unit not in _UNITS or len(words) > 2:
        raise SpanError(
            "Historical data query end date/time string or duration is invalid.  "
            "Format is 'integer{SPACE}unit (S|D|W|M|Y)'"
        )
    if (unit == "Y" and int(words[0]) > 30) or int(words[0]) > 86400 * 31:
        raise SpanError("Invalid step: the time length exceeds the maximum")
    return Duration(int(words[0]), unit)


#: The longest duration in seconds for a bar of so many seconds; IB's table of valid step sizes, larger ones a year up.
_LIMITS = ((1, 2000), (5, 10_000), (10, 14_400), (15, 14_400), (30, 28_800), (60, 10 * DAY), (120, 20 * DAY),
           (1800, 70 * DAY), (28_800, 400 * DAY), (30 * DAY, 31 * 366 * DAY))  # fmt: skip


def too_long(size: str, span: Duration) -> bool:
    """Would IB answer that the time length exceeds the maximum?"""
    seconds = BAR_SECONDS[size]
    return next(span.seconds > limit for most, limit in _LIMITS if seconds <= most)


@dataclass(frozen=True, slots=True)
class Edge:
    """One bar to be made: [start, end) in microseconds and the trading day it belongs to."""

    start: int
    end: int
    session: Session


def sessions_for(calendar: Calendar, end: int, span: Duration, extended: bool) -> list[Session]:
    """The sessions that a request ending at `end` covers, the last one cut at `end`, the first for S at its length."""
    found: list[Session] = []
    if span.unit == "D":
        first = end - (span.count * 2 + 10) * DAY * SECOND_US
        found = list(calendar.between(first, end, extended))[-span.count :]
    elif span.unit == "S":
        found = _by_seconds(calendar, end, span.count * SECOND_US, extended)
    else:
        last = calendar.local(end)
        days = {"W": 7 * span.count, "M": 0, "Y": 0}[span.unit]
        months = {"W": 0, "M": span.count, "Y": 12 * span.count}[span.unit]
        start = to_us(_back(last, months) - timedelta(days=days))
        found = list(calendar.between(start, end, extended))
    return [Session(s.day, s.start, min(s.end, end)) for s in found]


def begins(calendar: Calendar, end: int, span: Duration) -> int:
    """What an answer calls its start: the end minus the duration, whatever was open in between."""
    if span.unit == "S":
        return end - span.count * SECOND_US
    days = {"D": 1, "W": 7, "M": 0, "Y": 0}[span.unit] * span.count
    months = {"M": 1, "Y": 12}.get(span.unit, 0) * span.count
    return to_us(_back(calendar.local(end), months) - timedelta(days=days))


def _by_seconds(calendar: Calendar, end: int, left: int, extended: bool) -> list[Session]:
    found: list[Session] = []
    first = end - (left * 8 + 10 * DAY * SECOND_US)
    for session in reversed(list(calendar.between(first, end, extended))):
        stop = min(session.end, end)
        start = max(session.start, stop - left)
        found.append(Session(session.day, start, stop))
        left -= stop - start
        if left <= 0:
            break
    return found[::-1]


def _back(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, 28) if months else moment.day)


def edges(sessions: list[Session], size: str, calendar: Calendar) -> list[Edge]:
    """The bars of the sessions: intraday ones on the local clock's grid, the others a day, week or month each."""
    seconds = BAR_SECONDS[size]
    if seconds >= DAY:
        return _long_edges(sessions, size)
    step = seconds * SECOND_US
    out: list[Edge] = []
    for session in sessions:
        local = calendar.local(session.start)
        midnight = session.start - to_us(local.replace(hour=0, minute=0, second=0, microsecond=0))
        base = session.start - midnight
        at = session.start
        while at < session.end:
            following = min(base + ((at - base) // step + 1) * step, session.end)
            out.append(Edge(at, following, session))
            at = following
    return out


def _long_edges(sessions: list[Session], size: str) -> list[Edge]:
    if size == "1 day":
        return [Edge(s.start, s.end, s) for s in sessions]
    groups = groupby(sessions, key=lambda s: s.day.isocalendar()[:2] if size == "1 week" else (s.day.year, s.day.month))
    merged = [list(group) for _, group in groups]
    return [Edge(group[0].start, group[-1].end, group[-1]) for group in merged]
