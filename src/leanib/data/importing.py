"""Bring your own bars: a CSV file with a header becomes LEAN data, beside or instead of what is there.

The header must name a time (`date`, `datetime`, `time` or `timestamp`), `open`, `high`, `low` and `close`, in any
case and order; `volume` is optional. Times are ISO 8601 (`2024-01-31`, `2024-01-31 15:30:00`), naive, the *start* of
each bar in the market's data time zone (New York for US stocks, UTC for currencies and crypto). Forex and CFD files
are written as quote bars whose bid and ask are both the given price.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

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
from leanib.data.paths import check_ticker, entry_name, factor_file_path, is_whole_history, map_file_path, zip_path
from leanib.data.reader import price_scale, read_quote_bars, read_trade_bars
from leanib.data.writer import quote_bar_lines, trade_bar_lines, write_zip
from leanib.errors import DataError
from leanib.files import write_bytes

__all__ = ["Imported", "import_bars"]

_TIME_NAMES = ("date", "datetime", "time", "timestamp")
_PRICES = ("open", "high", "low", "close")
_QUOTED = frozenset({"forex", "cfd"})
_MARKETS = {"equity": "usa", "index": "usa", "forex": "oanda", "cfd": "oanda"}
_KINDS = frozenset({*_MARKETS, "crypto"})
_RESOLUTIONS = frozenset({"daily", "hour", "minute", "second"})
_END_OF_TIME = dt.date(2050, 12, 31)


@dataclass
class Imported:
    """What an import did: bars written, bars of the folder kept beside them or changed by them, files set aside."""

    market: str
    written: int = 0
    kept: int = 0
    changed: int = 0
    set_aside: list[Path] = field(default_factory=list)


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
    source: Path | str,
    root: Path | str,
    ticker: str,
    resolution: str,
    security_type: str = "equity",
    market: str | None = None,
    replace: bool = False,
) -> Imported:
    """Write the bars of a CSV file into the data folder `root`.

    Bars of other times that are there already stay. To change bars that are there needs `replace`, and keeps the files
    as they were beside the new ones, with `.old` after their name. Every file is written whole or not at all. For a
    stock without map and factor file, both are written: one name since the first bar, no splits, no dividends.

    Args:
        market: the market's name; by default the usual one of the kind of security, which crypto does not have.
        replace: where both have a bar, take the file's.

    Raises:
        DataError: the kind of security, resolution, market or ticker cannot be imported; a line cannot be read or holds
            an impossible bar; bars would be changed and `replace` is not given; a file cannot be written.
    """
    target = _Target(Path(root), *_kind(security_type, resolution, market), _ticker(ticker))
    bars = _read(Path(source))
    imported = Imported(target.market)
    plan = [_planned(target, date, part, imported) for date, part in _files(bars, target.span)]
    if imported.changed and not replace:
        raise DataError(
            f"{source} differs in {imported.changed:,} bars from those of {ticker.upper()} in {root}, which would be lost; "
            "give --replace to put the file's in their place"
        )
    try:
        for change in plan:
            if change.loses:
                _set_aside(change.path, imported)
            _write(target, change)
        if target.kind == "equity":
            _write_corporate(target.root, target.market, target.ticker, bars.time[0].astype("datetime64[D]").item())
    except OSError as error:
        raise DataError(
            f"{error.filename or root} cannot be written ({error.strerror}); nothing there was lost"
        ) from error
    imported.written = len(bars)
    return imported


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
    return kind, check_ticker(known).lower(), span


def _ticker(ticker: str) -> str:
    return check_ticker(ticker.strip())


# --- the file ------------------------------------------------------------------------------------------------------


def _read(source: Path) -> TradeBarColumns:
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
            times = next((names[name] for name in _TIME_NAMES if name in names), None)
            missing = [name for name in _PRICES if name not in names]
            if times is None or missing:
                absent = ", ".join(["a time"] * (times is None) + missing)
                raise DataError(f"{source}: the header lacks {absent}; name the columns date,{','.join(_PRICES)}")
            wanted = [times, *(names[name] for name in _PRICES)]
            values = [_row(row, wanted, names.get("volume"), f"{source}, line {rows.line_num}") for row in rows]
    except OSError as error:
        raise DataError(f"cannot read {source}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{source} is no CSV file in UTF-8 ({error})") from error
    if not values:
        raise DataError(f"{source} holds no bars")
    return _ordered(values)


def _row(row: dict[str, str], wanted: list[str], volume: str | None, where: str) -> tuple[dt.datetime, list[float]]:
    try:
        time = dt.datetime.fromisoformat(row[wanted[0]].strip()).replace(tzinfo=None)
        prices = [float(row[name]) for name in wanted[1:]]
        size = float(row[volume] or 0) if volume else 0.0
    except (TypeError, ValueError):
        raise DataError(f"{where}: cannot read the time or a number; repair or remove the line") from None
    if fault := _fault([*prices, size]):
        raise DataError(f"{where}: {fault}; repair or remove the line")
    return time, [*prices, size]


def _fault(values: list[float]) -> str:
    """What no bar can be; empty when it can."""
    open_, high, low, close, size = values
    if not np.isfinite(values).all():
        return "a number is not finite"
    if high < low:
        return f"the high {high:g} is below the low {low:g}"
    if max(open_, close) > high or min(open_, close) < low:
        return "open or close is outside high and low"
    return "the volume is negative" if size < 0 else ""


def _ordered(rows: list[tuple[dt.datetime, list[float]]]) -> TradeBarColumns:
    """Oldest first; of two bars with one time the later line counts."""
    unique = dict(sorted(dict(rows).items()))
    open_, high, low, close, volume = np.array(list(unique.values()), dtype=np.float64).T
    return TradeBarColumns(np.array(list(unique), dtype="datetime64[us]"), open_, high, low, close, volume)


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


def _set_aside(path: Path, imported: Imported) -> None:
    """Keep a file as it is, under a name that no file has yet."""
    old, number = path.with_name(f"{path.name}.old"), 1
    while old.exists():
        number += 1
        old = path.with_name(f"{path.name}.old{number}")
    write_bytes(old, path.read_bytes())
    imported.set_aside.append(old)


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
