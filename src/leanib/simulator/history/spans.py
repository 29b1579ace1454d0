"""Bar sizes, durations, and the edges of the bars that they make within an exchange's sessions."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from leanib.simulator.clock import SECOND_US, to_us
from leanib.simulator.market.calendar import Calendar, Session
from leanib.simulator.market.instruments import Instrument

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


#: The longest duration in each unit, and what a Gateway says to a longer one.
_LONGEST = {
    "S": (86400, "Historical data request for greater than 86400 seconds rejected."),
    "D": (365, "Historical data requests for durations longer than 365 days must be made in years."),
    "W": (52, "Historical data request for durations longer than 52 weeks must be made in years."),
    "M": (12, "Historical data request for durations longer than 12 months must be made in years."),
}  # fmt: skip
#: How many bars are made in one go, which takes some milliseconds.
PART = 200
SHORTEST_SECONDS, MOST_YEARS, MOST_SECOND_BARS = 30, 68, 2000


def duration(text: str) -> Duration:
    """Parse "2 D" and the like; a bare number means seconds. Raises SpanError with a Gateway's words."""
    if not text:
        raise SpanError("Historical data request duration not specified.")
    count, space, unit = (f"{text} S" if text.isdecimal() else text).partition(" ")
    unit = unit.upper()
    if not space or not count.isdecimal() or unit not in _UNITS:
        form = "integer{SPACE}unit (S|D|W|M|Y)"
        raise SpanError(f"When specifying a unit, historical data request duration format is {form}.")
    found = int(count) if len(count) < 10 else 0
    if found < 1 or (unit == "S" and found < SHORTEST_SECONDS):
        raise SpanError("Historical data requested duration is invalid.")
    if unit in _LONGEST and found > _LONGEST[unit][0]:
        raise SpanError(_LONGEST[unit][1])
    return Duration(found, unit)


def too_long(size: str, span: Duration) -> bool:
    """Would the history service answer that the time length exceeds the maximum?

    IB's table "Max Duration Per Bar Size": 2000 S of bars of a second, which go by seconds only, 68 years of others.
    """
    if BAR_SECONDS[size] == 1:
        return span.unit != "S" or span.count > MOST_SECOND_BARS
    return span.unit == "Y" and span.count > MOST_YEARS


def has_data(item: Instrument, what: str) -> bool:
    """Does this kind of data exist of the instrument? Currencies have no trades, indices no bid and no ask."""
    if item.sec_type == "CASH":
        return what not in {"TRADES", "ADJUSTED_LAST", "AGGTRADES"}
    return item.tradable or what not in {"BID", "ASK", "BID_ASK", "MIDPOINT"}


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
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def parts(sessions: list[Session], size: str, calendar: Calendar) -> Iterator[list[Edge]]:
    """The bars of the sessions, so many at a time; bars of a day and more, which span sessions, all together."""
    if BAR_SECONDS[size] >= DAY:
        yield edges(sessions, size, calendar)
        return
    left: list[Edge] = []
    for session in sessions:
        left += edges([session], size, calendar)
        while len(left) >= PART:
            yield left[:PART]
            del left[:PART]
    yield left


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
