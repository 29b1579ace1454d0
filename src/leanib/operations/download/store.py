"""What was downloaded goes into LEAN's files; a day that is there is not made worse, and nothing is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from leanib.data.archive import read_entry
from leanib.data.folder import folder_lock, set_aside
from leanib.data.paths import is_whole_history
from leanib.data.series_files import Columns, SeriesFile, read_columns, series_files, series_path, write_columns
from leanib.data.sources import Series, SourceNote, read_note, write_note
from leanib.errors import DataError
from leanib.operations.download.ask import ByDay

__all__ = ["SOURCE", "Saved", "SeriesStore"]

SOURCE = "Interactive Brokers"
_LAST_PRICES = ("close", "price", "bid_close", "bid_price")


@dataclass
class Saved:
    """What became of some days.

    Attributes:
        written: Days that are new or replaced.
        kept: Days of which the folder has more than IB sent; they stay as they were.
        aside: Where files that were replaced are now.
    """

    written: list[dt.date] = field(default_factory=list)
    kept: list[dt.date] = field(default_factory=list)
    aside: list[Path] = field(default_factory=list)


class SeriesStore:
    """The files of one series and the note of where they came from.

    Args:
        root: The data folder.
        series: The series.
        prices: How its prices are adjusted, for the note.
    """

    def __init__(self, root: Path, series: Series, prices: str) -> None:
        self.root = root
        self.series = series
        self._prices = prices

    def present(self) -> set[dt.date]:
        """The days that are there and can be read."""
        found: set[dt.date] = set()
        for file in series_files(self.root, self.series):
            if file.date is None:
                columns = _readable(file)
                found |= set() if columns is None else set(columns.time.astype("datetime64[D]").tolist())
            elif _is_sound(file.path):
                found.add(file.date)
        return found

    def last_close(self) -> tuple[dt.date, float] | None:
        """The last day with trades that can be read, and the price that it ended with."""
        for file in reversed(series_files(self.root, self.series)):
            columns = _readable(file)
            if columns is not None and len(columns):
                last = columns.part(slice(-1, None))
                price = next(getattr(last, name) for name in _LAST_PRICES if hasattr(last, name))
                return last.time[0].astype("datetime64[D]").item(), float(price[0])
        return None

    def note(self) -> SourceNote:
        """The note, or a new one."""
        return read_note(self.root, self.series) or SourceNote(SOURCE, self._prices)

    def save(
        self, found: ByDay, asked: list[dt.date], now: dt.datetime, ends: Callable[[dt.date], dt.datetime]
    ) -> Saved:
        """Writes the days that IB sent and notes those that it has not; all of it while nobody else writes.

        Args:
            found: What IB sent.
            asked: What it was asked for.
            now: The present moment (aware).
            ends: When a day is over (aware): of one that came before that nothing is kept aside.

        Raises:
            DataError: A file cannot be written, or another program holds the folder.
        """
        saved = Saved()
        try:
            with folder_lock(self.root):
                note = self.note()
                begun = {day for day in found if _came_before(note, day, ends(day))}
                if is_whole_history(self.series.resolution):
                    self._save_history(found, saved, begun)
                else:
                    for day, columns in found.items():
                        self._save_day(day, columns, saved, day in begun)
                self._write_note(note, found, saved, asked, now)
        except OSError as error:
            raise DataError(
                f"{error.filename or self.root} cannot be written ({error.strerror}); what was there stays: "
                "make room, and give the same command again"
            ) from error
        return saved

    def _save_day(self, day: dt.date, new: Columns, saved: Saved, was_begun: bool) -> None:
        path = series_path(self.root, self.series, day)
        if path.is_file():
            old = _readable(SeriesFile(path, self.series, day))
            if old is not None and len(old) > len(new):
                saved.kept.append(day)
                return
            if old is not None and _same(old, new):
                saved.written.append(day)
                return
            if not (was_begun and old is not None):
                saved.aside.append(set_aside(path))
        write_columns(self.root, self.series, day, new)
        saved.written.append(day)

    def _save_history(self, found: ByDay, saved: Saved, begun: set[dt.date]) -> None:
        """Puts days into the file of all days."""
        if not found:
            return
        path = series_path(self.root, self.series, None)
        old = _readable(SeriesFile(path, self.series, None)) if path.is_file() else None
        parts = _days_of(old) if old is not None else {}
        changed = False
        for day, new in found.items():
            there = parts.get(day)
            if there is not None and len(there) > len(new):
                saved.kept.append(day)
                continue
            changed |= there is not None and day not in begun and not _same(there, new)
            parts[day] = new
            saved.written.append(day)
        if path.is_file() and (old is None or changed):
            saved.aside.append(set_aside(path))
        write_columns(self.root, self.series, None, _joined([parts[day] for day in sorted(parts)]))

    def _write_note(
        self, note: SourceNote, found: ByDay, saved: Saved, asked: list[dt.date], now: dt.datetime
    ) -> None:
        moment = now.replace(microsecond=0).isoformat()
        for day in saved.written:
            note.days[day.isoformat()] = moment
            note.none.pop(day.isoformat(), None)
        note.none |= {day.isoformat(): moment for day in asked if day not in found}
        write_note(self.root, self.series, note)


def _readable(file: SeriesFile) -> Columns | None:
    try:
        return read_columns(file)
    except DataError:
        return None  # the check names it; here it counts as not there, and is kept aside when it is replaced


def _is_sound(path: Path) -> bool:
    try:
        return bool(read_entry(path))
    except DataError:
        return False


def _came_before(note: SourceNote, day: dt.date, end: dt.datetime) -> bool:
    """Whether the day came from here before it was over."""
    moment = note.days.get(day.isoformat())
    return moment is not None and dt.datetime.fromisoformat(moment) < end


def _days_of(columns: Columns) -> ByDay:
    dates = columns.time.astype("datetime64[D]")
    starts = np.flatnonzero(np.concatenate([[True], dates[1:] != dates[:-1]])).tolist() if len(dates) else []
    ends = [*starts[1:], len(dates)]
    return {dates[begin].item(): columns.part(slice(begin, end)) for begin, end in zip(starts, ends, strict=True)}


def _same(old: Columns, new: Columns) -> bool:
    return type(old) is type(new) and all(
        np.array_equal(getattr(old, name), getattr(new, name)) for name in type(old).__slots__
    )



def _joined(parts: list[Columns]) -> Columns:
    return type(parts[0]).joined(parts)  # type: ignore[arg-type]
