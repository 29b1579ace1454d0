"""Prices from a folder of LEAN-format data: minute bars become a path, daily bars the long history.

Within a minute the path goes from the open over the low and the high (a falling bar: the high first) to the close, so
that ticks visit every price of the bar. What the folder does not hold is silence, not invention.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from leanib.data import QuoteBarColumns, TradeBarColumns
from leanib.errors import DataError
from leanib.simulator.clock import SECOND_US, to_datetime, to_us
from leanib.simulator.market.instruments import FutureRoot, Instrument, crypto, forex, index, stock
from leanib.simulator.market.listings import Listings
from leanib.simulator.market.local_time import utc_of
from leanib.simulator.market.places import Place, Places
from leanib.simulator.market.recorded import Recorded
from leanib.simulator.market.sources import MINUTE_US, Bars
from leanib.simulator.market.walk import Floats, Ints

DAY = timedelta(days=1)
HALF_SESSION_US = 3 * 3600 * SECOND_US


@dataclass(slots=True)
class _Columns:
    """Bars of one kind: start and prices, sorted by start."""

    start: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def __len__(self) -> int:
        return len(self.start)


def _join(parts: list[_Columns]) -> _Columns:
    names = ("start", "open", "high", "low", "close", "volume")
    if not parts:
        return _Columns(np.empty(0, dtype=np.int64), *(np.empty(0) for _ in names[1:]))
    return _Columns(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class LeanSource:
    """A folder of LEAN data as a source of prices; raises DataError when the folder does not exist."""

    def __init__(
        self, folder: Path, forex_market: str = "oanda", find: Callable[[int], Instrument | None] = lambda _: None
    ) -> None:
        """Args: the folder; the market of currency pairs; finds instruments by contract id, for what options are on."""
        if not folder.is_dir():
            raise DataError(f"{folder} is not a folder; name LEAN's data folder, the one that holds equity/ and forex/")
        self.folder = folder
        self.forex_market = forex_market
        self._minutes: dict[tuple[int, date], _Columns | None] = {}
        self._days: dict[int, _Columns] = {}
        self.recorded = Recorded(folder)
        self._places = Places(folder, forex_market)
        self._listings = Listings(folder)
        self._find = find
        self._listed: set[int] = set()

    def place(self, item: Instrument) -> Place | None:
        """Where the folder keeps the instrument; None when it cannot."""
        return self._places.of(item, self._find(item.under_con_id) if item.is_option else None)

    def options(self, under: Instrument, today: date) -> list[Instrument]:
        """The options on an instrument that the folder has and that are traded on a day."""
        return self._note(self._listings.options(under, today))

    def futures(self, root: FutureRoot, today: date) -> list[Instrument]:
        """The contracts of a product that the folder has and that are traded on a day."""
        return self._note(self._listings.futures(root, today))

    def open_interest(self, item: Instrument, moment: datetime) -> int | None:
        """How many of a contract were open, as the folder tells it by a moment; None where it does not."""
        place = self.place(item)
        return None if place is None or place.contract is None else place.open_interest(self.folder, moment)

    def lists(self, item: Instrument) -> bool:
        """Is it a contract of this folder?"""
        return item.con_id in self._listed

    def _note(self, found: list[Instrument]) -> list[Instrument]:
        self._listed.update(item.con_id for item in found)
        return found

    def instruments(self) -> list[Instrument]:
        """Every stock, currency pair, index and cryptocurrency that has minute or daily data here."""
        found = [stock(name.replace(".", " "), 100.0) for name in self._names("equity", "usa")]
        found += [index(name, 1000.0) for name in self._names("index", "usa")]
        found += [forex(name[:3], name[3:], 1.0) for name in self._names("forex", self.forex_market) if len(name) == 6]
        for folder in sorted((self.folder / "crypto").glob("*")):
            for name in self._names("crypto", folder.name):
                if len(name) > 3:
                    found.append(crypto(name[:-3], 100.0, currency=name[-3:]))
                    self._places.crypto_markets.setdefault(name, folder.name)
        return found

    def _names(self, kind: str, market: str) -> list[str]:
        """The tickers of a market, in capitals."""
        base = self.folder / kind / market
        names = {path.name for path in (base / "minute").glob("*") if path.is_dir()}
        names |= {path.stem.removesuffix("_trade").removesuffix("_quote") for path in (base / "daily").glob("*.zip")}
        return sorted(name.upper() for name in names)

    def covers(self, item: Instrument) -> bool:
        """Is there minute data of the instrument? Contracts that are listed here have no other prices than these."""
        if item.con_id in self._listed:
            return True
        place = self.place(item)
        return place is not None and place.contract is None and self._minute_folder(place).is_dir()

    def begins(self, item: Instrument) -> int:
        """The first day with data."""
        place = self.place(item)
        days = self._daily(item)
        first = int(days.start[0]) if len(days) else None
        if place is not None and first is None:
            names = sorted(path.name[:8] for path in self._minute_folder(place).glob("*.zip"))
            first = to_us(datetime.strptime(names[0], "%Y%m%d")) if names else None
        return first if first is not None else to_us(datetime(1998, 1, 2))

    def path(self, item: Instrument, times: Ints) -> Floats:
        """The price at `times`; NaN outside the bars."""
        if not len(times):
            return np.empty(0)
        bars = self._span(item, int(times.min()), int(times.max()))
        if not len(bars):
            return np.full(len(times), np.nan)
        at = np.searchsorted(bars.start, times, side="right") - 1
        known = at >= 0
        at = np.maximum(at, 0)
        share = (times - bars.start[at]) / MINUTE_US
        # a minute without trades keeps the close of the last one, for as long as the session may last
        known &= share < 24 * 60
        rising = bars.close[at] >= bars.open[at]
        turns = np.stack(
            [
                bars.open[at], np.where(rising, bars.low[at], bars.high[at]),
                np.where(rising, bars.high[at], bars.low[at]), bars.close[at],
            ]
        )  # fmt: skip
        leg = np.clip(np.floor(share * 3), 0, 2).astype(np.int64)
        rows = np.arange(len(times))
        within = np.minimum(share * 3 - leg, 1.0)
        prices = turns[leg, rows] + (turns[leg + 1, rows] - turns[leg, rows]) * within
        return np.where(known, prices, np.nan)

    def bars(self, item: Instrument, starts: Ints, ends: Ints) -> Bars:
        """Bars put together from minutes; whole days from the daily file when there is one."""
        if not len(starts):
            empty = np.empty(0)
            return Bars(empty, empty, empty, empty, np.empty(0, dtype=np.int64))
        if int((ends - starts).max()) < MINUTE_US:
            return self._small(item, starts, ends)
        if int((ends - starts).max()) >= HALF_SESSION_US and len(self._daily(item)):
            return self._whole_days(item, starts, ends)
        return _aggregate(self._span(item, int(starts.min()), int(ends.max())), starts, ends)

    def _whole_days(self, item: Instrument, starts: Ints, ends: Ints) -> Bars:
        """Bars from the daily file; the last one, which may not be over, from minutes where there are any."""
        # a daily bar is dated midnight, before the session that it describes begins
        bars = _aggregate(self._daily(item), starts - 4 * HALF_SESSION_US, ends)
        part = _aggregate(self._span(item, int(starts[-1]), int(ends[-1])), starts[-1:], ends[-1:])
        if not np.isnan(part.open[0]):
            for name in ("open", "high", "low", "close", "volume"):
                getattr(bars, name)[-1] = getattr(part, name)[0]
        return bars

    def _small(self, item: Instrument, starts: Ints, ends: Ints) -> Bars:
        opens, closes = self.path(item, starts), self.path(item, ends - 1)
        return Bars(opens, np.maximum(opens, closes), np.minimum(opens, closes), closes, np.full(len(starts), 100))

    def _minute_folder(self, place: Place) -> Path:
        return place.path(self.folder, "minute", "trade", date(2000, 1, 1)).parent

    def _span(self, item: Instrument, first: int, last: int) -> _Columns:
        """All minutes of the days from the one before `first` to `last`."""
        day, end = to_datetime(first).date() - DAY, to_datetime(last).date() + DAY
        parts = []
        while day <= end:
            part = self._minute_day(item, day)
            if part is not None:
                parts.append(part)
            day += DAY
        return _join(parts)

    def _minute_day(self, item: Instrument, day: date) -> _Columns | None:
        key = (item.con_id, day)
        if key not in self._minutes:
            place = self.place(item)
            self._minutes[key] = None if place is None else self._read(place, "minute", day)
            if len(self._minutes) > 2000:  # a few years of a dozen instruments
                self._minutes.pop(next(iter(self._minutes)))
        return self._minutes[key]

    def _daily(self, item: Instrument) -> _Columns:
        if item.con_id not in self._days:
            place, parts = self.place(item), []
            if place is not None:
                last = int(item.expiry[:4]) if item.is_option else 2000  # options have a file a year, others one
                years = range(last - 1, last + 1) if item.is_option else (last,)
                parts = [self._read(place, "daily", date(year, 1, 1)) for year in years]
            self._days[item.con_id] = _join([part for part in parts if part is not None])
        return self._days[item.con_id]

    def _read(self, place: Place, resolution: str, day: date) -> _Columns | None:
        """Bars of trades; of currencies, and of contracts without trades, the middles of the quotes."""
        sides = ("quote",) if place.kind == "forex" else ("trade",) if place.contract is None else ("trade", "quote")
        bars = next((found for side in sides if (found := place.read(self.folder, resolution, side, day))), None)
        if isinstance(bars, TradeBarColumns):
            return _Columns(utc_of(bars.time, place.zone), bars.open, bars.high, bars.low, bars.close, bars.volume)
        if not isinstance(bars, QuoteBarColumns):
            return None
        pairs = ((bars.bid_open, bars.ask_open), (bars.bid_high, bars.ask_high),
                 (bars.bid_low, bars.ask_low), (bars.bid_close, bars.ask_close))  # fmt: skip
        o, h, low, c = ((bid + ask) / 2 for bid, ask in pairs)
        return _Columns(utc_of(bars.time, place.zone), o, h, low, c, np.zeros(len(bars.time)))


def _aggregate(source: _Columns, starts: Ints, ends: Ints) -> Bars:
    """One bar per [start, end); NaN where the source has no row."""
    first = np.searchsorted(source.start, starts, side="left")
    last = np.searchsorted(source.start, ends, side="left")
    some = last > first
    out = [np.full(len(first), np.nan) for _ in range(4)]
    volume = np.zeros(len(first), dtype=np.int64)
    if some.any():
        lo, hi = first[some], last[some]
        out[0][some], out[3][some] = source.open[lo], source.close[hi - 1]
        out[1][some] = [source.high[a:b].max() for a, b in zip(lo.tolist(), hi.tolist(), strict=True)]
        out[2][some] = [source.low[a:b].min() for a, b in zip(lo.tolist(), hi.tolist(), strict=True)]
        sums = [source.volume[a:b].sum() for a, b in zip(lo.tolist(), hi.tolist(), strict=True)]
        volume[some] = np.array(sums, dtype=np.int64)
    return Bars(out[0], out[1], out[2], out[3], volume)
