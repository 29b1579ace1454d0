"""A strategy: an ordinary QCAlgorithm file, on history."""

from __future__ import annotations

import re

from leanib.demo.stage import Stage

__all__ = ["show_strategy"]

_SHOWN = ("Total Orders", "Net Profit", "Sharpe Ratio", "Drawdown", "OrderListHash")


def show_strategy(stage: Stage) -> None:
    """The backtest's statistics are LEAN's."""
    stage.title("A strategy")
    stage.say("algorithms/daily_momentum/main.py is an ordinary LEAN algorithm. On history, by the embedded engine:")
    words = ("backtest", "algorithms/daily_momentum", "--start", "2006-01-01", "--end", "2006-12-31")
    said = stage.run(*words, "--no-report", "--output", "backtests/demo", show=_statistics)
    orders = re.search(r"Total Orders\W+(\d+)", said)
    results = list((stage.folder / "backtests" / "demo").glob("*-order-events.json"))
    stage.check(
        orders and int(orders[1]) > 0 and results, f"{orders[1] if orders else 0} orders, and LEAN's own result files"
    )


def _statistics(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if any(name in line for name in _SHOWN))
