"""Exchange calendars: which days a market trades, from the package `exchange_calendars` (imported when asked for)."""

from __future__ import annotations

import datetime as dt
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from leanib.errors import DataError

__all__ = ["TradingCalendar", "trading_calendar"]


@dataclass(frozen=True, slots=True)
class TradingCalendar:
    """A market's days between `first` and `last`: closed weekdays, and early closes (time of day, exchange's zone)."""

    name: str
    first: dt.date
    last: dt.date
    holidays: tuple[dt.date, ...]
    early_closes: dict[dt.date, dt.time]

    def is_session(self, date: dt.date) -> bool:
        """Whether the market opens on the date (weekends are closed)."""
        return date.weekday() < 5 and date not in self.holidays


@lru_cache(maxsize=8)
def trading_calendar(name: str, first: dt.date, last: dt.date) -> TradingCalendar:
    """The calendar of an exchange by its ISO code (`XNYS`) or exchange_calendars' name (`CMES`).

    Raises:
        DataError: exchange_calendars is not installed.
    """
    try:
        import exchange_calendars
    except ImportError:
        raise DataError("calendars need the package exchange_calendars; run `pip install 'leanib[data]'`") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the package's own use of pandas
        calendar = exchange_calendars.get_calendar(name, start=first.isoformat(), end=last.isoformat())
    sessions = {session.date() for session in calendar.sessions}
    days = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    holidays = tuple(day for day in days if day.weekday() < 5 and day not in sessions)
    return TradingCalendar(name, first, last, holidays, _early_closes(calendar))


def _early_closes(calendar: Any) -> dict[dt.date, dt.time]:
    closes = calendar.closes.dt.tz_convert(calendar.tz)
    return {session.date(): closes[session].time() for session in calendar.early_closes}
