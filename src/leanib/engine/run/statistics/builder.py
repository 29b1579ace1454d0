"""The whole of a run's statistics (`Common/Statistics/StatisticsBuilder.cs`)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from leanib.engine.charting import SeriesPoint
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, decimal_text, round_decimal, round_to_significant_digits
from leanib.engine.run.statistics.capacity import CapacityEstimate
from leanib.engine.run.statistics.metrics import PerformanceMetrics
from leanib.engine.run.statistics.portfolio import PortfolioSeries, PortfolioStatistics
from leanib.engine.run.statistics.risk_free import RiskFreeInterestRateModel
from leanib.engine.run.statistics.text import double_text, round_double
from leanib.engine.run.statistics.trade import Trade
from leanib.engine.run.statistics.trade_statistics import TradeStatistics

__all__ = ["AlgorithmPerformance", "StatisticsBuilder", "StatisticsInput", "StatisticsResults"]

_DAY = timedelta(days=1)
_ROLLING_MONTHS = (1, 3, 6, 12)
_CENT = Decimal("0.01")


@dataclass(eq=False)
class AlgorithmPerformance(LeanObject):
    """Trade and portfolio statistics of one period, with its closed trades."""

    trade_statistics: TradeStatistics = field(default_factory=TradeStatistics)
    portfolio_statistics: PortfolioStatistics = field(default_factory=PortfolioStatistics)
    closed_trades: list[Trade] = field(default_factory=list)


@dataclass(eq=False)
class StatisticsResults(LeanObject):
    """The run's performance, the rolling ones by key (`M3_20131231`), and the table of statistics as text."""

    total_performance: AlgorithmPerformance = field(default_factory=AlgorithmPerformance)
    rolling_performances: dict[str, AlgorithmPerformance] = field(default_factory=dict)
    summary: dict[str, str] = field(default_factory=dict)

    def add_custom_summary_statistics(self, custom_summary: Mapping[str, str]) -> None:
        """The algorithm's own entries, which never replace LEAN's."""
        for name, value in custom_summary.items():
            self.summary.setdefault(name, value)


@dataclass(eq=False)
class StatisticsInput:
    """What a run leaves behind. Points are in order of time (UTC); money in the account's currency.

    `performance` is in percent; `benchmark` holds the benchmark's values, one for each performance point.
    `winning_transactions` and `losing_transactions` are the times (UTC) of the transactions that count as such.
    """

    trades: list[Trade]
    profit_loss: Mapping[datetime, Decimal]
    equity: Sequence[SeriesPoint]
    performance: Sequence[SeriesPoint]
    benchmark: Sequence[SeriesPoint]
    portfolio_turnover: Sequence[SeriesPoint]
    starting_capital: Decimal
    winning_transactions: Iterable[datetime]
    losing_transactions: Iterable[datetime]
    risk_free_interest_rate_model: RiskFreeInterestRateModel
    trading_days_per_year: int


class StatisticsBuilder(LeanObject):
    """Makes `StatisticsResults`."""

    @staticmethod
    def generate(
        inputs: StatisticsInput,
        total_fees: Decimal,
        total_orders: int,
        estimated_strategy_capacity: CapacityEstimate | None,
        account_currency_symbol: str,
    ) -> StatisticsResults:
        """Total and rolling performance and the table. ValueError when the series are misaligned."""
        series = _SortedInputs(inputs)
        first, last = series.equity.first_and_last_day()
        total = _performance(inputs, series, first, last)
        rolling = {
            f"M{months}_{end:%Y%m%d}": _performance(inputs, series, start, end)
            for months in _ROLLING_MONTHS
            for start, end in _period_ranges(months, first, last)
        }
        summary = _summary(total, estimated_strategy_capacity, total_fees, total_orders, account_currency_symbol)
        return StatisticsResults(total, rolling, summary)


def _performance(
    inputs: StatisticsInput, sorted_inputs: _SortedInputs, first: date, last: date
) -> AlgorithmPerformance:
    """The performance from the first to the last day, both included."""
    period_equity = sorted_inputs.equity.between(first, last)
    if not period_equity:
        return AlgorithmPerformance()
    trades = [trade for trade in inputs.trades if first <= trade.exit_time.date() <= last]
    benchmark = sorted_inputs.benchmark.between(first, last)
    performance = sorted_inputs.performance.between(first, last)
    if len(benchmark) != len(performance):
        raise ValueError(
            f"Benchmark and performance series has {abs(len(benchmark) - len(performance))} misaligned values."
        )
    whole = len(sorted_inputs.equity) == len(period_equity)
    series = PortfolioSeries(
        profit_loss=[inputs.profit_loss[t] for t in sorted(inputs.profit_loss) if first <= t.date() <= last],
        equity=period_equity,
        portfolio_turnover=sorted_inputs.portfolio_turnover.between(first, last).values(),
        # The first two days are left out: orders on the open misalign the algorithm with its benchmark on day one.
        performance=[float(value / 100) for value in list(performance.values())[2:]],
        benchmark=list(_daily_changes(list(benchmark.values())))[1:],
        starting_capital=inputs.starting_capital if whole else next(iter(period_equity.values())),
        win_count=sum(first <= moment.date() <= last for moment in inputs.winning_transactions),
        loss_count=sum(first <= moment.date() <= last for moment in inputs.losing_transactions),
    )
    return AlgorithmPerformance(
        TradeStatistics.of(trades),
        PortfolioStatistics.of(series, inputs.risk_free_interest_rate_model, inputs.trading_days_per_year),
        trades,
    )


class _SortedSeries:
    """The points' values (a candle's close) by time; the last one wins at equal times."""

    def __init__(self, points: Iterable[SeriesPoint]) -> None:
        values = {point.time: point.value for point in points if point.value is not None}
        self._times = sorted(values)
        self._values = [values[time] for time in self._times]

    def __len__(self) -> int:
        return len(self._times)

    def first_and_last_day(self) -> tuple[date, date]:
        """The days of the first and of the last point."""
        return (self._times[0].date(), self._times[-1].date()) if self._times else (date.min, date.min)

    def between(self, first: date, last: date) -> dict[datetime, Decimal]:
        """The values from the first to the last day, both included."""
        start = bisect_left(self._times, datetime.combine(first, time.min))
        end = bisect_right(self._times, datetime.combine(last, time.max))
        return dict(zip(self._times[start:end], self._values[start:end], strict=True))


class _SortedInputs:
    """The series of an input, sorted once for the many periods that are cut out of them."""

    def __init__(self, inputs: StatisticsInput) -> None:
        self.equity = _SortedSeries(inputs.equity)
        self.performance = _SortedSeries(inputs.performance)
        self.benchmark = _SortedSeries(inputs.benchmark)
        self.portfolio_turnover = _SortedSeries(inputs.portfolio_turnover)


def _daily_changes(values: Sequence[Decimal]) -> Iterator[float]:
    for previous, value in pairwise(values):
        yield float((value - previous) / previous) if previous else 0.0


def _period_ranges(months: int, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Periods of that many months, one for each end of a month, and for the last day."""
    ends = [last]
    while (month := ends[-1].replace(day=1)) > first:
        ends.append(month - _DAY)
    ends.reverse()
    yield first, ends[0]
    previous = ends[0]
    for end in ends[1:]:
        yield max(_months_before(previous + _DAY, months - 1), first), end
        previous = end


def _months_before(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=years, month=month + 1) if years >= 1 else date.min


def _percent(rate: Decimal, places: int) -> str:
    return decimal_text(round_decimal(rate * 100, places)) + "%"


def _number(value: Decimal, places: int = 3) -> str:
    return double_text(round_double(float(value), places))


def _summary(
    total: AlgorithmPerformance,
    capacity_estimate: CapacityEstimate | None,
    total_fees: Decimal,
    total_orders: int,
    currency: str,
) -> dict[str, str]:
    """The statistics table: decimals keep their scale, ratios are written as doubles."""
    names, figures = PerformanceMetrics, total.portfolio_statistics
    capacity: Decimal = capacity_estimate.capacity if capacity_estimate is not None else ZERO
    asset: Any = capacity_estimate.lowest_capacity_asset if capacity_estimate is not None else None
    return {
        names.TOTAL_ORDERS: str(total_orders),
        names.AVERAGE_WIN: _percent(figures.average_win_rate, 2),
        names.AVERAGE_LOSS: _percent(figures.average_loss_rate, 2),
        names.COMPOUNDING_ANNUAL_RETURN: _percent(figures.compounding_annual_return, 3),
        names.DRAWDOWN: _percent(figures.drawdown, 3),
        names.EXPECTANCY: decimal_text(round_decimal(figures.expectancy, 3)),
        names.START_EQUITY: decimal_text(round_decimal(figures.start_equity, 2)),
        names.END_EQUITY: decimal_text(round_decimal(figures.end_equity, 2)),
        names.NET_PROFIT: _percent(figures.total_net_profit, 3),
        names.SHARPE_RATIO: _number(figures.sharpe_ratio),
        names.SORTINO_RATIO: _number(figures.sortino_ratio),
        names.PROBABILISTIC_SHARPE_RATIO: _percent(figures.probabilistic_sharpe_ratio, 3),
        names.LOSS_RATE: _percent(figures.loss_rate, 0),
        names.WIN_RATE: _percent(figures.win_rate, 0),
        names.PROFIT_LOSS_RATIO: decimal_text(round_decimal(figures.profit_loss_ratio, 2)),
        names.ALPHA: _number(figures.alpha),
        names.BETA: _number(figures.beta),
        names.ANNUAL_STANDARD_DEVIATION: _number(figures.annual_standard_deviation),
        names.ANNUAL_VARIANCE: _number(figures.annual_variance),
        names.INFORMATION_RATIO: _number(figures.information_ratio),
        names.TRACKING_ERROR: _number(figures.tracking_error),
        names.TREYNOR_RATIO: _number(figures.treynor_ratio),
        names.TOTAL_FEES: currency + decimal_text(total_fees.quantize(_CENT, ROUND_HALF_UP)),
        names.ESTIMATED_STRATEGY_CAPACITY: currency + decimal_text(round_to_significant_digits(capacity, 2)),
        names.LOWEST_CAPACITY_ASSET: str(asset.id) if asset is not None else "",
        names.PORTFOLIO_TURNOVER: _percent(figures.portfolio_turnover, 2),
        names.DRAWDOWN_RECOVERY: str(figures.drawdown_recovery),
    }
