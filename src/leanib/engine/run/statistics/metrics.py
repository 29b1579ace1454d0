"""The names of LEAN's statistics (`Common/Statistics/PerformanceMetrics.cs`)."""

from __future__ import annotations

from leanib.engine.naming import LeanObject

__all__ = ["PerformanceMetrics"]


class PerformanceMetrics(LeanObject):
    """The keys of the statistics table."""

    alpha = "Alpha"
    annual_standard_deviation = "Annual Standard Deviation"
    annual_variance = "Annual Variance"
    average_loss = "Average Loss"
    average_win = "Average Win"
    beta = "Beta"
    compounding_annual_return = "Compounding Annual Return"
    drawdown = "Drawdown"
    drawdown_recovery = "Drawdown Recovery"
    end_equity = "End Equity"
    estimated_strategy_capacity = "Estimated Strategy Capacity"
    expectancy = "Expectancy"
    information_ratio = "Information Ratio"
    loss_rate = "Loss Rate"
    lowest_capacity_asset = "Lowest Capacity Asset"
    net_profit = "Net Profit"
    portfolio_turnover = "Portfolio Turnover"
    probabilistic_sharpe_ratio = "Probabilistic Sharpe Ratio"
    profit_loss_ratio = "Profit-Loss Ratio"
    sharpe_ratio = "Sharpe Ratio"
    sortino_ratio = "Sortino Ratio"
    start_equity = "Start Equity"
    total_fees = "Total Fees"
    total_orders = "Total Orders"
    tracking_error = "Tracking Error"
    treynor_ratio = "Treynor Ratio"
    win_rate = "Win Rate"
