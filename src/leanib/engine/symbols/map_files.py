"""Map files: the tickers under which a security has traded, oldest first.

From `Common/Data/Auxiliary/MapFile.cs`, `MapFileRow.cs`, `MapFileResolver.cs` and `LocalDiskMapFileProvider.cs`. A row
`20040402,goog,Q` means: until that day the ticker is GOOG, on exchange Q.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from leanib.data import corporate
from leanib.engine.enums import DataMappingMode, SecurityType
from leanib.engine.naming import LeanObject
from leanib.engine.symbols.globals import Globals, PerRun

__all__ = ["MapFile", "MapFileProvider", "MapFileResolver", "MapFileRow", "TickerDateRange", "read_map_file"]

BEGINNING_OF_TIME = datetime(1900, 1, 1)
END_OF_TIME = datetime(2050, 12, 31)
_DEFAULT_DATE = datetime(1899, 12, 30)


class MapFileRow(NamedTuple):
    """One line: the ticker in use up to and including `date`."""

    date: datetime
    mapped_symbol: str
    primary_exchange: str = ""
    data_mapping_mode: DataMappingMode | None = None


class TickerDateRange(NamedTuple):
    """A ticker, and when it was used: from start to end, the end not included."""

    ticker: str
    start_date_time: datetime
    end_date_time: datetime


class MapFile(LeanObject):
    """The tickers of one security. Iterates over its rows; empty when nothing is known."""

    __slots__ = ("delisting_date", "first_date", "first_ticker", "permtick", "rows")

    def __init__(self, permtick: str, rows: Iterable[MapFileRow] = ()) -> None:
        self.permtick = permtick.upper()
        self.rows = sorted(dict.fromkeys(rows), key=attrgetter("date"))
        self.first_date = self.rows[0].date if self.rows else BEGINNING_OF_TIME
        self.delisting_date = self.rows[-1].date if self.rows else END_OF_TIME
        self.first_ticker = self._without_number(self.get_mapped_symbol(self.first_date, self.permtick))

    @staticmethod
    def _without_number(ticker: str) -> str:
        """`AAA` for `AAA.1`: files of later users of a ticker carry a number."""
        head, dot, number = ticker.rpartition(".")
        return head if dot and head and number.isdecimal() else ticker

    def get_mapped_symbol(
        self, search_date: datetime, default_return_value: str = "", data_mapping_mode: DataMappingMode | None = None
    ) -> str:
        """The ticker on that day."""
        for row in self.rows:
            if row.date >= search_date and row.data_mapping_mode in (None, data_mapping_mode):
                return row.mapped_symbol
        return default_return_value

    def has_data(self, date: datetime) -> bool:
        """Whether the security traded on that day, as far as the map file knows."""
        return not self.rows or self.first_date <= date <= self.delisting_date

    def ticker_date_ranges(self, start: datetime, end: datetime) -> Iterator[TickerDateRange]:
        """The tickers used between two times (`MappingExtensions.RetrieveSymbolHistoricalDefinitionsInDateRange`)."""
        for row in self.rows[1:]:
            if row.date >= start:
                row_end = row.date + timedelta(days=1)
                yield TickerDateRange(row.mapped_symbol, start, min(row_end, end))
                if row_end > end:
                    return
                start = row_end

    def __iter__(self) -> Iterator[MapFileRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def read_map_file(path: Path) -> MapFile:
    """Reads one map file; a malformed line is a DataError that names it."""
    return MapFile(path.name.removesuffix(".csv"), map(_row, corporate.read_map_file(path)))


def _row(row: corporate.MapRow) -> MapFileRow:
    day, mode = row.date, row.mapping_mode
    return MapFileRow(
        datetime(day.year, day.month, day.day),
        row.ticker,
        row.exchange.strip().upper(),
        None if mode is None else DataMappingMode(mode),
    )


class MapFileResolver(LeanObject):
    """Finds a security's map file by a ticker that it had on a day."""

    __slots__ = ("_by_permtick", "_by_ticker")

    EMPTY: ClassVar[MapFileResolver]

    def __init__(self, map_files: Iterable[MapFile] = ()) -> None:
        self._by_permtick = {map_file.permtick: map_file for map_file in map_files}
        by_ticker: dict[str, dict[datetime, str]] = {}
        for map_file in self._by_permtick.values():
            for row in map_file.rows:
                by_ticker.setdefault(row.mapped_symbol, {}).setdefault(row.date, map_file.permtick)
        self._by_ticker = {ticker: sorted(entries.items()) for ticker, entries in by_ticker.items()}

    def get_by_permtick(self, permtick: str) -> MapFile | None:
        """The map file of that name."""
        return self._by_permtick.get(permtick.upper())

    def resolve_map_file(self, symbol: str, date: datetime | date) -> MapFile:
        """The map file of whoever had that ticker on that day; an empty one when nobody is known."""
        moment = date if isinstance(date, datetime) else datetime(date.year, date.month, date.day)
        entries = self._by_ticker.get(symbol.upper())
        permtick = symbol.upper()
        if entries:
            position = bisect_left(entries, moment, key=lambda entry: entry[0])
            permtick = entries[min(position, len(entries) - 1)][1]
        map_file = self._by_permtick.get(permtick)
        if map_file is None or (map_file.first_date > moment and moment != _DEFAULT_DATE):
            return MapFile(permtick)
        return map_file

    def __iter__(self) -> Iterator[MapFile]:
        return iter(self._by_permtick.values())


MapFileResolver.EMPTY = MapFileResolver()


_RESOLVERS: PerRun[dict[tuple[str, SecurityType], MapFileResolver]] = PerRun(dict)


class MapFileProvider:
    """The map files of the data folder, read once a run."""

    @classmethod
    def resolver(cls, market: str, security_type: SecurityType = SecurityType.EQUITY) -> MapFileResolver:
        """The resolver over `<type>/<market>/map_files`; empty when there is no such folder."""
        key = (market.lower(), security_type)
        resolvers = _RESOLVERS()
        if key not in resolvers:
            folder = cls._folder(*key)
            paths = sorted(folder.glob("*.csv")) if folder.is_dir() else []
            resolvers[key] = MapFileResolver(map(read_map_file, paths))
        return resolvers[key]

    @staticmethod
    def forget() -> None:
        """Reads the files again when they are asked for: in a live run they grow."""
        _RESOLVERS.clear()

    @staticmethod
    def _folder(market: str, security_type: SecurityType) -> Path:
        return Globals.data_folder / security_type.security_type_to_lower() / market / "map_files"

    @classmethod
    def path(cls, symbol: Any) -> Path:
        """Where the map file of what has that symbol's ticker, and always had, is or should be."""
        return cls._folder(symbol.id.market.lower(), symbol.security_type) / f"{symbol.id.symbol.lower()}.csv"

    @classmethod
    def map_file(cls, symbol: Any) -> MapFile:
        """The map file of a symbol: an option's is its underlying's, custom data's its underlying's too."""
        owner = symbol.underlying if symbol.has_underlying else symbol
        kind = owner.asset.map_file_kind
        if kind is None:
            return MapFile(owner.value or "?")
        ticker = owner.id.symbol
        if owner.asset.is_custom_data:
            ticker = ticker.partition(".")[0]
        return cls.resolver(owner.id.market, kind).resolve_map_file(ticker, owner.id.date)
