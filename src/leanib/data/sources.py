"""Where a series of a data folder came from: a JSON file a series below `.leanib/sources/`, written by who brought it.

A series is one ticker's data of one resolution and tick type. Its note says the source, how its prices are adjusted,
which days came from there and when, and which days the source said it has nothing for.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from leanib.data.folder import NOTES
from leanib.errors import DataError
from leanib.files import write_text

__all__ = ["Series", "SourceNote", "read_note", "read_notes", "write_note"]


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """One ticker's data of one kind; all in lower case, as in paths."""

    kind: str
    market: str
    ticker: str
    resolution: str
    tick_type: str

    def __str__(self) -> str:
        return f"{self.ticker.upper()} {self.resolution} {self.tick_type}"


@dataclass(slots=True)
class SourceNote:
    """Where it came from; moments are ISO texts in UTC, by day (ISO).

    Attributes:
        source: A name.
        prices: How they are adjusted, such as `split-adjusted`.
        days: When each day came from there.
        none: When the source said that it has nothing of a day.
    """

    source: str
    prices: str = ""
    days: dict[str, str] = field(default_factory=dict)
    none: dict[str, str] = field(default_factory=dict)


def _path(root: Path, series: Series) -> Path:
    name = f"{series.ticker}_{series.tick_type}.json"
    return root / NOTES / "sources" / series.kind / series.market / series.resolution / name


def read_note(root: Path, series: Series) -> SourceNote | None:
    """The note of a series, or None.

    Raises:
        DataError: the file is damaged.
    """
    path = _path(root, series)
    return _read(path) if path.is_file() else None


def read_notes(root: Path) -> Iterator[tuple[Series, SourceNote]]:
    """All notes of a folder; raises DataError."""
    base = root / NOTES / "sources"
    for path in sorted(base.glob("*/*/*/*.json")):
        kind, market, resolution, name = path.relative_to(base).parts
        ticker, _, tick_type = name.removesuffix(".json").rpartition("_")
        yield Series(kind, market, ticker, resolution, tick_type), _read(path)


def write_note(root: Path, series: Series, note: SourceNote) -> None:
    """Write the note of a series, whole or not at all; days are in order."""
    note.days, note.none = dict(sorted(note.days.items())), dict(sorted(note.none.items()))
    write_text(_path(root, series), json.dumps(asdict(note), indent=0) + "\n")


def _read(path: Path) -> SourceNote:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        note = SourceNote(**content)
        for day, moment in (*note.days.items(), *note.none.items()):
            dt.date.fromisoformat(day)
            dt.datetime.fromisoformat(moment)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{path} cannot be read ({error}); remove it: the days it names are asked for again") from None
    return note
