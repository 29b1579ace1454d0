"""What can be mended without a guess (`leanib data check --fix`); the file as it was is kept as `NAME.old`.

- `order`: rows in another order than their times', and rows that stand there twice, are put in order, once.
- `aside`: a zip that cannot be read is moved away, so that the day counts as missing and can be brought again.
- `remove`: half a file, which a killed program left, goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from leanib.data.check.problem import Problem
from leanib.data.columns import QuoteBarColumns, TradeBarColumns
from leanib.data.folder import folder_lock, set_aside
from leanib.data.series_files import Columns, SeriesFile, describe, read_columns, write_columns
from leanib.errors import DataError

__all__ = ["fix_folder"]


def fix_folder(root: Path | str, problems: Iterable[Problem]) -> Iterator[tuple[Problem, str]]:
    """Mends what is safe; the problem and what was done, for each that was mended.

    Raises:
        DataError: a file cannot be written.
    """
    folder, done = Path(root), set[tuple[Path, str]]()
    for problem in problems:
        path, remedy = problem.path, problem.remedy
        if path is None or not remedy or (path, remedy) in done or not path.is_file():
            continue
        done.add((path, remedy))
        try:
            with folder_lock(folder):
                text = _fix(folder, path, remedy)
        except OSError as error:
            raise DataError(f"{error.filename or path} cannot be written ({error.strerror})") from error
        if text:
            yield problem, text


def _fix(folder: Path, path: Path, remedy: str) -> str:
    if remedy == "remove":
        path.unlink()
        return f"{path} removed"
    if remedy == "aside":
        old = set_aside(path)
        path.unlink()
        return f"{path} moved to {old.name}; its day can be downloaded, imported or generated again"
    file = describe(path, path.relative_to(folder).parts)
    return _put_in_order(folder, file) if file is not None else ""


def _put_in_order(folder: Path, file: SeriesFile) -> str:
    columns = read_columns(file)
    order = np.argsort(columns.time, kind="stable")
    ordered = columns.part(order)
    left = ordered.part(~_twins(ordered))
    bars = isinstance(left, TradeBarColumns | QuoteBarColumns)
    if bars and (np.diff(left.time).astype(np.int64) == 0).any():
        return ""  # two different bars of one time: which is right, a person must say
    old = set_aside(file.path)
    write_columns(folder, file.series, file.date, left)
    twice = len(columns) - len(left)
    and_twice = f", {twice:,} that stood there twice once" if twice else ""
    return f"{file.path}: lines in order{and_twice}; as it was: {old.name}"


def _twins(columns: Columns) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Rows of bars that are the same as the one before; ticks may repeat."""
    same = np.zeros(len(columns), dtype=np.bool_)
    if isinstance(columns, TradeBarColumns | QuoteBarColumns) and len(columns):
        same[1:] = True
        for name in type(columns).__slots__:
            values = getattr(columns, name)
            same[1:] &= values[1:] == values[:-1]
    return same
