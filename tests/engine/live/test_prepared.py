"""A run has its contracts told before orders come, for as long as it follows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.engine.live.world import MORNING, LiveWorld, live_world

from leanib.ib.client import GatewayClient

__all__ = ["live_world"]

FOLLOWS = """
class Follows(QCAlgorithm):
    def initialize(self):
        self.set_benchmark(lambda time: 0)
        self.aapl = self.add_equity("AAPL", Resolution.MINUTE).symbol
        self.spy = self.add_equity("SPY", Resolution.MINUTE).symbol
        self.schedule.on(self.date_rules.every_day(), self.time_rules.at(10, 0), lambda: self.remove_security(self.spy))
        for hour, minute in ((9, 31), (10, 29), (10, 35), (11, 28)):
            self.schedule.on(self.date_rules.every_day(), self.time_rules.at(hour, minute), self.buy_one)

    def buy_one(self):
        self.market_order(self.aapl, 1)
"""


def _asked(world: LiveWorld, monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    """The contracts that IB is asked for from now on, with the minutes since the start."""
    ask, found = GatewayClient.reqContractDetailsAsync, []

    def asking(client: GatewayClient, contract: Any) -> Any:
        found.append(((world.clock.now() - MORNING) / timedelta(minutes=1), contract.symbol))
        return ask(client, contract)

    monkeypatch.setattr(GatewayClient, "reqContractDetailsAsync", asking)
    return found


def test_what_a_run_follows_is_told_before_orders_and_ten_minutes_before_it_is_due(
    live_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders of two hours ask for nothing themselves; what is not followed any more is not asked for again."""
    world = live_world()
    asked = _asked(world, monkeypatch)
    outcome = world.run(world.algorithm(FOLLOWS), timedelta(minutes=120))
    assert outcome.error is None
    assert world.position("AAPL") == 4
    assert {symbol for at, symbol in asked if at < 1} == {"AAPL", "SPY"}
    later = [(at, symbol) for at, symbol in asked if at >= 1]
    assert [symbol for _, symbol in later] == ["AAPL", "AAPL"]
    first, second = (at for at, _ in later)
    assert 50 <= first <= 52
    assert 50 <= second - first <= 52
