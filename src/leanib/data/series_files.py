"""The files of a series, read and written as columns whatever their kind, resolution and tick type."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from leanib.data.columns import QuoteBarColumns, QuoteTickColumns, TradeBarColumns, TradeTickColumns
from leanib.data.paths import entry_name, is_whole_history, zip_path
from leanib.data.reader import (
    price_scale,
    read_quote_bars,
    read_quote_ticks,
    read_trade_bars,
    read_trade_ticks,
)
from leanib.data.sources import Series
from leanib.data.writer import (
    crypto_trade_tick_lines,
    forex_tick_lines,
    plain_quote_tick_lines,
    quote_bar_lines,
    quote_tick_lines,
    trade_bar_lines,
    trade_tick_lines,
    write_zip,
)

__all__ = [
    "DERIVATIVES",
    "KINDS",
    "OPTIONS",
    "PLAIN_KINDS",
    "RESOLUTIONS",
    "Columns",
    "SeriesFile",
    "all_files",
    "describe",
    "plain_series",
    "read_columns",
    "series_files",
    "series_path",
    "write_columns",
]

Columns = TradeBarColumns | QuoteBarColumns | TradeTickColumns | QuoteTickColumns

KINDS = {
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
"""LEAN's names of the folders of securities."""
PLAIN_KINDS = frozenset({"equity", "forex", "cfd", "crypto", "index"})
"""Those whose files hold one ticker's prices and nothing else."""
DERIVATIVES = frozenset(KINDS) - PLAIN_KINDS
OPTIONS = frozenset(kind for kind in KINDS if kind.endswith("option"))
RESOLUTIONS = ("daily", "hour", "minute", "second", "tick")
_TICK_TYPES = ("trade", "quote", "openinterest")


@dataclass(frozen=True, slots=True)
class SeriesFile:
    """A price file: what its path says about it. `date` is None where one file holds all days."""

    path: Path
    series: Series
    date: dt.date | None


def all_files(root: Path, kinds: frozenset[str] = frozenset(KINDS)) -> Iterator[SeriesFile]:
    """Every price file of a folder, by path; files whose names are no prices' are left out."""
    for kind in sorted(kinds):
        for path in sorted((root / kind).rglob("*.zip")):
            found = describe(path, path.relative_to(root).parts)
            if found is not None:
                yield found


def plain_series(root: Path) -> Iterator[tuple[Series, int]]:
    """The series of kinds whose files hold one ticker, in order, and how many files each has."""
    for kind in sorted(PLAIN_KINDS):
        for market in _folders(root / kind):
            for resolution in RESOLUTIONS:
                folder = root / kind / market / resolution
                places = [(folder, "")]
                if not is_whole_history(resolution):
                    places = [(folder / ticker, ticker) for ticker in _folders(folder)]
                for place, ticker in places:
                    counts = Counter(_series_of(kind, market, resolution, ticker, name) for name in _names(place))
                    yield from sorted((series, count) for series, count in counts.items() if series is not None)


def _series_of(kind: str, market: str, resolution: str, ticker: str, name: str) -> Series | None:
    """The series of `20240131_trade.zip` in a ticker's folder, of `abc.zip` or `btcusd_trade.zip` in a resolution's."""
    first, _, last = name[:-4].rpartition("_")
    if ticker:
        return Series(kind, market, ticker, resolution, last) if last in _TICK_TYPES and len(first) == 8 else None
    usual = "quote" if kind in {"forex", "cfd"} else "trade"
    stem, tick_type = (first, last) if last in _TICK_TYPES and first else (name[:-4], usual)
    return Series(kind, market, stem, resolution, tick_type)


def _folders(path: Path) -> list[str]:
    return sorted(entry.name for entry in os.scandir(path) if entry.is_dir()) if path.is_dir() else []


def _names(path: Path) -> list[str]:
    return [name for name in os.listdir(path) if name.endswith(".zip")] if path.is_dir() else []  # noqa: PTH208


def describe(path: Path, parts: tuple[str, ...]) -> SeriesFile | None:
    """What a path below the data folder says, or None when it is no price file's."""
    if len(parts) < 4 or parts[0] not in KINDS or parts[2] not in RESOLUTIONS:
        return None
    kind, market, resolution = parts[:3]
    words = path.stem.split("_")
    usual = "quote" if kind in {"forex", "cfd"} else "trade"
    tick_type = next((word for word in words if word in _TICK_TYPES), usual)
    if is_whole_history(resolution):
        return SeriesFile(path, Series(kind, market, words[0], resolution, tick_type), None)
    date = _date_or_none(words[0])
    return SeriesFile(path, Series(kind, market, parts[3], resolution, tick_type), date) if date else None


def series_path(root: Path, series: Series, date: dt.date | None) -> Path:
    """Where the series keeps a day, or all days (date None)."""
    return zip_path(root, series.kind, series.market, series.resolution, series.ticker, series.tick_type, date)


def series_files(root: Path, series: Series) -> list[SeriesFile]:
    """The files of a series that are there, oldest first."""
    if is_whole_history(series.resolution):
        path = series_path(root, series, None)
        return [SeriesFile(path, series, None)] if path.is_file() else []
    folder = series_path(root, series, dt.date(2000, 1, 1)).parent
    ending = f"_{series.tick_type}.zip"
    if not folder.is_dir():
        return []
    names = sorted(name for name in os.listdir(folder) if name.endswith(ending) and len(name) == 8 + len(ending))  # noqa: PTH208
    dated = ((name, _date_or_none(name[:8])) for name in names)
    return [SeriesFile(folder / name, series, date) for name, date in dated if date is not None]


def _date_or_none(text: str) -> dt.date | None:
    """The day of `20240131`; None when it is none."""
    if len(text) != 8 or not text.isdecimal():
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def read_columns(file: SeriesFile, entry: str | None = None) -> Columns:
    """The content of a price file (of open interest there are other readers).

    Raises:
        DataError: the file is missing, damaged or has a malformed line.
    """
    series, quotes = file.series, file.series.tick_type == "quote"
    if series.resolution == "tick" and file.date is not None:
        ticks = read_quote_ticks if quotes else read_trade_ticks
        return ticks(file.path, file.date, series.kind, entry)
    bars = read_quote_bars if quotes else read_trade_bars
    return bars(file.path, file.date, price_scale(series.kind), entry)


def write_columns(root: Path, series: Series, date: dt.date | None, columns: Columns) -> Path:
    """Write a day, or all days (date None), whole or not at all; the path. An OSError leaves all as it was."""
    path = series_path(root, series, date)
    entry = entry_name(series.kind, series.resolution, series.ticker, series.tick_type, date)
    write_zip(path, {entry: _lines(series.kind, date, columns)})
    return path


def _lines(kind: str, date: dt.date | None, columns: Columns) -> list[str]:
    scale = price_scale(kind)
    if isinstance(columns, TradeBarColumns):
        return trade_bar_lines(columns, date, scale)
    if isinstance(columns, QuoteBarColumns):
        return quote_bar_lines(columns, date, scale)
    assert date is not None, "files of ticks hold one day"
    plain = kind in {"crypto", "cryptofuture"}
    if isinstance(columns, TradeTickColumns):
        return crypto_trade_tick_lines(columns, date) if plain else trade_tick_lines(columns, date, scale)
    if kind in {"forex", "cfd"}:
        return forex_tick_lines(columns, date)
    return plain_quote_tick_lines(columns, date) if plain else quote_tick_lines(columns, date, scale)
