"""The rows of a user's own prices: a CSV or Parquet file, or a pandas frame, as trade bars.

The columns are found by name, in any case and order: a time (`date`, `datetime`, `time` or `timestamp`; of a frame also
its index), `open`, `high`, `low`, `close` and, where there is one, `volume`; other names are said with `columns`. Times
are ISO 8601. One with an offset, or in a zone that is said, is turned into the market's data time zone; others are
taken to be in it. Of daily bars the date counts, as it is written.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from leanib.data.columns import TradeBarColumns
from leanib.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Reading", "read_rows"]

_TIME_NAMES = ("date", "datetime", "time", "timestamp")
_PRICES = ("open", "high", "low", "close")
_Row = tuple[dt.datetime, list[float]]


@dataclass(frozen=True)
class Reading:
    """How a source is read.

    Attributes:
        data_zone: The market's data time zone.
        daily: Whether the bars are days, of which the date counts.
        time_zone: The zone of times without an offset; None is the market's.
        columns: What the source calls `time`, `open`, `high`, `low`, `close`, `volume`, where it has other names.
    """

    data_zone: str
    daily: bool
    time_zone: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def time(self, text: str) -> dt.datetime:
        """A time as written, naive, in the data time zone; raises ValueError."""
        return self.local(dt.datetime.fromisoformat(text.strip()))

    def local(self, moment: dt.datetime) -> dt.datetime:
        """A time in the data time zone, naive."""
        if self.daily:
            return dt.datetime(moment.year, moment.month, moment.day)
        if moment.tzinfo is None and self.time_zone is not None:
            moment = moment.replace(tzinfo=_zone(self.time_zone))
        return moment if moment.tzinfo is None else moment.astimezone(_zone(self.data_zone)).replace(tzinfo=None)

    def names(self, there: Iterable[str], source: object) -> dict[str, str]:
        """What the source calls each column; `volume` is left out where there is none.

        Raises:
            DataError: One is missing.
        """
        found = {(name or "").strip().lower(): name for name in there}
        names = {}
        for column in ("time", *_PRICES, "volume"):
            said = self.columns.get(column)
            if said is not None and said.lower() not in found:
                raise DataError(f"{source}: there is no column '{said}'; it has {', '.join(found) or 'none'}")
            candidates = (said.lower(),) if said else _TIME_NAMES if column == "time" else (column,)
            name = next((found[one] for one in candidates if one in found), None)
            if name is not None:
                names[column] = name
        absent = ["a time"] * ("time" not in names) + [name for name in _PRICES if name not in names]
        if absent:
            wanted = ",".join(("date", *_PRICES))
            raise DataError(f"{source}: the header lacks {', '.join(absent)}; name the columns {wanted}")
        return names

    def said(self, names: Mapping[str, str]) -> str:
        """What was taken for what, in words."""
        columns = ", ".join(f"{column} from '{name}'" for column, name in names.items() if name.lower() != column)
        if self.daily:
            zone = "dates as written"
        elif self.time_zone is None:
            zone = f"times in {self.data_zone} unless they carry an offset"
        else:
            zone = f"times turned from {self.time_zone} into {self.data_zone}"
        return "; ".join(filter(None, (columns, zone)))


def read_rows(source: Path | pd.DataFrame, how: Reading) -> tuple[TradeBarColumns, str]:
    """The bars, oldest first, and how they were read, in words.

    Raises:
        DataError: The source cannot be read, lacks a column, or holds what no bar can be or two bars of one time.
    """
    if how.time_zone is not None:
        _zone(how.time_zone)  # a wrong name is told, also of days, which need none
    if not isinstance(source, Path):
        return _frame_rows(source, "the frame", how)
    if source.suffix.lower() in {".parquet", ".pq"}:
        return _frame_rows(_parquet(source), source, how)
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            names = how.names(rows.fieldnames or (), source)
            values = [_row(row, names, how, f"{source}, line {rows.line_num}") for row in rows]
    except OSError as error:
        raise DataError(f"cannot read {source}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{source} is no CSV file in UTF-8 ({error})") from error
    if not values:
        raise DataError(f"{source} holds no bars")
    return _ordered(values, source), how.said(names)


def _row(row: dict[str, str], names: Mapping[str, str], how: Reading, where: str) -> _Row:
    try:
        time = how.time(row[names["time"]])
        prices = [float(row[names[name]]) for name in _PRICES]
        size = float(row[names["volume"]] or 0) if "volume" in names else 0.0
    except (TypeError, ValueError, AttributeError):
        raise DataError(f"{where}: cannot read the time or a number; repair or remove the line") from None
    if fault := _fault([*prices, size]):
        raise DataError(f"{where}: {fault}; repair or remove the line")
    return time, [*prices, size]


def _fault(values: list[float]) -> str:
    """What no bar can be; empty when it can."""
    open_, high, low, close, size = values
    if not np.isfinite(values).all():
        return "a number is not finite"
    if high < low:
        return f"the high {high:g} is below the low {low:g}"
    if max(open_, close) > high or min(open_, close) < low:
        return "open or close is outside high and low"
    return "the volume is negative" if size < 0 else ""


def _parquet(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        arrow = importlib.import_module("pyarrow")
    except ImportError:
        raise DataError("Parquet needs the package pyarrow; run `pip install 'leanib[convert]'`") from None
    try:
        return pd.read_parquet(path, engine="pyarrow")
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path} is no Parquet file that can be read ({error})") from None


def _frame_rows(frame: pd.DataFrame, source: object, how: Reading) -> tuple[TradeBarColumns, str]:
    import pandas as pd

    plain = frame.reset_index() if not isinstance(frame.index, pd.RangeIndex) else frame
    plain = plain.rename(columns={"index": "time"}) if isinstance(frame.index, pd.DatetimeIndex) else plain
    if not all(isinstance(name, str) for name in plain.columns):
        raise DataError(f"{source}: the columns are {list(plain.columns)[:3]} ..., which are no names")
    names = how.names(list(plain.columns), source)
    rows = plain[list(names.values())].to_dict("list")
    values: list[_Row] = []
    sizes = rows[names["volume"]] if "volume" in names else [0.0] * len(plain)
    for number, (moment, *prices, size) in enumerate(
        zip(rows[names["time"]], *(rows[names[name]] for name in _PRICES), sizes, strict=True), 1
    ):
        where = f"{source}, row {number}"
        try:
            time, numbers = how.local(_moment(moment)), [float(value) for value in (*prices, size)]
        except (TypeError, ValueError):
            raise DataError(f"{where}: cannot read the time or a number; repair or remove the row") from None
        if fault := _fault(numbers):
            raise DataError(f"{where}: {fault}; repair or remove the row")
        values.append((time, numbers))
    if not values:
        raise DataError(f"{source} holds no bars")
    return _ordered(values, source), how.said(names)


def _moment(value: Any) -> dt.datetime:
    """A cell's time: a timestamp, a date or a text; raises ValueError and TypeError."""
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime(warn=False)
    if isinstance(value, str):
        return dt.datetime.fromisoformat(value.strip())
    if isinstance(value, dt.datetime):
        return dt.datetime.fromisoformat(value.isoformat())  # no NaT
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    raise TypeError(f"{value!r} is no time")


def _ordered(rows: list[_Row], source: object) -> TradeBarColumns:
    """Oldest first; a bar that is there twice counts once."""
    unique: dict[dt.datetime, list[float]] = {}
    for time, values in sorted(rows):
        if unique.setdefault(time, values) != values:
            raise DataError(f"{source} holds two different bars of {time:%Y-%m-%d %H:%M}; remove one of them")
    open_, high, low, close, volume = np.array(list(unique.values()), dtype=np.float64).T
    return TradeBarColumns(np.array(list(unique), dtype="datetime64[us]"), open_, high, low, close, volume)


def _zone(name: str) -> dt.tzinfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise DataError(f"there is no time zone '{name}'; write it like America/New_York or UTC") from None
