"""The market hours database, `market-hours/market-hours-database.json` in the data folder.

From `Common/Securities/MarketHoursDatabase.cs`; the file is read by `leanib.data.market_hours`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from leanib.data import market_hours as data
from leanib.engine.assets import asset_of
from leanib.engine.exchanges.database import SecurityDatabaseKey, get_database_symbol_key
from leanib.engine.exchanges.exchange_hours import SecurityExchangeHours
from leanib.engine.exchanges.market_hours import (
    DayOfWeek,
    LocalMarketHours,
    MarketHoursSegment,
    MarketHoursState,
)
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Globals, PerRun, SecurityIdentifier, SecurityType, Symbol
from leanib.engine.timezones import DateTimeZone, TimeZones
from leanib.errors import DataError

__all__ = ["MarketHoursDatabase", "MarketHoursEntry"]

_STATES = {
    "closed": MarketHoursState.CLOSED,
    "premarket": MarketHoursState.PRE_MARKET,
    "market": MarketHoursState.MARKET,
    "postmarket": MarketHoursState.POST_MARKET,
}


class MarketHoursEntry(LeanObject):
    """The hours of an exchange, and the time zone of its data."""

    __slots__ = ("data_time_zone", "exchange_hours")

    def __init__(self, data_time_zone: DateTimeZone, exchange_hours: SecurityExchangeHours) -> None:
        self.data_time_zone = data_time_zone
        self.exchange_hours = exchange_hours


class MarketHoursDatabase(LeanObject):
    """Exchange hours by market, ticker and security type."""

    Entry = MarketHoursEntry

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[SecurityDatabaseKey, MarketHoursEntry | None] = {}

    @classmethod
    def from_data_folder(cls) -> MarketHoursDatabase:
        """The database of the run's data folder."""
        return _FROM_DATA_FOLDER()

    @classmethod
    def from_file(cls, path: Path | str) -> MarketHoursDatabase:
        """The database in that file."""
        return MarketHoursDatabase(Path(path))

    @classmethod
    def reset(cls) -> None:
        """Forgets the database of the data folder, and the entries that the algorithm set."""
        _FROM_DATA_FOLDER.clear()

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
        self, market: str, symbol: Symbol | str | None, security_type: SecurityType, entry: object = None
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
        asset = asset_of(security_type)
        if entry is None and asset.hours_kind is not None:
            entry = self.find_entry(market, asset.underlying_ticker(ticker), asset.hours_kind)
        if entry is None and asset.is_custom_data:
            custom_type = SecurityIdentifier.try_get_custom_data_type(ticker)
            if custom_type is not None:
                entry = self._entry(SecurityDatabaseKey(market, f"TYPE.{custom_type}", security_type))
        return entry

    def get_entry_for_data(self, symbol: Symbol, data_types: Iterable[Any]) -> MarketHoursEntry:
        """A symbol's entry; for custom data without one, an exchange that never closes in the data's time zone."""
        if not symbol.asset.is_custom_data:
            known = self.get_entry(symbol.id.market, symbol, symbol.security_type)
            # The day of a chain's file is the exchange's, whatever zone its prices are written in.
            of_a_chain = symbol.is_canonical() and any(kind is symbol.asset.chain_type() for kind in data_types)
            return MarketHoursEntry(known.exchange_hours.time_zone, known.exchange_hours) if of_a_chain else known
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
    def _file(self) -> data.MarketHoursFile:
        return data.MarketHoursFile(self._path)

    def _entry(self, key: SecurityDatabaseKey) -> MarketHoursEntry | None:
        if key not in self._entries:
            self._entries[key] = self._read(key)
        return self._entries[key]

    def _read(self, key: SecurityDatabaseKey) -> MarketHoursEntry | None:
        if str(key) not in self._file:
            return None
        found = self._file.entry(str(key), asset_of(key.security_type).underlying_ticker(key.symbol))
        zone = DateTimeZone.of(found.exchange_time_zone)
        hours = SecurityExchangeHours(
            *(zone, found.holidays, _week(found), found.early_closes, found.late_opens, found.bank_holidays)
        )
        return MarketHoursEntry(DateTimeZone.of(found.data_time_zone), hours)


def _week(entry: data.MarketHoursEntry) -> dict[DayOfWeek, LocalMarketHours]:
    days = dict(zip(data.WEEKDAYS, entry.days, strict=True))
    return {
        day: LocalMarketHours(
            day, [MarketHoursSegment(_STATES[part.state], part.start, part.end) for part in days[day.lean_name.lower()]]
        )
        for day in DayOfWeek
    }


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


def _of_data_folder() -> MarketHoursDatabase:
    return MarketHoursDatabase(Globals.data_folder / "market-hours" / "market-hours-database.json")


_FROM_DATA_FOLDER = PerRun(_of_data_folder)
