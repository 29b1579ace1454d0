"""Between LEAN's files and Parquet, DuckDB and CSV (`leanib data convert`); the layout is that of `leanib.data.frames`.

A Parquet or CSV file holds rows of one layout (trade bars, quote bars, trade ticks or quote ticks); a DuckDB database
has a table for each. Both ways give back the very numbers: prices and volumes are doubles, and those of the files.
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leanib.data.frames import LAYOUTS, layout_of, read_frame, write_frame
from leanib.data.series_files import all_files
from leanib.data.sources import Series
from leanib.errors import DataError
from leanib.files import PART

if TYPE_CHECKING:
    import pandas as pd

    _Frames = Iterator[tuple[str, pd.DataFrame]]

__all__ = ["SUFFIXES", "choose_series", "export", "import_file", "need"]

SUFFIXES = (".parquet", ".duckdb", ".csv")
_REMEDY = "run `pip install 'leanib[convert]'`"


def need(package: str, what: str) -> Any:
    """A package of the extra `convert`.

    Raises:
        DataError: It is not installed.
    """
    try:
        return importlib.import_module(package)
    except ImportError:
        raise DataError(f"{what} needs the package {package}; {_REMEDY}") from None


def choose_series(root: Path | str, wanted: Callable[[Series], bool]) -> list[Series]:
    """The series of a folder that are wanted and can be converted, in order.

    Raises:
        DataError: There is none.
    """
    found = sorted({file.series for file in all_files(Path(root))})
    chosen = [series for series in found if wanted(series) and _can(series)]
    if not chosen:
        raise DataError(f"{root} has no such series; `leanib data info {root}` lists those that are there")
    return chosen


def _can(series: Series) -> bool:
    try:
        layout_of(series)
    except DataError:
        return False
    return True


def export(
    root: Path | str,
    series: Iterable[Series],
    target: Path | str,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> int:
    """Writes series of a data folder into a file, whole or not at all; how many rows.

    Raises:
        DataError: The suffix is none of `SUFFIXES`, a package is missing, the layouts differ, or a file cannot be
            read or written, or is there already.
    """
    path = Path(target)
    if path.suffix not in SUFFIXES:
        raise DataError(f"{path} is none of {', '.join(SUFFIXES)}; name the file by what it is to be")
    if path.exists():
        raise DataError(f"{path} is there already; move it away or choose another name")
    chosen = list(series)
    layouts = sorted({layout_of(one) for one in chosen})
    if len(layouts) > 1 and path.suffix != ".duckdb":
        raise DataError(
            f"these series are {' and '.join(name.replace('_', ' ') for name in layouts)}, which do not go into "
            f"one {path.suffix} file; choose with --resolution and --tick-type, or write a .duckdb"
        )
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    frames = ((layout_of(one), read_frame(root, one, first, last)) for one in chosen)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = _WRITERS[path.suffix](part, ((name, frame) for name, frame in frames if len(frame)))
        if not rows:
            raise DataError(f"{root} has no rows of these days")
        part.replace(path)
    except OSError as error:
        raise DataError(f"{path} cannot be written ({error.strerror or error})") from error
    finally:
        part.unlink(missing_ok=True)
    return rows


def import_file(source: Path | str, root: Path | str, replace: bool = False) -> list[tuple[Series, int]]:
    """Writes what `export` wrote, or a file of that layout, into a data folder; the series and their rows.

    Raises:
        DataError: As `export` and `write_frame`.
    """
    path = Path(source)
    if path.suffix not in SUFFIXES:
        raise DataError(f"{path} is none of {', '.join(SUFFIXES)}")
    if not path.is_file():
        raise DataError(f"{path} does not exist")
    found = []
    for frame in _READERS[path.suffix](path):
        found += write_frame(root, frame, replace)
    if not found:
        raise DataError(f"{path} holds no rows of {', '.join(LAYOUTS)}")
    return found


def _write_parquet(path: Path, frames: _Frames) -> int:
    arrow = need("pyarrow", "Parquet")
    parquet = need("pyarrow.parquet", "Parquet")
    rows, writer = 0, None
    try:
        for _, frame in frames:
            table = arrow.Table.from_pandas(frame, preserve_index=False)
            writer = writer or parquet.ParquetWriter(path, table.schema)
            writer.write_table(table)
            rows += len(frame)
    finally:
        if writer is not None:
            writer.close()
    return rows


def _read_parquet(path: Path) -> list[pd.DataFrame]:
    import pandas as pd

    arrow = need("pyarrow", "Parquet")
    try:
        return [pd.read_parquet(path, engine="pyarrow")]
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path} is no Parquet file that can be read ({error})") from None


def _write_csv(path: Path, frames: _Frames) -> int:
    rows = 0
    for _, frame in frames:
        frame.to_csv(path, index=False, date_format="%Y-%m-%dT%H:%M:%S.%f", mode="a", header=rows == 0)
        rows += len(frame)
    return rows


def _read_csv(path: Path) -> list[pd.DataFrame]:
    import pandas as pd

    texts = dict.fromkeys(("ticker", "exchange", "sale_condition"), str)
    try:
        frame = pd.read_csv(path, dtype=texts, keep_default_na=False, float_precision="round_trip")
        if "time" in frame:
            frame["time"] = pd.to_datetime(frame["time"], format="ISO8601")
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is no CSV file of this layout ({error})") from None
    return [frame]


def _write_duckdb(path: Path, frames: _Frames) -> int:
    duckdb = need("duckdb", "DuckDB")
    rows, made = 0, set[str]()
    with duckdb.connect(str(path)) as database:
        for name, frame in frames:  # the names are those of LAYOUTS
            database.register("rows_to_write", frame)
            how = f"INSERT INTO {name}" if name in made else f"CREATE TABLE {name} AS"
            database.execute(f"{how} SELECT * FROM rows_to_write")  # noqa: S608
            database.unregister("rows_to_write")
            made.add(name)
            rows += len(frame)
    return rows


def _read_duckdb(path: Path) -> list[pd.DataFrame]:
    duckdb = need("duckdb", "DuckDB")
    try:
        with duckdb.connect(str(path), read_only=True) as database:
            names = [row[0] for row in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            return [database.execute(f"SELECT * FROM {name}").df() for name in LAYOUTS if name in names]  # noqa: S608
    except duckdb.Error as error:
        raise DataError(f"{path} is no DuckDB database that can be read ({error})") from None


_WRITERS: dict[str, Callable[[Path, _Frames], int]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".duckdb": _write_duckdb,
}
_READERS: dict[str, Callable[[Path], list[pd.DataFrame]]] = {
    ".parquet": _read_parquet,
    ".csv": _read_csv,
    ".duckdb": _read_duckdb,
}
