"""Files of contracts: several entries in a zip, beside those that are there already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from leanib.data.archive import entry_names, read_entry
from leanib.data.columns import QuoteBarColumns, QuoteTickColumns, TradeBarColumns, TradeTickColumns
from leanib.data.folder import folder_lock, set_aside
from leanib.data.paths import Contract, entry_name, universe_path, zip_path
from leanib.data.reader import price_scale
from leanib.data.series_files import Columns
from leanib.data.sources import Series
from leanib.data.writer import quote_bar_lines, quote_tick_lines, trade_bar_lines, trade_tick_lines, write_zip
from leanib.files import write_text
from leanib.operations.generate.job import Job, Made

__all__ = ["ContractFiles"]


class ContractFiles:
    """Keeps entries until `flush`, which writes each zip once."""

    def __init__(self, job: Job, made: Made, kind: str, ticker: str) -> None:
        self._job, self._made, self._kind, self._ticker = job, made, kind, ticker.lower()
        self._kept: dict[Path, dict[str, list[str]]] = {}

    def put(self, contract: Contract, tick_type: str, date: dt.date | None, columns: Columns) -> None:
        """A contract's prices of a day, or of all days."""
        self._keep(contract, tick_type, date, _lines(columns, date, price_scale(self._kind)))

    def put_open_interest(self, contract: Contract, counts: list[tuple[dt.date, int]]) -> None:
        """A contract's open contracts at each midnight."""
        if self._job.settings.resolution in {"hour", "daily"}:
            self._keep(contract, "openinterest", None, [f"{date:%Y%m%d} 00:00,{count}" for date, count in counts])
            return
        for date, count in counts:
            self._keep(contract, "openinterest", date, [f"0,{count}"])

    def _keep(self, contract: Contract, tick_type: str, date: dt.date | None, lines: list[str]) -> None:
        settings = self._job.settings
        names = (self._kind, settings.market, settings.resolution, self._ticker, tick_type)
        path = zip_path(self._job.folder, *names, date, contract)
        entry = entry_name(self._kind, settings.resolution, self._ticker, tick_type, date, contract)
        self._kept.setdefault(path, {})[entry] = lines

    def flush(self) -> None:
        """Write what was kept; entries of other contracts stay. Raises DataError."""
        try:
            with folder_lock(self._job.folder):
                for path, entries in self._kept.items():
                    write_zip(path, {**_there(path, entries, self._job.settings.overwrite), **entries})
                    self._made.files += 1
        except OSError as error:
            raise self._job.unwritable(error) from error
        self._kept = {}

    def label(self) -> None:
        """Note that the prices are made up."""
        settings = self._job.settings
        for tick_type in ("trade", "quote", "openinterest"):
            series = Series(self._kind, settings.market, self._ticker, settings.resolution, tick_type)
            self._job.label(series, self._made)

    def write_list(self, date: dt.date, heading: str, rows: Iterable[str]) -> None:
        """LEAN's list of a day's contracts; lines that begin otherwise stay. Raises DataError."""
        path = universe_path(self._job.folder, self._kind, self._job.settings.market, self._ticker, date)
        new = {_key(row): row for row in rows}
        try:
            with folder_lock(self._job.folder):
                old = path.read_text(encoding="utf-8").splitlines()[1:] if path.is_file() else []
                merged = {_key(row): row for row in old if row} | new
                write_text(path, "\n".join([heading, *(merged[key] for key in sorted(merged))]) + "\n")
        except OSError as error:
            raise self._job.unwritable(error) from error


def _key(row: str) -> tuple[str, ...]:
    """What names the contract: of a future its month, of an option expiry, strike and right."""
    cells = row.split(",")
    return (cells[0], cells[1].zfill(12), cells[2]) if len(cells) > 8 else (cells[0],)


def _there(path: Path, entries: dict[str, list[str]], keep_old: bool) -> dict[str, list[str]]:
    """What a zip holds; it is kept aside when an entry is about to change."""
    if not path.is_file():
        return {}
    names = entry_names(path)
    if keep_old and any(name in entries for name in names):
        set_aside(path)
    return {name: read_entry(path, name).decode("utf-8").splitlines() for name in names}


def _lines(columns: Columns, date: dt.date | None, scale: int) -> list[str]:
    match columns:
        case TradeBarColumns():
            return trade_bar_lines(columns, date, scale)
        case QuoteBarColumns():
            return quote_bar_lines(columns, date, scale)
        case TradeTickColumns():
            assert date is not None
            return trade_tick_lines(columns, date, scale)
        case QuoteTickColumns():
            assert date is not None
            return quote_tick_lines(columns, date, scale)
