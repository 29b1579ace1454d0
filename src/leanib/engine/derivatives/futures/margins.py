"""What the exchanges ask per futures contract (`MarginRequirementsEntry.cs`, `FutureMarginModel.cs`).

`future/<market>/margins/<TICKER>.csv` has a heading, then `date,initial,maintenance`, where it is known followed by
the day's initial and maintenance margin, per contract in its quote currency.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO
from leanib.engine.numbers.exact import ExactDecimal, FloatView
from leanib.engine.symbols import Globals, PerRun, Symbol
from leanib.errors import DataError

__all__ = ["FutureMarginTable", "MarginRequirementsEntry"]

_INTRADAY_SHARE = Decimal("0.4")


class MarginRequirementsEntry(LeanObject):
    """What holds from a day on, per contract."""

    NONE: ClassVar[MarginRequirementsEntry]
    initial_overnight_decimal = ExactDecimal()
    initial_overnight = FloatView()
    maintenance_overnight_decimal = ExactDecimal()
    maintenance_overnight = FloatView()
    initial_intraday_decimal = ExactDecimal()
    initial_intraday = FloatView()
    maintenance_intraday_decimal = ExactDecimal()
    maintenance_intraday = FloatView()

    def __init__(
        self,
        date: datetime,
        initial_overnight: Decimal,
        maintenance_overnight: Decimal,
        initial_intraday: Decimal | None = None,
        maintenance_intraday: Decimal | None = None,
    ) -> None:
        """What the file does not tell of the day is two fifths of the night's."""
        self.date = date
        self.initial_overnight_decimal = initial_overnight
        self.maintenance_overnight_decimal = maintenance_overnight
        self.initial_intraday_decimal = _or_share(initial_intraday, initial_overnight)
        self.maintenance_intraday_decimal = _or_share(maintenance_intraday, maintenance_overnight)

    @classmethod
    def create(cls, csv_line: str) -> MarginRequirementsEntry:
        """A line of the file, or ValueError."""
        day, *amounts = csv_line.strip().split(",")
        try:
            return cls(datetime.strptime(day, "%Y%m%d"), *[Decimal(amount) for amount in amounts[:4]])
        except (ValueError, ArithmeticError, TypeError) as error:
            raise ValueError(
                f"'{csv_line}' is not date,initial,maintenance[,initial intraday[,maintenance intraday]]"
            ) from error


def _or_share(amount: Decimal | None, overnight: Decimal) -> Decimal:
    return overnight * _INTRADAY_SHARE if amount is None else amount


MarginRequirementsEntry.NONE = MarginRequirementsEntry(datetime(1, 1, 1), ZERO, ZERO)


class FutureMarginTable:
    """The requirements of one future over time."""

    def __init__(self, entries: list[MarginRequirementsEntry]) -> None:
        self.entries = sorted(entries, key=lambda entry: entry.date) or [MarginRequirementsEntry.NONE]
        self._dates = [entry.date for entry in self.entries]

    @classmethod
    def of(cls, symbol: Symbol) -> FutureMarginTable:
        """Of a contract's or a continuous future's symbol, from the run's data folder; without a file all is zero."""
        ticker = symbol.id.symbol
        tables = _TABLES()
        if ticker not in tables:
            folder = Globals.data_folder / symbol.security_type.security_type_to_lower() / symbol.id.market.lower()
            path = folder / "margins" / f"{ticker}.csv"
            DATA_MONITOR().on_new_data_request(path, path.is_file())
            tables[ticker] = cls.read(path)
        return tables[ticker]

    @classmethod
    def read(cls, path: Path) -> FutureMarginTable:
        """A file's; empty when there is none."""
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        kept = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
        entries = []
        for number, line in kept[1:]:
            try:
                entries.append(MarginRequirementsEntry.create(line))
            except ValueError as error:
                raise DataError(f"{path} is malformed in line {number}: {error}; mend the line or delete it") from error
        return cls(entries)

    def on(self, day: date) -> MarginRequirementsEntry:
        """What holds on a day; before the first entry, the first one."""
        index = bisect_right(self._dates, datetime(day.year, day.month, day.day))
        return self.entries[max(index - 1, 0)]


_TABLES: PerRun[dict[str, FutureMarginTable]] = PerRun(dict)
