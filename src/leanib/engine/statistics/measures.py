"""The measures themselves (`Common/Statistics/Statistics.cs`)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, round_decimal, to_float
from leanib.engine.statistics.moments import mean, skewness_and_kurtosis, variance
from leanib.engine.statistics.text import safe_decimal_cast

__all__ = ["DrawdownMetrics", "Statistics"]


class DrawdownMetrics(NamedTuple):
    """The largest drawdown as a positive fraction, and the longest recovery in whole days."""

    drawdown: Decimal
    drawdown_recovery: int


class Statistics(LeanObject):
    """Annual figures of a list of daily returns; every method is static, returns are fractions."""

    @staticmethod
    def compounding_annual_performance(starting_capital: Decimal, final_capital: Decimal, years: Decimal) -> Decimal:
        """The yearly rate that turns one capital into the other in that many years."""
        if not years or not starting_capital:
            return ZERO
        try:
            result = (to_float(final_capital) / to_float(starting_capital)) ** (1 / to_float(years)) - 1
        except (OverflowError, ZeroDivisionError):
            return ZERO
        return ZERO if isinstance(result, complex) or not math.isfinite(result) else safe_decimal_cast(result)

    @staticmethod
    def annual_performance(performance: Sequence[float], trading_days_per_year: float) -> float:
        """The average daily return, compounded over a year."""
        return float((mean(performance) + 1) ** trading_days_per_year - 1)

    @staticmethod
    def annual_variance(performance: Sequence[float], trading_days_per_year: float) -> float:
        """The variance of the daily returns times the days of a year; 0 when undefined."""
        result = variance(performance)
        return 0.0 if math.isnan(result) else result * trading_days_per_year

    @staticmethod
    def annual_standard_deviation(performance: Sequence[float], trading_days_per_year: float) -> float:
        """The square root of the annual variance."""
        return math.sqrt(Statistics.annual_variance(performance, trading_days_per_year))

    @staticmethod
    def annual_downside_variance(
        performance: Iterable[float], trading_days_per_year: float, minimum_acceptable_return: float = 0
    ) -> float:
        """The annual variance of the returns under the minimum."""
        below = [value for value in performance if value < minimum_acceptable_return]
        return Statistics.annual_variance(below, trading_days_per_year)

    @staticmethod
    def annual_downside_standard_deviation(
        performance: Iterable[float], trading_days_per_year: float, minimum_acceptable_return: float = 0
    ) -> float:
        """The square root of the annual downside variance."""
        return math.sqrt(
            Statistics.annual_downside_variance(performance, trading_days_per_year, minimum_acceptable_return)
        )

    @staticmethod
    def tracking_error(algorithm: Sequence[float], benchmark: Sequence[float], trading_days_per_year: float) -> float:
        """The annual deviation of the difference to the benchmark; 0 for series of unequal length."""
        if len(algorithm) != len(benchmark):
            return 0.0
        difference = [a - b for a, b in zip(algorithm, benchmark, strict=True)]
        return math.sqrt(Statistics.annual_variance(difference, trading_days_per_year))

    @staticmethod
    def sharpe_ratio(average_performance: float, standard_deviation: float, risk_free_rate: float) -> float:
        """The performance above the risk-free rate per unit of deviation."""
        return (average_performance - risk_free_rate) / standard_deviation if standard_deviation else 0.0

    @staticmethod
    def observed_sharpe_ratio(performance: Sequence[float], risk_free_rate: float = 0) -> float:
        """The Sharpe ratio of daily returns, not annualized; the rate is daily too."""
        deviation = math.sqrt(variance(performance)) if len(performance) > 1 else 0.0
        return (mean(performance) - risk_free_rate) / deviation if deviation else 0.0

    @staticmethod
    def probabilistic_sharpe_ratio(
        performance: Sequence[float], benchmark_sharpe_ratio: float, risk_free_rate: float = 0
    ) -> float:
        """The probability that the true Sharpe ratio exceeds the benchmark's (Bailey and Lopez de Prado)."""
        observed = Statistics.observed_sharpe_ratio(performance, risk_free_rate)
        skewness, kurtosis = skewness_and_kurtosis(performance)
        estimate = (1 - skewness * observed + (kurtosis - 1) / 4 * observed**2) / (len(performance) - 1)
        if math.isnan(estimate) or estimate < 0:
            return 0.0
        deviation = math.sqrt(estimate)
        value = (observed - benchmark_sharpe_ratio) / deviation if deviation else 0.0
        return 0.5 * math.erfc(-value / math.sqrt(2))

    @staticmethod
    def drawdown_percent(current: Decimal, high: Decimal, rounding_decimals: int = 2) -> Decimal:
        """How far below the high, in percent (0 or negative)."""
        if not high:
            raise ValueError("High value must not be 0")
        return round_decimal((current / high - 1) * 100, rounding_decimals)

    @staticmethod
    def calculate_drawdown_metrics(equity_over_time: Mapping[datetime, Decimal], rounding: int = 2) -> DrawdownMetrics:
        """The largest drawdown and the longest time from a peak to its recovery, over equity in order of time."""
        if len(equity_over_time) < 2:
            return DrawdownMetrics(ZERO, 0)
        peak_time, peak = next(iter(equity_over_time.items()))
        trough = peak
        deepest, longest = ZERO, timedelta()
        for time, value in equity_over_time.items():
            if value < peak:
                if value < trough:
                    trough = value
                continue
            if not value:
                return DrawdownMetrics(ZERO, 0)
            # The deepest fall from a peak is that to the lowest value before the next: one division for all of them.
            if trough < peak and (fall := trough / peak - 1) < 0:
                deepest, longest = min(deepest, fall), max(longest, time - peak_time)
            peak = trough = value
            peak_time = time
        if trough < peak:
            deepest = min(deepest, trough / peak - 1)
        return DrawdownMetrics(round_decimal(abs(deepest), rounding), longest.days)
