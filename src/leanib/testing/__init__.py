"""For tests of strategies: a backtest in the test, built data, a simulated Gateway, a clock that stands still.

The fixtures are there in every test once leanib is installed (pytest finds them by itself)::

    def test_it_buys_the_dip(lean_data, run_algorithm):
        lean_data.bars("SPY", "2024-01-02", [100, 101, 95, 96])
        run = run_algorithm("algorithms/my_strategy", lean_data)
        assert run.holdings == {"SPY": 10}

data       builders for LEAN data folders: bars, quotes, splits, dividends, gaps
chains     the options on a stock that was built
backtest   a finished run as tests ask about it: orders, fills, holdings, logs, charts
clock      a clock that stands still until it is moved
snapshot   what a run's orders were the last time
plugin     the fixtures
"""

from __future__ import annotations

from leanib.testing.backtest import Backtest, Fill, PlacedOrder, run_algorithm
from leanib.testing.clock import FrozenClock
from leanib.testing.data import DataBuilder

__all__ = ["Backtest", "DataBuilder", "Fill", "FrozenClock", "PlacedOrder", "run_algorithm"]
