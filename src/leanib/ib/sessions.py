"""When an instrument trades, as its contract details tell (`tradingHours` or `liquidHours`).

IB's form is `20131007:0930-20131007:1600;20131008:CLOSED` in the zone of `timeZoneId`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
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
}


@dataclass(frozen=True)
class TradingHours:
    """The sessions that IB lists for the coming days.

    Attributes:
        sessions: Pairs of aware UTC moments, begin and end.
        known_until: The end of the last listed day; later than that nothing is known.
    """

    sessions: tuple[tuple[datetime, datetime], ...]
    known_until: datetime | None

    @classmethod
    def parse(cls, text: str, zone_id: str) -> TradingHours:
        """Reads IB's form; parts that it does not understand are left out."""
        zone = _zone(zone_id)
        sessions, last = [], None
        for part in filter(None, text.split(";")):
            if part.endswith("CLOSED"):
                last = _moment(part.removesuffix(":CLOSED") + ":2359", zone)
                continue
            begin, _, end = part.partition("-")
            end = end if ":" in end else f"{begin[:8]}:{end}"
            sessions.append((_moment(begin, zone), _moment(end, zone)))
            last = sessions[-1][1]
        return cls(tuple(sessions), last)

    def is_open(self, now: datetime) -> bool | None:
        """Whether an aware moment lies in a session; None when IB's list does not reach it."""
        if self.known_until is None or now > self.known_until:
            return None
        return any(begin <= now < end for begin, end in self.sessions)

    def opened_at(self, now: datetime) -> datetime | None:
        """When the session that an aware moment lies in began."""
        return next((begin for begin, end in self.sessions if begin <= now < end), None)


def _zone(zone_id: str) -> ZoneInfo:
    name = zone_id.split(" (")[0]
    try:
        return ZoneInfo(_ALIASES.get(name, name or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _moment(text: str, zone: ZoneInfo) -> datetime:
    return datetime.strptime(text, "%Y%m%d:%H%M").replace(tzinfo=zone).astimezone(UTC)
