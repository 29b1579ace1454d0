"""What an algorithm plots and sets arrives in its charts and statistics."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from leanib.engine.algorithm.plotting import Plotting
from leanib.engine.charting import Candlestick, Chart, Series, SeriesType
from leanib.engine.dotnet.event import Event
from leanib.engine.statistics import PerformanceMetrics, StatisticsResults


class _Algorithm(Plotting):
    def __init__(self):
        self._qc_base = self._qc_users = self
        self.utc_time = datetime(2020, 1, 2)
        self._qc_init_plotting()
        self.summary = {}
        service = SimpleNamespace(set_summary_statistic=self.summary.__setitem__, statistics_results=StatisticsResults)
        self.set_statistics_service(service)

    def points(self, chart, series):
        return next(c for c in self.get_chart_updates() if c.name == chart).series[series].values


def _indicator(value, ready=True):
    return SimpleNamespace(name="EMA(3)", current=SimpleNamespace(value=value), is_ready=ready, updated=Event())


@pytest.mark.parametrize(
    ("arguments", "chart", "series", "value"),
    [
        (("Price", 5), "Strategy Equity", "Price", 5),
        (("Mine", "Price", 5.5), "Mine", "Price", 5.5),
        (("Mine", "Price", _indicator(7)), "Mine", "Price", 7),
        (("Mine", _indicator(7), _indicator(8)), "Mine", "EMA(3)", 8),
        (("Price", _indicator(7)), "Price", "EMA(3)", 7),
    ],
)
def test_plot_takes_leans_overloads(arguments, chart, series, value):
    """A number or an indicator, with a chart or without."""
    algorithm = _Algorithm()
    algorithm.Plot(*arguments)
    assert float(algorithm.points(chart, series)[-1].y) == value


def test_four_numbers_or_a_bar_make_a_candle():
    """Open, high, low, close."""
    algorithm = _Algorithm()
    algorithm.plot("Mine", "SPY", 1, 4, 0.5, 2)
    algorithm.plot("Mine", "AAPL", SimpleNamespace(open=1, high=4, low=0.5, close=2))
    updates = next(algorithm.get_chart_updates()).series
    for name in ("SPY", "AAPL"):
        candle = updates[name].values[0]
        assert isinstance(candle, Candlestick)
        assert float(candle.high) == 4


def test_leans_own_charts_are_reserved():
    """Nobody draws over the equity."""
    algorithm = _Algorithm()
    with pytest.raises(ValueError, match="'Equity' is a reserved series name for chart 'Strategy Equity'"):
        algorithm.plot("Equity", 1)
    with pytest.raises(ValueError, match="'Exposure' is a reserved chart name"):
        algorithm.plot("Exposure", "a", 1)


def test_what_cannot_be_plotted_is_named():
    """A list is neither a number nor an indicator."""
    with pytest.raises(TypeError, match="list was provided"):
        _Algorithm().plot("Mine", "a", [1])


def test_an_indicator_is_plotted_when_it_is_updated_and_ready():
    """plot_indicator follows the indicator; with True only once it is ready."""
    algorithm, early, ready = _Algorithm(), _indicator(1, ready=False), _indicator(2)
    algorithm.plot_indicator("Mine", True, early, ready)
    early.updated(None, None)
    ready.updated(None, None)
    assert [float(point.y) for point in algorithm.points("Mine", "EMA(3)")] == [2]


def test_own_charts_and_series_are_kept():
    """A chart added before its points keeps its series' types."""
    algorithm = _Algorithm()
    chart = Chart("Mine")
    chart.add_series(Series("Volume", SeriesType.BAR, 1))
    algorithm.add_chart(chart)
    algorithm.add_series("Mine", "Dots", SeriesType.SCATTER)
    algorithm.plot("Mine", "Volume", 3)
    series = next(algorithm.get_chart_updates()).series
    assert (series["Volume"].series_type, series["Dots"].series_type) == (SeriesType.BAR, SeriesType.SCATTER)


def test_statistics_are_texts():
    """Runtime statistics in the banner, summary statistics in the table; numbers as names are reserved."""
    algorithm = _Algorithm()
    algorithm.set_runtime_statistic("Beta", 0.5)
    algorithm.set_summary_statistic("Mine", 3)
    assert (algorithm.runtime_statistics, algorithm.summary) == ({"Beta": "0.5"}, {"Mine": "3"})
    with pytest.raises(ValueError, match="reserved statistic"):
        algorithm.set_summary_statistic("7", 1)


def test_statistics_are_there_at_run_time():
    """Names as constants, iteration in pairs."""
    algorithm = _Algorithm()
    assert algorithm.Statistics.Summary == {}
    assert PerformanceMetrics.TotalOrders == PerformanceMetrics.TOTAL_ORDERS == "Total Orders"
