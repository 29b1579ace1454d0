"""Figures over the equity curve (`Common/Statistics/PortfolioStatistics.cs`)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, cast_double, round_decimal
from leanib.engine.statistics.measures import Statistics
from leanib.engine.statistics.moments import Sample, covariance, mean, variance
from leanib.engine.statistics.risk_free import RiskFreeInterestRateModel
from leanib.engine.statistics.text import safe_decimal_cast

__all__ = ["PortfolioSeries", "PortfolioStatistics"]

_DAY = timedelta(days=1)
_QUANTILES = (-2.3263478740408408, -1.6448536269514722)  # of the standard normal, at 1 % and 5 %


@dataclass(slots=True)
class PortfolioSeries:
    """What the statistics are computed from.

    `equity` and `portfolio_turnover` are by UTC time, in order; `performance` and `benchmark` are daily returns as
    fractions; `profit_loss` holds the money of each closed transaction, in order of time.
    """

    profit_loss: Sequence[Decimal]
    equity: Mapping[datetime, Decimal]
    portfolio_turnover: Iterable[Decimal]
    performance: Sequence[float]
    benchmark: Sequence[float]
    starting_capital: Decimal
    win_count: int
    loss_count: int


@dataclass(eq=False)
class PortfolioStatistics(LeanObject):
    """Rates are fractions, not percent."""

    average_win_rate: Decimal = ZERO
    average_loss_rate: Decimal = ZERO
    profit_loss_ratio: Decimal = ZERO
    win_rate: Decimal = ZERO
    loss_rate: Decimal = ZERO
    expectancy: Decimal = ZERO
    start_equity: Decimal = ZERO
    end_equity: Decimal = ZERO
    compounding_annual_return: Decimal = ZERO
    drawdown: Decimal = ZERO
    total_net_profit: Decimal = ZERO
    sharpe_ratio: Decimal = ZERO
    probabilistic_sharpe_ratio: Decimal = ZERO
    sortino_ratio: Decimal = ZERO
    alpha: Decimal = ZERO
    beta: Decimal = ZERO
    annual_standard_deviation: Decimal = ZERO
    annual_variance: Decimal = ZERO
    information_ratio: Decimal = ZERO
    tracking_error: Decimal = ZERO
    treynor_ratio: Decimal = ZERO
    portfolio_turnover: Decimal = ZERO
    value_at_risk_99: Decimal = ZERO
    value_at_risk_95: Decimal = ZERO
    drawdown_recovery: int = 0

    @classmethod
    def of(
        cls, series: PortfolioSeries, risk_free_model: RiskFreeInterestRateModel, trading_days_per_year: int
    ) -> PortfolioStatistics:
        """The figures of these series; only equity and turnover under two daily returns."""
        result = cls()
        equity = list(series.equity.values())
        turnover = list(series.portfolio_turnover)
        result.start_equity = series.starting_capital
        result.end_equity = equity[-1] if equity else ZERO
        if turnover:
            result.portfolio_turnover = sum(turnover, ZERO) / len(turnover)
        if not series.starting_capital or len(series.benchmark) < 2 or len(series.performance) < 2:
            return result
        result._take_trades(series)
        result._take_returns(series)
        result._take_risk(series, risk_free_model.get_average_risk_free_rate(series.equity), trading_days_per_year)
        drawdown = Statistics.calculate_drawdown_metrics(series.equity, 3)
        result.drawdown, result.drawdown_recovery = drawdown
        return result

    def _take_trades(self, series: PortfolioSeries) -> None:
        """Win and loss rates: each profit or loss relative to the capital before it."""
        capital = series.starting_capital
        gains: list[Decimal] = []
        losses: list[Decimal] = []
        for profit in series.profit_loss:
            (gains if profit > 0 else losses).append(profit / capital)
            capital += profit
        self.average_win_rate = sum(gains, ZERO) / len(gains) if gains else ZERO
        self.average_loss_rate = sum(losses, ZERO) / len(losses) if losses else ZERO
        if self.average_loss_rate:
            self.profit_loss_ratio = self.average_win_rate / abs(self.average_loss_rate)
        # Counted by the transactions: some option assignments are wins although they are losses of money.
        total = series.win_count + series.loss_count
        if total:
            self.win_rate = Decimal(series.win_count) / total
            self.loss_rate = Decimal(series.loss_count) / total
        # .NET's product of nothing with many digits has none itself
        self.expectancy = (self.win_rate * self.profit_loss_ratio or ZERO) - self.loss_rate

    def _take_returns(self, series: PortfolioSeries) -> None:
        times = list(series.equity)
        self.total_net_profit = self.end_equity / series.starting_capital - 1
        years = cast_double((times[-1] - times[0]) / _DAY) / 365
        self.compounding_annual_return = Statistics.compounding_annual_performance(
            series.starting_capital, self.end_equity, years
        )

    def _take_risk(self, series: PortfolioSeries, risk_free_rate: Decimal, days: int) -> None:
        performance, benchmark = Sample.of(series.performance), Sample.of(series.benchmark)
        self.annual_variance = safe_decimal_cast(Statistics.annual_variance(performance, days))
        self.annual_standard_deviation = safe_decimal_cast(math.sqrt(self.annual_variance))
        annual = safe_decimal_cast(Statistics.annual_performance(performance, days))
        annual_benchmark = safe_decimal_cast(Statistics.annual_performance(benchmark, days))
        downside = safe_decimal_cast(Statistics.annual_downside_standard_deviation(performance, days))
        self.sharpe_ratio = _sharpe_ratio(annual, self.annual_standard_deviation, risk_free_rate)
        self.sortino_ratio = _sharpe_ratio(annual, downside, risk_free_rate)
        benchmark_variance = variance(benchmark)
        if benchmark_variance and not math.isnan(benchmark_variance):
            self.beta = safe_decimal_cast(covariance(performance, benchmark) / benchmark_variance)
        if self.beta:
            self.alpha = annual - (risk_free_rate + self.beta * (annual_benchmark - risk_free_rate))
            self.treynor_ratio = safe_decimal_cast(float(annual) - float(risk_free_rate)) / self.beta
        self.tracking_error = safe_decimal_cast(Statistics.tracking_error(performance, benchmark, days))
        if self.tracking_error:
            self.information_ratio = safe_decimal_cast(float(annual) - float(annual_benchmark)) / self.tracking_error
        # A yearly Sharpe ratio of 1 is the ratio to beat.
        self.probabilistic_sharpe_ratio = safe_decimal_cast(
            Statistics.probabilistic_sharpe_ratio(performance, 1.0 / math.sqrt(days), float(risk_free_rate) / days)
        )
        self.value_at_risk_99, self.value_at_risk_95 = _values_at_risk(performance, days)


def _sharpe_ratio(performance: Decimal, deviation: Decimal, risk_free_rate: Decimal) -> Decimal:
    return safe_decimal_cast(Statistics.sharpe_ratio(float(performance), float(deviation), float(risk_free_rate)))


def _values_at_risk(performance: Sequence[float], lookback_days: int) -> Iterator[Decimal]:
    """The daily returns that are undercut with a probability of 1 % and of 5 %, returns taken as normal."""
    period = performance if len(performance) <= lookback_days else performance[-lookback_days:]
    average, deviation = mean(period), math.sqrt(variance(period))
    return (round_decimal(safe_decimal_cast(average + quantile * deviation), 3) for quantile in _QUANTILES)
