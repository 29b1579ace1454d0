"""Bring your own bars: a CSV file with a header becomes LEAN data.

The header must name a time (`date`, `datetime`, `time` or `timestamp`), `open`, `high`, `low` and `close`, in any
case and order; `volume` is optional. Times are ISO 8601 (`2024-01-31`, `2024-01-31 15:30:00`), naive, the *start* of
each bar in the market's data time zone (New York for US stocks, UTC for currencies and crypto). Forex and CFD files
are written as quote bars whose bid and ask are both the given price.
"""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import numpy as np

from leanib.data.columns import QuoteBarColumns, TradeBarColumns
from leanib.data.corporate import FactorRow, MapRow, write_factor_file, write_map_file
from leanib.data.paths import entry_name, factor_file_path, is_whole_history, map_file_path, zip_path
from leanib.data.reader import price_scale
from leanib.data.writer import quote_bar_lines, trade_bar_lines, write_zip
from leanib.errors import DataError

__all__ = ["import_bars"]

_TIME_NAMES = ("date", "datetime", "time", "timestamp")
_PRICES = ("open", "high", "low", "close")
_QUOTED = frozenset({"forex", "cfd"})
_KINDS = frozenset({"equity", "index", "forex", "cfd", "crypto"})
_RESOLUTIONS = frozenset({"daily", "hour", "minute", "second"})
_END_OF_TIME = dt.date(2050, 12, 31)


def import_bars(
    source: Path | str,
    root: Path | str,
    ticker: str,
    resolution: str,
    security_type: str = "equity",
    market: str = "usa",
) -> int:
    """Write the bars of a CSV file into the data folder `root`, replacing the files of the same days.

    For a stock without map and factor file, both are written: one name since the first bar, no splits, no dividends.

    Returns:
        How many bars were written.

    Raises:
        DataError: the kind of security or resolution cannot be imported, or a line cannot be read.
    """
    kind, span = security_type.lower(), resolution.lower()
    if kind not in _KINDS or span not in _RESOLUTIONS:
        raise DataError(
            f"cannot import {security_type} at {resolution} resolution; the kinds are {', '.join(sorted(_KINDS))}, "
            f"the resolutions {', '.join(sorted(_RESOLUTIONS))}"
        )
    bars = _read(Path(source))
    for date, part in _files(bars, span):
        _write(Path(root), kind, market, span, ticker, date, part)
    if kind == "equity":
        _write_corporate(Path(root), market, ticker, bars.time[0].astype("datetime64[D]").item())
    return len(bars)


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
    if not values:
        raise DataError(f"{source} holds no bars")
    return _ordered(values)


def _row(row: dict[str, str], wanted: list[str], volume: str | None, where: str) -> tuple[dt.datetime, list[float]]:
    try:
        time = dt.datetime.fromisoformat(row[wanted[0]].strip()).replace(tzinfo=None)
        return time, [float(row[name]) for name in wanted[1:]] + [float(row[volume] or 0) if volume else 0.0]
    except (TypeError, ValueError):
        raise DataError(f"{where}: cannot read the time or a number; repair or remove the line") from None


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


def _write(
    root: Path, kind: str, market: str, span: str, ticker: str, date: dt.date | None, bars: TradeBarColumns
) -> None:
    tick_type = "quote" if kind in _QUOTED else "trade"
    lines = (
        quote_bar_lines(_as_quotes(bars), date, price_scale(kind))
        if kind in _QUOTED
        else trade_bar_lines(bars, date, price_scale(kind))
    )
    path = zip_path(root, kind, market, span, ticker, tick_type, date)
    write_zip(path, {entry_name(kind, span, ticker, tick_type, date): lines})


def _as_quotes(bars: TradeBarColumns) -> QuoteBarColumns:
    none = np.zeros(len(bars))
    sides = {f"{side}_{name}": getattr(bars, name) for side in ("bid", "ask") for name in _PRICES}
    return QuoteBarColumns(time=bars.time, **sides, bid_size=none, ask_size=none)


def _write_corporate(root: Path, market: str, ticker: str, first: dt.date) -> None:
    names, factors = map_file_path(root, market, ticker), factor_file_path(root, market, ticker)
    if not names.exists():
        write_map_file(names, [MapRow(first, ticker), MapRow(_END_OF_TIME, ticker)])
    if not factors.exists():
        one = Decimal(1)
        write_factor_file(factors, [FactorRow(first, one, one, one), FactorRow(_END_OF_TIME, one, one)])
