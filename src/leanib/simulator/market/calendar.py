"""Trading sessions by exchange: regular and extended hours, weekends, holidays, early closes; all in exchange time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from leanib.simulator.clock import to_datetime, to_us

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Session:
    """One session: start and end in microseconds since the epoch, and the trading day it belongs to."""

    day: date
    start: int
    end: int

    def __contains__(self, moment: int) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True)
class Calendar:
    """When an exchange trades.

    `open`/`close` are the regular hours, `early`/`late` the extended ones. With `overnight` a session begins on the
    evening before its trading day; with `always` it lasts from midnight to midnight on every day of the week.
    """

    zone_name: str
    open: time
    close: time
    early: time
    late: time
    overnight: bool = False
    us_holidays: bool = True
    half_day_close: time | None = time(13, 0)
    european_holidays: bool = False
    always: bool = False
    zone: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", ZoneInfo(self.zone_name))
        object.__setattr__(self, "_cache", {})

    def __hash__(self) -> int:
        return hash((self.zone_name, self.open, self.close, self.overnight, self.always))

    def session(self, day: date, extended: bool = False) -> Session | None:
        """The session of a trading day, or None when it is closed."""
        cache: dict[tuple[date, bool], Session | None] = self._cache  # type: ignore[attr-defined]
        key = (day, extended)
        if key not in cache:
            cache[key] = self._build(day, extended)
        return cache[key]

    def _build(self, day: date, extended: bool) -> Session | None:
        if self.always:
            return Session(day, self._us(day, self.open), self._us(day + DAY, self.close))
        if day.weekday() >= 5 or (self.us_holidays and day in holidays(day.year)):
            return None
        if self.european_holidays and day in european_holidays(day.year):
            return None
        start, end = (self.early, self.late) if extended else (self.open, self.close)
        if self.half_day_close and self.us_holidays and day in half_days(day.year):
            end = self.half_day_close if not extended else min(self.late, time(17, 0))
        first = day - DAY if self.overnight and start >= end else day
        return Session(day, self._us(first, start), self._us(day, end))

    def _us(self, day: date, moment: time) -> int:
        return to_us(datetime.combine(day, moment, self.zone).astimezone(UTC))

    def local(self, moment: int) -> datetime:
        """The exchange's wall clock."""
        return to_datetime(moment).astimezone(self.zone)

    def current(self, moment: int, extended: bool = False) -> Session | None:
        """The session that `moment` lies in."""
        day = self.local(moment).date()
        for candidate in (day, day + DAY):
            session = self.session(candidate, extended)
            if session is not None and moment in session:
                return session
        return None

    def is_open(self, moment: int, extended: bool = False) -> bool:
        """Does the exchange trade at `moment`?"""
        return self.current(moment, extended) is not None

    def next(self, moment: int, extended: bool = False) -> Session:
        """The session that `moment` lies in, else the next one."""
        day = self.local(moment).date()
        while True:
            session = self.session(day, extended)
            if session is not None and session.end > moment:
                return session
            day += DAY

    def previous(self, moment: int, extended: bool = False) -> Session:
        """The last session that ended at or before `moment`."""
        day = self.local(moment).date() + DAY
        while True:
            session = self.session(day, extended)
            if session is not None and session.end <= moment:
                return session
            day -= DAY

    def between(self, start: int, end: int, extended: bool = False) -> Iterator[Session]:
        """Sessions that overlap [start, end)."""
        day, last = self.local(start).date(), self.local(end).date() + DAY
        while day <= last:
            session = self.session(day, extended)
            if session is not None and session.end > start and session.start < end:
                yield session
            day += DAY

    def hours_text(self, moment: int, days: int = 6, extended: bool = False) -> str:
        """IB's tradingHours / liquidHours text for the coming days."""
        first = self.local(moment).date()
        return ";".join(self._day_text(first + DAY * n, extended) for n in range(days))

    def _day_text(self, day: date, extended: bool) -> str:
        session = self.session(day, extended)
        if session is None:
            return f"{day:%Y%m%d}:CLOSED"
        return f"{self.local(session.start):%Y%m%d:%H%M}-{self.local(session.end):%Y%m%d:%H%M}"


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + DAY * ((weekday - first.weekday()) % 7 + 7 * (n - 1))


def _easter(year: int) -> date:
    """Anonymous Gregorian algorithm."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def _observed(day: date) -> date:
    if day.weekday() == 5:
        return day - DAY
    return day + DAY if day.weekday() == 6 else day


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """Full-day holidays of the New York Stock Exchange under its present rules."""
    memorial = date(year, 5, 31)
    memorial -= DAY * memorial.weekday()
    days = [_nth(year, 1, 0, 3), _nth(year, 2, 0, 3), _easter(year) - DAY * 2, memorial, _nth(year, 9, 0, 1)]
    days += [_nth(year, 11, 3, 4), _observed(date(year, 7, 4)), _observed(date(year, 12, 25))]
    if year >= 2022:
        days.append(_observed(date(year, 6, 19)))
    new_year = date(year, 1, 1)
    if new_year.weekday() != 5:  # a Saturday New Year is not made up on Friday
        days.append(_observed(new_year))
    return frozenset(days)


@lru_cache(maxsize=64)
def half_days(year: int) -> frozenset[date]:
    """Days with an early close at 13:00 New York time."""
    days = [_nth(year, 11, 3, 4) + DAY]
    days += [day for day in (date(year, 7, 3), date(year, 12, 24)) if day.weekday() < 4]
    return frozenset(days) - holidays(year)


@lru_cache(maxsize=64)
def european_holidays(year: int) -> frozenset[date]:
    """Days on which Xetra, Eurex and (nearly) London are closed."""
    easter = _easter(year)
    fixed = [date(year, 1, 1), date(year, 5, 1), date(year, 12, 25), date(year, 12, 26)]
    return frozenset([*fixed, easter - DAY * 2, easter + DAY])


US_EQUITY = Calendar("US/Eastern", time(9, 30), time(16, 0), time(4, 0), time(20, 0))
US_OPTION = Calendar("US/Eastern", time(9, 30), time(16, 0), time(9, 30), time(16, 0))
US_INDEX = Calendar("US/Eastern", time(9, 30), time(16, 0), time(9, 30), time(16, 0))
US_BOND = Calendar("US/Eastern", time(8, 0), time(17, 0), time(8, 0), time(17, 0))
FOREX = Calendar("US/Eastern", time(17, 15), time(17, 0), time(17, 15), time(17, 0), overnight=True, us_holidays=False)
CME = Calendar(
    "US/Central", time(8, 30), time(16, 0), time(17, 0), time(16, 0), overnight=True, half_day_close=time(12, 0)
)
CBOT = Calendar(
    "US/Central", time(8, 30), time(13, 20), time(19, 0), time(13, 20), overnight=True, half_day_close=time(12, 0)
)
CFE = Calendar(
    "US/Central", time(8, 30), time(15, 0), time(17, 0), time(16, 0), overnight=True, half_day_close=time(12, 15)
)
NYMEX = Calendar(
    "US/Eastern", time(9, 0), time(14, 30), time(18, 0), time(17, 0), overnight=True, half_day_close=time(13, 0)
)
XETRA = Calendar("MET", time(9, 0), time(17, 30), time(9, 0), time(17, 30), us_holidays=False, european_holidays=True)
EUREX = Calendar("MET", time(8, 0), time(17, 30), time(1, 10), time(22, 0), us_holidays=False, european_holidays=True)
LSE = Calendar("GB", time(8, 0), time(16, 30), time(8, 0), time(16, 30), us_holidays=False, european_holidays=True)
CRYPTO = Calendar("UTC", time(0, 0), time(0, 0), time(0, 0), time(0, 0), us_holidays=False, always=True)
#: All of them by the names that files of instruments and of state use.
CALENDARS: dict[str, Calendar] = {
    "US_EQUITY": US_EQUITY, "US_OPTION": US_OPTION, "US_INDEX": US_INDEX, "US_BOND": US_BOND, "FOREX": FOREX,
    "CME": CME, "CBOT": CBOT, "CFE": CFE, "NYMEX": NYMEX, "XETRA": XETRA, "EUREX": EUREX, "LSE": LSE,
    "CRYPTO": CRYPTO,
}  # fmt: skip
