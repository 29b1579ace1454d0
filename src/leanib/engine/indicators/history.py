"""What `self.indicator_history` returns (`Common/Data/IndicatorHistory.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import Enum
from typing import Any

from leanib.engine.dotnet.collections import List
from leanib.engine.indicators.base import IndicatorBase
from leanib.engine.indicators.exact import ExactBar, ExactValues, exact_model
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.market.base_data import NO_TIME, BaseData
from leanib.engine.naming import LeanObject, to_snake
from leanib.engine.numbers import decimal_text, smart_rounding, to_decimal

__all__ = ["IndicatorDataPoints", "IndicatorHistory"]

_NOT_SHOWN = {"name", "samples", "updated", "consolidators", "window", "current", "warm_up_period", "period", "title"}


class IndicatorDataPoints(LeanObject):
    """An indicator's values at one time: `points.current`, `points.upper_band`, `points["upper_band"]`."""

    def __init__(self, time: datetime, values: dict[str, Any]) -> None:
        self.time = self.end_time = time
        self._values = values

    @property
    def current(self) -> IndicatorDataPoint:
        """The indicator's own value."""
        return self._values["current"]  # type: ignore[no-any-return]

    @property
    def value(self) -> float:
        """The indicator's own value as a number."""
        return self.current.value

    def __getitem__(self, name: str) -> Any:
        return self._values.get(to_snake(name))

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__.get("_values", {})
        snake = to_snake(name)
        if snake in values:
            return values[snake]
        raise AttributeError(f"the indicator has no value '{name}'")

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        values = sorted((_column(name), to_decimal(point.value)) for name, point in self._values.items())
        listed = ", ".join(f"{name}: {decimal_text(smart_rounding(value))}" for name, value in values)
        return f"{self.end_time:%m/%d/%Y %H:%M:%S} {listed}"


class IndicatorHistory(LeanObject):
    """The values over time: iterate for `IndicatorDataPoints`, index for one, `history["upper_band"]` for a series."""

    def __init__(
        self, rows: list[IndicatorDataPoints], series: dict[str, list[Any]], extra: dict[str, list[Any]]
    ) -> None:
        self._rows = rows
        self._series = series
        self._extra = extra

    @property
    def count(self) -> int:
        """How many times there are."""
        return len(self._rows)

    @property
    def current(self) -> list[IndicatorDataPoint]:
        """The indicator's own values."""
        return self._series["current"]

    @property
    def data_frame(self) -> Any:
        """The values as a pandas frame, as LEAN's: a column a value (`bandwidth`), times as an unnamed index."""
        import pandas as pd

        columns = {
            _column(name): pd.Series([p.value for p in points], index=[p.end_time for p in points], dtype=float)
            for name, points in self._series.items()
        }
        times = [row.end_time for row in self._rows]
        columns.update((_column(name), pd.Series(values, index=times)) for name, values in self._extra.items())
        return pd.DataFrame({name: columns[name] for name in sorted(columns)})

    def __getitem__(self, key: str | int) -> Any:
        if isinstance(key, str):
            return self._series.get(to_snake(key))
        return self._rows[key]

    def __iter__(self) -> Iterator[IndicatorDataPoints]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __str__(self) -> str:
        return "".join(f"{row}\n" for row in self._rows)


class IndicatorRecorder:
    """Writes down an indicator's values, its own and those of its parts, whenever a time is complete.

    Args:
        indicator: One that was just reset.
        exact: Makes decimals of a data point, for the texts of the values; without it they have the floats' digits.
    """

    def __init__(self, indicator: IndicatorBase, exact: Callable[[BaseData], ExactBar] | None = None) -> None:
        self._indicator = indicator
        model = None if exact is None else exact_model(indicator)
        self._exact = None if model is None or exact is None else ExactValues(model, exact)
        shown = {name: value for name, value in vars(indicator).items() if name[0] != "_" and name not in _NOT_SHOWN}
        self._parts = {name: value for name, value in shown.items() if isinstance(value, IndicatorBase)}
        plain = (int, float, str, bool, Enum)
        self._plain = [name for name, value in shown.items() if isinstance(value, plain)]
        self._series: dict[str, list[Any]] = {name: List() for name in (*self._parts, "current")}
        self._extra: dict[str, list[Any]] = {name: [] for name in self._plain}
        self._rows: list[IndicatorDataPoints] = []
        self._last: IndicatorDataPoint | None = None
        self._recorded = NO_TIME

    def take(self, data: BaseData) -> None:
        """The indicator is about to take a data point in."""
        if self._exact is not None:
            self._exact.take(data)

    def on_update(self, _: object, point: IndicatorDataPoint) -> None:
        """The indicator has a new value."""
        if not self._indicator.is_ready:
            return
        if self._last is None or self._last.time != point.time:
            self._record(point)
        self._last = point

    def history(self) -> IndicatorHistory:
        """What was written down."""
        if self._last is not None:
            self._record(self._last)
        return IndicatorHistory(self._rows, self._series, self._extra)

    def _record(self, point: IndicatorDataPoint) -> None:
        if self._recorded == point.end_time:
            return
        self._recorded = point.end_time
        values = {name: part.current for name, part in self._parts.items()}
        values["current"] = self._indicator.current
        exact = self._exact
        if exact is not None and len(exact) == self._indicator.samples:  # else one was refused
            for name, value in values.items():
                value.keep_origin(exact, name, len(exact))
        for name, value in values.items():
            series = self._series[name]
            if name != "current" and series and series[-1].end_time == value.end_time:
                series[-1] = value
            else:
                series.append(value)
        for name in self._plain:
            self._extra[name].append(getattr(self._indicator, name))
        self._rows.append(IndicatorDataPoints(point.end_time, values))


def _column(name: str) -> str:
    """.NET's name of a value in lower case."""
    return name.replace("_", "").lower()
