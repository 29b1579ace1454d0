"""The whole of a run's statistics (`Common/Statistics/StatisticsBuilder.cs`)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from operator import itemgetter
from typing import Any, Generic, TypeVar

from leanib.engine.charting import SeriesPoint
from leanib.engine.dotnet.collections import Dictionary, List
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, decimal_text, round_decimal, round_to_significant_digits
from leanib.engine.statistics.capacity import CapacityEstimate
from leanib.engine.statistics.metrics import PerformanceMetrics
from leanib.engine.statistics.portfolio import PortfolioSeries, PortfolioStatistics
from leanib.engine.statistics.risk_free import RiskFreeInterestRateModel
from leanib.engine.statistics.text import double_text, round_double
from leanib.engine.statistics.trade import Trade
from leanib.engine.statistics.trade_statistics import TradeStatistics

__all__ = ["AlgorithmPerformance", "StatisticsBuilder", "StatisticsInput", "StatisticsResults"]

T = TypeVar("T")

_DAY = timedelta(days=1)
_ROLLING_MONTHS = (1, 3, 6, 12)
_CENT = Decimal("0.01")


@dataclass(eq=False)
class AlgorithmPerformance(LeanObject):
    """Trade and portfolio statistics of one period, with its closed trades."""

    trade_statistics: TradeStatistics = field(default_factory=TradeStatistics)
    portfolio_statistics: PortfolioStatistics = field(default_factory=PortfolioStatistics)
    closed_trades: list[Trade] = field(default_factory=List)


@dataclass(eq=False)
class StatisticsResults(LeanObject):
    """The run's performance, the rolling ones by key (`M3_20131231`), and the table of statistics as text."""

    total_performance: AlgorithmPerformance = field(default_factory=AlgorithmPerformance)
    rolling_performances: dict[str, AlgorithmPerformance] = field(default_factory=Dictionary)
    summary: dict[str, str] = field(default_factory=Dictionary)

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
        sorted_inputs = _SortedInputs(inputs)
        first, last = sorted_inputs.equity.first_and_last_day()
        total = _performance(sorted_inputs, first, last)
        rolling = {
            f"M{months}_{end:%Y%m%d}": _performance(sorted_inputs, start, end)
            for months in _ROLLING_MONTHS
            for start, end in _period_ranges(months, first, last)
        }
        summary = _summary(total, estimated_strategy_capacity, total_fees, total_orders, account_currency_symbol)
        return StatisticsResults(total, Dictionary(rolling), Dictionary(summary))


def _performance(sorted_inputs: _SortedInputs, first: date, last: date) -> AlgorithmPerformance:
    """The performance from the first to the last day, both included."""
    series = sorted_inputs.between(first, last)
    if series is None:
        return AlgorithmPerformance()
    inputs, trades = sorted_inputs.inputs, sorted_inputs.trades.between(first, last)
    return AlgorithmPerformance(
        TradeStatistics.of(trades),
        PortfolioStatistics.of(series, inputs.risk_free_interest_rate_model, inputs.trading_days_per_year),
        List(trades),
    )


class _Timeline(Generic[T]):
    """Values in order of their times (UTC)."""

    def __init__(self, times: list[datetime], values: list[T]) -> None:
        self.times = times
        self.values = values

    @classmethod
    def of_points(cls, points: Iterable[SeriesPoint]) -> _Timeline[Decimal]:
        """The points' values (a candle's close); the last one wins at equal times."""
        values = {point.time: value for point in points if (value := point.value) is not None}
        return _Timeline(times := sorted(values), [values[time] for time in times])

    def __len__(self) -> int:
        return len(self.times)

    def first_and_last_day(self) -> tuple[date, date]:
        """The days of the first and of the last value."""
        return (self.times[0].date(), self.times[-1].date()) if self.times else (date.min, date.min)

    def span(self, first: date, last: date) -> slice:
        """Where the values from the first to the last day are, both included."""
        start = bisect_left(self.times, datetime.combine(first, time.min))
        return slice(start, bisect_right(self.times, datetime.combine(last, time.max), start))

    def between(self, first: date, last: date) -> list[T]:
        """The values from the first to the last day, both included."""
        return self.values[self.span(first, last)]


class _SortedInputs:
    """The series of an input, sorted and converted once for the many periods that are cut out of them."""

    def __init__(self, inputs: StatisticsInput) -> None:
        self.inputs = inputs
        self.equity = _Timeline.of_points(inputs.equity)
        self.trades = _in_order(inputs.trades, [trade.exit_time for trade in inputs.trades])
        self._turnover = _Timeline.of_points(inputs.portfolio_turnover)
        self._performance = _Timeline.of_points(inputs.performance)
        self._benchmark = _Timeline.of_points(inputs.benchmark)
        self._returns = [float(value / 100) for value in self._performance.values]
        self._benchmark_returns = _daily_changes(self._benchmark.values)
        self._profit_loss = _in_order(inputs.profit_loss.values(), inputs.profit_loss)
        self._wins = _moments(inputs.winning_transactions)
        self._losses = _moments(inputs.losing_transactions)

    def between(self, first: date, last: date) -> PortfolioSeries | None:
        """What happened from the first to the last day, both included; None without equity.

        Raises ValueError when the benchmark has not one value for each of the performance.
        """
        held = self.equity.span(first, last)
        equity = self.equity.values[held]
        if not equity:
            return None
        performance, benchmark = self._performance.span(first, last), self._benchmark.span(first, last)
        excess = _length(benchmark) - _length(performance)
        if excess:
            raise ValueError(f"Benchmark and performance series has {abs(excess)} misaligned values.")
        return PortfolioSeries(
            profit_loss=self._profit_loss.between(first, last),
            equity=dict(zip(self.equity.times[held], equity, strict=True)),
            portfolio_turnover=self._turnover.between(first, last),
            # Without the first two days: orders on the open misalign the algorithm with its benchmark on day one.
            performance=self._returns[performance.start + 2 : performance.stop],
            benchmark=self._benchmark_returns[benchmark.start + 2 : benchmark.stop],
            starting_capital=self.inputs.starting_capital if len(equity) == len(self.equity) else equity[0],
            win_count=_length(self._wins.span(first, last)),
            loss_count=_length(self._losses.span(first, last)),
        )


def _in_order(values: Iterable[T], times: Iterable[datetime]) -> _Timeline[T]:
    pairs = sorted(zip(times, values, strict=True), key=itemgetter(0))
    return _Timeline([moment for moment, _ in pairs], [value for _, value in pairs])


def _moments(times: Iterable[datetime]) -> _Timeline[datetime]:
    ordered = sorted(times)
    return _Timeline(ordered, ordered)


def _length(span: slice) -> int:
    return int(span.stop - span.start)


def _daily_changes(values: Sequence[Decimal]) -> list[float]:
    """The change to each value from the one before, as a fraction of that; 0 for the first, and from 0."""
    changes = [float((value - previous) / previous) if previous else 0.0 for previous, value in pairwise(values)]
    return [0.0, *changes]


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
