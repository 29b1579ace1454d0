"""LEAN's `market-hours/market-hours-database.json`: sessions, holidays and time zones of each market.

The file may hold megabytes; an entry is decoded when somebody asks for it. Times of day are `timedelta` since midnight
in the **exchange's time zone** (24 hours is the next midnight); dates are exchange dates. Keys look like
`Equity-usa-SPY`, with `[*]` for all tickers of a market; their case does not matter. The rules for merging a ticker's
entry with its market's, and an option's with its underlying's, are those of LEAN's MarketHoursDatabaseJsonConverter.cs.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from leanib.errors import DataError

__all__ = ["WEEKDAYS", "MarketHoursEntry", "MarketHoursFile", "Segment"]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""In the order of `date.weekday()`."""

_KEY = re.compile(r'"([A-Za-z]+-[^"-]+-[^"]+)"\s*:\s*(?=\{)')
_SPAN = re.compile(r"(?:(\d+)(?:\.|:(?=\d+:\d+:)))?(\d+):(\d+)(?::(\d+(?:\.\d+)?))?$")
_UNDERLYING_TYPES = {"option": "Equity", "futureoption": "Future", "indexoption": "Index"}


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a day: `state` is premarket, market or postmarket."""

    start: dt.timedelta
    end: dt.timedelta
    state: str


@dataclass(frozen=True, slots=True)
class MarketHoursEntry:
    """The hours of one market or symbol; `days` is indexed by `date.weekday()` (Monday is 0)."""

    data_time_zone: str
    exchange_time_zone: str
    days: tuple[tuple[Segment, ...], ...]
    holidays: frozenset[dt.date] = frozenset()
    bank_holidays: frozenset[dt.date] = frozenset()
    early_closes: dict[dt.date, dt.timedelta] = field(default_factory=dict)
    late_opens: dict[dt.date, dt.timedelta] = field(default_factory=dict)

    def is_trading_day(self, date: dt.date) -> bool:
        """Whether the market has a regular session on the date."""
        return date not in self.holidays and any(part.state == "market" for part in self.days[date.weekday()])

    def over(self, underlying: MarketHoursEntry | None, market: MarketHoursEntry | None) -> MarketHoursEntry:
        """This entry, with what it leaves empty taken from an option's underlying, and its market's days added."""
        holidays, bank, early, late = self.holidays, self.bank_holidays, self.early_closes, self.late_opens
        if underlying is not None:
            holidays, bank = holidays or underlying.holidays, bank or underlying.bank_holidays
            early, late = early or underlying.early_closes, late or underlying.late_opens
        if market is not None:
            holidays, bank = holidays | market.holidays, bank | market.bank_holidays
            early, late = market.early_closes | early, market.late_opens | late
        return MarketHoursEntry(
            self.data_time_zone, self.exchange_time_zone, self.days, holidays, bank, early, late
        )


class MarketHoursFile:
    """The database."""

    def __init__(self, path: Path | str) -> None:
        """Read the file (not yet its entries).

        Raises:
            DataError: the file is missing.
        """
        self.path = Path(path)
        try:
            self._text = self.path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not a UTF-8 text"
            raise DataError(
                f"{path} cannot be read ({reason}); the data folder must hold LEAN's market hours database"
            ) from error
        self._cache: dict[str, MarketHoursEntry] = {}

    @cached_property
    def _positions(self) -> dict[str, tuple[str, int]]:
        return {match[1].lower(): (match[1], match.end()) for match in _KEY.finditer(self._text)}

    def keys(self) -> list[str]:
        """All keys, in the file's order."""
        return [key for key, _ in self._positions.values()]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, key: str) -> bool:
        return key.lower() in self._positions

    def own_entry(self, key: str) -> MarketHoursEntry:
        """One entry exactly as the file has it.

        Raises:
            DataError: the key is not there, or its entry is malformed.
        """
        name = key.lower()
        if name not in self._cache:
            self._cache[name] = self._decode(key)
        return self._cache[name]

    def entry(self, key: str, underlying_ticker: str | None = None) -> MarketHoursEntry:
        """One entry with its market's (`[*]`) special days merged in, and its underlying's if it is an option's.

        `underlying_ticker` is needed where it is not the key's own, as for options on futures.
        """
        kind, market, ticker = key.split("-", 2)
        common = f"{kind}-{market}-[*]"
        underlying = self._underlying(kind, market, underlying_ticker or ticker)
        shared = self.entry(common) if ticker != "[*]" and common in self else None
        return self.own_entry(key).over(underlying, shared)

    def _underlying(self, kind: str, market: str, ticker: str) -> MarketHoursEntry | None:
        of = _UNDERLYING_TYPES.get(kind.lower())
        keys = () if of is None else (f"{of}-{market}-{ticker}", f"{of}-{market}-[*]")
        found = next((key for key in keys if key in self), None)
        return None if found is None else self.entry(found)

    def _decode(self, key: str) -> MarketHoursEntry:
        found = self._positions.get(key.lower())
        if found is None:
            raise DataError(f"{self.path} has no entry {key}; add one, or use a market that is in the file")
        try:
            return _to_entry(json.JSONDecoder().raw_decode(self._text, found[1])[0])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{self.path}: the entry '{key}' is malformed ({error}); compare it with LEAN's"
            ) from error


def _to_entry(content: dict[str, Any]) -> MarketHoursEntry:
    return MarketHoursEntry(
        data_time_zone=content["dataTimeZone"],
        exchange_time_zone=content["exchangeTimeZone"],
        days=tuple(tuple(map(_segment, content.get(day) or ())) for day in WEEKDAYS),
        holidays=frozenset(map(_date, content.get("holidays") or ())),
        bank_holidays=frozenset(map(_date, content.get("bankHolidays") or ())),
        early_closes={_date(day): _span(time) for day, time in (content.get("earlyCloses") or {}).items()},
        late_opens={_date(day): _span(time) for day, time in (content.get("lateOpens") or {}).items()},
    )


def _segment(content: dict[str, str]) -> Segment:
    return Segment(_span(content["start"]), _span(content["end"]), content["state"].lower())


def _span(text: str) -> dt.timedelta:
    """A .NET TimeSpan: `[days.]hours:minutes[:seconds[.fraction]]`, or `days:hours:minutes:seconds`."""
    match = _SPAN.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not a time of day")
    days, hours, minutes, seconds = match.groups(default="0")
    return dt.timedelta(days=int(days), hours=int(hours), minutes=int(minutes), seconds=float(seconds))


def _date(text: str) -> dt.date:
    """A date as month/day/year."""
    month, day, year = text.split("/")
    return dt.date(int(year), int(month), int(day))
