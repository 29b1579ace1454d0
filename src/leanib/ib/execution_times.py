"""The moment of an execution, from whatever IB writes for it.

IB writes times in the zone that the Gateway is set to: `20240306 10:00:00 US/Eastern`, `20240306 10:00:00 JST`, or
without any zone. A short name may mean two zones (CST is Chicago's and Shanghai's) and none says nothing; the
handshake tells the Gateway's own wall time, and what it is ahead of UTC decides. A fill is never dropped for its time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = ["GatewayZone"]

_STAMP = re.compile(r"^\s*(\d{4})-?(\d{2})-?(\d{2})[\s-]+(\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?\s*(.*?)\s*$")
_QUARTER = 900
_OFFSET = re.compile(r"^(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?$")
_SHORT = {
    "EST": ("America/New_York",), "EDT": ("America/New_York",), "EST5EDT": ("America/New_York",),
    "CST": ("America/Chicago", "Asia/Shanghai"), "CDT": ("America/Chicago",), "CST6CDT": ("America/Chicago",),
    "MST": ("America/Denver", "America/Phoenix"), "MDT": ("America/Denver",), "MST7MDT": ("America/Denver",),
    "PST": ("America/Los_Angeles",), "PDT": ("America/Los_Angeles",), "PST8PDT": ("America/Los_Angeles",),
    "AST": ("America/Halifax",), "ADT": ("America/Halifax",), "HST": ("Pacific/Honolulu",),
    "GMT": ("UTC",), "UTC": ("UTC",), "Z": ("UTC",), "BST": ("Europe/London",), "WET": ("Europe/Lisbon",),
    "WEST": ("Europe/Lisbon",), "CET": ("Europe/Paris",), "CEST": ("Europe/Paris",), "MET": ("Europe/Paris",),
    "MEZ": ("Europe/Berlin",), "MESZ": ("Europe/Berlin",), "EET": ("Europe/Helsinki",), "EEST": ("Europe/Helsinki",),
    "MSK": ("Europe/Moscow",), "IST": ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"), "HKT": ("Asia/Hong_Kong",),
    "SGT": ("Asia/Singapore",), "JST": ("Asia/Tokyo",), "KST": ("Asia/Seoul",), "AEST": ("Australia/Sydney",),
    "AEDT": ("Australia/Sydney",), "AET": ("Australia/Sydney",), "ACST": ("Australia/Adelaide",),
    "AWST": ("Australia/Perth",), "NZST": ("Pacific/Auckland",), "NZDT": ("Pacific/Auckland",),
    "BRT": ("America/Sao_Paulo",),
}  # fmt: skip
"""Short names that Java and IB write, each with the zones it may mean, likeliest first."""


class GatewayZone:
    """What the Gateway's wall clock is ahead of UTC, as its handshake showed it."""

    def __init__(self) -> None:
        self.ahead: timedelta | None = None

    def learn(self, handshake_time: str, now: datetime) -> None:
        """Takes note of the handshake's `YYYYMMDD HH:MM:SS ZONE`, received at `now` (UTC)."""
        found = _STAMP.match(handshake_time)
        if found is None:
            return
        seconds = (_wall(found) - now.replace(tzinfo=None)).total_seconds()
        if abs(seconds) <= 15 * 3600:
            self.ahead = timedelta(seconds=round(seconds / _QUARTER) * _QUARTER)

    def moment(self, text: str, now: datetime) -> tuple[datetime, bool]:
        """When it was, UTC, and whether the text said so: `now` stands in for what nobody can read."""
        if text.isdigit() and len(text) > 8:
            return datetime.fromtimestamp(int(text), UTC), True
        found = _STAMP.match(text)
        if found is None:
            return now, False
        wall, zone = _wall(found), found[7]
        ahead = self._ahead_of(zone, wall)
        if ahead is None:
            return now, False
        return (wall - ahead).replace(tzinfo=UTC), True

    def _ahead_of(self, zone: str, wall: datetime) -> timedelta | None:
        if offset := _OFFSET.match(zone):
            ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
            return ahead if offset[1] == "+" else -ahead
        offsets = [known for name in _SHORT.get(zone.upper(), (zone,)) if (known := _offset(name, wall)) is not None]
        if self.ahead in offsets or not offsets:
            return self.ahead
        return offsets[0]


def _wall(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(found[number]) for number in range(1, 7))
    return datetime(year, month, day, hour % 24, minute, min(second, 59)) + timedelta(days=hour // 24)


def _offset(name: str, wall: datetime) -> timedelta | None:
    try:
        return ZoneInfo(name).utcoffset(wall) if name else None
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return None
