"""Exercises that an algorithm asks for, live on the simulator: journal, order events, holdings, restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.engine.live.test_orders import statuses
from tests.engine.live.world import ACCOUNT, LiveWorld, live_world

from leanib.engine.orders.enums import OrderStatus, OrderType

__all__ = ["live_world"]

World = Callable[..., LiveWorld]
MINUTE = timedelta(minutes=1)
CALL = "SPY   130315C00350000"

HOLDER = """
class Holder(QCAlgorithm):
    def initialize(self):
        self.set_benchmark(lambda time: 0)
        self.spy = self.add_equity("SPY", Resolution.MINUTE, data_normalization_mode=DataNormalizationMode.RAW).symbol
        american = Market.USA, OptionStyle.AMERICAN, OptionRight.RIGHT
        self.option = Symbol.create_option(self.spy, *american, STRIKE, datetime(2013, 3, 15))
        self.add_option_contract(self.option, Resolution.MINUTE)
        self.steps, self.events = 0, []

    def on_data(self, data):
        if self.option not in data.quote_bars:
            return
        self.steps += 1
        if self.steps == 1:
            BEGIN

    def on_order_event(self, event):
        self.events.append(event)
"""
EXERCISES = """
            self.buy(self.option, 3)
            self.ticket = self.exercise_option(self.option, 2, tag="now")
""".strip("\n").strip()


def source(begin: str = EXERCISES, right: str = "CALL", strike: int = 350) -> str:
    """The algorithm that does something with its first data."""
    return HOLDER.replace("BEGIN", begin).replace("RIGHT", right).replace("STRIKE", str(strike))


def held(algorithm: Any) -> tuple[int, int]:
    """What the algorithm believes of the option and of what it is on."""
    return tuple(int(algorithm.securities[one].holdings.quantity) for one in (algorithm.option, algorithm.spy))


def test_an_exercise_turns_options_into_shares(live_world: World) -> None:
    """One instruction at IB; the order's events are the option's fill at nothing and the shares' at the strike."""
    world = live_world(data=None, cash=1_000_000)
    outcome = world.run(world.algorithm(source()), 5 * MINUTE)
    assert outcome.error is None
    algorithm = outcome.algorithm
    assert (algorithm.ticket.status, algorithm.ticket.quantity) == (OrderStatus.FILLED, -2)
    assert held(algorithm) == (1, 200) == (world.position(CALL), world.position("SPY"))
    told = [(e.symbol.value, e.status, e.fill_quantity, e.fill_price, e.is_assignment) for e in algorithm.events]
    option = algorithm.option.value
    assert told[-3:] == [
        (option, OrderStatus.SUBMITTED, 0, 0, False),
        (option, OrderStatus.FILLED, -2, 0, False),
        ("SPY", OrderStatus.FILLED, 200, 350, False),
    ]
    assert algorithm.events[-1].message == "Option Exercise"
    order = algorithm.transactions.get_orders()[-1]
    assert (order.order_type, order.tag, order.price) == (OrderType.OPTION_EXERCISE, "now", 350)
    assert algorithm.securities[algorithm.spy].holdings.average_price == 350
    at_ib = [one for one in world.sim.orders.orders.values() if one.exercise]
    assert [(one.quantity, one.status) for one in at_ib] == [(2, "Filled")]
    fees = sum(one.commission for one in world.sim.orders.blotter.executions.values())
    assert abs(float(algorithm.portfolio.cash) - float(world.sim.accounts.ledgers[ACCOUNT].cash["USD"])) < 0.01
    assert fees == Decimal("1.95")  # of the purchase
    assert world.alerts == []


def test_a_put_sells_the_shares(live_world: World) -> None:
    """At the strike, which leaves the account short of them."""
    world = live_world(data=None, cash=1_000_000)
    outcome = world.run(world.algorithm(source(right="PUT", strike=400)), 5 * MINUTE)
    assert outcome.error is None
    assert held(outcome.algorithm) == (1, -200)
    assert world.position("SPY") == -200


def test_what_is_not_in_the_money_is_not_exercised(live_world: World) -> None:
    """IB ignores it, in its words; the order is invalid and nothing has changed."""
    world = live_world(data=None, cash=1_000_000)
    outcome = world.run(world.algorithm(source(strike=420)), 5 * MINUTE)
    assert outcome.error is None
    algorithm = outcome.algorithm
    assert algorithm.ticket.status is OrderStatus.INVALID
    assert held(algorithm) == (3, 0)
    assert world.recorder.texts("Exercise ignored because option is not in-the-money.")


def test_the_limits_count_what_an_exercise_brings(live_world: World) -> None:
    """More shares than may be held are not asked for, and the algorithm goes on."""
    world = live_world(data=None, cash=1_000_000)
    limits = {"risk": {"max_position_quantity": 150, "unlimited": True}}
    outcome = world.run(world.algorithm(source()), 5 * MINUTE, settings=limits)
    assert outcome.error is None
    assert outcome.algorithm.ticket.status is OrderStatus.INVALID
    assert world.recorder.texts("limit max_position_quantity")
    assert held(outcome.algorithm) == (3, 0)
    assert not [one for one in world.sim.orders.orders.values() if one.exercise]


def test_an_exercise_that_works_until_the_evening_is_the_next_runs(live_world: World) -> None:
    """It is there again under its number, and is told once when IB has done it: here while nobody ran."""
    world = live_world(data=None, cash=1_000_000)
    world.sim.gateway.exercises.delay = 600.0
    first = world.run(world.algorithm(source()), 5 * MINUTE)
    assert first.algorithm.ticket.status is OrderStatus.SUBMITTED
    assert held(first.algorithm) == (3, 0)
    world.loop.run_until_complete(asyncio.sleep(600))
    again = world.run(world.algorithm(source("pass"), "again"), 2 * MINUTE)
    assert again.error is None
    algorithm = again.algorithm
    assert held(algorithm) == (1, 200)
    assert statuses(algorithm, 2) == [OrderStatus.FILLED] * 2
    assert algorithm.transactions.get_order_by_id(2).status is OrderStatus.FILLED
    third = world.run(world.algorithm(source("pass"), "third"), 2 * MINUTE)
    assert held(third.algorithm) == (1, 200)
    assert third.algorithm.events == []
    assert len([one for one in world.sim.orders.orders.values() if one.exercise]) == 1


def test_an_exercise_of_which_only_the_position_tells_is_told_all_the_same(live_world: World) -> None:
    """IB's fills of the evening need not have the order's ids."""
    world = live_world(data=None, cash=1_000_000)
    world.sim.gateway.exercises.delay = 86_400.0

    def in_the_evening() -> None:
        option, share = (world.sim.market.instrument(name) for name in (CALL, "SPY"))
        (order,) = (one for one in world.sim.orders.orders.values() if one.exercise)
        order.status = "Filled"
        world.sim.accounts.ledgers[ACCOUNT].fill(option, Decimal(-2), Decimal(0), Decimal(0))
        world.sim.accounts.ledgers[ACCOUNT].fill(share, Decimal(200), Decimal(350), Decimal(0))
        for item in (option, share):
            world.sim.accounts.notify(ACCOUNT, item)

    outcome = world.run(world.algorithm(source()), 6 * MINUTE, during={240: in_the_evening})
    assert outcome.error is None
    algorithm = outcome.algorithm
    assert held(algorithm) == (1, 200)
    assert algorithm.ticket.status is OrderStatus.FILLED
    assert [event.symbol.value for event in algorithm.events][-2:] == [algorithm.option.value, "SPY"]
