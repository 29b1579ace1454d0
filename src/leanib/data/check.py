"""Look through a data folder for damage (`leanib data check`).

Errors are what makes a backtest fail or lie: truncated zips, malformed lines, times out of order, impossible bars,
databases that cannot be read. Warnings are days that the market-hours database calls trading days and for which there
is no data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leanib.data.archive import entry_names
from leanib.data.columns import QuoteBarColumns, QuoteTickColumns, Times, TradeBarColumns, TradeTickColumns
from leanib.data.corporate import read_contract_factor_file, read_factor_file, read_map_file
from leanib.data.market_hours import MarketHoursEntry, MarketHoursFile
from leanib.data.paths import is_whole_history
from leanib.data.reader import (
    price_scale,
    read_open_interest,
    read_quote_bars,
    read_quote_ticks,
    read_trade_bars,
    read_trade_ticks,
)
from leanib.data.symbol_properties import SymbolPropertiesFile
from leanib.data.tables import (
    read_coarse_universe,
    read_constituents,
    read_futures_margins,
    read_interest_rates,
)
from leanib.errors import DataError

__all__ = ["Problem", "check_folder"]

_TYPES = {
    "equity": "Equity",
    "forex": "Forex",
    "cfd": "Cfd",
    "crypto": "Crypto",
    "cryptofuture": "CryptoFuture",
    "index": "Index",
    "option": "Option",
    "indexoption": "IndexOption",
    "future": "Future",
    "futureoption": "FutureOption",
}
_RESOLUTIONS = ("daily", "hour", "minute", "second", "tick")
_TICK_TYPES = ("trade", "quote", "openinterest")
_NAMED_GAPS = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding; `text` is a sentence that begins with the file."""

    text: str
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class _File:
    """A price file, and what its path says about it."""

    path: Path
    kind: str
    market: str
    resolution: str
    ticker: str
    tick_type: str
    date: dt.date | None


def check_folder(root: Path | str) -> Iterator[Problem]:
    """Every problem of a data folder, as it is found.

    Raises:
        DataError: the folder does not exist.
    """
    folder = Path(root)
    if not folder.is_dir():
        raise DataError(f"the data folder {folder} does not exist; give the one that holds equity/, forex/ and so on")
    yield from _check_tables(folder)
    hours = _hours(folder)
    days: dict[tuple[str, ...], list[dt.date]] = {}
    for file in _price_files(folder):
        yield from _check_file(file, hours)
        if file.date is not None:
            series = (file.kind, file.market, file.resolution, file.ticker, file.tick_type)
            days.setdefault(series, []).append(file.date)
    for key, dates in days.items():
        yield from _gaps("/".join(key[:4]), key[4], sorted(dates), _entry(hours, key[0], key[1], key[3]))


def _price_files(folder: Path) -> Iterator[_File]:
    for path in sorted(folder.rglob("*.zip")):
        parts = path.relative_to(folder).parts
        if len(parts) > 3 and parts[0] in _TYPES and parts[2] in _RESOLUTIONS:
            yield _describe(path, parts)


def _describe(path: Path, parts: tuple[str, ...]) -> _File:
    kind, market, resolution = parts[:3]
    words = path.stem.split("_")
    tick_type = next((word for word in words if word in _TICK_TYPES), "quote" if kind in {"forex", "cfd"} else "trade")
    if is_whole_history(resolution):
        return _File(path, kind, market, resolution, words[0], tick_type, None)
    date = dt.date(int(words[0][:4]), int(words[0][4:6]), int(words[0][6:8]))
    return _File(path, kind, market, resolution, parts[3], tick_type, date)


def _check_file(file: _File, hours: MarketHoursFile | None) -> Iterator[Problem]:
    try:
        names = entry_names(file.path)
        for name in names:
            columns = _read(file, name)
            where = f"{file.path}#{name}" if len(names) > 1 else str(file.path)
            yield from (Problem(f"{where}, {text}") for text in _impossible(columns))
            if file.resolution == "daily" and isinstance(columns, TradeBarColumns) and file.kind in {"equity", "index"}:
                dates = columns.time.astype("datetime64[D]").tolist()
                yield from _gaps(where, "", dates, _entry(hours, file.kind, file.market, file.ticker))
    except DataError as error:
        yield Problem(str(error))


_Columns = TradeBarColumns | QuoteBarColumns | TradeTickColumns | QuoteTickColumns | None


def _read(file: _File, entry: str) -> _Columns:
    if file.tick_type == "openinterest":
        read_open_interest(file.path, file.date, entry)
        return None
    if file.resolution == "tick" and file.date is not None:
        read = read_quote_ticks if file.tick_type == "quote" else read_trade_ticks
        return read(file.path, file.date, file.kind, entry)
    bars = read_quote_bars if file.tick_type == "quote" else read_trade_bars
    return bars(file.path, file.date, price_scale(file.kind), entry)


def _impossible(columns: _Columns) -> Iterator[str]:
    if columns is None or not len(columns):
        return
    yield from _unordered(columns.time, strictly=isinstance(columns, TradeBarColumns | QuoteBarColumns))
    if isinstance(columns, TradeBarColumns):
        yield from _bars("", columns.open, columns.high, columns.low, columns.close)
        yield from _lines(columns.volume < 0, "the volume is negative")
    elif isinstance(columns, QuoteBarColumns):
        yield from _bars("bid ", columns.bid_open, columns.bid_high, columns.bid_low, columns.bid_close)
        yield from _bars("ask ", columns.ask_open, columns.ask_high, columns.ask_low, columns.ask_close)
    elif isinstance(columns, TradeTickColumns):
        yield from _lines(columns.price <= 0, "the price is not positive")


_Floats = NDArray[np.float64]


def _bars(side: str, open_: _Floats, high: _Floats, low: _Floats, close: _Floats) -> Iterator[str]:
    """A side whose four prices are all 0 is absent, which is allowed."""
    outside = (np.maximum(open_, close) > high) | (np.minimum(open_, close) < low)
    yield from _lines(high < low, f"the {side}high is below the low")
    yield from _lines((high >= low) & outside, f"the {side}open or close is outside high and low")


def _unordered(times: Times, *, strictly: bool) -> Iterator[str]:
    steps = np.diff(times).astype(np.int64)
    late = np.concatenate([[False], steps <= 0 if strictly else steps < 0])
    yield from _lines(late, "the time is not after the line before")


def _lines(bad: NDArray[np.bool_], text: str) -> Iterator[str]:
    """One sentence for all lines with the same fault."""
    numbers = (np.flatnonzero(bad) + 1).tolist()
    if numbers:
        more = f" (and {len(numbers) - 1} more lines)" if len(numbers) > 1 else ""
        yield f"line {numbers[0]}{more}: {text}; repair or remove the line"


def _gaps(where: str, tick_type: str, dates: list[dt.date], entry: MarketHoursEntry | None) -> Iterator[Problem]:
    """Trading days between the first and the last date for which there is nothing."""
    if entry is None or len(dates) < 2:
        return
    present = set(dates)
    span = (dates[0] + dt.timedelta(days=number) for number in range((dates[-1] - dates[0]).days))
    missing = [day for day in span if day.weekday() < 5 and day not in present and entry.is_trading_day(day)]
    if missing:
        named = ", ".join(str(day) for day in missing[:_NAMED_GAPS]) + (" ..." if len(missing) > _NAMED_GAPS else "")
        days = f"{len(missing)} trading day{'s' if len(missing) > 1 else ''}"
        yield Problem(f"{where}{f' ({tick_type})' if tick_type else ''}: no data on {days}: {named}", is_error=False)


def _hours(folder: Path) -> MarketHoursFile | None:
    path = folder / "market-hours" / "market-hours-database.json"
    return MarketHoursFile(path) if path.is_file() else None


def _entry(hours: MarketHoursFile | None, kind: str, market: str, ticker: str) -> MarketHoursEntry | None:
    if hours is None:
        return None
    for name in (ticker.upper(), "[*]"):
        key = f"{_TYPES[kind]}-{market}-{name}"
        if key in hours:
            return hours.entry(key)
    return None


def _check_tables(folder: Path) -> Iterator[Problem]:
    """The databases, which must be there, and the tables of corporate actions, universes, margins and rates."""
    required = [(folder / name, read) for name, read in _DATABASES.items()]
    found = [(path, read) for pattern, read in _TABLES.items() for path in sorted(folder.glob(pattern))]
    for path, read in required + found:
        try:
            read(path)
        except DataError as error:
            yield Problem(str(error))


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
