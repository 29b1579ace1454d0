"""What the makers of all kinds share: the settings, the folder and its tables, random streams, labels, progress."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np

from leanib.data.folder import folder_lock
from leanib.data.market_hours import MarketHoursEntry
from leanib.data.series_files import KINDS, Columns, write_columns
from leanib.data.sources import Series, SourceNote, write_note
from leanib.data.symbol_properties import SymbolPropertiesFile
from leanib.errors import DataError, UsageError
from leanib.operations.generate.sessions import Session, hours_of, sessions
from leanib.operations.generate.settings import GenerateSettings
from leanib.operations.generate.walk import Clock, Walk

__all__ = ["Job", "Made"]

_CENT = Decimal("0.01")


@dataclass(slots=True)
class Made:
    """A symbol that was made up; `events` are its splits, dividends and names, in words."""

    name: str
    files: int = 0
    first: dt.date | None = None
    last: dt.date | None = None
    events: list[str] = field(default_factory=list)

    def reach(self, date: dt.date) -> None:
        """There are prices of that day."""
        self.first, self.last = self.first or date, date


@dataclass(slots=True)
class Job:
    """One run of the generator."""

    settings: GenerateSettings
    folder: Path
    progress: Callable[[str, dt.date], None]
    """Told which symbol has come to which day."""

    properties: SymbolPropertiesFile

    def random(self, *names: object) -> np.random.Generator:
        """A stream of the seed and of nothing but these names."""
        text = "/".join(map(str, names)).encode()
        return np.random.Generator(np.random.PCG64([self.settings.seed, zlib.crc32(text)]))

    def hours(self, kind: str, ticker: str) -> MarketHoursEntry:
        """The hours of a symbol; raises DataError."""
        return hours_of(self.folder, KINDS[kind], self.settings.market, ticker)

    def sessions(self, kind: str, ticker: str, first: dt.date, last: dt.date) -> list[Session]:
        """The trading days of a symbol; raises UsageError where there is none."""
        found = list(sessions(self.hours(kind, ticker), first, last))
        if not found:
            raise UsageError(f"{ticker} is not traded on any day from {first} to {last}; give a longer span")
        return found

    def price_step(self, kind: str, ticker: str) -> Decimal:
        """The smallest price variation of a symbol; a cent where the table has none.

        Raises:
            DataError: the table's line is malformed.
        """
        market = self.settings.market
        row = self.properties.find(market, ticker, kind) or self.properties.find(market, "[*]", kind)
        return row.minimum_price_variation.normalize() if row and row.minimum_price_variation > 0 else _CENT

    def walk(self, kind: str, ticker: str) -> Walk:
        """A symbol's price."""
        return Walk(self.price_step(kind, ticker), self.settings.resolution, self.random("price", kind, ticker))

    def clock(self, *names: object) -> Clock:
        """When a symbol's prices come."""
        return Clock(self.settings.resolution, self.settings.widest_step, self.random("time", *names))

    def write(self, made: Made, series: Series, date: dt.date | None, columns: Columns) -> None:
        """A file of a kind whose files hold one ticker; raises DataError."""
        try:
            with folder_lock(self.folder):
                write_columns(self.folder, series, date, columns)
        except OSError as error:
            raise self.unwritable(error) from error
        made.files += 1

    def label(self, series: Series, made: Made) -> None:
        """Note that a series is made up, so that `leanib data info` says so."""
        if made.first is None or made.last is None:
            return
        moment = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        days = {made.first.isoformat(): moment, made.last.isoformat(): moment}
        try:
            write_note(self.folder, series, SourceNote("made up", f"seed {self.settings.seed}", days))
        except OSError as error:
            raise self.unwritable(error) from error

    def unwritable(self, error: OSError) -> DataError:
        """The sentence for a full disk and the like."""
        return DataError(
            f"{error.filename or self.folder} cannot be written ({error.strerror or error}); "
            "what was written before is whole"
        )
