"""The market hours database, `market-hours/market-hours-database.json` in the data folder.

From `Common/Securities/MarketHoursDatabase.cs` and `Common/Util/MarketHoursDatabaseJsonConverter.cs`. The file has some
500 entries in 3 MB, of which a run needs two or three: an entry is found by its key in the raw bytes and parsed alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from leanib.engine.naming import LeanObject
from leanib.engine.securities.database import WILDCARD, SecurityDatabaseKey, get_database_symbol_key
from leanib.engine.securities.exchange_hours import SecurityExchangeHours
from leanib.engine.securities.market_hours import (
    DayOfWeek,
    LocalMarketHours,
    MarketHoursSegment,
    MarketHoursState,
)
from leanib.engine.symbols import Globals, SecurityIdentifier, SecurityType, Symbol
from leanib.engine.symbols.future_tickers import future_ticker_of_option
from leanib.engine.timezones import DateTimeZone, TimeZones
from leanib.errors import DataError

__all__ = ["MarketHoursDatabase", "MarketHoursEntry"]

_STATES = {
    "closed": MarketHoursState.CLOSED,
    "premarket": MarketHoursState.PRE_MARKET,
    "market": MarketHoursState.MARKET,
    "postmarket": MarketHoursState.POST_MARKET,
}
_KEY = re.compile(rb'"(\w+-[^"-]*-[^"]+)"\s*:\s*(?=\{)')
_LONGEST_ENTRY = 250_000
_SEARCHES = 20  # then an index of the file is worth its while
_UNDERLYING_TYPES = {
    SecurityType.OPTION: SecurityType.EQUITY,
    SecurityType.FUTURE_OPTION: SecurityType.FUTURE,
    SecurityType.INDEX_OPTION: SecurityType.INDEX,
}
_INDEX_OF_OPTION = {"RUTW": "RUT", "SPXW": "SPX", "VIXW": "VIX", "NDXP": "NDX", "NQX": "NDX"}


class MarketHoursEntry(LeanObject):
    """The hours of an exchange, and the time zone of its data."""

    __slots__ = ("data_time_zone", "exchange_hours")

    def __init__(self, data_time_zone: DateTimeZone, exchange_hours: SecurityExchangeHours) -> None:
        self.data_time_zone = data_time_zone
        self.exchange_hours = exchange_hours


class MarketHoursDatabase(LeanObject):
    """Exchange hours by market, ticker and security type."""

    Entry = MarketHoursEntry
    _from_data_folder: ClassVar[MarketHoursDatabase | None] = None

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[SecurityDatabaseKey, MarketHoursEntry | None] = {}
        self._searches = 0

    @classmethod
    def from_data_folder(cls) -> MarketHoursDatabase:
        """The database of the run's data folder."""
        if cls._from_data_folder is None:
            cls._from_data_folder = cls.from_file(Globals.data_folder / "market-hours" / "market-hours-database.json")
        return cls._from_data_folder

    @classmethod
    def from_file(cls, path: Path | str) -> MarketHoursDatabase:
        """The database in that file."""
        return MarketHoursDatabase(Path(path))

    @classmethod
    def reset(cls) -> None:
        """Forgets the database of the data folder, and the entries that the algorithm set."""
        cls._from_data_folder = None

    # --- finding -------------------------------------------------------------------------------------------------

    get_database_symbol_key = staticmethod(get_database_symbol_key)

    def get_entry(
        self, market: str | Symbol, symbol: Any = None, security_type: SecurityType | None = None
    ) -> MarketHoursEntry:
        """The entry for `(market, ticker or symbol or None, security_type)`, or for `(symbol, data types)`."""
        if isinstance(market, Symbol):
            return self.get_entry_for_data(market, symbol or ())
        assert security_type is not None
        entry = self.find_entry(market, symbol, security_type)
        if entry is None:
            key = SecurityDatabaseKey(market, get_database_symbol_key(symbol), security_type)
            raise DataError(
                f"{self._path} has no exchange hours for {key}; add an entry '{key}' or '{key.create_common_key()}', "
                "or check the market"
            )
        return entry

    def try_get_entry(
        self, market: str, symbol: Symbol | str | None, security_type: SecurityType, entry: Any = None
    ) -> tuple[bool, MarketHoursEntry | None]:
        """Whether there is such an entry, and the entry."""
        found = self.find_entry(market, symbol, security_type)
        return found is not None, found

    def find_entry(
        self, market: str, symbol: Symbol | str | None, security_type: SecurityType
    ) -> MarketHoursEntry | None:
        """The entry, or None."""
        ticker = get_database_symbol_key(symbol)
        key = SecurityDatabaseKey(market, ticker, security_type)
        entry = self._entry(key) or self._entry(key.create_common_key())
        if entry is None and security_type is SecurityType.FUTURE_OPTION:
            entry = self.find_entry(market, future_ticker_of_option(ticker), SecurityType.FUTURE)
        if entry is None and security_type is SecurityType.BASE:
            custom_type = SecurityIdentifier.try_get_custom_data_type(ticker)
            if custom_type is not None:
                entry = self._entry(SecurityDatabaseKey(market, f"TYPE.{custom_type}", security_type))
        return entry

    def get_entry_for_data(self, symbol: Symbol, data_types: Iterable[Any]) -> MarketHoursEntry:
        """A symbol's entry; for custom data without one, an exchange that never closes in the data's time zone."""
        if symbol.security_type is not SecurityType.BASE:
            return self.get_entry(symbol.id.market, symbol, symbol.security_type)
        entry = self.find_entry(symbol.id.market, symbol, symbol.security_type)
        if entry is None:
            custom_type = SecurityIdentifier.try_get_custom_data_type(symbol.id.symbol)
            ticker = None if custom_type is None else f"TYPE.{custom_type}"
            zone = _data_time_zone(symbol, data_types)
            entry = self.set_entry_always_open(symbol.id.market, ticker, SecurityType.BASE, zone)
        return entry

    def get_exchange_hours(
        self, market: Any, symbol: Symbol | str | None = None, security_type: SecurityType | None = None
    ) -> SecurityExchangeHours:
        """The hours for `(market, symbol, security_type)`, or for a subscription's configuration."""
        if security_type is None:
            market, symbol, security_type = market.symbol.id.market, market.symbol, market.symbol.security_type
        return self.get_entry(market, symbol, security_type).exchange_hours

    def get_data_time_zone(self, market: str, symbol: Symbol | str | None, security_type: SecurityType) -> DateTimeZone:
        """The time zone in which the data's times are written."""
        return self.get_entry(market, symbol, security_type).data_time_zone

    def contains_key(self, market: str, symbol: Symbol | str | None, security_type: SecurityType) -> bool:
        """Whether there is an entry for exactly that ticker."""
        key = SecurityDatabaseKey(market, get_database_symbol_key(symbol), security_type)
        return self._entry(key) is not None

    # --- setting -------------------------------------------------------------------------------------------------

    def set_entry(
        self,
        market: str,
        symbol: str | None,
        security_type: SecurityType,
        exchange_hours: SecurityExchangeHours,
        data_time_zone: DateTimeZone | None = None,
    ) -> MarketHoursEntry:
        """Adds or replaces an entry for this run."""
        entry = MarketHoursEntry(data_time_zone or exchange_hours.time_zone, exchange_hours)
        self._entries[SecurityDatabaseKey(market, symbol, security_type)] = entry
        return entry

    def set_entry_always_open(
        self, market: str, symbol: str | None, security_type: SecurityType, time_zone: DateTimeZone
    ) -> MarketHoursEntry:
        """Adds or replaces an entry of an exchange that never closes."""
        return self.set_entry(market, symbol, security_type, SecurityExchangeHours.always_open(time_zone))

    # --- reading -------------------------------------------------------------------------------------------------

    @cached_property
    def _content(self) -> bytes:
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise DataError(
                f"{self._path} cannot be read ({error.strerror}); the data folder must hold LEAN's market hours "
                "database"
            ) from error

    @cached_property
    def _positions(self) -> dict[bytes, int]:
        """Where each entry starts, by its key in lower case."""
        return {match[1].lower(): match.end() for match in _KEY.finditer(self._content)}

    def _entry(self, key: SecurityDatabaseKey) -> MarketHoursEntry | None:
        if key not in self._entries:
            position = self._position(key)
            self._entries[key] = None  # an option's underlying may lead back here
            if position is not None:
                self._entries[key] = self._parse(key, position)
        return self._entries[key]

    def _position(self, key: SecurityDatabaseKey) -> int | None:
        if self._searches >= _SEARCHES:
            return self._positions.get(str(key).lower().encode())
        self._searches += 1
        exact = self._content.find(b'"%s"' % str(key).encode())
        if exact >= 0:
            return self._content.index(b"{", exact)
        # The file may write it in another case; looking at all the keys takes ten times as long, so only the common
        # keys, which nearly always exist, are worth it.
        return self._positions.get(str(key).lower().encode()) if key.symbol == WILDCARD else None

    def _parse(self, key: SecurityDatabaseKey, position: int) -> MarketHoursEntry:
        decoder = json.JSONDecoder()
        try:
            text = self._content[position : position + _LONGEST_ENTRY].decode("utf-8", "ignore")
            try:
                fields, _ = decoder.raw_decode(text)
            except ValueError:
                fields, _ = decoder.raw_decode(self._content[position:].decode())
            return self._build(key, fields)
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{self._path}: the entry '{key}' is malformed ({error}); compare it with LEAN's"
            ) from error

    def _build(self, key: SecurityDatabaseKey, fields: dict[str, Any]) -> MarketHoursEntry:
        week = {
            day: LocalMarketHours(day, [_segment(part) for part in fields.get(str(day).lower()) or ()])
            for day in DayOfWeek
        }
        holidays = {_date(day) for day in fields.get("holidays") or ()}
        bank_holidays = {_date(day) for day in fields.get("bankHolidays") or ()}
        early = {_date(day): _time_span(time) for day, time in (fields.get("earlyCloses") or {}).items()}
        late = {_date(day): _time_span(time) for day, time in (fields.get("lateOpens") or {}).items()}
        underlying, market = self._underlying_hours(key), self._market_hours(key)
        if underlying is not None:
            holidays = holidays or {day.date() for day in underlying.holidays}
            bank_holidays = bank_holidays or {day.date() for day in underlying.bank_holidays}
            early = early or underlying.early_closes
            late = late or underlying.late_opens
        if market is not None:
            holidays |= {day.date() for day in market.holidays}
            bank_holidays |= {day.date() for day in market.bank_holidays}
            early = {**market.early_closes, **early}
            late = {**market.late_opens, **late}
        zone = DateTimeZone.of(fields["exchangeTimeZone"])
        hours = SecurityExchangeHours(zone, holidays, week, early, late, bank_holidays)
        return MarketHoursEntry(DateTimeZone.of(fields["dataTimeZone"]), hours)

    def _market_hours(self, key: SecurityDatabaseKey) -> SecurityExchangeHours | None:
        """A ticker's entry adds to the holidays of its market's."""
        entry = self._entry(key.create_common_key()) if key.symbol != WILDCARD else None
        return entry.exchange_hours if entry is not None else None

    def _underlying_hours(self, key: SecurityDatabaseKey) -> SecurityExchangeHours | None:
        """An option's entry without holidays has its underlying's."""
        if key.security_type not in _UNDERLYING_TYPES:
            return None
        kind = _UNDERLYING_TYPES[key.security_type]
        ticker = key.symbol
        if kind is SecurityType.FUTURE:
            ticker = future_ticker_of_option(ticker)
        elif kind is SecurityType.INDEX:
            ticker = _INDEX_OF_OPTION.get(ticker, ticker)
        entry = self._entry(SecurityDatabaseKey(key.market, ticker, kind)) or self._entry(
            SecurityDatabaseKey(key.market, None, kind)
        )
        return entry.exchange_hours if entry is not None else None


def _segment(part: dict[str, str]) -> MarketHoursSegment:
    return MarketHoursSegment(_STATES[part["state"].lower()], _time_span(part["start"]), _time_span(part["end"]))


def _time_span(text: str) -> timedelta:
    """`09:30:00`, `1.00:00:00` or `23:59:59.9999999`."""
    days, _, clock = text.rpartition(".") if text.count(":") == 2 and "." in text.split(":")[0] else ("", "", text)
    hours, minutes, seconds = clock.split(":")
    return timedelta(days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=float(seconds))


def _date(text: str) -> date:
    """`7/4/2024`: month, day, year."""
    month, day, year = text.split("/")
    return date(int(year), int(month), int(day))


def _data_time_zone(symbol: Symbol, data_types: Iterable[Any]) -> DateTimeZone:
    """What the custom data type says its time zone is; New York unless it overrides `data_time_zone`."""
    for data_type in data_types:
        instance = data_type()
        instance.symbol = symbol
        method = getattr(instance, "data_time_zone", None)
        if method is not None:
            zone = method()
            return zone if isinstance(zone, DateTimeZone) else DateTimeZone.of(str(zone))
    return TimeZones.NEW_YORK


Globals.on_reset(MarketHoursDatabase.reset)
