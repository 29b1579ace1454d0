"""One series: its files are read together, so many at a time, and looked at as one table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leanib.data.archive import entry_names, read_entry, read_single
from leanib.data.check.days import missing_days, short_days, splits
from leanib.data.check.problem import Problem
from leanib.data.check.rules import Broken, closed_hours, impossible, unlikely
from leanib.data.columns import QuoteBarColumns, TradeBarColumns
from leanib.data.market_hours import MarketHoursEntry
from leanib.data.numbers import decode_table
from leanib.data.reader import price_scale, read_open_interest
from leanib.data.series_files import DERIVATIVES, OPTIONS, Columns, SeriesFile, read_columns, series_files
from leanib.data.sources import Series
from leanib.errors import DataError

__all__ = ["check_series"]

_BATCH_BYTES = 1 << 22
_CLOSED_SHARE = 0.01


@dataclass(slots=True)
class _Batch:
    """Files whose rows stand in one table; `ends` are the rows at which they end."""

    files: list[SeriesFile]
    ends: NDArray[np.intp]
    columns: Columns


@dataclass(slots=True)
class _Tally:
    """A warning of a whole series."""

    rows: int = 0
    files: int = 0
    first: str = ""


def check_series(
    root: Path,
    series: Series,
    given: list[SeriesFile] | None,
    entry: MarketHoursEntry | None,
    owners: Mapping[tuple[str, str], str],
) -> list[Problem]:
    """Every problem of a series' files; without them of those that are where they should be.

    `owners`: see `leanib.data.check.tables.former_names`.
    """
    files = series_files(root, series) if given is None else given
    problems: list[Problem] = []
    tallies: dict[str, _Tally] = {}
    counts: dict[dt.date, int] = {}
    total = 0
    for batch in _batches(series, files, problems):
        for broken in impossible(batch.columns):
            problems += _errors(batch, broken)
        closed = closed_hours(batch.columns, entry) if entry and series.resolution in {"minute", "second"} else None
        for broken in (*unlikely(batch.columns, leaps=series.kind in OPTIONS), *([closed] if closed else ())):
            _count(batch, broken, tallies.setdefault(broken.text, _Tally()))
        total += len(batch.columns)
        if series.resolution in {"hour", "daily"}:
            if series.kind not in DERIVATIVES:
                problems += splits(root, series, batch.columns, owners)
            days, rows = np.unique(batch.columns.time.astype("datetime64[D]"), return_counts=True)
            counts |= dict(zip(days.tolist(), rows.tolist(), strict=True))
        else:
            lengths = np.diff(batch.ends, prepend=0).tolist()
            counts |= {file.date: rows for file, rows in zip(batch.files, lengths, strict=True) if file.date}
    problems += _warnings(tallies, total)
    return [*problems, *_of_days(series, files, counts, entry)]


def _of_days(
    series: Series, files: list[SeriesFile], counts: dict[dt.date, int], entry: MarketHoursEntry | None
) -> Iterator[Problem]:
    where = f"{series.kind}/{series.market}/{series.resolution}/{series.ticker} ({series.tick_type})"
    if series.resolution in {"hour", "daily"}:
        if series.kind not in {"equity", "index"}:
            return
        where = str(files[0].path)
    there = sorted({*counts, *(file.date for file in files if file.date)})
    yield from missing_days(where, there, entry)
    yield from short_days(where, series, counts, entry)


def _errors(batch: _Batch, broken: Broken) -> Iterator[Problem]:
    """A sentence for each file with rows that break the rule."""
    if not broken.rows.any():
        return
    rows = np.flatnonzero(broken.rows)
    if broken.text.startswith("the time") and len(batch.files) > 1:
        rows = rows[~np.isin(rows, batch.ends)]  # the first row of a file has no line before it
    if not len(rows):
        return
    owners = np.searchsorted(batch.ends, rows, side="right")
    for owner in np.unique(owners).tolist():
        own = rows[owners == owner]
        begin = int(batch.ends[owner - 1]) if owner else 0
        more = f" (and {len(own) - 1} more lines)" if len(own) > 1 else ""
        path = batch.files[owner].path
        mend = "mend it with --fix" if broken.remedy else "repair or remove the line"
        text = f"{path}, line {int(own[0]) - begin + 1}{more}: {broken.text}; {mend}"
        yield Problem(text, path=path, remedy=broken.remedy)


def _count(batch: _Batch, broken: Broken, tally: _Tally) -> None:
    if not broken.rows.any():
        return
    rows = np.flatnonzero(broken.rows)
    owners = np.searchsorted(batch.ends, rows, side="right")
    if not tally.first:
        begin = int(batch.ends[owners[0] - 1]) if owners[0] else 0
        tally.first = f"{batch.files[int(owners[0])].path}, line {int(rows[0]) - begin + 1}"
    tally.rows += len(rows)
    tally.files += len(np.unique(owners))


def _warnings(tallies: dict[str, _Tally], total: int) -> Iterator[Problem]:
    for text, tally in tallies.items():
        if not tally.rows or (text.startswith("the market is closed") and tally.rows < _CLOSED_SHARE * total):
            continue
        more = f" (and {tally.rows - 1:,} more lines in {tally.files:,} files)" if tally.rows > 1 else ""
        yield Problem(f"{tally.first}{more}: {text}", is_error=False)


# --- reading -------------------------------------------------------------------------------------------------------


def _batches(series: Series, files: list[SeriesFile], problems: list[Problem]) -> Iterator[_Batch]:
    """The files' rows; what cannot be read is told."""
    dated = series.resolution in {"minute", "second"} and series.tick_type in {"trade", "quote"}
    if dated and series.kind not in DERIVATIVES:
        yield from _together(series, files, problems)
        return
    for file in files:
        yield from _alone(file, problems)


def _alone(file: SeriesFile, problems: list[Problem]) -> Iterator[_Batch]:
    """A file, each of its entries."""
    try:
        names = entry_names(file.path)
        if not names:
            read_entry(file.path)
        for name in names:
            if file.series.tick_type == "openinterest":
                read_open_interest(file.path, file.date, name)
                continue
            columns = read_columns(file, name if len(names) > 1 else None)
            yield _Batch([file], np.array([len(columns)]), columns)
    except DataError as error:
        problems.append(_unreadable(file, error))


def _unreadable(file: SeriesFile, error: DataError) -> Problem:
    is_whole = ", line " in str(error)  # a zip that is whole may hold lines that a person can mend
    return Problem(str(error), path=file.path, remedy="" if is_whole else "aside")


def _together(series: Series, files: list[SeriesFile], problems: list[Problem]) -> Iterator[_Batch]:
    texts: list[tuple[SeriesFile, bytes]] = []
    size = 0
    for file in files:
        try:
            content = read_single(file.path)
        except DataError as error:
            problems.append(_unreadable(file, error))
            continue
        texts.append((file, content))
        size += len(content)
        if size >= _BATCH_BYTES:
            yield from _decoded(series, texts, problems)
            texts, size = [], 0
    if texts:
        yield from _decoded(series, texts, problems)


def _decoded(series: Series, texts: list[tuple[SeriesFile, bytes]], problems: list[Problem]) -> Iterator[_Batch]:
    """All in one table; one by one where that is not possible, so that the one that is wrong is named."""
    plain = [content if content.endswith(b"\n") else content + b"\n" for _, content in texts]
    counts = [content.count(b"\n") for content in plain]
    width = 11 if series.tick_type == "quote" else 6
    try:
        table = decode_table(b"".join(plain), width, series, dated=False)
    except DataError:
        table = None
    if table is None or len(table) != sum(counts):
        for file, _ in texts:
            yield from _alone(file, problems)
        return
    dates = np.array([file.date for file, _ in texts], dtype="datetime64[us]")
    times = np.repeat(dates, counts) + np.rint(table[:, 0] * 1000.0).astype("timedelta64[us]")
    values = np.array(table[:, 1:].T, order="C")
    scale = price_scale(series.kind)
    columns: Columns
    if series.tick_type == "quote":
        values[0:4] /= scale
        values[5:9] /= scale
        columns = QuoteBarColumns(times, *values)
    else:
        values[:4] /= scale
        columns = TradeBarColumns(times, *values)
    yield _Batch([file for file, _ in texts], np.cumsum(counts), columns)
