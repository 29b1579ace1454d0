"""The scheduled day of each week, month, quarter and year (the iterators of `Common/Scheduling/DateRules.cs`)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leanib.engine.market.time import Time

if TYPE_CHECKING:
    from leanib.engine.securities import SecurityExchangeHours

__all__ = ["month_days", "quarter_days", "week_days", "year_days"]

Bounds = Callable[[datetime], tuple[datetime, datetime]]
_ONE_DAY = timedelta(days=1)


def _last_of_month(year: int, month: int) -> datetime:
    return datetime(year, month, monthrange(year, month)[1])


def _month(day: datetime) -> tuple[datetime, datetime]:
    return datetime(day.year, day.month, 1), _last_of_month(day.year, day.month)


def _quarter(day: datetime) -> tuple[datetime, datetime]:
    first = (day.month - 1) // 3 * 3 + 1
    return datetime(day.year, first, 1), _last_of_month(day.year, first + 2)


def _year(day: datetime) -> tuple[datetime, datetime]:
    return datetime(day.year, 1, 1), datetime(day.year, 12, 31)


def month_days(
    hours: SecurityExchangeHours | None, start: datetime, end: datetime, offset: int, forward: bool, extended: bool
) -> Iterator[datetime]:
    """One day a month: the first trading day plus offset, or the last one minus offset."""
    return _period_days(_month, hours, start, end, offset, forward, extended)


def quarter_days(
    hours: SecurityExchangeHours | None, start: datetime, end: datetime, offset: int, forward: bool, extended: bool
) -> Iterator[datetime]:
    """One day a quarter."""
    return _period_days(_quarter, hours, start, end, offset, forward, extended)


def year_days(
    hours: SecurityExchangeHours | None, start: datetime, end: datetime, offset: int, forward: bool, extended: bool
) -> Iterator[datetime]:
    """One day a year; as in LEAN only years whose base day lies in the months from start's to end's."""
    first = _month(start)[0]
    last = _month(end)[1]
    for day in _period_days(_year, hours, start, end, offset, forward, extended):
        bounds = _year(day)
        if first <= bounds[0 if forward else 1] <= last:
            yield day


def _period_days(
    bounds: Bounds,
    hours: SecurityExchangeHours | None,
    start: datetime,
    end: datetime,
    offset: int,
    forward: bool,
    extended: bool,
) -> Iterator[datetime]:
    first, last = bounds(start)
    while first <= end:
        base, boundary = (first, last) if forward else (last, first)
        day = scheduled_day(hours, base, offset, forward, extended, boundary)
        if start <= day <= end:
            yield day
        first, last = bounds(last + _ONE_DAY)


def week_days(
    hours: SecurityExchangeHours | None, start: datetime, end: datetime, offset: int, forward: bool, extended: bool
) -> Iterator[datetime]:
    """One day a week: from the week's first trading day on, or from its last one back; Sunday ends a week."""
    base, span = _week_bounds(hours, forward)
    first_monday = start - timedelta(days=start.weekday())
    last_sunday = end + timedelta(days=6 - end.weekday())
    for date in Time.each_day(first_monday, last_sunday):
        if date.isoweekday() % 7 == base:
            day = scheduled_day(hours, date, offset, forward, extended, date + timedelta(days=span))
            if start <= day <= end:
                yield day


def _week_bounds(hours: SecurityExchangeHours | None, forward: bool) -> tuple[int, int]:
    """The base day (Sunday is 0) and the days from it to the boundary."""
    if hours is None:
        return (1, 6) if forward else (5, -6)
    days = trading_days(hours)
    return (days[0], days[-1] - days[0]) if forward else (days[-1], days[0] - days[-1])


def trading_days(hours: SecurityExchangeHours) -> list[int]:
    """The days of the week on which the exchange opens; Sunday is 0."""
    return sorted(int(day) for day, local in hours.market_hours.items() if not local.is_closed_all_day)


def scheduled_day(
    hours: SecurityExchangeHours | None,
    base: datetime,
    offset: int,
    forward: bool,
    extended: bool,
    boundary: datetime | None,
) -> datetime:
    """The trading day `offset` trading days after (or before) the base day, kept on this side of the boundary."""
    if hours is None:
        day = base + timedelta(days=offset if forward else -offset)
        if boundary is not None and (day > boundary if forward else day < boundary):
            return boundary
        return day
    step = hours.get_next_trading_day if forward else hours.get_previous_trading_day
    day = base if hours.is_date_open(base, extended) else step(base)
    for _ in range(offset):
        day = step(day)
    if boundary is not None and (day > boundary if forward else day < boundary):
        return scheduled_day(hours, boundary, 0, not forward, extended, None)
    return day
