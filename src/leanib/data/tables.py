"""LEAN's smaller tables: universes, interest rates, futures margins.

Dates are the market's own; numbers are exact decimals. Facts: LEAN's CoarseFundamental.cs, ETFConstituentUniverse.cs,
InterestRateProvider.cs, FuturesMarginModel.cs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from leanib.data.archive import read_text_lines
from leanib.errors import DataError

__all__ = [
    "CoarseRow",
    "ConstituentRow",
    "MarginRow",
    "read_coarse_universe",
    "read_constituents",
    "read_futures_margins",
    "read_interest_rates",
]

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class CoarseRow:
    """One security of a day's coarse universe; `security_id` is LEAN's text (`AAPL R735QTJ8XC9X`), `close` is raw."""

    security_id: str
    ticker: str
    close: Decimal
    volume: int
    dollar_volume: float
    has_fundamental_data: bool = False
    price_factor: Decimal = Decimal(1)
    split_factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class ConstituentRow:
    """One holding of a fund; None where the file says nothing."""

    ticker: str
    security_id: str
    last_update: dt.date | None
    weight: Decimal | None
    shares_held: Decimal | None
    market_value: Decimal | None


@dataclass(frozen=True, slots=True)
class MarginRow:
    """A future's margins from `date` on, overnight and (0 when the file has none) intraday, in its quote currency."""

    date: dt.date
    initial_overnight: Decimal
    maintenance_overnight: Decimal
    initial_intraday: Decimal = Decimal(0)
    maintenance_intraday: Decimal = Decimal(0)


def read_coarse_universe(path: Path | str) -> list[CoarseRow]:
    """The coarse universe of one day; DataError names a malformed line."""
    return _read(path, _coarse)


def read_constituents(path: Path | str) -> list[ConstituentRow]:
    """A fund's holdings on one day; DataError names a malformed line."""
    return _read(path, _constituent)


def read_futures_margins(path: Path | str) -> list[MarginRow]:
    """A future's margins, oldest first; DataError names a malformed line."""
    return _read(path, lambda line: MarginRow(_day(line[:8]), *map(Decimal, line.split(",")[1:5])), header=True)


def read_interest_rates(path: Path | str) -> dict[dt.date, Decimal]:
    """Interest rates by the day they take effect, as fractions (2.25 % is 0.0225); DataError names a malformed line."""
    return dict(_read(path, _rate, header=True))


def _read(path: Path | str, decode: Callable[[str], _Row], *, header: bool = False) -> list[_Row]:
    rows = []
    for number, line in enumerate(read_text_lines(path), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if header:
            header = False
            continue
        try:
            rows.append(decode(line.strip()))
        except (ValueError, IndexError, InvalidOperation):
            raise DataError(f"{path}, line {number}: cannot read {line[:80]!r}; repair or remove the line") from None
    return rows


def _day(text: str) -> dt.date:
    return dt.date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _coarse(line: str) -> CoarseRow:
    fields = line.split(",")
    fields += ["False", "1", "1"][len(fields) - 5 :]
    return CoarseRow(
        security_id=fields[0],
        ticker=fields[1],
        close=Decimal(fields[2]),
        volume=int(fields[3]),
        dollar_volume=float(fields[4]),
        has_fundamental_data=fields[5].lower() == "true",
        price_factor=Decimal(fields[6]),
        split_factor=Decimal(fields[7]),
    )


def _constituent(line: str) -> ConstituentRow:
    ticker, security_id, updated, *numbers = line.split(",")[:6]
    weight, shares, value = (Decimal(text) if text else None for text in numbers)
    return ConstituentRow(ticker, security_id, _day(updated) if updated else None, weight, shares, value)


def _rate(line: str) -> tuple[dt.date, Decimal]:
    date, rate = line.split(",")[:2]
    return dt.date.fromisoformat(date), Decimal(rate) / 100
