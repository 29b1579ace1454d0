"""Charts and figures from within an algorithm (`Algorithm/QCAlgorithm.Plotting.cs`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.part import AlgorithmPart
from leanib.engine.charting import BaseSeries, CandlestickSeries, Chart, Series, SeriesType
from leanib.engine.dotnet.collections import Dictionary
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.market.dictionary import KeyValuePair
from leanib.engine.naming import in_order
from leanib.engine.statistics import StatisticsResults
from leanib.engine.statistics.text import double_text

if TYPE_CHECKING:
    from leanib.engine.indicators.base import IndicatorBase

__all__ = ["Plotting"]

_STRATEGY_EQUITY = "Strategy Equity"
#: LEAN's own charts: the series names that it keeps for itself; none listed means the whole chart is LEAN's
_RESERVED: dict[str, tuple[str, ...]] = {
    _STRATEGY_EQUITY: ("Equity", "Return"),
    "Capacity": ("Strategy Capacity",),
    "Drawdown": ("Equity Drawdown",),
    "Benchmark": ("Benchmark",),
    "Assets Sales Volume": (),
    "Exposure": (),
    "Portfolio Margin": (),
    "Portfolio Turnover": ("Portfolio Turnover",),
}


#: the names of the arguments of LEAN's overloads of Plot, in their order
_PLOT_NAMES = ("chart", "series", "value", "open", "high", "low", "close", "bar", "first", "second", "third", "fourth")


class Plotting(AlgorithmPart):
    """The part of QCAlgorithm that plots, and sets runtime and summary statistics."""

    utc_time: datetime

    def _qc_init_plotting(self) -> None:
        self._qc_charts: dict[str, Chart] = {}
        self._qc_charts_told = 0
        self._qc_statistics_service: Any = None
        self.runtime_statistics: Dictionary[str, str] = Dictionary()

    def set_statistics_service(self, statistics_service: object) -> None:
        """Where summary statistics go (the result handler)."""
        self._qc_statistics_service = statistics_service

    @property
    def statistics(self) -> StatisticsResults:
        """The statistics of the run so far; iterating over its `summary` gives pairs, as in LEAN."""
        if self._qc_statistics_service is None:
            return StatisticsResults()
        results: StatisticsResults = self._qc_statistics_service.statistics_results()
        results.summary = _Summary(results.summary)
        return results

    def add_chart(self, chart: Chart) -> None:
        """Add a chart; one of the same name stays as it is."""
        self._qc_charts.setdefault(chart.name, chart)

    def add_series(self, chart: str, series: str, series_type: SeriesType = SeriesType.LINE, unit: str = "$") -> None:
        """Add a series, replacing one of the same name, to a chart that is made when there is none."""
        known = self._qc_charts.setdefault(chart, Chart(chart))
        known.series[series] = BaseSeries.create(SeriesType(series_type), series, 0, unit)

    def plot(self, *arguments: Any, **named: Any) -> None:
        """Plot a point at the current time.

        `plot(series, value)`, `plot(chart, series, value)`; a value is a number, a trade bar, an indicator, or the
        four numbers of a candle. `plot(chart, indicator, ...)` plots each indicator under its name. Without a chart
        it is the strategy's equity chart.
        """
        arguments = in_order(arguments, named, *_PLOT_NAMES)
        if len(arguments) < 2:
            raise TypeError("plot() takes a series and a value, or a chart, a series and a value")
        if all(_is_indicator(argument) for argument in arguments[1:]):
            for indicator in arguments[1:]:
                self._qc_plot_value(str(arguments[0]), indicator.name, indicator.current.value)
            return
        if isinstance(arguments[1], str):
            chart, series, *values = arguments
        else:
            chart, (series, *values) = _STRATEGY_EQUITY, arguments
        self._qc_plot_values(chart, series, values)

    def record(self, series: str, value: float) -> None:
        """Plot a value on the strategy's equity chart."""
        self._qc_base.plot(series, value)

    def plot_indicator(self, chart: str, *indicators: IndicatorBase | bool | None) -> None:
        """Plot indicators whenever they are updated; with True first, only once they are ready."""
        wait_for_ready = bool(indicators) and isinstance(indicators[0], bool) and indicators[0]
        for indicator in indicators:
            if indicator is not None and not isinstance(indicator, bool):
                self._qc_plot_updates(chart, indicator, wait_for_ready)

    def _qc_plot_updates(self, chart: str, indicator: IndicatorBase, wait_for_ready: bool) -> None:
        def plot(_sender: object, _point: object) -> None:
            if not wait_for_ready or indicator.is_ready:
                self._qc_base.plot(chart, indicator)

        indicator.updated += plot

    def _qc_plot_values(self, chart: str, series: str, values: list[Any]) -> None:
        first = values[0]
        if len(values) == 4:
            self._qc_series(chart, series, CandlestickSeries).add_point(self._qc_base.utc_time, *values)
        elif hasattr(first, "high") and hasattr(first, "close"):
            self._qc_plot_values(chart, series, [first.open, first.high, first.low, first.close])
        elif _is_indicator(first):
            self._qc_plot_value(chart, series, first.current.value)
        else:
            self._qc_plot_value(chart, series, first)

    def _qc_plot_value(self, chart: str, series: str, value: object) -> None:
        if not isinstance(value, (int, float, Decimal)):
            value = _number(value)
        self._qc_series(chart, series, Series).add_point(self._qc_base.utc_time, value)

    def _qc_series(self, chart_name: str, name: str, kind: type[Series | CandlestickSeries]) -> BaseSeries:
        reserved = _RESERVED.get(chart_name)
        if reserved == ():
            raise ArgumentException(f"'{chart_name}' is a reserved chart name.")
        if reserved and name in reserved:
            raise ArgumentException(f"'{name}' is a reserved series name for chart '{chart_name}'.")
        chart = self._qc_charts.setdefault(chart_name, Chart(chart_name))
        series = chart.series.get(name)
        if series is None:
            series = kind(name)
            chart.add_series(series)
        return series

    def set_runtime_statistic(self, name: str, value: object) -> None:
        """Set a figure of the banner."""
        if name is None:
            raise ArgumentException("Value cannot be null. (Parameter 'key')")
        self.runtime_statistics[name] = _text(value)

    def set_summary_statistic(self, name: str, value: object) -> None:
        """Add an entry to the statistics; ValueError for the names 0 to 100, which are reserved."""
        if name.strip().isdigit() and 0 <= int(name) <= 100:
            raise ArgumentException(f"'{name}' is a reserved statistic name.")
        if self._qc_statistics_service is None:
            raise RuntimeError("set_summary_statistic() works from the end of initialize() on")
        self._qc_statistics_service.set_summary_statistic(name, _text(value))

    def get_chart_updates(self, clear_chart_data: bool = False) -> Iterator[Chart]:
        """Charts with the points plotted since the last call."""
        self._qc_charts_told = len(self._qc_charts)
        for chart in self._qc_charts.values():
            yield chart.get_updates()
            if clear_chart_data:
                for series in chart.series.values():
                    series.purge()

    @property
    def has_chart_updates(self) -> bool:
        """Whether its charts have something that `get_chart_updates` has not given yet."""
        charts = self._qc_charts
        return len(charts) != self._qc_charts_told or any(chart.has_updates for chart in charts.values())


class _Summary(Dictionary[str, str]):
    """The table of statistics as LEAN's dictionary: looked up by name, iterated as pairs."""

    def __iter__(self) -> Iterator[Any]:
        return (KeyValuePair(name, value) for name, value in self.items())


def _is_indicator(value: object) -> bool:
    return hasattr(value, "current") and hasattr(value, "is_ready")


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            "QCAlgorithm.Plot(): The last argument should be a QuantConnect Indicator object, "
            f"{type(value).__name__} was provided."
        ) from error


def _text(value: object) -> str:
    return double_text(value) if isinstance(value, float) else str(value)
