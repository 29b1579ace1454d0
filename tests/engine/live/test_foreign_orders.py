"""Open orders of another strategy that shares no folder with this one: IB alone tells of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.live.test_orders import BASE, ticking
from tests.engine.live.world import LiveWorld, live_world

__all__ = ["live_world"]

RESTING = BASE + """
class Resting(Base):
    def step(self, number):
        if number == 2:
            self.limit_order(self.aapl, 10, 50)
"""
IDLE = BASE + """
class Idle(Base):
    pass
"""
WARNING = "the order journal of this project does not know"


def run(world: LiveWorld, source: str, **settings: Any) -> Any:
    """A minute of trading with another strategy's name for its file."""
    outcome = world.run(world.algorithm(source), timedelta(seconds=70), during=ticking(world, 30), settings=settings)
    assert outcome.error is None
    return outcome


@pytest.mark.parametrize("clients", [(1, 1), (1, 2)])
def test_a_strategy_elsewhere_is_told_at_the_start(live_world: Any, clients: tuple[int, int]) -> None:
    """From another folder, with the same client id after its end, or with another one beside it."""
    world = live_world()
    run(world, RESTING, client_id=clients[0])
    assert not world.recorder.texts(WARNING)
    world.folder = world.folder / "elsewhere"
    world.folder.mkdir()
    found = run(world, IDLE, client_id=clients[1]).algorithm
    (text,) = world.recorder.texts(WARNING)
    assert "BUY 10 AAPL of client 1" in text
    assert "--book NAME" in text
    assert [t.quantity for t in found.transactions.get_open_order_tickets()] == [10]


def test_what_this_project_placed_is_no_stranger(live_world: Any) -> None:
    """The next start of the same strategy, and an order by hand."""
    world = live_world()
    run(world, RESTING)
    world.sim.orders.place_manual("AAPL", "BUY", Decimal(5), orderType="LMT", lmtPrice="50")
    run(world, IDLE)
    assert not world.recorder.texts(WARNING)
