"""A strategy: an ordinary QCAlgorithm file, on history, and live on the simulated paper account."""

from __future__ import annotations

import json
import re

from leanib.demo.stage import Stage

__all__ = ["show_strategy"]

_FILE = """\
from AlgorithmImports import *


class FirstTrade(QCAlgorithm):
    def initialize(self):
        self.spy = self.add_equity("SPY", Resolution.SECOND, extended_market_hours=True)
        every_second = self.time_rules.every(timedelta(seconds=1))
        self.schedule.on(self.date_rules.every_day(), every_second, self.trade)

    def trade(self):
        if self.spy.price and not self.transactions.get_open_orders():
            self.limit_order(self.spy.symbol, 3, round(self.spy.price * 1.01, 2))

    def on_order_event(self, event):
        if event.status == OrderStatus.FILLED:
            self.quit(f"bought at {event.fill_price}")
"""
_SHOWN = ("Total Orders", "Net Profit", "Sharpe Ratio", "Drawdown", "OrderListHash")


def show_strategy(stage: Stage) -> None:
    """The backtest's statistics are LEAN's; the live run's orders are IB's."""
    stage.title("A strategy")
    _on_history(stage)
    _live(stage)


def _on_history(stage: Stage) -> None:
    stage.say("algorithms/daily_momentum/main.py is an ordinary LEAN algorithm. On history, by the embedded engine:")
    words = ("backtest", "algorithms/daily_momentum", "--start", "2006-01-01", "--end", "2006-12-31")
    said = stage.run(*words, "--no-report", "--output", "backtests/demo", show=_statistics)
    orders = re.search(r"Total Orders\W+(\d+)", said)
    results = list((stage.folder / "backtests" / "demo").glob("*-order-events.json"))
    stage.check(
        orders and int(orders[1]) > 0 and results, f"{orders[1] if orders else 0} orders, and LEAN's own result files"
    )


def _live(stage: Stage) -> None:
    stage.say("Live on the paper account, by the same engine; first_trade/main.py buys three shares and ends:")
    file = stage.folder / "first_trade" / "main.py"
    file.parent.mkdir()
    file.write_text(_FILE, encoding="utf-8")
    stage.show(_FILE)
    before = _shares(stage)
    said = stage.run("live", "first_trade", "--output", "live/demo")
    stage.check("Filled" in said and _shares(stage) == before + 3, "bought by the strategy, and held at IB")


def _shares(stage: Stage) -> float:
    positions = json.loads(stage.ask("account", "--json"))["positions"]
    return float(sum(line["quantity"] for line in positions if line["symbol"] == "SPY"))


def _statistics(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if any(name in line for name in _SHOWN))
