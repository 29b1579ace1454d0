"""History as a folder of LEAN data has it: bars and ticks of its own files, to the last digit.

Quotes come from quote files, seconds from second files, ticks from tick files, hours and days from theirs. As IB does,
prices and volumes of stocks have the splits taken out that the folder's factor files know until the present day, and
adjusted ones the dividends too. What the folder has no file of is left to whoever else makes prices.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from leanib.data import (
    FactorRow,
    QuoteBarColumns,
    QuoteTickColumns,
    TradeBarColumns,
    TradeTickColumns,
    factor_file_path,
    read_factor_file,
)
from leanib.data.series_files import Columns
from leanib.simulator.clock import SECOND_US, to_datetime
from leanib.simulator.market.local_time import utc_of
from leanib.simulator.market.places import Place
from leanib.simulator.market.walk import Ints

TRADES = frozenset({"TRADES", "AGGTRADES", "ADJUSTED_LAST"})
QUOTES = frozenset({"BID", "ASK", "BID_ASK", "MIDPOINT"})
HOUR_US, DAY_US = 3600 * SECOND_US, 86400 * SECOND_US
DAY = timedelta(days=1)
_NAMES = ("open", "high", "low", "close")
_CACHED = 400


@dataclass(slots=True)
class RecordedBar:
    """One bar: exact prices and volume."""

    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass(slots=True)
class _Day:
    """A file: the moments (UTC microseconds) of its rows, of days the row of each, and its columns."""

    start: Ints
    rows: dict[date, int]
    columns: Columns


class Recorded:
    """Answers from the files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[tuple[Place, str, str, date | None], _Day | None] = {}
        self._factors: dict[Path, list[FactorRow]] = {}

    def bars(
        self, place: Place, what: str, starts: list[int], ends: list[int], days: list[date], seconds: int, today: date
    ) -> list[RecordedBar | None] | None:
        """A bar for each [start, end) of a length, None for one without rows; None when there is no file for them.

        Args:
            place: Where the instrument is.
            what: What IB calls the kind of prices.
            starts: UTC microseconds, ascending.
            ends: Likewise.
            days: The trading day that each belongs to.
            seconds: The length of a bar.
            today: The present day: splits and dividends until then are taken out.
        """
        side = "trade" if what in TRADES else "quote" if what in QUOTES else ""
        if not (side and starts):
            return None
        for resolution in _resolutions(seconds):
            if not any(place.exists(self.folder, resolution, side, day) for day in sorted(set(days))):
                continue
            if resolution == "daily" and seconds == DAY_US // SECOND_US:
                return self._daily(place, side, what, days, today)
            return self._within(place, resolution, side, what, starts, ends, days, today)
        return None

    def _daily(self, place: Place, side: str, what: str, days: list[date], today: date) -> list[RecordedBar | None]:
        found: list[RecordedBar | None] = []
        for day in days:
            file = self._file(place, "daily", side, day)
            at = None if file is None else file.rows.get(day)
            bar = None if file is None or at is None else _bar(file.columns, what, at, at + 1)
            found.append(self._adjusted(bar, place, what, day, today))
        return found

    def _within(
        self, place: Place, resolution: str, side: str, what: str, starts: list[int], ends: list[int],
        days: list[date], today: date,
    ) -> list[RecordedBar | None]:  # fmt: skip
        found: list[RecordedBar | None] = []
        for start, end, day in zip(starts, ends, days, strict=True):
            if resolution == "hour":  # the first hour of a day is the one that began before the opening
                start -= start % HOUR_US
            local = to_datetime(start).astimezone(place.zone).date()
            file = self._file(place, resolution, side, local)
            if file is None:
                found.append(None)
                continue
            first, last = (bisect.bisect_left(file.start, moment) for moment in (start, end))
            bar = _bar(file.columns, what, first, last) if last > first else None
            found.append(self._adjusted(bar, place, what, day, today))
        return found

    def ticks(
        self, place: Place, what: str, first: int | None, last: int | None, count: int, now: int
    ) -> list[tuple[int, Columns, int]] | None:
        """Ticks from a moment on, or up to one: second of the epoch, columns, and row; None when there is no such file.

        As at IB the second of the last one comes whole.
        """
        side = {"TRADES": "trade", "BID_ASK": "quote"}.get(what)
        if side is None:
            return None
        example = place.path(self.folder, "tick", side, date(2000, 1, 1))
        names = sorted(example.parent.glob(example.name.replace("20000101", "????????")))
        days = [datetime.strptime(path.name[:8], "%Y%m%d").date() for path in names]
        if not days:
            return None
        begin, stop = first if first is not None else 0, min(last if last is not None else now, now)
        found: list[tuple[int, Columns, int]] = []
        for day in days if first is not None else reversed(days):
            midnight = datetime.combine(day, datetime.min.time(), place.zone)
            if _us(midnight) > stop or _us(midnight + DAY) <= begin:
                continue
            file = self._file(place, "tick", side, day)
            if file is not None:
                seconds = file.start // SECOND_US
                inside = np.flatnonzero((file.start >= begin) & (file.start < stop)).tolist()
                rows = [(int(seconds[row]), file.columns, row) for row in inside]
                found = [*found, *rows] if first is not None else [*rows, *found]
            if len(found) >= count:
                break
        return _cut(found, count, forward=first is not None)

    def _adjusted(
        self, bar: RecordedBar | None, place: Place, what: str, day: date, today: date
    ) -> RecordedBar | None:
        if bar is None or place.kind != "equity":
            return bar
        rows = self._factor_rows(factor_file_path(self.folder, place.market, place.ticker))
        then, now = _factors_at(rows, day), _factors_at(rows, today)
        split = then[1] / now[1]
        price = split * (then[0] / now[0] if what == "ADJUSTED_LAST" else 1.0)
        if price == 1.0:
            return bar
        digits = 2 if what == "ADJUSTED_LAST" else 4
        o, h, low, c = (round(getattr(bar, name) * price, digits) for name in _NAMES)
        return RecordedBar(o, h, low, c, float(round(bar.volume / split)))

    def _factor_rows(self, path: Path) -> list[FactorRow]:
        if path not in self._factors:
            self._factors[path] = read_factor_file(path) if path.is_file() else []
        return self._factors[path]

    def _file(self, place: Place, resolution: str, side: str, day: date) -> _Day | None:
        """The file that holds a day; None where there is none."""
        key = (place, resolution, side, place.part(resolution, day))
        if key not in self._files:
            columns = place.read(self.folder, resolution, side, day)
            self._files[key] = None if columns is None else _day_of(columns, place.zone, resolution == "daily")
            if len(self._files) > _CACHED:
                self._files.pop(next(iter(self._files)))
        return self._files[key]


def _day_of(columns: Columns, zone: ZoneInfo, by_date: bool) -> _Day:
    dates = columns.time.astype("datetime64[D]").tolist() if by_date else []
    return _Day(utc_of(columns.time, zone), {day: number for number, day in enumerate(dates)}, columns)


def _resolutions(seconds: int) -> tuple[str, ...]:
    """Whose files a bar of that length is made of, the first that is there."""
    if seconds >= DAY_US // SECOND_US:
        return ("daily", "hour", "minute")
    if seconds >= HOUR_US // SECOND_US:
        return ("hour", "minute")
    return ("minute",) if seconds >= 60 else ("second",)


def _bar(columns: Columns, what: str, first: int, last: int) -> RecordedBar | None:
    """The rows [first, last) as one bar; None where the side that is asked for is absent."""
    if isinstance(columns, TradeBarColumns):
        prices = [getattr(columns, name)[first:last] for name in _NAMES]
        volume = float(columns.volume[first:last].sum())
    elif isinstance(columns, QuoteBarColumns):
        sides = {side: [getattr(columns, f"{side}_{name}")[first:last] for name in _NAMES] for side in ("bid", "ask")}
        if what == "MIDPOINT":
            prices = [(bid + ask) / 2 for bid, ask in zip(sides["bid"], sides["ask"], strict=True)]
        elif what == "BID_ASK":
            prices = [sides["bid"][3], sides["ask"][1], sides["bid"][2], sides["ask"][3]]
        else:
            prices = sides[what.lower()]
        volume = 0.0
    else:
        return None
    some = prices[0] > 0
    if not some.any():
        return None
    o, h, low, c = (column[some] for column in prices)
    return RecordedBar(float(o[0]), float(h.max()), float(low.min()), float(c[-1]), volume)


def _factors_at(rows: list[FactorRow], day: date) -> tuple[float, float]:
    row = next((row for row in rows if row.date >= day), None)
    return (1.0, 1.0) if row is None else (float(row.price_factor), float(row.split_factor))


def _us(moment: datetime) -> int:
    return round(moment.astimezone(UTC).timestamp()) * SECOND_US


def _cut(found: list[tuple[int, Columns, int]], count: int, *, forward: bool) -> list[tuple[int, Columns, int]]:
    if len(found) <= count:
        return found
    if forward:
        edge = found[count - 1][0]
        return [row for row in found if row[0] <= edge]
    edge = found[-count][0]
    return [row for row in found if row[0] >= edge]


def tick_values(columns: Columns, row: int) -> tuple[float, ...]:
    """Price and size of a trade, or bid, ask and their sizes of a quote."""
    if isinstance(columns, TradeTickColumns):
        return float(columns.price[row]), float(columns.quantity[row])
    assert isinstance(columns, QuoteTickColumns)
    sizes = float(columns.bid_size[row]), float(columns.ask_size[row])
    return float(columns.bid_price[row]), float(columns.ask_price[row]), *sizes
