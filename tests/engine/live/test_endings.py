"""How a run ends: stopped, failed, killed; and how the next one goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.engine.live.test_orders import BASE, quote, ticking
from tests.engine.live.world import LiveWorld, live_world

from leanib.engine.live.job import AtEnd, OnError
from leanib.engine.orders.enums import OrderStatus

__all__ = ["live_world"]

HOLDER = BASE + """
class Holder(Base):
    FAIL = 0

    def step(self, number):
        if number == 2 and not self.portfolio[self.aapl].invested:
            self.market_order(self.aapl, 10, tag="entry")
            self.stop_market_order(self.aapl, -10, 80, tag="protection")
        if number == self.FAIL:
            raise ValueError("a mistake of the strategy")

    def on_end_of_algorithm(self):
        self.ended = True
"""


def working(world: LiveWorld) -> int:
    """How many orders work at IB."""
    return len(world.sim.orders.open_orders())


@pytest.mark.parametrize(
    ("action", "orders", "position"), [(AtEnd.KEEP, 1, 10), (AtEnd.CANCEL, 0, 10), (AtEnd.LIQUIDATE, 0, 0)]
)
def test_a_stop_leaves_what_it_was_told_to(live_world: Any, action: AtEnd, orders: int, position: int) -> None:
    """Orders and positions after Ctrl-C."""
    world = live_world()
    during = ticking(world, 60)
    outcome = world.run(world.algorithm(HOLDER), timedelta(seconds=45), during=during, on_exit=action)
    assert outcome.error is None
    assert outcome.complete
    assert outcome.algorithm.ended
    assert (working(world), world.position("AAPL")) == (orders, position)


@pytest.mark.parametrize(
    ("action", "orders", "position"), [(OnError.KEEP, 1, 10), (OnError.STOP, 0, 10), (OnError.LIQUIDATE, 0, 0)]
)
def test_a_failure_leaves_what_it_was_told_to(live_world: Any, action: OnError, orders: int, position: int) -> None:
    """Orders and positions after an error of the algorithm, which a person is told of."""
    world = live_world()
    algorithm = world.algorithm(HOLDER.replace("FAIL = 0", "FAIL = 6"))
    outcome = world.run(algorithm, timedelta(seconds=60), during=ticking(world, 60), on_error=action)
    assert isinstance(outcome.error, ValueError)
    assert not hasattr(outcome.algorithm, "ended")
    assert (working(world), world.position("AAPL")) == (orders, position)
    assert any(alert.key == "live-failed" for alert in world.alerts)


@pytest.mark.parametrize("fails", [0, 6])
def test_the_end_says_how_many_data_points_there_were(live_world: Any, fails: int) -> None:
    """Those of the streams and of the histories, after an error too."""
    world = live_world()
    source = HOLDER.replace("FAIL = 0", f"FAIL = {fails}") + """
    def initialize(self):
        super().initialize()
        self.past = len(self.history(self.aapl, 3, Resolution.DAILY))
"""
    run = world.run(world.algorithm(source), timedelta(seconds=45), during=ticking(world, 60)).algorithm
    [summary] = world.recorder.texts("Processing total of")
    points = int(summary.split("Processing total of ")[1].split()[0].replace(",", ""))
    assert run.history_provider.data_point_count >= run.past > 0
    assert points >= run.steps + run.past
    assert points == world.runs[-1].results.count_data_points() + run.history_provider.data_point_count


def test_the_next_run_goes_on_where_the_last_one_ended(live_world: Any) -> None:
    """Numbers, tickets and tags are there; a fill of the night is told once and counted once."""
    world = live_world()
    first = world.run(world.algorithm(HOLDER), timedelta(seconds=45), during=ticking(world, 60))
    cash = first.algorithm.portfolio.cash
    during = {1.0: lambda: quote(world, 79.0, 79.1), 20.0: lambda: quote(world, 100.0, 100.1)}
    world.loop.run_until_complete(pause(world, during, 30))
    assert world.position("AAPL") == 0
    source = HOLDER.replace("number == 2", "number == 3")
    second = world.run(world.algorithm(source), timedelta(seconds=45), during=ticking(world, 60)).algorithm
    tickets = {ticket.order_id: ticket for ticket in second.transactions.get_order_tickets()}
    assert [tickets[n].tag for n in (1, 2)] == ["entry", "protection"]
    assert [tickets[n].status for n in (1, 2)] == [OrderStatus.FILLED, OrderStatus.FILLED]
    told = [event for event in second.events if event.order_id == 2]
    assert [event.fill_quantity for event in told if event.fill_quantity] == [-10]
    assert sorted(tickets) == [1, 2, 3, 4]
    assert second.portfolio["AAPL"].quantity == world.position("AAPL") == 10
    ledger = world.sim.accounts.ledgers["DU1234567"]
    assert second.portfolio.cash == pytest.approx(float(ledger.cash["USD"]))
    assert cash != second.portfolio.cash
    third = world.run(world.algorithm(HOLDER), timedelta(seconds=20), during=ticking(world, 20)).algorithm
    assert not [event for event in third.events if event.fill_quantity]


async def pause(world: LiveWorld, actions: dict[float, Any], seconds: float) -> None:
    """Lets time pass with nobody trading."""
    import asyncio

    for delay, action in actions.items():
        world.loop.call_later(delay, action)
    await asyncio.sleep(seconds)


def test_a_fresh_start_forgets(live_world: Any) -> None:
    """With --fresh numbers begin at one, and the old order is somebody's in the account."""
    world = live_world()
    world.run(world.algorithm(HOLDER), timedelta(seconds=45), during=ticking(world, 60))
    quiet = HOLDER.replace("number == 2", "number == 2000")
    run = world.run(world.algorithm(quiet), timedelta(seconds=45), during=ticking(world, 60), fresh=True)
    tickets = run.algorithm.transactions.get_order_tickets()
    assert [ticket.order_id for ticket in tickets] == [1]
    assert tickets[0].tag.startswith("placed by client")
    assert run.algorithm.portfolio["AAPL"].quantity == 10


def test_two_runs_of_one_strategy_refuse_each_other(live_world: Any, tmp_path: Any) -> None:
    """The second one is told who has the state."""
    from leanib.engine.live.state import RunState
    from leanib.errors import DataError

    world = live_world()
    held = RunState(world.job().state_file)
    with pytest.raises(DataError, match="another process runs this strategy"):
        world.run(world.algorithm(HOLDER), timedelta(seconds=45))
    held.close()


def test_a_second_start_is_told_of_the_first_before_it_logs_in(live_world: Any, tmp_path: Any) -> None:
    """At IB it would only hear that its client id is in use. Nothing listens at the port: a login would fail."""
    from leanib.engine.live.runner import LiveRunner
    from leanib.engine.live.state import RunState, check_no_other_runs
    from leanib.errors import DataError
    from leanib.ib import load_settings

    job = live_world().job()
    held = RunState(job.state_file)
    settings = load_settings("paper", tmp_path, host="127.0.0.1", paper_port=1)
    with pytest.raises(DataError, match=r"another process runs this strategy live \(it holds .*\); stop it first"):
        LiveRunner(tmp_path / "main.py", job, settings).run()
    held.close()
    check_no_other_runs(job.state_file)
    RunState(job.state_file).close()


def test_missed_events_are_told_and_not_made_up_for(live_world: Any) -> None:
    """A scheduled event that fell into the pause is named at the next start."""
    source = BASE + """
class Scheduled(Base):
    def initialize(self):
        super().initialize()
        self.fired = []
        self.schedule.on(self.date_rules.every_day(), self.time_rules.at(9, 40), self.fire)

    def fire(self):
        self.fired.append(self.time)
"""
    world = live_world()
    world.run(world.algorithm(source), timedelta(seconds=150))
    world.loop.run_until_complete(pause(world, {}, 1200))
    outcome = world.run(world.algorithm(source), timedelta(seconds=45))
    assert outcome.algorithm.fired == []
    assert world.recorder.texts("at 2013-02-25 14:40:00")


@pytest.mark.slow
def test_a_kill_at_any_moment_doubles_and_loses_nothing(tmp_path: Any) -> None:
    """Twenty SIGKILLs; `make live-kills` has two hundred."""
    from tests.engine.live.kills import play

    counted = play(tmp_path / "kills", 20, seed=7)
    assert counted["orders"] > 10
    assert counted["fills"] > 5
