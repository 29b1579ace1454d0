"""Writers of LEAN's price files. The bytes depend on nothing but the content: entries carry a fixed time stamp.

Columns are those of `leanib.data.columns`; prices are written as LEAN writes them (equities times 10000, as integers;
everything else as plain decimals without trailing zeros).
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import QuoteBarColumns, QuoteTickColumns, Times, TradeBarColumns, TradeTickColumns
from leanib.files import write_bytes

__all__ = [
    "crypto_trade_tick_lines",
    "forex_tick_lines",
    "plain_quote_tick_lines",
    "quote_bar_lines",
    "quote_tick_lines",
    "trade_bar_lines",
    "trade_tick_lines",
    "write_zip",
]

_STAMP = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def write_zip(path: Path | str, entries: dict[str, Iterable[str]]) -> None:
    """Write a zip file with one CSV entry per item, whole or not at all; the folder is made when missing."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, lines in entries.items():
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX
            info.external_attr = 0o644 << 16
            archive.writestr(info, "\n".join(lines) + "\n")
    write_bytes(path, content.getvalue())


def trade_bar_lines(bars: TradeBarColumns, date: dt.date | None, scale: int) -> list[str]:
    """CSV lines of trade bars; `date` as in `leanib.data.reader` (None writes yyyyMMdd HH:mm)."""
    prices = [_prices(column, scale) for column in (bars.open, bars.high, bars.low, bars.close)]
    return _lines(_stamps(bars.time, date), *prices, _decimals(bars.volume))


def quote_bar_lines(bars: QuoteBarColumns, date: dt.date | None, scale: int) -> list[str]:
    """CSV lines of quote bars."""
    bid = [_prices(column, scale) for column in (bars.bid_open, bars.bid_high, bars.bid_low, bars.bid_close)]
    ask = [_prices(column, scale) for column in (bars.ask_open, bars.ask_high, bars.ask_low, bars.ask_close)]
    return _lines(_stamps(bars.time, date), *bid, _decimals(bars.bid_size), *ask, _decimals(bars.ask_size))


def trade_tick_lines(ticks: TradeTickColumns, date: dt.date, scale: int) -> list[str]:
    """CSV lines of an equity's trades."""
    flags = ["1" if suspicious else "0" for suspicious in ticks.suspicious.tolist()]
    return _lines(
        _stamps(ticks.time, date),
        _prices(ticks.price, scale),
        _decimals(ticks.quantity),
        ticks.exchange.tolist(),
        ticks.sale_condition.tolist(),
        flags,
    )


def quote_tick_lines(ticks: QuoteTickColumns, date: dt.date, scale: int) -> list[str]:
    """CSV lines of an equity's quotes."""
    flags = ["1" if suspicious else "0" for suspicious in ticks.suspicious.tolist()]
    return _lines(
        _stamps(ticks.time, date),
        _prices(ticks.bid_price, scale),
        _decimals(ticks.bid_size),
        _prices(ticks.ask_price, scale),
        _decimals(ticks.ask_size),
        ticks.exchange.tolist(),
        ticks.sale_condition.tolist(),
        flags,
    )


def crypto_trade_tick_lines(ticks: TradeTickColumns, date: dt.date) -> list[str]:
    """CSV lines of a coin's trades."""
    return _lines(_stamps(ticks.time, date), _decimals(ticks.price), _decimals(ticks.quantity))


def forex_tick_lines(ticks: QuoteTickColumns, date: dt.date) -> list[str]:
    """CSV lines of a currency pair's quotes, which have no sizes."""
    return _lines(_stamps(ticks.time, date), _decimals(ticks.bid_price), _decimals(ticks.ask_price))


def plain_quote_tick_lines(ticks: QuoteTickColumns, date: dt.date) -> list[str]:
    """CSV lines of a coin's quotes."""
    sides = (ticks.bid_price, ticks.bid_size, ticks.ask_price, ticks.ask_size)
    return _lines(_stamps(ticks.time, date), *map(_decimals, sides))


def _lines(*columns: list[str]) -> list[str]:
    return [",".join(fields) for fields in zip(*columns, strict=True)]


def _stamps(times: Times, date: dt.date | None) -> list[str]:
    if date is not None:
        milliseconds = (times - np.datetime64(date, "us")).astype("timedelta64[ms]").astype(np.int64)
        return [str(value) for value in milliseconds.tolist()]
    return [f"{time:%Y%m%d %H:%M}" for time in times.astype("datetime64[s]").tolist()]


def _prices(values: NDArray[np.float64], scale: int) -> list[str]:
    if scale == 1:
        return _decimals(values)
    return [str(value) for value in np.rint(values * scale).astype(np.int64).tolist()]


def _decimals(values: NDArray[np.float64]) -> list[str]:
    return [repr(value)[:-2] if value.is_integer() else repr(value) for value in values.tolist()]
