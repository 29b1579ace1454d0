"""Data for benchmarks: random walks in LEAN's format, the same on every machine, made once and kept.

Each part of the folder has a marker that is written last, so that a part that was cut off is made again.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from leanib.data.columns import QuoteBarColumns, QuoteTickColumns, TradeBarColumns, TradeTickColumns
from leanib.data.corporate import FactorRow, MapRow, write_factor_file, write_map_file
from leanib.data.market_hours import MarketHoursFile
from leanib.data.paths import coarse_path, entry_name, factor_file_path, map_file_path, zip_path
from leanib.data.writer import quote_bar_lines, quote_tick_lines, trade_bar_lines, trade_tick_lines, write_zip
from leanib.engine.symbols import SecurityIdentifier
from leanib.errors import UsageError
from leanib.files import write_text
from leanib.sample import REFERENCE, sample_data

__all__ = ["COARSE_DAYS", "COARSE_SELECTED", "COARSE_TICKERS", "DAILY", "MANY", "BenchmarkData", "default_folder"]

VERSION = 1
"""Of the data: another one is another folder."""

MANY = [f"M{number:03}" for number in range(350)]
DAILY = [f"D{number:03}" for number in range(500)]
COARSE_TICKERS = [f"C{number:04}" for number in range(7000)]
COARSE_SELECTED = 350
"""So many of them are ever selected and have prices."""
COARSE_DAYS = 60

_SCALE = 10_000
_OPEN = np.timedelta64(9 * 60 + 30, "m")
_SESSION = dt.timedelta(hours=6, minutes=30)
_BEGINNING, _END_OF_TIME = dt.date(1998, 1, 2), dt.date(2050, 12, 31)
_CONDITION = "00000000"
_ONES = (Decimal(1), Decimal(1))

Floats = NDArray[np.float64]


def default_folder() -> Path:
    """Where the data is kept: the user's cache."""
    return user_cache_path("leanib") / f"benchmark-{VERSION}"


class BenchmarkData:
    """A data folder for benchmarks.

    Args:
        folder: where; made when missing.
        tell: is given a sentence when something has to be made, which takes a while.
    """

    def __init__(self, folder: Path, tell: Callable[[str], object] = lambda _sentence: None) -> None:
        self.folder = folder
        self._tell = tell
        self._prepare()
        self._hours = MarketHoursFile(folder / "market-hours" / "market-hours-database.json").entry("Equity-usa-[*]")
        self._parts: dict[str, Callable[[], None]] = {
            "minute": self._minute,
            "many": self._many,
            "second": self._second,
            "tick": self._tick,
            "daily": self._daily,
            "coarse": self._coarse,
        }

    def _prepare(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name in REFERENCE:
                link = self.folder / name
                if not link.exists():
                    link.unlink(missing_ok=True)  # one that leads nowhere any more
                    link.symlink_to(sample_data().absolute() / name)
        except OSError as error:
            raise UsageError(f"{self.folder} cannot be written ({error.strerror}); give another --cache") from error

    def make(self, part: str) -> None:
        """Make a part that is not there yet: minute, many, second, tick, daily or coarse."""
        marker = self.folder / f".{part}.made"
        if marker.exists():
            return
        self._tell(f"making data in {self.folder}: {part}")
        self._parts[part]()
        write_text(marker, "")

    def days(self, start: dt.date, count: int) -> Iterator[dt.date]:
        """A number of trading days."""
        every = (start + dt.timedelta(days=number) for number in range(20_000))
        return islice((day for day in every if self._hours.is_trading_day(day)), count)

    # --- parts -------------------------------------------------------------------------------------------------------

    def _minute(self) -> None:
        for day in self.days(dt.date(2014, 1, 2), 504):
            self._bars("minute", "SPY", day, 60, with_quotes=True)
        self._corporate("SPY")

    def _many(self) -> None:
        days = list(self.days(dt.date(2015, 9, 1), 8))
        for ticker in MANY:
            for day in days:
                self._bars("minute", ticker, day, 60)
            self._corporate(ticker)

    def _second(self) -> None:
        for day in self.days(dt.date(2014, 1, 2), 10):
            self._bars("second", "SEC", day, 1)
        self._corporate("SEC")

    def _tick(self) -> None:
        for day in self.days(dt.date(2014, 1, 2), 3):
            self._ticks("TIC", day, 60_000)
        self._corporate("TIC")

    def _daily(self) -> None:
        days = np.array(list(self.days(dt.date(2006, 1, 3), 2_515)), "datetime64[us]")
        for ticker in DAILY:
            self._whole_history(ticker, days)

    def _coarse(self) -> None:
        dates = list(self.days(dt.date(2017, 1, 3), COARSE_DAYS + 2))
        selected = COARSE_TICKERS[:COARSE_SELECTED]
        closes = [self._whole_history(ticker, np.array(dates, "datetime64[us]")) for ticker in selected]
        identifiers = [_id(ticker) for ticker in COARSE_TICKERS]
        for number, date in enumerate(dates):
            lines = []
            for index, (ticker, identifier) in enumerate(zip(COARSE_TICKERS, identifiers, strict=True)):
                close = closes[index][number] / _SCALE if index < COARSE_SELECTED else 20.0
                volume = 10_000_000 // (index + 1) + number
                lines.append(f"{identifier},{ticker},{close:g},{volume},{close * volume:.0f},True,1,1")
            write_text(coarse_path(self.folder, "usa", date), "\n".join(lines) + "\n")

    # --- files -------------------------------------------------------------------------------------------------------

    def _bars(self, resolution: str, ticker: str, day: dt.date, seconds: int, with_quotes: bool = False) -> None:
        count = int(_SESSION.total_seconds()) // seconds
        times = _times(day, count, seconds)
        prices, volume = _walk(ticker, day, count=count)
        lines = trade_bar_lines(_trades(times, prices, volume), day, _SCALE)
        self._write(resolution, ticker, "trade", day, lines)
        if with_quotes:
            size = volume // 10 + 1
            asks = [price + 0.01 for price in prices]
            quotes: tuple[Any, ...] = (*prices, size, *asks, size)
            lines = quote_bar_lines(QuoteBarColumns(times, *quotes), day, _SCALE)
            self._write(resolution, ticker, "quote", day, lines)

    def _ticks(self, ticker: str, day: dt.date, count: int) -> None:
        step = int(_SESSION.total_seconds()) * 1000 // count
        start = np.datetime64(day, "us") + _OPEN
        times = start + np.arange(count) * np.timedelta64(step, "ms")
        (_, _, _, price), size = _walk(ticker, day, count=count)
        texts: tuple[Any, ...] = (np.full(count, "P"), np.full(count, _CONDITION), np.zeros(count, np.bool_))
        lines = trade_tick_lines(TradeTickColumns(times, price, size, *texts), day, _SCALE)
        self._write("tick", ticker, "trade", day, lines)
        quotes = QuoteTickColumns(
            times[::2], price[::2], size[::2], price[::2] + 0.01, size[::2], *(t[::2] for t in texts)
        )
        self._write("tick", ticker, "quote", day, quote_tick_lines(quotes, day, _SCALE))

    def _whole_history(self, ticker: str, days: NDArray[np.datetime64]) -> list[int]:
        prices, volume = _walk(ticker, "daily", count=len(days), step=60)
        lines = trade_bar_lines(_trades(days, prices, volume), None, _SCALE)
        self._write("daily", ticker, "trade", None, lines)
        self._corporate(ticker)
        closes: list[int] = np.rint(prices[3] * _SCALE).astype(np.int64).tolist()
        return closes

    def _write(self, resolution: str, ticker: str, kind: str, day: dt.date | None, lines: list[str]) -> None:
        file = zip_path(self.folder, "equity", "usa", resolution, ticker, kind, day)
        write_zip(file, {entry_name("equity", resolution, ticker, kind, day): lines})

    def _corporate(self, ticker: str) -> None:
        write_map_file(
            map_file_path(self.folder, "usa", ticker),
            [MapRow(_BEGINNING, ticker, "P"), MapRow(_END_OF_TIME, ticker, "P")],
        )
        write_factor_file(
            factor_file_path(self.folder, "usa", ticker),
            [FactorRow(_BEGINNING, *_ONES), FactorRow(_END_OF_TIME, *_ONES)],
        )


def _trades(times: NDArray[np.datetime64], prices: list[Floats], volume: Floats) -> TradeBarColumns:
    first, high, low, last = prices
    return TradeBarColumns(times, first, high, low, last, volume)


def _id(ticker: str) -> str:
    return str(SecurityIdentifier.generate_equity(dt.datetime(1998, 1, 2), ticker, "usa"))


def _times(day: dt.date, count: int, seconds: int) -> NDArray[np.datetime64]:
    times: NDArray[np.datetime64] = np.datetime64(day, "us") + _OPEN + np.arange(count) * np.timedelta64(seconds, "s")
    return times


def _walk(*names: object, count: int, step: int = 3) -> tuple[list[Floats], Floats]:
    """Open, high, low and close of a random walk in cents around 100, and volumes; only the names decide."""
    random = np.random.RandomState(zlib.crc32("/".join(map(str, names)).encode()))
    path = 10_000 + np.cumsum(random.randint(-step, step + 1, size=count + 1))
    path = 2_000 + np.abs(path - 2_000)
    first, last = path[:-1], path[1:]
    high = np.maximum(first, last) + random.randint(0, 3, size=count)
    low = np.minimum(first, last) - random.randint(0, 3, size=count)
    volume = (random.randint(1, 50, size=count) * 100).astype(np.float64)
    return [column / 100 for column in (first, high, low, last)], volume
