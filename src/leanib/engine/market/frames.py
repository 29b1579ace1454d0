"""Histories as pandas data frames with LEAN's index, columns and types (`Common/Python/PandasData.cs`).

Index: symbol and time; for futures expiry, symbol, time; for options expiry, strike, type, symbol, time. Times are the
data's end times, naive, in the time zone of its exchange. Columns are LEAN's property names in lower case without
underscores, in alphabetical order; a column without any value but 0, "" or False is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from leanib.engine.market.bars import QuoteBar, TradeBar
from leanib.engine.market.columns import columns_of, is_collection
from leanib.engine.market.pandas_keys import teach_pandas
from leanib.engine.market.tick import OpenInterest, Tick
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    import pandas as pd

    from leanib.engine.market import BaseData
    from leanib.engine.market.slice import Slice

__all__ = ["PandasConverter", "frame_of_points", "frame_of_slices", "indicator_frame", "teach_pandas"]

_NAMES = {
    1: ["symbol"],
    2: ["symbol", "time"],
    3: ["expiry", "symbol", "time"],
    5: ["expiry", "strike", "type", "symbol", "time"],
}
_Collection = tuple[Symbol, datetime, Sequence[Any]]


class _Series:
    """One column of one symbol: values, and their times."""

    __slots__ = ("times", "values")

    def __init__(self) -> None:
        self.times: list[datetime] = []
        self.values: list[Any] = []

    def add(self, time: datetime, value: Any, replace: bool) -> None:
        if replace and self.times and self.times[-1] == time:
            self.values[-1] = value
        else:
            self.values.append(value)
            self.times.append(time)

    def says_nothing(self) -> bool:
        """Whether no value is anything but missing, zero, empty or False."""
        return not any(map(_says_something, self.values))


def _says_something(value: object) -> bool:
    if value is None or value is False or value == 0:
        return False
    if isinstance(value, float):
        return value == value
    if isinstance(value, str):
        return bool(value.strip())
    return bool(value) if isinstance(value, list | tuple | dict) else True


class _SymbolData:
    """All columns of one symbol (`PandasData`)."""

    __slots__ = ("first", "series", "symbol")

    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol
        self.first: Any = None
        self.series: dict[str, _Series] = {}

    def add(self, point: BaseData, replace: bool = False) -> None:
        """Take in a data point; `replace` overwrites what the same time already has."""
        if self.first is None:
            self.first = point
        time = getattr(point, "end_time", None) or datetime.min  # noqa: DTZ901
        for name, value in columns_of(point):
            series = self.series.get(name)
            if series is None:
                series = self.series[name] = _Series()
            series.add(time, value, replace)

    def levels(self) -> int:
        """How many index levels the symbol's type has."""
        return self.symbol.asset.frame_levels

    def frame(self, levels: int, time_as_column: bool = False) -> pd.DataFrame:
        """The symbol's rows, indexed by so many levels."""
        import pandas as pd

        indexes: dict[tuple[datetime, ...], Any] = {}
        columns = {}
        for name, series in self.series.items():
            if series.says_nothing():
                continue
            key = tuple(series.times)
            if key not in indexes:
                indexes[key] = self._index(series.times, levels, time_as_column)
            kind = object if isinstance(series.values[0], Enum) else None  # LEAN's are no numbers
            columns[name] = pd.Series(series.values, indexes[key], dtype=kind)
        if time_as_column and columns:
            first = next(iter(self.series.values()))
            columns["time"] = pd.Series(first.times, indexes[tuple(first.times)])
        return pd.DataFrame(columns)

    def _index(self, times: list[datetime], levels: int, time_as_column: bool) -> Any:
        import pandas as pd

        parts = self._index_parts(levels)
        names = _NAMES[levels]
        if time_as_column and levels > 1:
            names = names[:-1]
        elif levels > 1:
            return pd.MultiIndex.from_arrays([*([part] * len(times) for part in parts), times], names=names)
        if len(parts) == 1:
            return pd.Index([parts[0]] * len(times), name=names[0], dtype=object)
        return pd.MultiIndex.from_arrays([[part] * len(times) for part in parts], names=names)

    def _index_parts(self, levels: int) -> list[Any]:
        symbol = self.symbol
        if levels < 3:
            return [symbol]
        if levels == 3:
            return [symbol.id.date, symbol]
        return [*symbol.asset.frame_keys(symbol), symbol]


class _Builder:
    """Sorts data points to their symbols, and collections aside (`DataFrameGenerator`)."""

    def __init__(self, data_type: type | None = None, flatten: bool = False, time_as_column: bool = False) -> None:
        self.type = data_type
        self.flatten = flatten
        self.time_as_column = time_as_column
        self.symbols: dict[Symbol, _SymbolData] = {}
        self.collections: list[_Collection] = []

    def of(self, symbol: Symbol) -> _SymbolData:
        data = self.symbols.get(symbol)
        if data is None:
            data = self.symbols[symbol] = _SymbolData(symbol)
        return data

    def add_slices(self, slices: Iterable[Slice]) -> None:
        for each in slices:
            self._add_slice(each)

    def _add_slice(self, each: Slice) -> None:
        seen: set[Symbol] = set()
        point: Any
        for point in each.points:
            kind = type(point)
            if self.flatten and is_collection(point):
                self.collections.append((point.symbol, point.end_time, point.data))
            elif kind is TradeBar or kind is QuoteBar:
                self._add_bar(each, point, seen)
            elif self._wanted(kind):
                self.of(point.symbol).add(point)

    def _wanted(self, kind: type) -> bool:
        return self.type is None or issubclass(kind, self.type) or (self.type is OpenInterest and kind is Tick)

    def _add_bar(self, each: Slice, point: BaseData, seen: set[Symbol]) -> None:
        """A trade bar and a quote bar of one symbol share a row; the trade's prices win."""
        symbol, kind = point.symbol, self.type
        if kind is not None:
            if isinstance(point, kind):
                self.of(symbol).add(point)
            return
        if symbol in seen:
            return
        seen.add(symbol)
        data = self.of(symbol)
        quote, trade = each.quote_bars.get(symbol), each.bars.get(symbol)
        if quote is not None:
            data.add(quote)
        if trade is not None:
            data.add(trade, replace=quote is not None)

    def add_points(self, points: Iterable[Any]) -> None:
        for point in points:
            if self.flatten and is_collection(point):
                self.collections.append((point.symbol, point.end_time, point.data))
            else:
                self.of(point.symbol).add(point)

    def frame(self, symbol_only: bool = False) -> pd.DataFrame:
        """Everything in one frame."""
        frames = self._symbol_frames(symbol_only)
        if not self.collections:
            return _concat(frames)
        parts = [(symbol, time, self._collection_frame(data, symbol_only)) for symbol, time, data in self.collections]
        frames = [frame for _, _, frame in parts] + frames
        if symbol_only:
            return _concat(frames)
        many = len({symbol for symbol, _, _ in parts}) > 1
        keys = [(symbol, time) if many else (time,) for symbol, time, _ in parts]
        canonical = any(symbol.is_canonical() for symbol, _, _ in parts)
        names = (["canonical" if canonical else "collection_symbol"] if many else []) + ["time"]
        return _concat(frames, keys, names)

    def _collection_frame(self, data: Sequence[Any], symbol_only: bool) -> pd.DataFrame:
        firsts: dict[Symbol, Any] = {point.symbol: point for point in reversed(data)}
        if symbol_only or len(firsts) > 1:
            return _one_row_a_symbol({point.symbol: firsts[point.symbol] for point in data})
        inner = _Builder(flatten=self.flatten, time_as_column=True)
        inner.add_points(data)
        return inner.frame()

    def _symbol_frames(self, symbol_only: bool) -> list[pd.DataFrame]:
        if not self.symbols:
            return []
        if symbol_only:
            return [_one_row_a_symbol({symbol: data.first for symbol, data in self.symbols.items()})]
        levels = max(data.levels() for data in self.symbols.values())
        return [data.frame(levels, self.time_as_column) for data in self.symbols.values()]


def _one_row_a_symbol(points: dict[Symbol, Any]) -> pd.DataFrame:
    """A row for each symbol's data point; `symbol` is the index."""
    import pandas as pd

    columns: dict[str, list[Any]] = {}
    for position, point in enumerate(points.values()):
        for name, value in columns_of(point):
            values = columns.get(name)
            if values is None:
                values = columns[name] = [None] * len(points)
            values[position] = value
    index = pd.Index(list(points), name="symbol", dtype=object)
    telling = {name: values for name, values in columns.items() if any(map(_says_something, values))}
    return pd.DataFrame(telling, index=index).dropna(axis=1, how="all")


def _concat(frames: list[pd.DataFrame], keys: Any = None, names: Any = None) -> pd.DataFrame:
    """Below each other, columns in order, those without a value left out."""
    import pandas as pd

    if all(frame.empty for frame in frames):
        return pd.DataFrame()
    if keys is None:
        frames = [frame for frame in frames if not frame.empty]
    if keys is not None:
        flat = [key[0] for key in keys] if len(names) == 1 else keys
        joined = pd.concat(frames, keys=flat, names=[*names, *frames[0].index.names], sort=True)
    else:
        joined = pd.concat(frames, sort=True)
    return joined.dropna(axis=1, how="all")


def frame_of_slices(slices: Iterable[Slice], data_type: type | None = None, flatten: bool = False) -> pd.DataFrame:
    """A history as a frame; with a type only its data, with `flatten` collections become rows."""
    teach_pandas()
    builder = _Builder(data_type, flatten)
    builder.add_slices(slices)
    return builder.frame()


def frame_of_points(points: Iterable[Any], flatten: bool = False, symbol_only: bool = False) -> pd.DataFrame:
    """Data points, or collections of them, as a frame; with `symbol_only` one row a symbol."""
    teach_pandas()
    builder = _Builder(flatten=flatten)
    builder.add_points(points)
    return builder.frame(symbol_only)


def indicator_frame(series: dict[str, Iterable[Any]]) -> pd.DataFrame:
    """Indicator points by name as a frame with their end times as index and the names, in order, as columns."""
    import pandas as pd

    teach_pandas()
    columns = {}
    for name in sorted(series):
        points = list(series[name])
        columns[name.lower()] = pd.Series([p.value for p in points], index=[p.end_time for p in points])
    return pd.DataFrame(columns)


class PandasConverter(LeanObject):
    """`self.pandas_converter`: data as pandas frames (`Common/Python/PandasConverter.cs`)."""

    def get_data_frame(self, data: Iterable[Any], flatten: bool = False, data_type: type | None = None) -> pd.DataFrame:
        """Slices or data points as a frame."""
        points = list(data)
        if points and hasattr(points[0], "all_data"):
            return frame_of_slices(points, data_type, flatten)
        return frame_of_points(points, flatten)

    def get_indicator_data_frame(self, data: dict[str, Iterable[Any]]) -> pd.DataFrame:
        """Lists of indicator points by name as a frame."""
        return indicator_frame(data)
