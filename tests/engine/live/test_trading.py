"""An algorithm trades live: bars of ticks, orders, fills, its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.engine.live.world import live_world

__all__ = ["live_world"]

BUYER = """
class Buyer(QCAlgorithm):
    def initialize(self):
        self.set_benchmark(lambda time: 0)
        self.symbol_ = self.add_equity("AAPL", Resolution.MINUTE).symbol
        self.events, self.seen = [], []

    def on_data(self, data):
        bar = data.bars.get(self.symbol_)
        if bar is None:
            return
        self.seen.append((self.time, bar.time, bar.is_fill_forward, bar.close))
        if not self.portfolio[self.symbol_].invested:
            self.ticket = self.market_order(self.symbol_, 10, tag="first")

    def on_order_event(self, event):
        self.events.append((event.status, event.fill_quantity, event.fill_price, event.order_fee.value.amount))
"""


def test_a_strategy_buys_on_its_first_bar(live_world: Any) -> None:
    """The bar comes at its minute, the order fills before the method returns, books agree."""
    world = live_world()
    outcome = world.run(world.algorithm(BUYER), timedelta(minutes=5))
    algorithm = outcome.algorithm
    assert outcome.error is None
    print(world.recorder.lines)
    print(algorithm.seen, algorithm.events)
    assert [seen[0].second for seen in algorithm.seen] == [0] * len(algorithm.seen)
    assert len(algorithm.seen) == 4
    assert world.position("AAPL") == 10
    assert algorithm.portfolio["AAPL"].quantity == 10
