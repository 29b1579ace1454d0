"""When the market opens and closes, holidays and half days included, from the data folder's market-hours database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from leanib.data.market_hours import MarketHoursEntry, MarketHoursFile

__all__ = ["Market"]

_DAYS_AHEAD = 14


class Market:
    """One market's regular session; US equities by default. Moments are aware."""

    def __init__(self, entry: MarketHoursEntry) -> None:
        self._entry = entry
        self._zone = ZoneInfo(entry.exchange_time_zone)
        self._session = lru_cache(maxsize=64)(self._read)

    @classmethod
    def load(cls, data_folder: Path, key: str = "Equity-usa-[*]") -> Market:
        """From `market-hours/market-hours-database.json`.

        Raises:
            DataError: The file or the entry is missing.
        """
        return cls(MarketHoursFile(data_folder / "market-hours" / "market-hours-database.json").entry(key))

    def is_open(self, now: datetime) -> bool:
        """Whether the regular session runs."""
        session = self._session(now.astimezone(self._zone).date())
        return session is not None and session[0] <= now < session[1]

    def next_open(self, now: datetime) -> datetime | None:
        """The next opening after now; None when there is none within two weeks."""
        day = now.astimezone(self._zone).date()
        for offset in range(_DAYS_AHEAD):
            session = self._session(day + timedelta(days=offset))
            if session is not None and session[0] > now:
                return session[0]
        return None

    def _read(self, day: date) -> tuple[datetime, datetime] | None:
        entry = self._entry
        parts = [part for part in entry.days[day.weekday()] if part.state == "market"]
        if not parts or not entry.is_trading_day(day):
            return None
        begin = max(parts[0].start, entry.late_opens.get(day, parts[0].start))
        end = min(parts[-1].end, entry.early_closes.get(day, parts[-1].end))
        midnight = datetime.combine(day, time(), self._zone)
        return _at(midnight, begin), _at(midnight, end)


def _at(midnight: datetime, offset: timedelta) -> datetime:
    """A wall-clock time of that day, also on a day on which clocks are changed."""
    return (midnight.replace(tzinfo=None) + offset).replace(tzinfo=midnight.tzinfo).astimezone(UTC)
