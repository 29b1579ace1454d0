"""The databases, which must be there, and the tables of corporate actions, universes, margins and rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from leanib.data.check.problem import Problem
from leanib.data.corporate import read_contract_factor_file, read_factor_file, read_map_file
from leanib.data.market_hours import MarketHoursFile
from leanib.data.paths import factor_file_path, map_file_path
from leanib.data.sources import Series
from leanib.data.symbol_properties import SymbolPropertiesFile
from leanib.data.tables import read_coarse_universe, read_constituents, read_futures_margins, read_interest_rates
from leanib.errors import DataError

__all__ = ["check_corporate", "check_tables", "former_names"]

_NAMED = 5


def check_tables(folder: Path) -> Iterator[Problem]:
    """Every table that cannot be read."""
    required = [(folder / name, read) for name, read in _DATABASES.items()]
    found = [(path, read) for pattern, read in _TABLES.items() for path in sorted(folder.glob(pattern))]
    for path, read in required + found:
        try:
            read(path)
        except DataError as error:
            yield Problem(str(error))


def former_names(folder: Path, series: list[Series]) -> dict[tuple[str, str], str]:
    """By market and a name that a stock had once, and that is nobody's now: the last name, which its tables have."""
    found: dict[tuple[str, str], str] = {}
    for market in sorted({one.market for one in series if one.kind == "equity"}):
        for path in sorted((folder / "equity" / market / "map_files").glob("*.csv")):
            try:
                names = {row.ticker.lower() for row in read_map_file(path)}
            except DataError:
                continue  # told as a table
            for name in names - {path.stem}:
                if not map_file_path(folder, market, name).is_file():
                    found.setdefault((market, name), path.stem)
    return found


def check_corporate(
    folder: Path, series: list[Series], owners: Mapping[tuple[str, str], str]
) -> Iterator[Problem]:
    """Stocks that have prices and no map or factor file: LEAN then takes them for never split, and for always there."""
    stocks = sorted({(one.market, one.ticker) for one in series if one.kind == "equity"})
    kinds = (("map", map_file_path, "their names"), ("factor", factor_file_path, "their splits and dividends"))
    for name, path_of, what in kinds:
        missing = [
            ticker.upper()
            for market, ticker in stocks
            if not path_of(folder, market, owners.get((market, ticker), ticker)).is_file()
        ]
        if missing:
            named = ", ".join(missing[:_NAMED]) + (" ..." if len(missing) > _NAMED else "")
            stocks_ = f"{len(missing):,} stock{'s' if len(missing) > 1 else ''}"
            text = f"{folder}/equity: the {name} file of {stocks_} is missing, and with it {what}: {named}"
            yield Problem(text, is_error=False)


def _read_hours(path: Path) -> None:
    hours = MarketHoursFile(path)
    for key in hours:
        hours.entry(key)


def _read_properties(path: Path) -> None:
    properties = SymbolPropertiesFile(path)
    for market in properties.markets():
        list(properties.rows(market))


_DATABASES: dict[str, Callable[[Path], object]] = {
    "market-hours/market-hours-database.json": _read_hours,
    "symbol-properties/symbol-properties-database.csv": _read_properties,
}
_TABLES: dict[str, Callable[[Path], object]] = {
    "*/*/map_files/*.csv": read_map_file,
    "equity/*/factor_files/*.csv": read_factor_file,
    "future/*/factor_files/*.csv": read_contract_factor_file,
    "equity/*/fundamental/coarse/*.csv": read_coarse_universe,
    "equity/*/universes/etf/*/*.csv": read_constituents,
    "future/*/margins/*.csv": read_futures_margins,
    "alternative/interest-rate/*/*.csv": read_interest_rates,
}
