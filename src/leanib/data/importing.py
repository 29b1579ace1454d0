"""Bring your own bars: a CSV or Parquet file, or a pandas frame, becomes LEAN data, beside or instead of what is there.

How a source's rows are read says `leanib.data.import_rows`. Forex and CFD files are written as quote bars whose bid and
ask are both the given price.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from leanib.data.columns import QuoteBarColumns, TradeBarColumns
from leanib.data.corporate import (
    FactorRow,
    MapRow,
    read_factor_file,
    read_map_file,
    write_factor_file,
    write_map_file,
)
from leanib.data.folder import bring_tables, folder_lock, set_aside
from leanib.data.frames import data_time_zone
from leanib.data.import_rows import Reading, read_rows
from leanib.data.market_hours import MarketHoursFile
from leanib.data.paths import check_ticker, entry_name, factor_file_path, is_whole_history, map_file_path, zip_path
from leanib.data.reader import price_scale, read_quote_bars, read_trade_bars
from leanib.data.sources import Series, SourceNote, read_note, write_note
from leanib.data.writer import quote_bar_lines, trade_bar_lines, write_zip
from leanib.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Imported", "import_bars"]

_PRICES = ("open", "high", "low", "close")
_QUOTED = frozenset({"forex", "cfd"})
_MARKETS = {"equity": "usa", "index": "usa", "forex": "oanda", "cfd": "oanda"}
_KINDS = frozenset({*_MARKETS, "crypto"})
_RESOLUTIONS = frozenset({"daily", "hour", "minute", "second"})
_END_OF_TIME = dt.date(2050, 12, 31)


@dataclass
class Imported:
    """What an import did: bars written, bars of the folder kept beside them or changed by them, files set aside.

    `read` says what was taken for which column, and in which zone the times were; `tables` are opening hours and the
    like, brought into a folder that had none.
    """

    market: str
    read: str = ""
    written: int = 0
    kept: int = 0
    changed: int = 0
    set_aside: list[Path] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Target:
    """Where bars go."""

    root: Path
    kind: str
    market: str
    span: str
    ticker: str

    @property
    def side(self) -> str:
        return "quote" if self.kind in _QUOTED else "trade"

    def path(self, date: dt.date | None) -> Path:
        return zip_path(self.root, self.kind, self.market, self.span, self.ticker, self.side, date)


def import_bars(
    source: Path | str | pd.DataFrame,
    root: Path | str,
    ticker: str,
    resolution: str,
    security_type: str = "equity",
    market: str | None = None,
    replace: bool = False,
    time_zone: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Imported:
    """Write the bars of a CSV file, a Parquet file or a pandas frame into the data folder `root`.

    Bars of other times that are there already stay. To change bars that are there needs `replace`, and keeps the files
    as they were beside the new ones, with `.old` after their name. Every file is written whole or not at all, and while
    no other program of ours changes the folder. For a stock without map and factor file, both are written: one name
    since the first bar, no splits, no dividends.

    Args:
        source: The bars.
        root: The data folder.
        ticker: What they are of.
        resolution: daily, hour, minute or second.
        security_type: equity, index, forex, cfd or crypto.
        market: The market's name; by default the usual one of the kind of security, which crypto does not have.
        replace: Where both have a bar, take the source's.
        time_zone: The zone of times without an offset; by default the market's data time zone.
        columns: What the source calls `time`, `open`, `high`, `low`, `close`, `volume`, where it has other names.

    Raises:
        DataError: the kind of security, resolution, market or ticker cannot be imported; a line cannot be read or holds
            an impossible bar; bars would be changed and `replace` is not given; a file cannot be written.
    """
    target = _Target(Path(root), *_kind(security_type, resolution, market), _ticker(ticker))
    if unknown := sorted(set(columns or ()) - {"time", *_PRICES, "volume"}):
        raise DataError(f"there is no column '{unknown[0]}' to name; those are time, {', '.join(_PRICES)} and volume")
    _check_market(target)
    series = Series(target.kind, target.market, target.ticker.lower(), target.span, target.side)
    how = Reading(data_time_zone(target.root, series), target.span == "daily", time_zone, columns or {})
    bars, read = read_rows(Path(source) if isinstance(source, str) else source, how)
    _check_prices(source, target.kind, bars)
    imported = Imported(target.market, read)
    try:
        with folder_lock(target.root):
            _merge(source, target, bars, imported, replace)
            _write_source(target.root, series, source, bars)
            imported.tables = bring_tables(target.root)
    except OSError as error:
        raise DataError(
            f"{error.filename or root} cannot be written ({error.strerror}); nothing there was lost"
        ) from error
    imported.written = len(bars)
    return imported


def _merge(source: object, target: _Target, bars: TradeBarColumns, imported: Imported, replace: bool) -> None:
    plan = [_planned(target, date, part, imported) for date, part in _files(bars, target.span)]
    if imported.changed and not replace:
        name = source if isinstance(source, str | Path) else "the frame"
        raise DataError(
            f"{name} differs in {imported.changed:,} bar{'' if imported.changed == 1 else 's'} from those of "
            f"{target.ticker.upper()} in {target.root}, "
            "which would be lost; give --replace to put the file's in their place"
        )
    for change in plan:
        if change.loses:
            imported.set_aside.append(set_aside(change.path))
        _write(target, change)
    if target.kind == "equity":
        _write_corporate(target.root, target.market, target.ticker, bars.time[0].astype("datetime64[D]").item())


def _write_source(root: Path, series: Series, source: object, bars: TradeBarColumns) -> None:
    """Notes where the days came from; of a series that came from elsewhere only that they no longer do."""
    name = Path(source).name if isinstance(source, str | Path) else "a pandas frame"
    note, moment = read_note(root, series), dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
    days = [day.isoformat() for day in np.unique(bars.time.astype("datetime64[D]")).tolist()]
    if note is None:
        note = SourceNote(f"imported from {name}")
    if note.source.startswith("imported"):
        note.days |= dict.fromkeys(days, moment)
    else:
        for day in days:
            note.days.pop(day, None)
    for day in days:
        note.none.pop(day, None)
    write_note(root, series, note)


def _kind(security_type: str, resolution: str, market: str | None) -> tuple[str, str, str]:
    kind, span = security_type.lower(), resolution.lower()
    if kind not in _KINDS or span not in _RESOLUTIONS:
        raise DataError(
            f"cannot import {security_type} at {resolution} resolution; the kinds are {', '.join(sorted(_KINDS))}, "
            f"the resolutions {', '.join(sorted(_RESOLUTIONS))}"
        )
    known = market or _MARKETS.get(kind)
    if known is None:
        raise DataError(f"no market is usual for {kind}; name it: --market coinbase, binance, kraken, bitfinex ...")
    return kind, check_ticker(known, "market").lower(), span


def _check_market(target: _Target) -> None:
    """No strategy finds prices under a market that the folder's market hours do not know."""
    path = target.root / "market-hours" / "market-hours-database.json"
    if not path.is_file():
        return
    keys = (key.lower().split("-") for key in MarketHoursFile(path))
    known = sorted({market for kind, market, *_ in keys if kind == target.kind})
    if target.market not in known:
        raise DataError(f"{target.kind} has no market '{target.market}' in {path}; it has {', '.join(known) or 'none'}")


def _check_prices(source: object, kind: str, bars: TradeBarColumns) -> None:
    """An index or a contract for difference may be below zero; what is bought and sold is not."""
    negative = np.flatnonzero(bars.low < 0)
    if kind in {"equity", "forex", "crypto"} and len(negative):
        name, time = source if isinstance(source, str | Path) else "the frame", bars.time[negative[0]].item()
        raise DataError(f"{name} has a price below zero at {time:%Y-%m-%d %H:%M}; repair or remove the line")


def _ticker(ticker: str) -> str:
    return check_ticker(ticker.strip())


def _files(bars: TradeBarColumns, span: str) -> list[tuple[dt.date | None, TradeBarColumns]]:
    """What goes into which file: everything into one, or one a day."""
    if is_whole_history(span):
        return [(None, bars)]
    days = bars.time.astype("datetime64[D]")
    return [(day.item(), bars.part(days == day)) for day in np.unique(days)]


# --- what is there already -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Change:
    """A file to write; `loses`: whether bars that are in it now are not what they were."""

    path: Path
    date: dt.date | None
    bars: TradeBarColumns
    loses: bool


def _planned(target: _Target, date: dt.date | None, bars: TradeBarColumns, imported: Imported) -> _Change:
    """A file to write: with the bars that are there and stay, which are counted."""
    path = target.path(date)
    if not path.is_file():
        return _Change(path, date, bars, loses=False)
    there = _existing(target, path, date)
    same = np.isin(there.time, bars.time)
    changed = _differing(there.part(same), bars.part(np.isin(bars.time, there.time)), target.kind)
    imported.changed += changed
    imported.kept += int(np.count_nonzero(~same))
    return _Change(path, date, _together(there.part(~same), bars), changed > 0)


def _existing(target: _Target, path: Path, date: dt.date | None) -> TradeBarColumns:
    if target.side == "trade":
        return read_trade_bars(path, date, price_scale(target.kind))
    quotes = read_quote_bars(path, date, price_scale(target.kind))
    none = np.zeros(len(quotes))
    return TradeBarColumns(quotes.time, quotes.bid_open, quotes.bid_high, quotes.bid_low, quotes.bid_close, none)


def _differing(there: TradeBarColumns, new: TradeBarColumns, kind: str) -> int:
    """How many bars of the same times differ in what the file can hold."""
    step = 0.5 / price_scale(kind) if price_scale(kind) != 1 else 0.0
    names = _PRICES if kind in _QUOTED else (*_PRICES, "volume")
    unlike = [np.abs(getattr(there, name) - getattr(new, name)) > (0 if name == "volume" else step) for name in names]
    return int(np.count_nonzero(np.any(unlike, axis=0)))


def _together(there: TradeBarColumns, new: TradeBarColumns) -> TradeBarColumns:
    order = np.argsort(np.concatenate([there.time, new.time]), kind="stable")
    names = ("open", "high", "low", "close", "volume")
    columns = [np.concatenate([getattr(there, name), getattr(new, name)])[order] for name in names]
    return TradeBarColumns(np.concatenate([there.time, new.time])[order], *columns)


# --- writing -------------------------------------------------------------------------------------------------------


def _write(target: _Target, change: _Change) -> None:
    date, bars = change.date, change.bars
    scale = price_scale(target.kind)
    quoted = target.kind in _QUOTED
    lines = quote_bar_lines(_as_quotes(bars), date, scale) if quoted else trade_bar_lines(bars, date, scale)
    write_zip(change.path, {entry_name(target.kind, target.span, target.ticker, target.side, date): lines})


def _as_quotes(bars: TradeBarColumns) -> QuoteBarColumns:
    none = np.zeros(len(bars))
    sides = {f"{side}_{name}": getattr(bars, name) for side in ("bid", "ask") for name in _PRICES}
    return QuoteBarColumns(time=bars.time, **sides, bid_size=none, ask_size=none)


def _write_corporate(root: Path, market: str, ticker: str, first: dt.date) -> None:
    names, factors = map_file_path(root, market, ticker), factor_file_path(root, market, ticker)
    if not names.exists() or _begins_later(read_map_file(names), first):
        write_map_file(names, [MapRow(first, ticker), MapRow(_END_OF_TIME, ticker)])
    if not factors.exists() or _begins_later(read_factor_file(factors), first):
        one = Decimal(1)
        write_factor_file(factors, [FactorRow(first, one, one, one), FactorRow(_END_OF_TIME, one, one)])


def _begins_later(rows: Sequence[MapRow] | Sequence[FactorRow], first: dt.date) -> bool:
    """Whether a file that says nothing but when a stock began (as an import writes it) says it too late."""
    if len(rows) != 2 or rows[0].date <= first:
        return False
    one = rows[0]
    return one.price_factor == one.split_factor == 1 if isinstance(one, FactorRow) else one.ticker == rows[1].ticker  # type: ignore[union-attr]
