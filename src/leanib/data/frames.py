"""LEAN's price files as pandas frames and back, number for number.

A frame has a row a bar or tick. Its first columns say what it is (`security_type`, `market`, `ticker`, `resolution`,
`tick_type`, `time_zone`), then come `time` (datetime64[us], naive, in `time_zone`, the start of a bar's period) and the
columns of `leanib.data.columns`, prices in units of the quote currency. Times stay as the files have them.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from leanib.data.columns import QuoteBarColumns, QuoteTickColumns, TradeBarColumns, TradeTickColumns
from leanib.data.folder import folder_lock, set_aside
from leanib.data.market_hours import MarketHoursFile
from leanib.data.paths import check_ticker, is_whole_history
from leanib.data.series_files import (
    KINDS,
    RESOLUTIONS,
    Columns,
    SeriesFile,
    read_columns,
    series_files,
    series_path,
    write_columns,
)
from leanib.data.sources import Series
from leanib.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LAYOUTS", "SERIES_COLUMNS", "data_time_zone", "layout_of", "read_frame", "write_frame"]

SERIES_COLUMNS = ("security_type", "market", "ticker", "resolution", "tick_type", "time_zone")
LAYOUTS: dict[str, type[Columns]] = {
    "trade_bars": TradeBarColumns,
    "quote_bars": QuoteBarColumns,
    "trade_ticks": TradeTickColumns,
    "quote_ticks": QuoteTickColumns,
}
"""What a series' rows are, by name."""
_CONVERTED = frozenset({"equity", "index", "forex", "cfd", "crypto"})
_ZONES = {"equity": "America/New_York", "index": "America/New_York"}


def layout_of(series: Series) -> str:
    """Which of the four layouts a series has.

    Raises:
        DataError: it is open interest, or a derivative, whose files hold many contracts.
    """
    if series.kind not in _CONVERTED or series.tick_type not in {"trade", "quote"}:
        raise DataError(f"{series} ({series.kind}) is not converted; the kinds are {', '.join(sorted(_CONVERTED))}")
    return f"{series.tick_type}_{'ticks' if series.resolution == 'tick' else 'bars'}"


def data_time_zone(root: Path, series: Series) -> str:
    """The zone of a series' times, by the folder's market hours; without them the usual one of its kind."""
    path = root / "market-hours" / "market-hours-database.json"
    hours = MarketHoursFile(path) if path.is_file() else None
    for name in (series.ticker.upper(), "[*]"):
        key = f"{KINDS.get(series.kind, series.kind)}-{series.market}-{name}"
        if hours is not None and key in hours:
            return hours.entry(key).data_time_zone
    return _ZONES.get(series.kind, "UTC")


def read_frame(
    root: Path | str, series: Series, first: dt.date | None = None, last: dt.date | None = None
) -> pd.DataFrame:
    """A series as a frame, all of it or the days from `first` to `last`, both included; empty when there is none.

    Raises:
        DataError: a file cannot be read, or the series is not converted.
    """
    import pandas as pd

    folder, kind = Path(root), LAYOUTS[layout_of(series)]
    files = [file for file in series_files(folder, series) if file.date is None or _within(file.date, first, last)]
    parts = [_cut(read_columns(file), first, last) for file in files]
    zone = data_time_zone(folder, series)
    said = (series.kind, series.market, series.ticker.upper(), series.resolution, series.tick_type, zone)
    if not parts:
        return pd.DataFrame(columns=[*SERIES_COLUMNS, *kind.__slots__])
    joined: Any = type(parts[0]).joined(parts)  # type: ignore[arg-type]
    content: dict[str, Any] = dict(zip(SERIES_COLUMNS, said, strict=True))
    rows = {name: getattr(joined, name) for name in kind.__slots__}
    frame = pd.DataFrame(rows)
    for place, (name, value) in enumerate(content.items()):
        frame.insert(place, name, value)
    return frame


def write_frame(root: Path | str, frame: pd.DataFrame, replace: bool = False) -> list[tuple[Series, int]]:
    """Writes a frame's rows into a data folder, and the series with how many rows each has.

    Days that are there with the same rows stay as they are; others need `replace`, and are kept as `NAME.old`.

    Raises:
        DataError: A column is missing or holds what no price file can, or rows would be lost.
    """
    folder = Path(root)
    written = []
    missing = [name for name in (*SERIES_COLUMNS[:5], "time") if name not in frame.columns]
    if missing:
        raise DataError(f"the frame lacks the column {missing[0]}; those of `leanib data convert` are needed")
    for key, rows in frame.groupby(list(SERIES_COLUMNS[:5]), sort=False, observed=True):
        series = _series(key)
        columns = _columns(series, rows)
        _check_zone(folder, series, rows)
        try:
            with folder_lock(folder):
                _write(folder, series, columns, replace)
        except OSError as error:
            raise DataError(f"{error.filename or folder} cannot be written ({error.strerror})") from error
        written.append((series, len(columns)))
    return written


def _series(key: Any) -> Series:
    kind, market, ticker, resolution, tick_type = (str(part).lower() for part in key)
    series = Series(kind, check_ticker(market), check_ticker(ticker), resolution, tick_type)
    if resolution not in RESOLUTIONS:
        raise DataError(f"there is no resolution '{resolution}'; they are {', '.join(RESOLUTIONS)}")
    layout_of(series)
    return series


def _check_zone(folder: Path, series: Series, rows: pd.DataFrame) -> None:
    zone = data_time_zone(folder, series)
    stated = sorted(set(rows["time_zone"].dropna().astype(str))) if "time_zone" in rows else []
    if stated and stated != [zone]:
        raise DataError(f"the times of {series} are in {', '.join(stated)}, and {folder} wants {zone}; convert them")


def _columns(series: Series, rows: pd.DataFrame) -> Columns:
    kind = LAYOUTS[layout_of(series)]
    missing = [name for name in kind.__slots__ if name not in rows.columns]
    if missing:
        raise DataError(f"the rows of {series} lack the column {missing[0]}")
    values = []
    for name in kind.__slots__:
        column = rows[name]
        if name == "time":
            if getattr(column.dt, "tz", None) is not None:
                raise DataError(f"the times of {series} carry a time zone; they must be naive, in that of the market")
            values.append(column.to_numpy(dtype="datetime64[us]"))
        elif name == "suspicious":
            values.append(column.to_numpy(dtype=np.bool_))
        elif name in {"exchange", "sale_condition"}:
            values.append(column.fillna("").astype(str).to_numpy(dtype=np.str_))
        else:
            values.append(column.to_numpy(dtype=np.float64))
            if not np.isfinite(values[-1]).all():
                raise DataError(f"{series}: the column {name} holds what is no number")
    columns: Any = kind(*values)
    if (np.diff(columns.time).astype(np.int64) < 0).any():
        columns = columns.part(np.argsort(columns.time, kind="stable"))
    return columns  # type: ignore[no-any-return]


def _write(folder: Path, series: Series, columns: Columns, replace: bool) -> None:
    if is_whole_history(series.resolution):
        parts: list[tuple[dt.date | None, Columns]] = [(None, columns)]
    else:
        dates = columns.time.astype("datetime64[D]")
        parts = [(day.item(), columns.part(dates == day)) for day in np.unique(dates)]
    old: list[Path] = []
    for date, part in parts:
        path = series_path(folder, series, date)
        if not path.is_file():
            continue
        if _holds(SeriesFile(path, series, date), part):
            continue
        if not replace:
            raise DataError(f"{path} is there and holds other rows, which would be lost; give --replace to change it")
        old.append(path)
    for path in old:
        set_aside(path)
    for date, part in parts:
        write_columns(folder, series, date, part)


def _holds(file: SeriesFile, part: Columns) -> bool:
    """Whether a file holds the very rows."""
    there = read_columns(file)
    return all(np.array_equal(getattr(there, name), getattr(part, name)) for name in type(part).__slots__)


def _within(day: dt.date, first: dt.date | None, last: dt.date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _cut(columns: Columns, first: dt.date | None, last: dt.date | None) -> Columns:
    if first is None and last is None:
        return columns
    days = columns.time.astype("datetime64[D]")
    inside = np.ones(len(columns), dtype=np.bool_)
    if first is not None:
        inside &= days >= np.datetime64(first)
    if last is not None:
        inside &= days <= np.datetime64(last)
    return columns.part(inside)
