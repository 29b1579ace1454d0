"""What a debugger shows: an object says what it is, and looking at it changes nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from AlgorithmImports import MovingAverageType, QCAlgorithm, Resolution, RollingWindow, TradeBarConsolidator
from leanib.engine.core.engine import BacktestRun, Job, run_backtest

DATA = Path(__file__).parents[2] / "data"


class Trades(QCAlgorithm):
    """Buys and sells, with what algorithms hold; `looks` at all of it in each step."""

    looks = False

    def initialize(self) -> None:
        """A stock, a pair, indicators, a scheduled event."""
        self.set_start_date(2012, 11, 1)
        self.set_end_date(2012, 12, 10)
        self.stock = self.add_equity("AAPL", Resolution.DAILY)
        self.pair = self.add_forex("EURUSD", Resolution.HOUR)
        self.strength = self.rsi("AAPL", 3, MovingAverageType.SIMPLE, Resolution.DAILY)
        self.window = RollingWindow[float](5)
        self.bars = TradeBarConsolidator(timedelta(days=2))
        self.subscription_manager.add_consolidator("AAPL", self.bars)
        self.shown: dict[str, str] = {}

    def on_data(self, data: Any) -> None:
        """An order every fifth hour."""
        self.window.add(self.pair.price)
        if self.time.hour % 5 == 0:
            self.ticket = self.market_order("AAPL", 10 if self.time.day % 2 else -7)
        if self.looks:
            names = ("stock", "pair", "strength", "window", "bars", "ticket", "portfolio", "securities", "transactions")
            things = {name: getattr(self, name, None) for name in names} | {"slice": data, "algorithm": self}
            things |= {"holding": self.portfolio["AAPL"], "cash": self.portfolio.cash_book["USD"]}
            things |= {"book": self.portfolio.cash_book, "request": things["ticket"] and self.ticket.submit_request}
            self.shown = {name: repr(thing) for name, thing in things.items()}


class Looks(Trades):
    """The same, under the eyes of a debugger."""

    looks = True


def _results(run: BacktestRun) -> tuple[Any, ...]:
    packet = run.results.final_results
    assert packet is not None
    orders = [str(order) for order in run.algorithm.transactions.get_orders(lambda _order: True)]
    return packet.statistics.summary, orders, run.data_points


def test_looking_at_everything_changes_nothing() -> None:
    """The same orders, statistics and data points."""
    assert _results(run_backtest(Looks, Job(DATA))) == _results(run_backtest(Trades, Job(DATA)))


def test_what_people_look_at_says_what_it_is() -> None:
    """Not where it lies in memory."""
    shown = run_backtest(Looks, Job(DATA)).algorithm.shown
    assert shown["holding"].startswith("<SecurityHolding AAPL ")
    assert " @ " in shown["holding"]
    assert shown["cash"].endswith(" USD>")
    assert shown["securities"] == "<SecurityManager AAPL, EURUSD>"
    assert shown["slice"].startswith("<Slice 2012-12-")
    assert shown["algorithm"].startswith("<Looks at 2012-12-")
    assert shown["window"].startswith("<RollingWindow 5 of 5: 1.2")
    for name in ("portfolio", "book", "transactions", "strength", "bars", "ticket", "request", "stock", "pair"):
        assert " object at 0x" not in shown[name], name
