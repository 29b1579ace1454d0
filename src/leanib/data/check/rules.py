"""What rows of prices must not be, and what they hardly are: each rule gives the rows that break it and says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import QuoteBarColumns, QuoteTickColumns, Times, TradeBarColumns, TradeTickColumns
from leanib.data.market_hours import MarketHoursEntry
from leanib.data.series_files import Columns

__all__ = ["Broken", "closed_hours", "impossible", "unlikely"]

_Floats = NDArray[np.float64]
_Rows = NDArray[np.bool_]
_FAR = 1.5
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule, and the rows that break it; `remedy` as in `Problem`."""

    rows: _Rows
    text: str
    remedy: str = ""


def impossible(columns: Columns) -> Iterator[Broken]:
    """Rows that are wrong whatever the market does."""
    bars = isinstance(columns, TradeBarColumns | QuoteBarColumns)
    late = _late(columns.time, strictly=bars)
    yield Broken(late, "the time is not after the line before", "order")
    if isinstance(columns, TradeBarColumns):
        yield from _bars("", columns.open, columns.high, columns.low, columns.close)
        yield Broken(columns.volume < 0, "the volume is negative")
    elif isinstance(columns, QuoteBarColumns):
        yield from _bars("bid ", columns.bid_open, columns.bid_high, columns.bid_low, columns.bid_close)
        yield from _bars("ask ", columns.ask_open, columns.ask_high, columns.ask_low, columns.ask_close)
    elif isinstance(columns, TradeTickColumns):
        yield Broken(columns.price <= 0, "the price is not positive")


def unlikely(columns: Columns, *, leaps: bool = False) -> Iterator[Broken]:
    """Rows that a person should look at; `leaps`: whether prices may halve and double again, as those of options do."""
    if isinstance(columns, QuoteBarColumns):
        both = (columns.bid_close > 0) & (columns.ask_close > 0)
        crossed = (columns.bid_open > columns.ask_open) | (columns.bid_close > columns.ask_close)
        yield Broken(both & crossed, "the bid is above the ask")
    elif isinstance(columns, QuoteTickColumns):
        both = (columns.bid_price > 0) & (columns.ask_price > 0)
        yield Broken(both & (columns.bid_price > columns.ask_price), "the bid is above the ask")
    if isinstance(columns, TradeBarColumns) and not leaps:
        yield Broken(_outliers(columns), "a price is far from those before and after it")


def closed_hours(columns: Columns, entry: MarketHoursEntry) -> Broken | None:
    """Rows at a time of day at which the market is never open; nothing where the zones do not let that be seen."""
    if entry.data_time_zone != entry.exchange_time_zone:
        return None
    parts = [part for day in entry.days for part in day]
    if not parts:
        return None
    first = min(part.start for part in parts).total_seconds() * 1e6
    last = max(part.end for part in parts).total_seconds() * 1e6
    times = columns.time.astype(np.int64) % _DAY_US
    text = f"the market is closed then; are the times in {entry.data_time_zone}?"
    return Broken((times < first) | (times >= last), text)


def _bars(side: str, open_: _Floats, high: _Floats, low: _Floats, close: _Floats) -> Iterator[Broken]:
    """A side whose four prices are all 0 is absent, which is allowed."""
    outside = (np.maximum(open_, close) > high) | (np.minimum(open_, close) < low)
    upside_down = high < low
    yield Broken(upside_down, f"the {side}high is below the low")
    yield Broken(outside & ~upside_down, f"the {side}open or close is outside high and low")


def _late(times: Times, *, strictly: bool) -> _Rows:
    steps = np.diff(times).astype(np.int64)
    late = np.zeros(len(times), dtype=np.bool_)
    late[1:] = steps <= 0 if strictly else steps < 0
    return late


def _outliers(bars: TradeBarColumns) -> _Rows:
    """A price that leaves both neighbours' closes by half and more, in the same direction: it does not stay."""
    found = np.zeros(len(bars), dtype=np.bool_)
    if len(bars) < 3:
        return found
    before, after = bars.close[:-2], bars.close[2:]
    high, low = bars.high[1:-1], bars.low[1:-1]
    found[1:-1] = (high > _FAR * np.maximum(before, after)) | (low * _FAR < np.minimum(before, after))
    return found
