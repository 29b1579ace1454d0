"""When a market is open, as stretches of time in the zone that its files are written in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import Times
from leanib.data.market_hours import MarketHoursEntry, MarketHoursFile
from leanib.errors import DataError

__all__ = ["Session", "hours_of", "sessions"]

_DATABASE = Path("market-hours", "market-hours-database.json")
_MILLISECOND = 1000


@dataclass(frozen=True, slots=True)
class Session:
    """A day's regular hours: where each stretch begins (in the data's zone) and how long it is, in microseconds."""

    date: dt.date
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @property
    def length(self) -> int:
        """All stretches together."""
        return int(self.lengths.sum())

    def times(self, elapsed: NDArray[np.int64]) -> Times:
        """The moments at which so much of the session (in microseconds) is over, to the millisecond."""
        ends = np.cumsum(self.lengths)
        part = np.minimum(np.searchsorted(ends, elapsed, side="right"), len(ends) - 1)
        moments = self.starts[part] + elapsed - (ends - self.lengths)[part]
        times: Times = (moments // _MILLISECOND * _MILLISECOND).astype("datetime64[us]")
        return times


def hours_of(folder: Path, kind: str, market: str, ticker: str) -> MarketHoursEntry:
    """The hours of a symbol, by the data folder's database; `kind` as LEAN writes it (`Equity`).

    Raises:
        DataError: the database has neither the ticker nor its market.
    """
    database = MarketHoursFile(folder / _DATABASE)
    found = next((name for name in (ticker, "[*]") if f"{kind}-{market}-{name}" in database), None)
    if found is None:
        markets = sorted({key.split("-")[1] for key in database if key.lower().startswith(f"{kind.lower()}-")})
        raise DataError(
            f"{database.path} knows no hours of {kind.lower()} at {market}; --market may be {', '.join(markets)}"
        )
    return database.entry(f"{kind}-{market}-{found}")


def sessions(entry: MarketHoursEntry, first: dt.date, last: dt.date) -> Iterator[Session]:
    """The trading days from first to last; dates are the exchange's."""
    exchange, data = ZoneInfo(entry.exchange_time_zone), ZoneInfo(entry.data_time_zone)
    for number in range((last - first).days + 1):
        date = first + dt.timedelta(days=number)
        if date in entry.holidays:
            continue
        parts = list(_parts(entry, date))
        if parts:
            midnight = dt.datetime(date.year, date.month, date.day)
            starts = [_moment(midnight + start, exchange, data) for start, _ in parts]
            yield Session(date, np.array(starts), np.array([_micro(end - start) for start, end in parts]))


def _parts(entry: MarketHoursEntry, date: dt.date) -> Iterator[tuple[dt.timedelta, dt.timedelta]]:
    """The regular hours that a late opening and an early close leave."""
    late, early = entry.late_opens.get(date), entry.early_closes.get(date)
    for part in entry.days[date.weekday()]:
        start = part.start if late is None else max(part.start, late)
        end = part.end if early is None else min(part.end, early)
        if part.state == "market" and start < end:
            yield start, end


def _moment(local: dt.datetime, exchange: ZoneInfo, data: ZoneInfo) -> int:
    there = local.replace(tzinfo=exchange).astimezone(data).replace(tzinfo=None)
    return _micro(there - dt.datetime(1970, 1, 1))


def _micro(span: dt.timedelta) -> int:
    return span // dt.timedelta(microseconds=1)
