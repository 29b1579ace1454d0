"""Which days a series has, which are missing, and what moments they span."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from leanib.data.market_hours import MarketHoursEntry
from leanib.errors import DataError

__all__ = ["MarketDays", "chunks"]

_MOST_DAYS = {"tick": 1, "second": 1, "minute": 6, "hour": 110, "daily": 360}
"""Days on the calendar that are asked for together: as many as IB answers at once, or a file's worth."""
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class MarketDays:
    """The days of a market in its data time zone."""

    entry: MarketHoursEntry
    regular_hours: bool

    @property
    def zone(self) -> dt.tzinfo:
        """The data time zone; raises DataError."""
        name = self.entry.data_time_zone
        try:
            if name.startswith("UTC") and name != "UTC":
                return dt.timezone(dt.timedelta(hours=int(name[3:])))
            return ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            raise DataError(f"the market hours name a time zone '{name}' that nobody knows; correct it") from None

    def between(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """The days on which the market opens, both ends included."""
        count = (last - first).days + 1
        days = (first + number * _DAY for number in range(count))
        return [day for day in days if self.entry.is_trading_day(day)]

    def span(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """The first moment of a day and the one after its last (aware): its session, or all of it around the clock."""
        zone = self.zone
        midnight = dt.datetime.combine(day, dt.time())
        begin, end = dt.timedelta(0), _DAY
        if self.entry.data_time_zone == self.entry.exchange_time_zone:
            parts = [p for p in self.entry.days[day.weekday()] if p.state == "market" or not self.regular_hours]
            if parts:
                begin, end = parts[0].start, parts[-1].end
            if self.regular_hours:
                end = min(end, self.entry.early_closes.get(day, end))
        return (midnight + begin).replace(tzinfo=zone), (midnight + end).replace(tzinfo=zone)


def chunks(days: Iterable[dt.date], resolution: str) -> Iterator[list[dt.date]]:
    """The days in groups that are asked for together, oldest first."""
    group: list[dt.date] = []
    for day in days:
        if group and (day - group[0]).days >= _MOST_DAYS[resolution]:
            yield group
            group = []
        group.append(day)
    if group:
        yield group
