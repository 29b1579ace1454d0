"""When futures and options stop trading: the exchanges' rules by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from leanib.simulator.market.calendar import holidays

DAY = timedelta(days=1)
FRIDAY = 4


def is_business_day(day: date) -> bool:
    """A weekday on which New York trades."""
    return day.weekday() < 5 and day not in holidays(day.year)


def business_day(day: date) -> date:
    """That day, or the last one before it on which New York trades."""
    while not is_business_day(day):
        day -= DAY
    return day


def third_friday(year: int, month: int) -> date:
    """The usual expiry of monthly options and quarterly index futures."""
    first = date(year, month, 1)
    return first + DAY * ((FRIDAY - first.weekday()) % 7 + 14)


def months_from(day: date, count: int) -> Iterator[tuple[int, int]]:
    """So many (year, month), the one of `day` first."""
    for offset in range(count):
        year, month = divmod(day.year * 12 + day.month - 1 + offset, 12)
        yield year, month + 1


def before(day: date, count: int) -> date:
    """The business day so many business days before `day`."""
    while count:
        day -= DAY
        count -= is_business_day(day)
    return day


def _next_month(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


def _previous_month(year: int, month: int) -> tuple[int, int]:
    return (year, month - 1) if month > 1 else (year - 1, 12)


def _monday_before_third_wednesday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return before(first + DAY * ((2 - first.weekday()) % 7 + 14), 2)


def _last_friday(year: int, month: int) -> date:
    day = _next_month(year, month) - DAY
    return day - DAY * ((day.weekday() - FRIDAY) % 7)


def _before_the_month(year: int, month: int) -> date:
    """Three business days before the 25th of the month before (crude oil; natural gas is near it)."""
    return before(date(*_previous_month(year, month), 25), 3)


def _vix(year: int, month: int) -> date:
    """The Wednesday thirty days before the third Friday of the month after."""
    following = _next_month(year, month)
    return third_friday(following.year, following.month) - DAY * 30


#: The rules that files of instruments may name.
RULES: dict[str, Callable[[int, int], date]] = {
    "third friday": third_friday,
    "monday before third wednesday": _monday_before_third_wednesday,
    "last friday": _last_friday,
    "last business day": lambda y, m: before(_next_month(y, m), 1),
    "third last business day": lambda y, m: before(_next_month(y, m), 3),
    "eighth last business day": lambda y, m: before(_next_month(y, m), 8),
    "before the fifteenth": lambda y, m: before(date(y, m, 15), 1),
    "before the month": _before_the_month,
    "vix": _vix,
}
