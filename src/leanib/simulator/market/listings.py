"""The options and futures of a folder of LEAN data: what its daily lists of contracts and its price files name.

A list holds the contracts of a day; of several the newest that is not after the day counts. Contracts that only price
files name are listed from the first day of the file on. What has expired is not listed.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from leanib.data import Contract, archive_exists, entry_names, zip_path
from leanib.data.archive import read_text_lines
from leanib.data.series_files import RESOLUTIONS
from leanib.errors import DataError
from leanib.simulator.market.catalogue import make_future, make_future_option, make_option
from leanib.simulator.market.expiries import DAY, RULES
from leanib.simulator.market.instruments import FutureRoot, Instrument
from leanib.simulator.market.places import market_of

__all__ = ["Listings"]

_RIGHTS = {"call": "C", "put": "P"}
_SIDES = ("trade", "quote", "openinterest")
_SCALE = Decimal(10000)
#: Classes of index options that the morning of their last day settles: trading ends on the day before.
_MORNING = frozenset({"SPX", "NDX", "VIX", "VIXW", "RUT"})
_ENDINGS = ("", "W", "P")


@dataclass(frozen=True, slots=True, order=True)
class _Named:
    """An option as a list or an entry names it."""

    expiry: dt.date
    strike: Decimal
    right: str


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of one product's contracts: security type, market, ticker, and the month of an option's future."""

    folder: Path
    kind: str
    market: str
    ticker: str
    month: dt.date | None = None

    @property
    def lists(self) -> Path:
        """The folder of its daily lists."""
        base = self.folder / self.kind / self.market / "universes" / self.ticker.lower()
        return base if self.month is None else base / f"{self.month:%Y%m}"

    def entries(self, day: dt.date) -> Iterator[list[str]]:
        """The parts of the names of all entries in the price files that hold a day."""
        styles = ("american", "european") if self.kind.endswith("option") else ("",)
        for resolution in RESOLUTIONS:
            for side in _SIDES:
                for style in styles:
                    contract = Contract(style, month=self.month)
                    path = zip_path(self.folder, self.kind, self.market, resolution, self.ticker, side, day, contract)
                    if archive_exists(path):
                        yield from (name.removesuffix(".csv").split("_") for name in entry_names(path))

    def rows(self, day: dt.date, columns: int) -> Iterator[list[str]]:
        """The first columns of the newest list that is not after a day."""
        names = sorted(path.name for path in self.lists.glob("????????.csv")) if self.lists.is_dir() else []
        at = bisect.bisect_right(names, f"{day:%Y%m%d}.csv")
        if not at:
            return
        path = self.lists / names[at - 1]
        for number, line in enumerate(read_text_lines(path), 1):
            if not line[:1].isdigit():
                continue
            parts = line.split(",", columns)
            if len(parts) <= columns:
                raise DataError(f"{path} is malformed in line {number}: {line[:60]!r} is no contract with its prices")
            yield parts[:columns]


class Listings:
    """Lists the contracts of products that the simulator knows.

    Args:
        folder: LEAN's data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def futures(self, root: FutureRoot, today: dt.date) -> list[Instrument]:
        """The contracts of a product, by expiry; empty where the folder has none of it."""
        files = _Files(self._folder, "future", market_of(root.exchange), root.trading_class or root.symbol)
        months = {row[0] for row in files.rows(today, 1)}
        for parts in files.entries(today):
            months |= {part for part in parts[-2:] if len(part) == 6 and part.isdecimal()}
        found = []
        for text in sorted(months):
            year, month = int(text[:4]), int(text[4:])
            expiry = RULES[root.expires](year, month)
            if expiry >= today:
                found.append(make_future(root, year, month, expiry))
        return found

    def options(self, under: Instrument, today: dt.date) -> list[Instrument]:
        """The options on a stock, an index or a future, by expiry, strike and right; empty where there are none."""
        found: list[Instrument] = []
        for files in self._classes(under):
            named = {_of_list(row) for row in files.rows(today, 3)}
            named |= {one for parts in files.entries(today) if (one := _of_entry(parts)) is not None}
            for one in sorted(named):
                item = _option(under, files.ticker.upper(), one)
                if item.expiry >= f"{today:%Y%m%d}":
                    found.append(item)
        return found

    def _classes(self, under: Instrument) -> list[_Files]:
        """Where options on an instrument are: several classes of an index, such as SPX and SPXW."""
        folder, symbol = self._folder, under.symbol.replace(" ", ".")
        if under.sec_type == "STK":
            return [_Files(folder, "option", "usa", symbol)]
        if under.sec_type == "IND":
            return [_Files(folder, "indexoption", "usa", symbol + ending) for ending in _ENDINGS]
        month = dt.datetime.strptime(under.month or under.expiry[:6], "%Y%m").date()
        names = dict.fromkeys([under.options, under.trading_class])
        return [_Files(folder, "futureoption", market_of(under.exchange), name, month) for name in names if name]


def _of_list(row: list[str]) -> _Named:
    try:
        return _Named(dt.datetime.strptime(row[0], "%Y%m%d").date(), Decimal(row[1]), row[2][:1].upper())
    except (ValueError, InvalidOperation):
        raise DataError(f"{','.join(row)!r} in a list of contracts is no expiry, strike and right") from None


def _of_entry(parts: list[str]) -> _Named | None:
    """The option of `spy_trade_american_call_3000000_20120121`; None for an entry that names none."""
    if len(parts) < 4 or parts[-3] not in _RIGHTS or not parts[-2].isdecimal():
        return None
    try:
        expiry = dt.datetime.strptime(parts[-1], "%Y%m%d").date()
    except ValueError:
        return None
    return _Named(expiry, Decimal(parts[-2]) / _SCALE, _RIGHTS[parts[-3]])


def _option(under: Instrument, name: str, one: _Named) -> Instrument:
    """The instrument of an option; one that the morning of its day settles is last traded on the day before."""
    of_class = replace(under, options=name.replace(".", "") if under.sec_type == "STK" else name)
    strike = one.strike.normalize() + 0
    if under.sec_type == "FUT":
        return make_future_option(of_class, one.expiry, strike, one.right)
    item = make_option(of_class, one.expiry, strike, one.right)
    if under.sec_type == "IND" and name in _MORNING:
        return replace(item, expiry=f"{one.expiry - DAY:%Y%m%d}", listed_expiry=f"{one.expiry:%Y%m%d}")
    return item
