"""What a data folder holds: a line a series."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from leanib.data.archive import entry_names, read_entry
from leanib.data.series_files import SeriesFile, all_files
from leanib.data.sources import Series, SourceNote, read_notes
from leanib.errors import DataError

__all__ = ["SeriesInfo", "folder_info"]


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """A series: its first and last day (None where no file can be read), its size in bytes, its source in words."""

    series: Series
    first: dt.date | None
    last: dt.date | None
    files: int
    size: int
    source: str


def folder_info(root: Path | str) -> list[SeriesInfo]:
    """Every series of a folder, in order.

    Raises:
        DataError: the folder does not exist, or a note about a source is damaged.
    """
    folder = Path(root)
    if not folder.is_dir():
        raise DataError(f"the data folder {folder} does not exist; give the one that holds equity/, forex/ and so on")
    notes = dict(read_notes(folder))
    series: dict[Series, list[SeriesFile]] = {}
    for file in all_files(folder):
        series.setdefault(file.series, []).append(file)
    return [_info(one, series[one], notes.get(one)) for one in sorted(series)]


def _info(series: Series, files: list[SeriesFile], note: SourceNote | None) -> SeriesInfo:
    days = sorted(day for file in files for day in _days(file))
    size = sum(file.path.stat().st_size for file in files)
    first, last = (days[0], days[-1]) if days else (None, None)
    return SeriesInfo(series, first, last, len(files), size, _source(note, first, last))


def _days(file: SeriesFile) -> Iterator[dt.date]:
    """The day of a file, or the first and last one of each of its entries."""
    if file.date is not None:
        yield file.date
        return
    try:
        for entry in entry_names(file.path):
            lines = read_entry(file.path, entry).strip().split(b"\n")
            for line in (lines[0], lines[-1]):
                yield dt.datetime.strptime(line[:8].decode("ascii"), "%Y%m%d").date()
    except (DataError, ValueError):
        return  # the check tells what is wrong with it


def _source(note: SourceNote | None, first: dt.date | None, last: dt.date | None) -> str:
    if note is None or not note.days:
        return ""
    text = ", ".join(filter(None, (note.source, note.prices)))
    days = sorted(note.days)
    if first is not None and last is not None and (days[0], days[-1]) != (first.isoformat(), last.isoformat()):
        text += f" ({days[0]} to {days[-1]})"
    return f"{text}, {max(note.days.values())[:10]}"
