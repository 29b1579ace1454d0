"""Two runs in one process do not see each other: on two threads, and one inside the other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.market import Slice
from leanib.engine.orders import MarketOnCloseOrder
from leanib.engine.symbols import Globals, Resolution, SymbolCache

from .conftest import Market

MONDAY = datetime(2014, 6, 2)


class Buying(QCAlgorithm):
    """Buys XYZ on the first day, and asks by ticker at every step."""

    meeting: threading.Barrier | None = None

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(MONDAY + timedelta(days=2))
        self.set_benchmark(lambda _time: 1)
        self.seen: list[tuple[Any, ...]] = []
        self.own = self.add_equity("XYZ", Resolution.DAILY).symbol
        if self.meeting is not None:
            self.meeting.wait(60)

    def on_data(self, data: Slice) -> None:
        if self.meeting is not None:
            self.meeting.wait(60)  # both stand in the same step
        self.seen.append((data["XYZ"].close, self.securities["XYZ"].symbol == "XYZ", Globals.data_folder))
        if not self.portfolio.invested:
            self.market_order("XYZ", 10)


def _market(folder: Path, price: float) -> Path:
    folder.mkdir()
    Market(folder).days("xyz", MONDAY, [price, price + 1, price + 2])
    return folder


def test_two_runs_on_threads_do_not_see_each_other(tmp_path: Path) -> None:
    """The same ticker has each run's own prices, symbol and files, step by step side by side."""
    folders = [_market(tmp_path / "low", 10.0), _market(tmp_path / "high", 500.0)]

    class Meeting(Buying):
        meeting = threading.Barrier(2)

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda folder: run_backtest(Meeting, Job(folder)), folders))
    for run, folder, price in zip(runs, folders, (10.0, 500.0), strict=True):
        assert run.error is None
        assert run.algorithm.seen == [(price + day, True, folder) for day in range(3)]
        assert run.algorithm.portfolio.cash < 100_000 - price * 10


def test_a_run_inside_a_run_leaves_it_as_it_was(tmp_path: Path) -> None:
    """What the inner one subscribes to, sets and caches is not the outer one's."""
    outer_folder, inner_folder = _market(tmp_path / "outer", 10.0), _market(tmp_path / "inner", 500.0)

    class Inner(Buying):
        def initialize(self) -> None:
            super().initialize()
            self.add_equity("ONLYINNER", Resolution.DAILY)
            MarketOnCloseOrder.submission_time_buffer = timedelta(minutes=1)

    class Outer(Buying):
        def on_data(self, data: Slice) -> None:
            if not self.seen:
                inner = run_backtest(Inner, Job(inner_folder))
                assert [row[0] for row in inner.algorithm.seen] == [500.0, 501.0, 502.0]
            super().on_data(data)

    run = run_backtest(Outer, Job(outer_folder))
    assert run.error is None
    assert [row[0] for row in run.algorithm.seen] == [10.0, 11.0, 12.0]
    assert SymbolCache.try_get_symbol("ONLYINNER") is None
    assert MarketOnCloseOrder.submission_time_buffer == MarketOnCloseOrder.DEFAULT_SUBMISSION_TIME_BUFFER


def test_exact_arithmetic_holds_on_every_thread(tmp_path: Path) -> None:
    """Decimal's precision belongs to a thread: a run sets it where it runs."""
    import decimal

    folder = _market(tmp_path / "one", 10.0)

    def run() -> int:
        decimal.getcontext().prec = 4
        run_backtest(Buying, Job(folder))
        return decimal.getcontext().prec

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(run).result() == 29
