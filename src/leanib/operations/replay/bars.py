"""A day of a data folder as bars that a tape can print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from leanib.data.series_files import Columns
from leanib.simulator.market.places import Place

__all__ = ["LENGTHS", "Bar", "bars_of_day", "microseconds", "parted"]

_US = 1_000_000
#: Seconds of a bar, the finest resolution first.
LENGTHS = {"second": 1, "minute": 60, "hour": 3600, "daily": 86400}
_DIGITS = 6
#: Whose bars of hours and days are made of trades alone.
_TRADED = ("equity", "index")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: begin and end (microseconds UTC), prices of trades and of both sides; volume."""

    start: int
    end: int
    trade: tuple[Decimal, ...] | None
    bid: tuple[Decimal, ...]
    ask: tuple[Decimal, ...]
    volume: Decimal

    @property
    def worked(self) -> tuple[Decimal, ...]:
        """The open, high, low and close that resting orders meet."""
        return self.trade or tuple((bid + ask) / 2 for bid, ask in zip(self.bid, self.ask, strict=True))

    @property
    def is_daily(self) -> bool:
        """Whether it is a whole day's."""
        return self.end - self.start >= LENGTHS["daily"] * _US


def bars_of_day(folder: Path, place: Place, day: date, resolution: str, factor: Decimal) -> Iterator[Bar]:
    """The bars of a day in the data's zone, of the finest file that is not finer than asked for.

    Args:
        folder: LEAN's data folder.
        place: Where it keeps the instrument.
        day: In the data's zone.
        resolution: One of `LENGTHS`.
        factor: What the folder's prices are multiplied by to be IB's.
    """
    names = list(LENGTHS)
    for name in names[names.index(resolution) :]:
        found = list(_read(folder, place, day, name, factor))
        if found:
            yield from found
            return


def _read(folder: Path, place: Place, day: date, resolution: str, factor: Decimal) -> Iterator[Bar]:
    dated = resolution in ("hour", "daily")
    tables = {}
    for side in ("trade", "quote"):
        unused = place.kind == "forex" if side == "trade" else dated and place.kind in _TRADED
        columns = None if unused else place.read(folder, resolution, side, day)
        tables[side] = [] if columns is None else _rows(columns, day, place.zone, dated, factor)
    yield from _joined(tables["trade"], tables["quote"], LENGTHS[resolution] * _US)


_Rows = list[tuple[int, list[Decimal]]]


def _joined(trades: _Rows, quotes: _Rows, length: int) -> Iterator[Bar]:
    rows: dict[int, list[list[Decimal] | None]] = {}
    for column, table in enumerate((trades, quotes)):
        for start, values in table:
            rows.setdefault(start, [None, None])[column] = values
    for start in sorted(rows):
        trade, quote = rows[start]
        prices = tuple(trade[:4]) if trade is not None else None
        bid = tuple(quote[0:4]) if quote is not None else prices
        ask = tuple(quote[5:9]) if quote is not None else prices
        assert bid is not None
        assert ask is not None
        yield Bar(start, start + length, prices, bid, ask, trade[4] if trade is not None else Decimal(0))


def _rows(columns: Columns, day: date, zone: ZoneInfo, dated: bool, factor: Decimal) -> _Rows:
    """The day's rows as begin (UTC) and exact values."""
    times, *values = (getattr(columns, field.name) for field in fields(columns))
    if dated:
        first = np.datetime64(day)
        chosen = np.flatnonzero((times >= first) & (times < first + np.timedelta64(1, "D")))
    else:
        chosen = np.arange(len(times))
    sizes = (4,) if len(values) == 5 else (4, 9)
    rows = []
    for row in chosen.tolist():
        local: datetime = times[row].astype("datetime64[us]").item()
        exact = [Decimal(str(round(float(column[row]), _DIGITS))) for column in values]
        if factor != 1:
            exact = [value if place in sizes else value * factor for place, value in enumerate(exact)]
        rows.append((microseconds(local.replace(tzinfo=zone)), exact))
    return rows


def parted(volume: Decimal, before: Decimal | None) -> tuple[Decimal, ...]:
    """A bar's volume as the sizes of four trades, each another than the one before it.

    IB's ticks tell changes: a trade at the last one's price and of its size would not be told, and its volume be lost.
    """
    share = (volume / 4).to_integral_value(rounding="ROUND_FLOOR")
    choices = ((1, 0, 1), (0, 1, 0), (2, 0, 1), (0, 2, 1), (1, 2, 0))
    for choice in choices if share > 1 else ():
        sizes = [share + more for more in choice]
        sizes.append(volume - sum(sizes))
        if sizes[-1] > 0 and all(one != other for one, other in pairwise([before, *sizes])):
            return tuple(sizes)
    return Decimal(0), Decimal(0), Decimal(0), volume


def microseconds(moment: datetime) -> int:
    """A moment since the epoch."""
    return round(moment.timestamp() * _US)
