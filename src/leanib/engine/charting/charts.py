"""Charts, their series and points (`Common/Chart.cs`, `Series.cs`, `CandlestickSeries.cs`, `ChartPoint.cs` ...).

Values are rounded as LEAN rounds them on the way in (`SmartRounding`); times are naive UTC.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.charting.colors import Color
from leanib.engine.dotnet.collections import Dictionary, List
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.naming import LeanEnum, LeanIntEnum, LeanNames, LeanObject
from leanib.engine.numbers import ZERO, smart_rounding, to_decimal

if TYPE_CHECKING:
    from leanib.engine.symbols import Symbol

__all__ = [
    "BaseSeries",
    "Candlestick",
    "CandlestickSeries",
    "Chart",
    "ChartPoint",
    "ChartType",
    "ScatterChartPoint",
    "ScatterMarkerSymbol",
    "Series",
    "SeriesPoint",
    "SeriesType",
]

_EPOCH = datetime(1970, 1, 1)
_SECOND = timedelta(seconds=1)
_SECONDS_A_DAY = 86_400


class SeriesType(LeanIntEnum):
    """How a series is drawn."""

    LINE = 0
    SCATTER = 1
    CANDLE = 2
    BAR = 3
    FLAG = 4
    STACKED_AREA = 5
    PIE = 6
    TREEMAP = 7
    HEATMAP = 9
    SCATTER_3D = 10

    SCATTER3D = 10


class ScatterMarkerSymbol(LeanEnum):
    """The shape of a scatter series' markers."""

    NONE = "none"
    CIRCLE = "circle"
    SQUARE = "square"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"
    TRIANGLE_DOWN = "triangle-down"


class ChartType(LeanIntEnum):
    """Obsolete in LEAN: whether series share a chart or are stacked."""

    OVERLAY = 0
    STACKED = 1


class SeriesPoint(Protocol):
    """What every point has: a UTC time, and the value that statistics use."""

    @property
    def time(self) -> datetime:
        """When (UTC)."""

    @property
    def value(self) -> Decimal | None:
        """What, or None for a gap."""


def _rounded(value: Any) -> Decimal | None:
    return None if value is None else smart_rounding(to_decimal(value))


def _moment(time: datetime | int) -> datetime:
    return time if isinstance(time, datetime) else _EPOCH + time * _SECOND


def unix_seconds(time: datetime) -> int:
    """Whole seconds since 1970, half to even."""
    since = time - _EPOCH
    whole = since.days * _SECONDS_A_DAY + since.seconds
    return round(since / _SECOND) if since.microseconds else whole


class ChartPoint(LeanNames):
    """One value at one time; a value of None is a gap."""

    __slots__ = ("time", "y")

    def __init__(self, time: datetime | int, value: Any = None) -> None:
        self.time = time if type(time) is datetime else _moment(time)
        # As _rounded(), without the calls: a run makes a score of points a day.
        self.y = None if value is None else smart_rounding(value if type(value) is Decimal else to_decimal(value))

    @classmethod
    def of_rounded(cls, time: datetime, value: Decimal | None) -> ChartPoint:
        """A point of a value that is rounded already."""
        point = cls.__new__(cls)
        point.time, point.y = time, value
        return point

    @property
    def x(self) -> int:
        """Seconds since 1970."""
        return unix_seconds(self.time)

    @property
    def value(self) -> Decimal | None:
        """The value."""
        return self.y

    def clone(self) -> ChartPoint:
        """A copy."""
        return type(self)(self.time, self.y)

    def __repr__(self) -> str:
        return f"{self.time:%Y-%m-%d %H:%M:%S} - {self.y}"


class ScatterChartPoint(ChartPoint):
    """A point with a text that is shown over it."""

    __slots__ = ("tooltip",)

    def __init__(self, time: datetime | int, value: Any = None, tooltip: str | None = None) -> None:
        super().__init__(time, value)
        self.tooltip = tooltip

    def clone(self) -> ScatterChartPoint:
        """A copy."""
        return ScatterChartPoint(self.time, self.y, self.tooltip)


class Candlestick(LeanNames):
    """Open, high, low and close of a period that ends at `time`."""

    __slots__ = ("close", "high", "low", "open", "time")

    def __init__(
        self, time: datetime | int, open: Any = None, high: Any = None, low: Any = None, close: Any = None
    ) -> None:
        self.time = _moment(time)
        self.open: Decimal | float | None = _rounded(open)
        self.high: Decimal | float | None = _rounded(high)
        self.low: Decimal | float | None = _rounded(low)
        self.close = _rounded(close)

    @classmethod
    def of_rounded(
        cls,
        time: datetime,
        open: Decimal | float | None,
        high: Decimal | float | None,
        low: Decimal | float | None,
        close: Decimal | None,
    ) -> Candlestick:
        """A candle of numbers that are rounded already."""
        candle = cls.__new__(cls)
        candle.time = time
        candle.open, candle.high, candle.low, candle.close = open, high, low, close
        return candle

    @property
    def long_time(self) -> int:
        """Whole seconds since 1970: what a tick has beyond them is cut off, and not rounded as a point's is."""
        return unix_seconds(self.time.replace(microsecond=0))

    @property
    def value(self) -> Decimal | None:
        """The close."""
        return self.close

    def clone(self) -> Candlestick:
        """A copy."""
        return self.of_rounded(self.time, self.open, self.high, self.low, self.close)

    def __repr__(self) -> str:
        return f"{self.time:%Y-%m-%d %H:%M:%S} - O: {self.open} H: {self.high} L: {self.low} C: {self.close}"


class BaseSeries(LeanObject):
    """A named list of points."""

    def __init__(self, name: str, series_type: SeriesType, index: int = 0, unit: str = "$") -> None:
        self.name = name
        self.series_type = series_type
        self.index = index
        self.unit = unit
        self.index_name: str | None = None
        self.z_index: int | None = None
        self.tooltip: str | None = None
        self.values: list[Any] = List()
        self._update_position = 0

    @staticmethod
    def create(series_type: SeriesType, name: str, index: int = 0, unit: str = "$") -> BaseSeries:
        """The series class that fits the type."""
        if series_type == SeriesType.CANDLE:
            return CandlestickSeries(name, index, unit)
        return Series(name, series_type, index, unit)

    def add_point(self, *point: Any) -> None:
        """Add a point object, or a time and its value or values; a point at the last point's time replaces it."""
        made = point[0] if len(point) == 1 else self._point(*point)
        if self.values and self.values[-1].time == made.time:
            self.values[-1] = made
        else:
            self.values.append(made)

    def _point(self, time: datetime, *values: object) -> Any:
        raise NotImplementedError

    def take_updates(self) -> List[Any]:
        """The points added since the last call."""
        updates = List(self.values[self._update_position :])
        self._update_position = len(self.values)
        return updates

    @property
    def has_updates(self) -> bool:
        """Whether points were added since the last call."""
        return len(self.values) > self._update_position

    def get_updates(self) -> BaseSeries:
        """A series like this one with the points added since the last call."""
        # Asked for with every sample of the equity: taking over the attributes costs a tenth of clone().
        updated = object.__new__(type(self))
        vars(updated).update(vars(self))
        updated.values = self.take_updates()
        updated._update_position = 0
        return updated

    def purge(self) -> None:
        """Forget all points."""
        self.values = List()
        self._update_position = 0

    def clone(self, empty: bool = False) -> BaseSeries:
        """A copy, with or without the points."""
        copy = self.create(self.series_type, self.name, self.index, self.unit)
        copy.index_name, copy.z_index, copy.tooltip = self.index_name, self.z_index, self.tooltip
        if not empty:
            copy.values = List([point.clone() for point in self.values])
        return copy


class Series(BaseSeries):
    """Points of one value each.

    Called as LEAN's overloads are: `Series(name)`, `Series(name, type, index)`, `Series(name, type, index, unit)`,
    `Series(name, type, unit)`, `Series(name, type, unit, color)`, `Series(name, type, unit, color, symbol)`.
    """

    def __init__(
        self,
        name: str = "",
        type: SeriesType = SeriesType.LINE,
        index: int | str = 0,
        unit: str | Color = "$",
        symbol: ScatterMarkerSymbol = ScatterMarkerSymbol.NONE,
        color: Color = Color.EMPTY,
    ) -> None:
        if isinstance(index, str):
            color = unit if isinstance(unit, Color) else color
            super().__init__(name, type, 0, index)
        else:
            super().__init__(name, type, index, str(unit))
        self.color = color
        self.scatter_marker_symbol = ScatterMarkerSymbol(symbol)

    def _point(self, time: datetime, *values: object) -> ChartPoint:
        if len(values) > 1:
            raise ArgumentException("Series.AddPoint requires a single value")
        point = ScatterChartPoint if self.series_type == SeriesType.SCATTER else ChartPoint
        return point(time, values[0])

    def consolidate_chart_points(self) -> ChartPoint | None:
        """The sum of all values, at the time of the last."""
        if not self.values:
            return None
        total = sum((point.y for point in self.values if point.y is not None), ZERO)
        return ChartPoint(self.values[-1].time, total)

    def clone(self, empty: bool = False) -> BaseSeries:
        """A copy, with or without the points."""
        copy = super().clone(empty)
        if not isinstance(copy, Series):  # a series of candles, by its type
            return copy
        copy.color, copy.scatter_marker_symbol = self.color, self.scatter_marker_symbol
        return copy


class CandlestickSeries(BaseSeries):
    """Candles: `CandlestickSeries(name)`, `(name, index)`, `(name, index, unit)`, `(name, unit)`."""

    def __init__(self, name: str = "", index: int | str = 0, unit: str = "$") -> None:
        if isinstance(index, str):
            super().__init__(name, SeriesType.CANDLE, 0, index)
        else:
            super().__init__(name, SeriesType.CANDLE, index, unit)

    def add_point(self, *point: Any) -> None:
        """Add a candlestick, a trade bar, or a time and open, high, low, close."""
        if len(point) == 1 and not isinstance(point[0], Candlestick):
            bar = point[0]
            point = (Candlestick(bar.end_time, bar.open, bar.high, bar.low, bar.close),)
        super().add_point(*point)

    def _point(self, time: datetime, *values: object) -> Candlestick:
        if len(values) == 1 and isinstance(values[0], (list, tuple)):
            values = tuple(values[0])
        if len(values) != 4:
            raise ArgumentException("CandlestickSeries.AddPoint requires 4 values (open, high, low, close)")
        return Candlestick(time, *values)


class Chart(LeanObject):
    """A named set of series."""

    def __init__(self, name: str = "", symbol: Symbol | None = None) -> None:
        self.name = name
        self.symbol = None if isinstance(symbol, ChartType) else symbol
        self.series: dict[str, BaseSeries] = Dictionary()
        self.legend_disabled = False

    def add_series(self, series: BaseSeries) -> None:
        """Add a series; ValueError when the chart has one of that name."""
        if series.name in self.series:
            raise ArgumentException(
                f"Chart.AddSeries(): chart '{self.name}' already has a series named '{series.name}'."
            )
        self.series[series.name] = series

    def try_add_and_get_series(
        self,
        name: str,
        template: BaseSeries | SeriesType = SeriesType.LINE,
        index: int = 0,
        unit: str = "$",
        color: Color = Color.EMPTY,
        symbol: ScatterMarkerSymbol = ScatterMarkerSymbol.NONE,
        force_add_new: bool = False,
    ) -> BaseSeries:
        """The series of that name, made like the template (or of that type) when there is none."""
        if force_add_new or name not in self.series:
            if isinstance(template, BaseSeries):
                self.series[name] = template.clone(empty=True)
            else:
                self.series[name] = Series(name, template, index, unit, symbol, color)
        return self.series[name]

    @property
    def has_updates(self) -> bool:
        """Whether points were added to a series since the last call."""
        return any(series.has_updates for series in self.series.values())

    def get_updates(self) -> Chart:
        """A chart like this one with the points added since the last call."""
        copy = self.clone_empty()
        copy.series = {name: series.get_updates() for name, series in self.series.items()}
        return copy

    def clone_empty(self) -> Chart:
        """A copy without series."""
        copy = Chart(self.name, self.symbol)
        copy.legend_disabled = self.legend_disabled
        return copy

    def clone(self) -> Chart:
        """A copy with its series and their points."""
        copy = self.clone_empty()
        copy.series = {name: series.clone() for name, series in self.series.items()}
        return copy
