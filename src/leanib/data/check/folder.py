"""The whole folder: tables, then series by series, on all cores where there is much of it."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

from leanib.data.check.problem import Problem
from leanib.data.check.series import check_series
from leanib.data.check.tables import check_corporate, check_tables, former_names
from leanib.data.market_hours import MarketHoursEntry, MarketHoursFile
from leanib.data.series_files import DERIVATIVES, KINDS, SeriesFile, all_files, plain_series
from leanib.data.sources import Series
from leanib.errors import DataError
from leanib.files import PART

__all__ = ["check_folder"]

_MANY_FILES = 3000
_AT_ONCE = 8
_LEFT_BEHIND = 3600.0
_Work = tuple[Path, Series, list[SeriesFile] | None, MarketHoursEntry | None, dict[tuple[str, str], str]]


def check_folder(root: Path | str, jobs: int = 0) -> Iterator[Problem]:
    """Every problem of a data folder, as it is found.

    Args:
        root: The folder.
        jobs: How many processes; 0: as many as there are cores, where the folder has thousands of files.

    Raises:
        DataError: the folder does not exist.
    """
    folder = Path(root)
    if not folder.is_dir():
        raise DataError(f"the data folder {folder} does not exist; give the one that holds equity/, forex/ and so on")
    yield from check_tables(folder)
    yield from _left_behind(folder)
    series, count = _all_series(folder)
    owners = former_names(folder, list(series))
    yield from check_corporate(folder, list(series), owners)
    hours = _hours(folder)
    work = [(folder, one, files, _entry(hours, one), _own(owners, one)) for one, files in series.items()]
    workers = jobs or (min(os.cpu_count() or 1, len(work)) if count >= _MANY_FILES else 1)
    if workers <= 1:
        for one_work in work:
            yield from check_series(*one_work)
        return
    groups = _groups(work)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for problems in pool.map(_check_group, groups):
            yield from problems


def _all_series(folder: Path) -> tuple[dict[Series, list[SeriesFile] | None], int]:
    """Every series, with its files where only their paths tell which those are; and how many files there are."""
    found: dict[Series, list[SeriesFile] | None] = {}
    count = 0
    for series, files in plain_series(folder):
        found[series] = None
        count += files
    for file in all_files(folder, DERIVATIVES):
        found.setdefault(file.series, [])
        found[file.series] = [*(found[file.series] or []), file]
        count += 1
    return found, count


def _own(owners: dict[tuple[str, str], str], series: Series) -> dict[tuple[str, str], str]:
    """What a series needs of them: work goes to other processes."""
    name = (series.market, series.ticker)
    return {name: owners[name]} if series.kind == "equity" and name in owners else {}


def _groups(work: list[_Work]) -> list[list[_Work]]:
    rest = iter(work)
    return list(iter(lambda: list(islice(rest, _AT_ONCE)), []))


def _check_group(group: list[_Work]) -> list[Problem]:
    return [problem for one in group for problem in check_series(*one)]


def _left_behind(folder: Path) -> Iterator[Problem]:
    """Halves of files that a killed program left; a young one may be in the making."""
    now = time.time()
    for path in sorted(folder.rglob(f".*{PART}")):
        if now - path.stat().st_mtime > _LEFT_BEHIND:
            text = f"{path}: left behind by a program that was killed while it wrote; remove it"
            yield Problem(text, is_error=False, path=path, remedy="remove")


def _hours(folder: Path) -> MarketHoursFile | None:
    path = folder / "market-hours" / "market-hours-database.json"
    return MarketHoursFile(path) if path.is_file() else None


def _entry(hours: MarketHoursFile | None, series: Series) -> MarketHoursEntry | None:
    if hours is None:
        return None
    for name in (series.ticker.upper(), "[*]"):
        key = f"{KINDS[series.kind]}-{series.market}-{name}"
        if key in hours:
            try:
                return hours.entry(key)
            except DataError:
                return None  # the check of the tables has told it
    return None
