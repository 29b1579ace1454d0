"""Readers of LEAN's price files. A file is decoded whole into columns (see `leanib.data.columns` for units and zones).

Files of minute, second and tick resolution hold one day: `date` is that day (data time zone) and the first column
counts milliseconds since its midnight. Files of hour and daily resolution hold the whole history: `date` is None and
the first column is `yyyyMMdd HH:mm`. Facts: LEAN's Common/Data/Market/{TradeBar,QuoteBar,Tick}.cs and
Common/Util/LeanData.cs.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leanib.data.archive import read_entry, read_single
from leanib.data.columns import (
    OpenInterestColumns,
    QuoteBarColumns,
    QuoteTickColumns,
    Times,
    TradeBarColumns,
    TradeTickColumns,
)
from leanib.data.numbers import Table, decode_table, rows_of_text
from leanib.errors import DataError

__all__ = [
    "price_scale",
    "read_open_interest",
    "read_quote_bars",
    "read_quote_ticks",
    "read_trade_bars",
    "read_trade_ticks",
]

_SCALED = frozenset({"equity", "option", "indexoption"})


def price_scale(security_type: str) -> int:
    """What the file's prices are divided by: 10000 for equities and for options on equities and indices, else 1."""
    return 10000 if security_type.lower() in _SCALED else 1


def read_trade_bars(path: Path | str, date: dt.date | None, scale: int, entry: str | None = None) -> TradeBarColumns:
    """Trade bars: time, open, high, low, close, volume.

    Args:
        path: the zip file.
        date: the day a minute or second file holds; None for hour and daily files.
        scale: what prices are divided by, see `price_scale`.
        entry: the entry's name in the zip; None takes the first.

    Raises:
        DataError: the file is missing, damaged or has a malformed line.
    """
    source = _name(path, entry)
    table = decode_table(_content(path, entry), 6, source, dated=date is None)
    values = _split(table[:, 1:6])
    if scale != 1:
        values[:4] /= scale
    open_, high, low, close, volume = values
    return TradeBarColumns(_times(table, date, source), open_, high, low, close, volume)


def read_quote_bars(path: Path | str, date: dt.date | None, scale: int, entry: str | None = None) -> QuoteBarColumns:
    """Quote bars: time, then open, high, low, close and last size of the bid, then of the ask. Arguments as above."""
    source = _name(path, entry)
    table = decode_table(_content(path, entry), 11, source, dated=date is None)
    values = _split(table[:, 1:])
    if scale != 1:
        values[0:4] /= scale
        values[5:9] /= scale
    return QuoteBarColumns(_times(table, date, source), *values)


def read_open_interest(path: Path | str, date: dt.date | None, entry: str | None = None) -> OpenInterestColumns:
    """Open interest: time, contracts. Arguments as above."""
    source = _name(path, entry)
    table = decode_table(read_entry(path, entry), 2, source, dated=date is None)
    return OpenInterestColumns(_times(table, date, source), np.ascontiguousarray(table[:, 1]))


def read_trade_ticks(path: Path | str, date: dt.date, security_type: str, entry: str | None = None) -> TradeTickColumns:
    """Trades of one day: milliseconds, price, size, then by security type exchange, sale condition, suspicious.

    Crypto has `time,price,quantity[,suspicious]`; all else `time,price,quantity,exchange,condition,suspicious`.
    """
    source, content = _name(path, entry), read_entry(path, entry)
    plain = security_type.lower() in {"crypto", "cryptofuture"}
    available = content.count(b",", 0, content.find(b"\n") % (len(content) + 1)) + 1
    texts = rows_of_text(content, min(available, 4 if plain else 6), source)
    if len(texts) < 3:
        raise DataError(f"{source}, line 1: {len(texts)} columns where 3 are needed; fetch or generate the file again")
    table = _numbers(texts[:3], source)
    count = len(table)
    return TradeTickColumns(
        _times(table, date, source),
        table[:, 1] / price_scale(security_type),
        np.ascontiguousarray(table[:, 2]),
        _texts(texts[3] if len(texts) > 3 and not plain else [], count),
        _texts(texts[4] if len(texts) > 4 else [], count),
        _flags(texts[5] if len(texts) > 5 else texts[3] if plain and len(texts) > 3 else [], count),
    )


def read_quote_ticks(path: Path | str, date: dt.date, security_type: str, entry: str | None = None) -> QuoteTickColumns:
    """Quotes of one day. Forex and CFD files hold milliseconds, bid, ask; their sizes are 0.

    All else holds milliseconds, bid, bid size, ask, ask size; then crypto has the suspicious flag, equities have
    exchange, condition, suspicious; options and futures have exchange, suspicious.
    """
    source, content, kind = _name(path, entry), read_entry(path, entry), security_type.lower()
    if kind in {"forex", "cfd"}:
        return _two_sided(decode_table(content, 3, source, dated=False), date, source)
    available = content.count(b",", 0, content.find(b"\n") % (len(content) + 1)) + 1
    texts = rows_of_text(content, max(5, available), source)
    table = _numbers(texts[:5], source)
    count, rest = len(table), texts[5:]
    names = {1: ("suspicious",), 2: ("exchange", "suspicious")}.get(len(rest), ("exchange", "condition", "suspicious"))
    found = dict(zip(names, rest, strict=False))
    scale = price_scale(kind)
    return QuoteTickColumns(
        _times(table, date, source),
        table[:, 1] / scale,
        np.ascontiguousarray(table[:, 2]),
        table[:, 3] / scale,
        np.ascontiguousarray(table[:, 4]),
        _texts(found.get("exchange", []), count),
        _texts(found.get("condition", []), count),
        _flags(found.get("suspicious", []), count),
    )


def _two_sided(table: Table, date: dt.date, source: str) -> QuoteTickColumns:
    count = len(table)
    bid, ask = _split(table[:, 1:3])
    none, unsized = _texts([], count), np.zeros(count)
    return QuoteTickColumns(_times(table, date, source), bid, unsized, ask, unsized, none, none, _flags([], count))


def _content(path: Path | str, entry: str | None) -> bytes:
    return read_single(path) if entry is None else read_entry(path, entry)


def _name(path: Path | str, entry: str | None) -> str:
    return f"{path}#{entry}" if entry else str(path)


def _split(table: Table) -> NDArray[np.float64]:
    return np.array(table.T, order="C")


def _numbers(texts: list[list[str]], source: str) -> Table:
    lines = "\n".join(map(",".join, zip(*texts, strict=True)))
    return decode_table(lines.encode(), len(texts), source, dated=False)


def _texts(values: list[str], count: int) -> NDArray[np.str_]:
    return np.array(values, dtype=np.str_) if values else np.zeros(count, dtype="<U1")


def _flags(values: list[str], count: int) -> NDArray[np.bool_]:
    return np.array([value == "1" for value in values], dtype=np.bool_) if values else np.zeros(count, dtype=np.bool_)


def _times(table: Table, date: dt.date | None, source: str) -> Times:
    if date is not None:
        microseconds = np.rint(table[:, 0] * 1000.0).astype("timedelta64[us]")
        times: Times = np.datetime64(date, "us") + microseconds
        return times
    return _dated_times(table[:, 0].astype(np.int64), source)


def _dated_times(stamps: NDArray[np.int64], source: str) -> Times:
    """Times of yyyyMMddHHmm integers."""
    days, clock = np.divmod(stamps, 10000)
    years, month_days = np.divmod(days, 10000)
    months, day_of_month = np.divmod(month_days, 100)
    bad = (years < 1900) | (months < 1) | (months > 12) | (day_of_month < 1) | (day_of_month > 31) | (clock > 2359)
    if bad.any():
        line = int(np.flatnonzero(bad)[0]) + 1
        raise DataError(f"{source}, line {line}: the first column is not yyyyMMdd HH:mm; repair or remove the line")
    month = ((years - 1970) * 12 + months - 1).astype("datetime64[M]")
    day = month.astype("datetime64[D]") + (day_of_month - 1)
    minutes = (clock // 100) * 60 + clock % 100
    times: Times = day.astype("datetime64[us]") + minutes.astype("timedelta64[m]")
    return times
