"""When an instrument trades, as its contract details tell (`tradingHours` or `liquidHours`).

IB's form is `20131007:0930-20131007:1600;20131008:CLOSED` in the zone of `timeZoneId`; the one before it, still sent
for some products, is `20090507:0700-1830,1830-2330;20090508:CLOSED`. `2400` is the midnight that ends a day.
Source: https://interactivebrokers.github.io/tws-api/classIBApi_1_1ContractDetails.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["TradingHours"]

_ALIASES = {
    "EST": "America/New_York",
    "EST5EDT": "America/New_York",
    "CST": "America/Chicago",
    "CST6CDT": "America/Chicago",
    "MET": "Europe/Berlin",
    "JST": "Asia/Tokyo",
    "GB-Eire": "Europe/London",
    "Japan": "Asia/Tokyo",
    "Hongkong": "Asia/Hong_Kong",
}
_CHINESE = "China Standard Time"
_DAY = timedelta(days=1)

Session = tuple[datetime, datetime]


@dataclass(frozen=True)
class TradingHours:
    """The sessions that IB lists for the coming days.

    Attributes:
        sessions: Pairs of aware UTC moments, begin and end.
        known_until: The end of the last listed day; later than that nothing is known.
        unknown: Days that IB lists in a form that is not understood, as UTC begin and end: nothing is claimed of them.
    """

    sessions: tuple[Session, ...]
    known_until: datetime | None
    unknown: tuple[Session, ...] = ()

    @classmethod
    def parse(cls, text: str, zone_id: str) -> TradingHours:
        """Reads IB's form; of a zone, and of a day, that it does not understand nothing is known."""
        zone = _zone(zone_id)
        if zone is None:
            return cls((), None)
        sessions: list[Session] = []
        unknown: list[Session] = []
        last: datetime | None = None
        for part in filter(None, (part.strip() for part in text.split(";"))):
            try:
                found, end = _day(part, zone)
                sessions += found
            except ValueError:
                whole = _whole_day(part, zone)
                if whole is None:
                    continue
                unknown.append(whole)
                end = whole[1]
            last = end if last is None else max(last, end)
        return cls(tuple(sorted(sessions)), last, tuple(unknown))

    def is_open(self, now: datetime) -> bool | None:
        """Whether an aware moment lies in a session; None when IB's list does not tell."""
        if any(begin <= now < end for begin, end in self.sessions):
            return True
        if self.known_until is None or now > self.known_until:
            return None
        return None if any(begin <= now < end for begin, end in self.unknown) else False

    def opened_at(self, now: datetime) -> datetime | None:
        """When the session that an aware moment lies in began."""
        return next((begin for begin, end in self.sessions if begin <= now < end), None)


def _zone(zone_id: str) -> ZoneInfo | None:
    """The zone of IB's name for it, such as `EST (Eastern Standard Time)`; None when nobody knows it."""
    name, _, explained = zone_id.partition(" (")
    if name == "CST" and explained.startswith(_CHINESE):
        name = "Asia/Shanghai"
    try:
        return ZoneInfo(_ALIASES.get(name, name or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _day(part: str, zone: ZoneInfo) -> tuple[list[Session], datetime]:
    """The sessions of one listed day, and the moment until which the day is known."""
    day, _, rest = part.partition(":")
    midnight = datetime.strptime(day, "%Y%m%d")
    if rest.strip().upper() == "CLOSED":
        return [], _utc(midnight + _DAY, zone)
    sessions = []
    for span in rest.split(","):
        first, dash, second = span.strip().partition("-")
        if not dash:
            raise ValueError(part)
        begin, end = _moment(first, midnight), _moment(second, midnight)
        if end <= begin and ":" not in second:  # the short form of a session over midnight
            end += _DAY
        sessions.append((_utc(begin, zone), _utc(end, zone)))
    return sessions, max(_utc(midnight + _DAY, zone), *(end for _, end in sessions))


def _moment(text: str, midnight: datetime) -> datetime:
    """`0930`, `2400` or `20131007:0930`, local."""
    day, colon, clock = text.strip().rpartition(":")
    base = datetime.strptime(day, "%Y%m%d") if colon else midnight
    if len(clock) != 4 or not clock.isdigit():
        raise ValueError(text)
    hours, minutes = int(clock[:2]), int(clock[2:])
    if hours > 24 or minutes > 59 or (hours == 24 and minutes):
        raise ValueError(text)
    return base + timedelta(hours=hours, minutes=minutes)


def _whole_day(part: str, zone: ZoneInfo) -> Session | None:
    try:
        midnight = datetime.strptime(part[:8], "%Y%m%d")
    except ValueError:
        return None
    return _utc(midnight, zone), _utc(midnight + _DAY, zone)


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)
