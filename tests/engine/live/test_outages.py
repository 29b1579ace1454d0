"""Connections that are lost and come back, and what others do to orders meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.engine.live.test_orders import BASE, statuses, ticking
from tests.engine.live.world import live_world

from leanib.engine.orders.enums import OrderStatus
from leanib.ib import OrderStatus as IBStatus

__all__ = ["live_world"]

RESTING = BASE + """
class Resting(Base):
    def step(self, number):
        if number == 2:
            self.ticket = self.limit_order(self.aapl, 10, 90)
        if self.utc_time.minute == 36 and len(self.transactions.get_order_tickets()) == 1:
            self.late = self.market_order(self.aapl, 3)
"""


def outage(live_world: Any, *faults: tuple[float, str, dict[str, Any]]) -> tuple[Any, Any]:
    """Seven minutes with what happens at some seconds; world and algorithm."""
    world = live_world()
    during = ticking(world, 420)
    for seconds, name, settings in faults:
        during[seconds] = lambda name=name, settings=settings: world.sim.faults.inject(name, **settings)
    outcome = world.run(world.algorithm(RESTING), timedelta(minutes=7, seconds=30), during=during)
    assert outcome.error is None
    return world, outcome.algorithm


def test_a_gateway_that_is_away_for_minutes_is_reached_again(live_world: Any) -> None:
    """A restart that outlasts every quick try is waited for; then orders go as before."""
    world, algorithm = outage(live_world, (40.0, "restart", {"seconds": 240.0}))
    assert [call for call in algorithm.calls if isinstance(call, str)] == ["disconnect", "reconnect"]
    assert algorithm.late.status is OrderStatus.FILLED
    assert world.position("AAPL") == 3
    assert algorithm.ticket.status is OrderStatus.SUBMITTED


def test_an_api_that_was_read_only_is_asked_again_after_a_restart(live_world: Any) -> None:
    """As the sentence says that tells of it."""
    _, algorithm = outage(
        live_world,
        (35.0, "read_only", {}),
        (60.0, "reset", {}),
        (100.0, "read_only", {"on": False}),
        (110.0, "restart", {"seconds": 5.0}),
    )
    assert algorithm.late.status is OrderStatus.FILLED


def test_each_loss_and_each_return_is_said(live_world: Any) -> None:
    """However often: a line that repeats the one before it is no line too many in live trading."""
    world, _ = outage(live_world, *((40.0 + 60 * n, "restart", {"seconds": 20.0}) for n in range(3)))
    assert len(world.recorder.texts("Interactive Brokers is not reached")) == 3
    assert len(world.recorder.texts("Interactive Brokers is reached again")) == 3


def test_a_link_lost_within_a_reset_window_for_hours_is_an_outage_like_any_other(live_world: Any) -> None:
    """1100 at 00:20 in New York, which IB's own reset explains, and no 1102: told at once, to a person too."""
    world = live_world(datetime(2013, 2, 26, 5, 15, tzinfo=UTC))
    during = {300.0: lambda: world.sim.faults.inject("lose_link")}
    outcome = world.run(world.algorithm(RESTING), timedelta(hours=3), during=during)
    assert outcome.error is None
    assert outcome.algorithm.calls[0] == "disconnect"
    assert world.recorder.texts("00:20:00 Interactive Brokers is not reached: the Gateway has no link to IBKR")
    assert "link-lost" in [alert.key for alert in world.alerts]


def test_what_somebody_changes_in_tws_is_taken_over_and_told(live_world: Any) -> None:
    """Quantity and limit are IB's from then on; a fill of the new quantity is a whole fill."""
    world = live_world()
    during = ticking(world, 60)

    def change() -> None:
        order = world.sim.orders.open_orders()[0]
        world.sim.faults.change_order(order.order_id, order.client_id, totalQuantity=12, lmtPrice=91)

    during[50.0] = change
    outcome = world.run(world.algorithm(RESTING), timedelta(seconds=90), during=during)
    order = outcome.algorithm.transactions.get_order_by_id(1)
    assert (order.quantity, order.limit_price) == (12, 91)
    assert statuses(outcome.algorithm, 1)[-1] is OrderStatus.UPDATE_SUBMITTED
    assert world.recorder.texts("order 1 was changed outside of this algorithm")


def test_an_order_that_was_taken_for_ended_and_lives_is_the_algorithms_again(live_world: Any) -> None:
    """The journal took it for cancelled, and IB lists it after all: it is open again, its fill is told as any other."""
    world = live_world()
    during = ticking(world, 60)

    def hear(**changed: Any) -> None:
        run = world.runs[-1]
        record = run._services.orders.journal.open_orders()[0]
        run._bridge.post(lambda: run.broker.apply(replace(record, **changed), []))

    def fill() -> None:
        order = world.sim.orders.open_orders()[0]
        world.sim.faults.fill_order(order.order_id, order.client_id)

    during |= {45.5: lambda: hear(status=IBStatus.CANCELLED), 50.5: hear, 60.5: fill}
    algorithm = world.run(world.algorithm(RESTING), timedelta(seconds=90), during=during).algorithm
    assert statuses(algorithm, 1) == [
        OrderStatus.SUBMITTED, OrderStatus.CANCELED, OrderStatus.SUBMITTED, OrderStatus.FILLED,
    ]  # fmt: skip
    assert algorithm.ticket.status is OrderStatus.FILLED
    assert world.recorder.texts("order 1 was taken for ended and is alive at IB")
    assert algorithm.portfolio["AAPL"].quantity == world.position("AAPL") == 10
