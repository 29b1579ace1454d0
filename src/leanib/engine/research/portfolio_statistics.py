"""LEAN's figures of an equity curve and a benchmark in a frame (`Research/QuantBook.cs`, `GetPortfolioStatistics`)."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from leanib.engine.numbers import to_decimal
from leanib.engine.statistics.portfolio import PortfolioSeries, PortfolioStatistics

if TYPE_CHECKING:
    import pandas as pd

    from leanib.engine.statistics.risk_free import RiskFreeInterestRateModel

__all__ = ["portfolio_statistics"]

_HUNDRED = 100
_FIGURES: dict[str, tuple[str, int]] = {
    "Average Win (%)": ("average_win_rate", _HUNDRED),
    "Average Loss (%)": ("average_loss_rate", _HUNDRED),
    "Compounding Annual Return (%)": ("compounding_annual_return", _HUNDRED),
    "Drawdown (%)": ("drawdown", _HUNDRED),
    "Expectancy": ("expectancy", 1),
    "Net Profit (%)": ("total_net_profit", _HUNDRED),
    "Sharpe Ratio": ("sharpe_ratio", 1),
    "Win Rate (%)": ("win_rate", _HUNDRED),
    "Loss Rate (%)": ("loss_rate", _HUNDRED),
    "Profit-Loss Ratio": ("profit_loss_ratio", 1),
    "Alpha": ("alpha", 1),
    "Beta": ("beta", 1),
    "Annual Standard Deviation": ("annual_standard_deviation", 1),
    "Annual Variance": ("annual_variance", 1),
    "Information Ratio": ("information_ratio", 1),
    "Tracking Error": ("tracking_error", 1),
    "Treynor Ratio": ("treynor_ratio", 1),
}


def portfolio_statistics(
    frame: pd.DataFrame, risk_free: RiskFreeInterestRateModel, trading_days_per_year: int
) -> dict[str, float | str]:
    """The figures by LEAN's names; `{"Runtime Error": ...}` for a frame without the two columns.

    Args:
        frame: Columns `equity` and `benchmark`, by time; rows with a gap are left out.
        risk_free: The interest rate that the Sharpe ratio is measured against.
        trading_days_per_year: For the annual figures.
    """
    import pandas as pd

    complete = frame.dropna()
    try:
        equity, benchmark = complete["equity"], complete["benchmark"]
    except KeyError as error:
        return {"Runtime Error": str(error)}
    changes = [Decimal(0) if value != value else to_decimal(float(value)) for value in equity.pct_change()]
    times = pd.DatetimeIndex(equity.index).to_pydatetime()
    series = PortfolioSeries(
        profit_loss=changes,
        equity={time: to_decimal(float(value)) for time, value in zip(times, equity, strict=True)},
        portfolio_turnover=(),
        performance=_daily_changes(equity),
        benchmark=_daily_changes(benchmark),
        starting_capital=to_decimal(float(equity.iloc[0])) if len(equity) else Decimal(0),
        win_count=sum(change > 0 for change in changes),
        loss_count=sum(change <= 0 for change in changes),
    )
    found = PortfolioStatistics.of(series, risk_free, trading_days_per_year)
    return {name: float(getattr(found, attribute) * factor) for name, (attribute, factor) in _FIGURES.items()}


def _daily_changes(values: pd.Series[Any]) -> list[float]:
    """The change from each day's last value to the next day's, as a fraction; 0 for the first."""
    last: dict[Any, float] = {time.date(): float(value) for time, value in values.items()}  # type: ignore[attr-defined]
    return [0.0, *((now - before) / before for before, now in pairwise(last.values()))] if last else []
