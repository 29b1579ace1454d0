"""Combo orders live: one order of IB, whose legs are orders of the algorithm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.engine.live.test_orders import BASE, statuses, ticking
from tests.engine.live.world import LiveWorld, live_world

from leanib.engine.orders.enums import OrderField, OrderStatus

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


def test_a_limit_rests_is_changed_and_is_cancelled_as_a_whole(live_world: Any) -> None:
    """The limit is of all legs together, as is the quantity; the event is of the order that asked for the change."""
    world = live_world()
    later = """
        if number == 8:
            changes = UpdateOrderFields()
            changes.limit_price, changes.quantity = 150, 3
            self.changed = self.tickets[0].update(changes).is_success
        if number == 12:
            for ticket in self.tickets:
                ticket.cancel()
"""
    text = source("self.tickets = self.combo_limit_order(legs, 1, 170.0)", later.strip("\n").strip())
    outcome = world.run(world.algorithm(text), timedelta(seconds=60), during=both_ticking(world))
    assert outcome.error is None
    algorithm = outcome.algorithm
    assert algorithm.changed
    assert [ticket.status for ticket in algorithm.tickets] == [OrderStatus.CANCELED] * 2
    assert [ticket.quantity for ticket in algorithm.tickets] == [6, -3]
    submitted, updated, canceled = OrderStatus.SUBMITTED, OrderStatus.UPDATE_SUBMITTED, OrderStatus.CANCELED
    assert [s for s in statuses(algorithm, 1) if s is not OrderStatus.CANCEL_PENDING] == [submitted, updated, canceled]
    assert [s for s in statuses(algorithm, 2) if s is not OrderStatus.CANCEL_PENDING] == [submitted, canceled]
    (order,) = world.sim.orders.orders.values()
    assert (order.kind, str(order.limit), order.quantity, order.filled) == ("LMT", "150.0", 3, 0)
    assert world.alerts == []


LEG_LIMITS = """
            limited = [Leg.create(self.aapl, 2, 99.0), Leg.create(self.msft, -1, 28.0)]
            self.tickets = self.combo_leg_limit_order(limited, 3, tag="legs")
""".strip("\n").strip()


def prices(world: LiveWorld, aapl: float, msft: float) -> None:
    """Both ask ten cents more than they bid."""
    world.sim.market.set_quote("AAPL", aapl - 0.1, aapl, aapl - 0.05)
    world.sim.market.set_quote("MSFT", msft, msft + 0.1, msft + 0.05)


def test_legs_with_limits_fill_when_each_is_at_its_own(live_world: Any) -> None:
    """One order at IB, which promises nothing of the whole; events a leg, tickets with their limits."""
    world = live_world()
    during = both_ticking(world)
    during |= {40.5: lambda: prices(world, 99.0, 27.0), 42.5: lambda: prices(world, 98.9, 28.1)}
    outcome = world.run(world.algorithm(source(LEG_LIMITS)), timedelta(seconds=44), during=during)
    assert outcome.error is None
    algorithm = outcome.algorithm
    assert [(t.status, t.quantity, t.tag, t.average_fill_price) for t in algorithm.tickets] == [
        (OrderStatus.FILLED, 6, "legs", 98.9), (OrderStatus.FILLED, -3, "legs", 28.1),
    ]  # fmt: skip
    assert [ticket.get(OrderField.LIMIT_PRICE) for ticket in algorithm.tickets] == [99.0, 28.0]
    assert statuses(algorithm, 1) == statuses(algorithm, 2) == [OrderStatus.SUBMITTED, OrderStatus.FILLED]
    (order,) = world.sim.orders.orders.values()
    assert order.spec.routing == [("NonGuaranteed", "1")]
    assert [float(price) for price in order.spec.leg_prices] == [99.0, 28.0]
    assert (world.position("AAPL"), world.position("MSFT")) == (6, -3)
    assert world.alerts == []


def test_limits_of_legs_are_changed_one_by_one(live_world: Any) -> None:
    """Each change is sent with all legs and told to the leg that it is of; what IB refuses is taken back."""
    world = live_world()
    later = """
        if number == 8:
            self.tickets[0].update_limit_price(99.5)
            self.tickets[1].update_limit_price(27.5)
        if number == 11:
            world_refuses()
        if number == 12:
            self.refused = self.tickets[1].update_limit_price(27.25)
"""
    text = source(LEG_LIMITS, later.strip("\n").strip())

    def refuse(_order: object) -> tuple[int, str]:
        return 201, "Order rejected - reason: no"

    algorithm_class = world.algorithm(text)
    vars(__import__(algorithm_class.__module__))["world_refuses"] = lambda: setattr(
        world.sim.orders, "refuse_change", refuse
    )
    outcome = world.run(algorithm_class, timedelta(seconds=60), during=both_ticking(world))
    assert outcome.error is None
    algorithm = outcome.algorithm
    submitted, updated = OrderStatus.SUBMITTED, OrderStatus.UPDATE_SUBMITTED
    assert statuses(algorithm, 1) == [submitted, updated]
    assert statuses(algorithm, 2) == [submitted, updated]
    (order,) = world.sim.orders.orders.values()
    assert [float(price) for price in order.spec.leg_prices] == [99.5, 27.5]
    assert [ticket.get(OrderField.LIMIT_PRICE) for ticket in algorithm.tickets] == [99.5, 27.5]
    assert world.recorder.texts("the change of order 2 was not taken")


def test_the_next_run_goes_on_with_limits_of_legs(live_world: Any) -> None:
    """They are there again with their limits, and can be changed."""
    world = live_world()
    world.run(world.algorithm(source(LEG_LIMITS)), timedelta(seconds=40), during=both_ticking(world))
    later = """
        if number == 3:
            tickets = list(self.transactions.get_open_order_tickets())
            self.limits = [ticket.get(OrderField.LIMIT_PRICE) for ticket in tickets]
            tickets[0].update_limit_price(100.5)
            tickets[1].update_limit_price(26.5)
"""
    again = world.algorithm(source("pass", later.strip("\n").strip()), "again")
    during = {float(n): lambda: prices(world, 100.1, 27.0) for n in range(20)}
    algorithm = world.run(again, timedelta(seconds=20), during=during).algorithm
    assert algorithm.limits == [99.0, 28.0]
    assert [order.status for order in algorithm.transactions.get_orders()] == [OrderStatus.FILLED] * 2
    assert (world.position("AAPL"), world.position("MSFT")) == (6, -3)
    assert len(world.sim.orders.orders) == 1


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
