"""A live run of a week keeps the memory that it has."""

from __future__ import annotations

import gc
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.engine.live.world import DATA

from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.engine.live.job import LiveJob
from leanib.operations.replay import Replay

BUSY = """
from AlgorithmImports import *

class Busy(QCAlgorithm):
    measure = None

    def initialize(self):
        self.set_benchmark("SPY")
        self.shares = [self.add_equity(ticker, Resolution.MINUTE).symbol for ticker in ("AAPL", "MSFT")]
        self.average = self.sma(self.shares[0], 30)
        self.schedule.on(self.date_rules.every_day(), self.time_rules.at(9, 25), self.look)

    def look(self):
        self.measure(self.time)

    def on_data(self, data):
        self.debug(f"{self.time} {len(data.bars)} bars")
        self.plot("own", "average", self.average.current.value)
        share = self.shares[self.time.minute % 2]
        if self.time.month == 2 and self.time.minute % 10 == 0 and share in data.bars:
            self.market_order(share, 10 if self.portfolio[share].quantity <= 0 else -10, tag="turn")
            ticket = self.limit_order(share, 1, round(data.bars[share].close * 0.9, 2))
            ticket.update_limit_price(round(data.bars[share].close * 0.91, 2))
            ticket.cancel()
"""
MB = 1e6
#: what an order costs until there are ten thousand of them: its object, ticket, requests, events, and ib_async's own
AN_ORDER = 25_000


def memory() -> int:
    """Bytes of live objects that neither the simulator nor the tape has made."""
    gc.collect()
    names = ("leanib/simulator", "operations/replay", "tracemalloc")
    others = [tracemalloc.Filter(False, f"*/{name}*") for name in names]
    return sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces(others).traces)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_week_needs_no_more_memory_than_its_orders(tmp_path: Path) -> None:
    """Eight days of 390 minutes and lines each: 78 orders a day in the first four add to it, the others nothing."""
    (tmp_path / "main.py").write_text(BUSY)
    algorithm = load_algorithm(tmp_path / "main.py")
    seen: list[tuple[date, int, int]] = []

    def measure(self: Any, time: Any) -> None:
        seen.append((time.date(), memory(), self.transactions.orders_count))

    algorithm.measure = measure
    job = LiveJob(DATA, name="week", algorithm_id="L-1", state_folder=tmp_path, destination=tmp_path / "live")
    replay = Replay(DATA, date(2013, 2, 25), date(2013, 3, 4), cash=100_000, folder=tmp_path, alert=lambda _alert: None)
    tracemalloc.start()
    try:
        outcome = replay.run(algorithm, lambda _clock: job)
    finally:
        tracemalloc.stop()
    assert outcome.error is None
    for day, size, orders in seen:
        print(f"{day}: {size / MB:.2f} MB, {orders} orders")
    # A replay writes its log at its end only, and so keeps the lines, a tenth of a megabyte a day. What is bounded
    # fills up in the first days: without any orders 0.74 MB from the second morning to the fifth.
    for first, last, orders, rest in ((1, 4, 234, 1.0), (4, 7, 0, 0.6)):
        assert seen[last][2] - seen[first][2] == orders
        assert seen[last][1] - seen[first][1] < rest * MB + AN_ORDER * orders
