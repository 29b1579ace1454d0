"""Factor files: how prices of the past are scaled for splits and dividends.

From `Common/Data/Auxiliary/CorporateFactorProvider.cs`, `CorporateFactorRow.cs` and their provider. A row
`20140606,0.8893653,0.0357143,645.57` means: until that day prices are multiplied by both factors; the close was 645.57.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from leanib.data.corporate import read_factor_file
from leanib.engine.numbers import ONE
from leanib.engine.symbols import DataNormalizationMode, Globals, MapFileProvider, PerRun, Symbol

__all__ = ["FactorFile", "FactorFileProvider", "FactorRow"]

_ADJUSTED = (DataNormalizationMode.ADJUSTED, DataNormalizationMode.SCALED_RAW)
_SPLITS_ONLY = (DataNormalizationMode.SPLIT_ADJUSTED, DataNormalizationMode.TOTAL_RETURN)


class FactorRow(NamedTuple):
    """The factors that hold up to and including `date`; the reference price is the close of that day."""

    date: datetime
    price_factor: Decimal
    split_factor: Decimal
    reference_price: Decimal

    @property
    def price_scale_factor(self) -> Decimal:
        """Both factors in one."""
        return self.price_factor * self.split_factor


class FactorFile:
    """The factors of one equity, oldest first."""

    def __init__(self, permtick: str, rows: list[FactorRow], minimum_date: datetime | None = None) -> None:
        self.permtick = permtick.upper()
        self.rows = sorted(rows)
        self.factor_file_minimum_date = minimum_date
        self._dates = [row.date for row in self.rows]

    @classmethod
    def read(cls, path: Path) -> FactorFile:
        """Reads a file; rows too small for decimals are dropped and tell where the data starts to be usable."""
        rows = [
            FactorRow(_midnight(row.date), row.price_factor, row.split_factor, row.reference_price)
            for row in read_factor_file(path)
        ]
        minimum = min((row.date for row in rows), default=None)
        return cls(path.stem, rows, minimum - timedelta(days=1) if minimum else None)

    def is_same_over(self, first: datetime, last: datetime) -> bool:
        """Whether all days from one to another have the same factors."""
        dates = self._dates
        return bisect_left(dates, _midnight(first)) == bisect_left(dates, _midnight(last))

    def price_factor(self, date: datetime, mode: DataNormalizationMode) -> Decimal:
        """What a price of that day is multiplied by."""
        index = bisect_left(self._dates, datetime(date.year, date.month, date.day))
        if index == len(self.rows):
            return ONE
        row = self.rows[index]
        if mode in _ADJUSTED:
            return row.price_scale_factor
        return row.split_factor if mode in _SPLITS_ONLY else ONE

    def price_scale(self, date: datetime, mode: DataNormalizationMode, end: datetime | None = None) -> Decimal:
        """Likewise; scaled raw prices are relative to the factor at the end date."""
        factor = self.price_factor(date, mode)
        return factor / self.price_factor(end, mode) if mode is DataNormalizationMode.SCALED_RAW and end else factor

    def dividend_on_next_trading_day(self, date: datetime) -> tuple[Decimal, Decimal] | None:
        """The ratio of price factors and the reference price, when the next trading day is an ex-dividend day."""
        pair = self._rows_at(date)
        if pair is None or pair[0].price_factor == pair[1].price_factor:
            return None
        return pair[0].price_factor / pair[1].price_factor, pair[0].reference_price

    def split_on_next_trading_day(self, date: datetime) -> tuple[Decimal, Decimal] | None:
        """The split factor and the reference price, when the next trading day starts with a split."""
        pair = self._rows_at(date)
        if pair is None or pair[0].split_factor == pair[1].split_factor:
            return None
        return pair[0].split_factor / pair[1].split_factor, pair[0].reference_price

    def _rows_at(self, date: datetime) -> tuple[FactorRow, FactorRow] | None:
        index = bisect_left(self._dates, date)
        if index + 1 >= len(self.rows) or self._dates[index] != date:
            return None
        return self.rows[index], self.rows[index + 1]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


_FILES: PerRun[dict[Symbol, FactorFile | None]] = PerRun(dict)


class FactorFileProvider:
    """The factor files of the data folder, read when first asked for."""

    @classmethod
    def get(cls, symbol: Symbol) -> FactorFile | None:
        """The equity's factor file; None when there is none."""
        files = _FILES()
        if symbol not in files:
            files[symbol] = cls._read(symbol)
        return files[symbol]

    @staticmethod
    def _read(symbol: Symbol) -> FactorFile | None:
        owner = symbol.underlying if symbol.has_underlying else symbol
        if owner is None or not owner.asset.has_factor_files:
            return None
        permtick = MapFileProvider.map_file(owner).permtick
        path = Globals.data_folder / "equity" / owner.id.market / "factor_files" / f"{permtick.lower()}.csv"
        return FactorFile.read(path) if path.is_file() else None
