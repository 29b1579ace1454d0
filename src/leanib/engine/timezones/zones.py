"""Time zones as the engine uses them: naive datetimes in, naive datetimes out, the offset cached per day.

LEAN uses NodaTime; a local time that does not exist is moved forward, one that exists twice means the earlier instant's
offset (`Common/Extensions.cs`, ConvertTo; NodaTime's lenient resolver takes the earlier of two).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leanib.engine.dotnet.exceptions import RefusedArgument
from leanib.engine.naming import LeanNames
from leanib.engine.timezones.utc_time import naive_utc

__all__ = ["DateTimeZone", "TimeZones"]

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


_FIXED = re.compile(r"UTC([+-])(\d{1,2})(?::(\d{2}))?")


def _fixed_offset(zone_id: str) -> tzinfo | None:
    """The zone of `UTC-05` or `UTC+05:30`, which LEAN's zones (NodaTime's) have; None of any other name."""
    found = _FIXED.fullmatch(zone_id)
    if found is None or int(found[2]) > 14:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(offset if found[1] == "+" else -offset, zone_id)


class DateTimeZone(LeanNames):
    """One time zone. Use `DateTimeZone.of(id)`: zones are shared, so they compare by identity."""

    __slots__ = ("_local_offsets", "_midnight_offsets", "_utc_offsets", "_zone", "id")

    def __init__(self, zone_id: str) -> None:
        try:
            self._zone: tzinfo = _fixed_offset(zone_id) or ZoneInfo(zone_id)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise RefusedArgument(
                f"time zone '{zone_id}' is not known; use an IANA name such as 'America/New_York'"
            ) from error
        self.id = zone_id
        self._utc_offsets: dict[date, timedelta | None] = {}
        self._local_offsets: dict[date, timedelta | None] = {}
        self._midnight_offsets: dict[date, timedelta] = {}

    @staticmethod
    @cache
    def of(zone_id: str) -> DateTimeZone:
        """The shared zone of that IANA name."""
        return DateTimeZone(zone_id)

    def offset_at_utc(self, utc_time: datetime) -> timedelta:
        """The offset from UTC (negative west of Greenwich) in force at a naive UTC time."""
        day = utc_time.date()
        if day not in self._utc_offsets:
            offsets = {self._midnight_offset(day), self._midnight_offset(day + _DAY if day < date.max else day)}
            self._utc_offsets[day] = offsets.pop() if len(offsets) == 1 else None
        offset = self._utc_offsets[day]
        return self._exact_offset(utc_time) if offset is None else offset

    def offset_at_local(self, local_time: datetime) -> timedelta:
        """The offset from UTC in force at a naive local time."""
        day = local_time.date()
        if day not in self._local_offsets:
            offsets = self._offsets_around(day)
            self._local_offsets[day] = offsets.pop() if len(offsets) == 1 else None
        offset = self._local_offsets[day]
        return self._zone_offset(local_time) if offset is None else offset

    def to_local(self, utc_time: datetime) -> datetime:
        """A UTC time as naive local time."""
        if utc_time.tzinfo is not None:
            utc_time = naive_utc(utc_time)
        offset = self._utc_offsets.get(utc_time.date())  # None: not known yet, or the clocks change on that day
        return utc_time + (self.offset_at_utc(utc_time) if offset is None else offset)

    def to_utc(self, local_time: datetime) -> datetime:
        """A naive local time as naive UTC time; one with a zone is taken by its clock, as .NET takes it."""
        if local_time.tzinfo is not None:
            local_time = naive_utc(local_time)
        offset = self._local_offsets.get(local_time.date())  # None: as in to_local
        return local_time - (self.offset_at_local(local_time) if offset is None else offset)

    def _offsets_around(self, day: date) -> set[timedelta]:
        """The offsets met from a day before to a day after: one, away from a change of the clocks."""
        if not date.min + _DAY < day < date.max - 2 * _DAY:
            return {self._zone_offset(datetime(day.year, day.month, day.day))}
        return {self._midnight_offset(day + n * _DAY) for n in (-1, 0, 1, 2)}

    def _midnight_offset(self, day: date) -> timedelta:
        """The offset at the first moment of a UTC day; days are asked for with their neighbours, again and again."""
        offset = self._midnight_offsets.get(day)
        if offset is None:
            moment = datetime(day.year, day.month, day.day)
            offset = self._midnight_offsets[day] = self._exact_offset(moment)
        return offset

    def _exact_offset(self, utc_time: datetime) -> timedelta:
        offset = utc_time.replace(tzinfo=UTC).astimezone(self._zone).utcoffset()
        assert offset is not None
        return offset

    def _zone_offset(self, local_time: datetime) -> timedelta:
        """As `Extensions.ConvertToUtc`: what autumn repeats is the second, what spring leaves out its end."""
        before = local_time.replace(tzinfo=self._zone, fold=0).utcoffset()
        after = local_time.replace(tzinfo=self._zone, fold=1).utcoffset()
        assert before is not None
        assert after is not None
        if before >= after:
            return after
        earliest, latest = local_time - after, local_time - before  # the clocks change between the two
        while latest - earliest > _SECOND:
            middle = earliest + (latest - earliest) // 2
            if self._exact_offset(middle) == before:
                earliest = middle
            else:
                latest = middle
        return local_time - latest.replace(microsecond=0)

    def __repr__(self) -> str:
        return self.id

    __str__ = __repr__


class _Zone:
    """Class attribute that makes its zone at first use."""

    def __init__(self, zone_id: str) -> None:
        self._id = zone_id

    def __get__(self, instance: object, owner: type | None = None) -> DateTimeZone:
        return DateTimeZone.of(self._id)


class TimeZones:
    """LEAN's named zones (`Common/TimeZones.cs`)."""

    # NodaTime's own UTC is another zone than "UTC" of its database, which market hours are in: LEAN warns of a
    # benchmark in a different zone for it.
    UTC = Utc = DateTimeZone("UTC")
    NEW_YORK = NewYork = _Zone("America/New_York")
    EASTERN_STANDARD = EasternStandard = _Zone("EST")
    LONDON = London = _Zone("Europe/London")
    HONG_KONG = HongKong = _Zone("Asia/Hong_Kong")
    TOKYO = Tokyo = _Zone("Asia/Tokyo")
    ROME = Rome = _Zone("Europe/Rome")
    SYDNEY = Sydney = _Zone("Australia/Sydney")
    VANCOUVER = Vancouver = _Zone("America/Vancouver")
    TORONTO = Toronto = _Zone("America/Toronto")
    CHICAGO = Chicago = _Zone("America/Chicago")
    LOS_ANGELES = LosAngeles = _Zone("America/Los_Angeles")
    PHOENIX = Phoenix = _Zone("America/Phoenix")
    AUCKLAND = Auckland = _Zone("Pacific/Auckland")
    MOSCOW = Moscow = _Zone("Europe/Moscow")
    MADRID = Madrid = _Zone("Europe/Madrid")
    BUENOS_AIRES = BuenosAires = _Zone("America/Argentina/Buenos_Aires")
    BRISBANE = Brisbane = _Zone("Australia/Brisbane")
    SAO_PAULO = SaoPaulo = _Zone("America/Sao_Paulo")
    CAIRO = Cairo = _Zone("Africa/Cairo")
    JOHANNESBURG = Johannesburg = _Zone("Africa/Johannesburg")
    ANCHORAGE = Anchorage = _Zone("America/Anchorage")
    DENVER = Denver = _Zone("America/Denver")
    DETROIT = Detroit = _Zone("America/Detroit")
    MEXICO_CITY = MexicoCity = _Zone("America/Mexico_City")
    JERUSALEM = Jerusalem = _Zone("Asia/Jerusalem")
    SHANGHAI = Shanghai = _Zone("Asia/Shanghai")
    MELBOURNE = Melbourne = _Zone("Australia/Melbourne")
    AMSTERDAM = Amsterdam = _Zone("Europe/Amsterdam")
    ATHENS = Athens = _Zone("Europe/Athens")
    BERLIN = Berlin = _Zone("Europe/Berlin")
    BUCHAREST = Bucharest = _Zone("Europe/Bucharest")
    DUBLIN = Dublin = _Zone("Europe/Dublin")
    HELSINKI = Helsinki = _Zone("Europe/Helsinki")
    ISTANBUL = Istanbul = _Zone("Europe/Istanbul")
    MINSK = Minsk = _Zone("Europe/Minsk")
    PARIS = Paris = _Zone("Europe/Paris")
    ZURICH = Zurich = _Zone("Europe/Zurich")
    HONOLULU = Honolulu = _Zone("Pacific/Honolulu")
    KOLKATA = Kolkata = _Zone("Asia/Kolkata")
