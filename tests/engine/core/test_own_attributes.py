"""Attributes of an algorithm's own where LEAN allows them."""

from __future__ import annotations

from typing import Any, cast

from tests.engine.core.test_stretches import minutes  # noqa: F401 - a fixture

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.lean.imports import names
from leanib.engine.market import Slice
from leanib.engine.symbols import Resolution


def test_an_attribute_may_have_the_name_of_a_method() -> None:
    """It hides the method under that spelling only; Python.NET's methods are no properties."""
    algorithm = names()["QCAlgorithm"]()
    algorithm.history = [1, 2]
    assert algorithm.history == [1, 2]
    assert callable(algorithm.History)
    assert algorithm.History is not algorithm.history
    algorithm.rsi = 30
    assert callable(algorithm.RSI)


def test_a_symbol_takes_notes() -> None:
    """Python.NET gives every object of .NET's a dictionary."""
    symbol = names()["Symbol"].create("SPY", names()["SecurityType"].EQUITY, names()["Market"].USA)
    symbol.weight = 0.25
    assert symbol.weight == 0.25


class Own(QCAlgorithm):
    """Has methods of its own that are called as LEAN's."""

    def initialize(self) -> None:
        """One share."""
        self.set_start_date(2014, 6, 2)
        self.set_end_date(2014, 6, 3)
        self.abc = self.add_equity("ABC", Resolution.MINUTE).symbol
        self.called: list[str] = []

    def market_order(self, ticker: str) -> None:  # type: ignore[override]
        """Not LEAN's."""
        self.called.append(ticker)

    order = liquidate = market_on_open_order = submit_order_request = market_order  # type: ignore[assignment]

    def on_data(self, data: Slice) -> None:
        """In by all ways that come to LEAN's own methods, and out."""
        hour = data.time.hour
        if hour == 10 and not self.portfolio.invested:
            self.set_holdings(self.abc, 0.5, True)
            self.buy(self.abc, 10)
            self.sell(self.abc, 5)
            self.market_order("mine")
        elif hour == 15 and self.portfolio.invested:
            self.remove_security(self.abc)


def test_an_algorithms_own_methods_are_its_own(minutes: Any) -> None:  # noqa: F811
    """LEAN's base is C#: what it does by itself comes to no Python method that has one of its names."""
    run = run_backtest(Own, Job(minutes.folder, "it"))
    assert run.error is None
    algorithm = cast("Own", run.algorithm)
    assert algorithm.called == ["mine"]
    assert algorithm.transactions.orders_count == 4
    assert not algorithm.portfolio.invested
