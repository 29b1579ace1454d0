"""Bitcoin in dollars, made up: a seeded random walk, so that a strategy for coins has something to run on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import QuoteBarColumns, TradeBarColumns
from leanib.data.generate.intraday import Bars, Ints, bars_of, seeded
from leanib.data.generate.plan import CRYPTO_DAYS
from leanib.data.paths import entry_name, zip_path
from leanib.data.writer import quote_bar_lines, trade_bar_lines, write_zip

__all__ = ["write_crypto"]

_TICKER, _MARKET = "BTCUSD", "coinbase"
_POINTS_AN_HOUR = 6
_FIRST_CENTS = 42_000_00
_HALF_SPREAD = 50
_SIDES = {"bid": -_HALF_SPREAD, "ask": _HALF_SPREAD}


def write_crypto(root: Path) -> None:
    """Trades and quotes of the pair, by the hour and by the day, around the clock; volumes in coins."""
    first = np.datetime64(CRYPTO_DAYS.first, "us")
    days = (CRYPTO_DAYS.last - CRYPTO_DAYS.first).days + 1
    path = _walk(days * 24 * _POINTS_AN_HOUR)
    volume: Ints = seeded(_TICKER, "volume").randint(1, 60, size=len(path)).astype(np.int64)
    for resolution, hours in (("hour", 1), ("daily", 24)):
        bars = bars_of(path, volume, hours * _POINTS_AN_HOUR)
        times = first + np.arange(len(bars)) * np.timedelta64(hours, "h")
        _write(root, resolution, times, bars)


def _walk(points: int) -> Ints:
    """Prices in cents, with slow changes of direction."""
    steps = seeded(_TICKER, "steps").randint(-400, 401, size=points)
    drift = np.repeat(seeded(_TICKER, "drift").randint(-6, 8, size=points // 2000 + 1), 2000)[:points]
    path = np.empty(points, dtype=np.int64)
    price = _FIRST_CENTS
    for number, step in enumerate((steps + drift).tolist()):
        price += price * step // 100_000
        path[number] = price
    return path


def _write(root: Path, resolution: str, times: NDArray[np.datetime64], bars: Bars) -> None:
    names = ("open", "high", "low", "close")
    cents = {name: getattr(bars, name) for name in names}
    trades = TradeBarColumns(time=times, **{name: cents[name] / 100 for name in names}, volume=bars.volume / 10)
    sizes = bars.volume / 100
    quotes = QuoteBarColumns(
        time=times,
        **{f"{side}_{name}": (cents[name] + shift) / 100 for side, shift in _SIDES.items() for name in names},
        bid_size=sizes,
        ask_size=sizes,
    )
    for kind, lines in (("trade", trade_bar_lines(trades, None, 1)), ("quote", quote_bar_lines(quotes, None, 1))):
        file = zip_path(root, "crypto", _MARKET, resolution, _TICKER, kind)
        write_zip(file, {entry_name("crypto", resolution, _TICKER, kind): lines})
