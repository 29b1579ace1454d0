"""The measures agree with the definitions, and with LEAN's figures for a run whose equity is known."""

import statistics as reference
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leanib.engine.charting import Candlestick, ChartPoint
from leanib.engine.statistics import (
    ConstantRiskFreeRateInterestRateModel,
    PortfolioStatistics,
    Statistics,
    StatisticsBuilder,
)
from leanib.engine.statistics.builder import StatisticsInput
from leanib.engine.statistics.moments import covariance, variance

RETURNS = st.lists(st.floats(-0.25, 0.25, width=32), min_size=2, max_size=40)
# The portfolio at each midnight in New York of LEAN's BasicTemplateAlgorithm, its peak and its trough.
START = Decimal(100000)
DAYS = [(4, "100000"), (28, "100146.4444"), (52, "98861.5463"), (76, "98938.8778")]
DAYS += [(100, "101098.2186"), (124 - 6, "101691.9198")]


@given(RETURNS)
def test_variance_is_the_sample_variance(values):
    """One pass gives what the definition gives."""
    assert variance(values) == pytest.approx(reference.variance(values), rel=1e-6, abs=1e-12)


@given(RETURNS)
def test_a_series_covaries_with_itself_by_its_variance(values):
    """Covariance generalises variance."""
    assert covariance(values, values) == pytest.approx(variance(values), rel=1e-6, abs=1e-12)


def test_compounding_takes_the_root_of_the_years():
    """Doubling in two years is 41.42 % a year; a negative end has no rate."""
    rate = Statistics.compounding_annual_performance(Decimal(100), Decimal(200), Decimal(2))
    assert float(rate) == pytest.approx(2**0.5 - 1)
    assert Statistics.compounding_annual_performance(Decimal(100), Decimal(-1), Decimal("0.3")) == 0


def test_drawdown_is_the_deepest_fall_and_recovery_the_longest_way_back():
    """From 120 to 90 is 25 %; the way back from the peak took four days; an unfinished drawdown does not count."""
    values = [100, 120, 90, 110, 115, 120, 60]
    equity = {datetime(2020, 1, day): Decimal(value) for day, value in enumerate(values, start=1)}
    assert Statistics.calculate_drawdown_metrics(equity, 3) == (Decimal("0.500"), 4)


def test_the_probabilistic_sharpe_ratio_is_a_probability_and_zero_when_undefined():
    """Good steady returns are near 1, none give 0."""
    assert Statistics.probabilistic_sharpe_ratio([0.01, -0.002, 0.004, 0.001, 0.012] * 10, 0.06) > 0.99
    assert Statistics.probabilistic_sharpe_ratio([0.0, 0.0, 0.0, 0.0], 0.06) == 0


def test_value_at_risk_follows_the_normal_distribution():
    """Mean 0 and deviation 1 % give 2.326 % at 99 % and 1.645 % at 95 %."""
    values = [0.01, -0.01] * 500
    series = _series(values)
    result = PortfolioStatistics.of(series, ConstantRiskFreeRateInterestRateModel(0.0), 1000)
    assert (result.value_at_risk_99, result.value_at_risk_95) == (Decimal("-0.023"), Decimal("-0.016"))


def test_a_run_without_two_daily_returns_has_its_equity_and_nothing_else():
    """LEAN computes no ratio from a single day."""
    result = PortfolioStatistics.of(_series([0.01]), ConstantRiskFreeRateInterestRateModel(0.0), 252)
    assert (result.start_equity, result.sharpe_ratio, result.drawdown) == (Decimal(100), 0, 0)


def _series(values):
    from leanib.engine.statistics.portfolio import PortfolioSeries

    equity = {datetime(2020, 1, 1) + timedelta(days=i): Decimal(100) for i in range(len(values))}
    return PortfolioSeries([], equity, [], values, values, Decimal(100), 0, 0)


def _inputs(benchmark_points):
    origin = datetime(2013, 10, 7)
    equity = [Candlestick(origin + timedelta(hours=hour), v, v, v, v) for hour, v in DAYS]
    returns, previous = [], START
    for point in equity:
        returns.append(ChartPoint(point.time, (point.close - previous) * 100 / previous))
        previous = point.close
    benchmark = [ChartPoint(p.time, 100 + i) for i, p in enumerate(equity)][:benchmark_points]
    model = ConstantRiskFreeRateInterestRateModel(Decimal("0.0075"))
    return StatisticsInput([], {}, equity, returns, benchmark, [], START, [], [], model, 252)


def test_the_table_is_leans_for_a_known_equity_curve():
    """Capital, profit and yearly return of LEAN's BasicTemplateAlgorithm come out to the last digit."""
    summary = StatisticsBuilder.generate(_inputs(6), Decimal("3.44"), 1, None, "$").summary
    assert summary["Start Equity"] == "100000"
    assert summary["End Equity"] == "101691.92"
    assert summary["Net Profit"] == "1.692%"
    assert summary["Total Fees"] == "$3.44"
    assert summary["Estimated Strategy Capacity"] == "$0"
    assert summary["Average Win"] == "0%"


def test_misaligned_series_are_refused():
    """A benchmark with fewer points than the performance cannot be compared with it."""
    with pytest.raises(ValueError, match="2 misaligned"):
        StatisticsBuilder.generate(_inputs(4), Decimal(0), 0, None, "$")


def test_rolling_windows_end_with_each_month_and_the_last_day():
    """A run from January to March has three windows of a month, and as many of a quarter."""
    origin = datetime(2020, 1, 10)
    equity = [Candlestick(origin + timedelta(days=i), v, v, v, v) for i, v in enumerate(range(100, 160))]
    points = [ChartPoint(p.time, 1) for p in equity]
    model = ConstantRiskFreeRateInterestRateModel(0)
    inputs = StatisticsInput([], {}, equity, points, points, [], Decimal(100), [], [], model, 252)
    keys = StatisticsBuilder.generate(inputs, Decimal(0), 0, None, "$").rolling_performances
    assert [key for key in keys if key.startswith("M3_")] == ["M3_20200131", "M3_20200229", "M3_20200309"]
