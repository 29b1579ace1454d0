"""Days and moments as tests write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from leanib.data.market_hours import MarketHoursEntry
from leanib.errors import UsageError

__all__ = ["backwards", "day_of", "has_time", "in_data_zone", "moment_of", "session"]


def in_data_zone(hours: MarketHoursEntry, moment: datetime) -> datetime:
    """A moment on the exchange's clock as the data files have it."""
    if hours.data_time_zone == hours.exchange_time_zone:
        return moment
    local = moment.replace(tzinfo=ZoneInfo(hours.exchange_time_zone))
    return local.astimezone(ZoneInfo(hours.data_time_zone)).replace(tzinfo=None)


def backwards(day: date) -> Iterator[date]:
    """The days before a day, the latest first."""
    while True:
        day -= timedelta(days=1)
        yield day


def has_time(moment: date | datetime | str) -> bool:
    """Whether a time of the day is given too."""
    if isinstance(moment, str):
        return len(moment.strip()) > len("2024-01-02")
    return isinstance(moment, datetime)


def moment_of(moment: date | datetime | str) -> datetime:
    """The moment that is meant; midnight where only a day is given."""
    if isinstance(moment, str):
        try:
            return datetime.fromisoformat(moment)
        except ValueError:
            text = f"'{moment}' is no day such as 2024-01-02, nor a moment such as 2024-01-02 10:30"
            raise UsageError(text) from None
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time())


def day_of(day: date | str) -> date:
    """The day that is meant."""
    return moment_of(day).date()


def session(hours: MarketHoursEntry, day: date, step: timedelta) -> Iterator[datetime]:
    """When bars of a day begin, in regular hours; those of hours on the clock's hours, as LEAN has them."""
    midnight = datetime.combine(day, time())
    for segment in hours.days[day.weekday()]:
        if segment.state != "market":
            continue
        moment, end = midnight + segment.start, midnight + hours.early_closes.get(day, segment.end)
        if step == timedelta(hours=1):
            moment = moment.replace(minute=0)
        while moment < end:
            yield moment
            moment += step
