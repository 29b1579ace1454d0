"""Combo orders live: one order of IB, whose legs are orders of the algorithm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.engine.live.test_orders import BASE, statuses, ticking
from tests.engine.live.world import LiveWorld, live_world

from leanib.engine.orders.enums import OrderStatus

__all__ = ["live_world"]

COMBINED = BASE + """
class Combined(Base):
    def initialize(self):
        super().initialize()
        self.msft = self.add_equity("MSFT", Resolution.SECOND).symbol
        self.tickets = []

    def step(self, number):
        legs = [Leg.create(self.aapl, 2), Leg.create(self.msft, -1)]
        if number == 4:
            STEP
        LATER
"""


def both_ticking(world: LiveWorld, seconds: int = 30) -> dict[float, Any]:
    """Trades of AAPL at 100.00 to 100.10 and of MSFT at 27.00 to 27.10."""
    during = ticking(world, seconds)
    for n in range(seconds):
        during[30.3 + n] = lambda: world.sim.market.set_quote("MSFT", 27.0, 27.1, 27.05)
    return during


def source(step: str, later: str = "pass") -> str:
    """The algorithm that does something in its fourth step, and something in each."""
    return COMBINED.replace("STEP", step).replace("LATER", later)


def test_legs_fill_together_at_their_own_prices(live_world: Any) -> None:
    """One order at IB; each leg's order has its fill, fee and holding."""
    world = live_world()
    text = source("self.tickets = self.combo_market_order(legs, 3, tag='pair')")
    outcome = world.run(world.algorithm(text), timedelta(seconds=60), during=both_ticking(world))
    assert outcome.error is None
    algorithm = outcome.algorithm
    assert [(t.status, t.quantity, t.average_fill_price) for t in algorithm.tickets] == [
        (OrderStatus.FILLED, 6, 100.1),
        (OrderStatus.FILLED, -3, 27.0),
    ]
    assert len({ticket.order_id for ticket in algorithm.tickets}) == 2
    assert statuses(algorithm, 1) == statuses(algorithm, 2) == [OrderStatus.SUBMITTED, OrderStatus.FILLED]
    assert all(event.order_fee.value.amount > 0 for event in algorithm.events if event.fill_quantity)
    assert (world.position("AAPL"), world.position("MSFT")) == (6, -3)
    assert len(world.sim.orders.orders) == 1
    assert world.alerts == []


def test_a_limit_rests_is_not_changed_and_is_cancelled_as_a_whole(live_world: Any) -> None:
    """The limit is of all legs together."""
    world = live_world()
    later = """
        if number == 8:
            self.changed = self.tickets[0].update_limit_price(150).is_error
        if number == 12:
            for ticket in self.tickets:
                ticket.cancel()
"""
    text = source("self.tickets = self.combo_limit_order(legs, 1, 170.0)", later.strip("\n").strip())
    outcome = world.run(world.algorithm(text), timedelta(seconds=60), during=both_ticking(world))
    assert outcome.error is None
    algorithm = outcome.algorithm
    assert algorithm.changed
    assert world.recorder.texts("cancel it and place another")
    assert [ticket.status for ticket in algorithm.tickets] == [OrderStatus.CANCELED] * 2
    (order,) = world.sim.orders.orders.values()
    assert (order.kind, str(order.limit), order.filled) == ("LMT", "170.0", 0)


def test_limits_of_single_legs_are_refused(live_world: Any) -> None:
    """With a sentence that says what to do, and nothing of it reaches IB."""
    world = live_world()
    step = """
            limited = [Leg.create(self.aapl, 1, 99.0), Leg.create(self.msft, -1, 28.0)]
            self.tickets = self.combo_leg_limit_order(limited, 1)
"""
    text = source(step.strip("\n").strip())
    outcome = world.run(world.algorithm(text), timedelta(seconds=60), during=both_ticking(world))
    assert outcome.error is None
    assert [ticket.status for ticket in outcome.algorithm.tickets] == [OrderStatus.INVALID] * 2
    assert world.recorder.texts("give the combo one limit")
    assert not world.sim.orders.orders


def test_the_next_run_goes_on_with_open_legs(live_world: Any) -> None:
    """They are there again under their numbers, and each hears of its fill once."""
    world = live_world()
    text = source("self.tickets = self.combo_limit_order(legs, 1, 170.0)")
    world.run(world.algorithm(text), timedelta(seconds=40), during=both_ticking(world))
    again = world.algorithm(source("pass"), "again")
    later = {5.0: lambda: world.sim.market.set_quote("AAPL", 90.0, 90.1, 90.05)}
    algorithm = world.run(again, timedelta(seconds=20), during=later).algorithm
    assert [(order.id, order.quantity, order.price, order.status) for order in algorithm.transactions.get_orders()] == [
        (1, 2, 90.1, OrderStatus.FILLED),
        (2, -1, 27.0, OrderStatus.FILLED),
    ]
    assert statuses(algorithm, 1) == statuses(algorithm, 2) == [OrderStatus.FILLED]
    assert (world.position("AAPL"), world.position("MSFT")) == (2, -1)
    assert len(world.sim.orders.orders) == 1
