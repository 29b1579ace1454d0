"""LEAN's rules without LEAN's accidents: what a live algorithm finds besides bars and orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.live.test_orders import BASE, quote, ticking
from tests.engine.live.world import ACCOUNT, live_world

from leanib.engine.orders.enums import OrderStatus
from leanib.engine.securities.margin_call import MarginCallModel

__all__ = ["live_world"]

IDLE = BASE + """
class Idle(Base):
    pass
"""


@pytest.mark.parametrize("code", [100, 101, 103, 321, 326, 354, 438, 504, 1300, 10197, 10089])
def test_no_message_of_ib_ends_the_algorithm(live_world: Any, code: int) -> None:
    """What LEAN dies of comes as a warning with its code; data and orders go on."""
    world = live_world()
    during = ticking(world, 60)
    during[40.0] = lambda: world.sim.faults.message(code, "as IB says it")
    outcome = world.run(world.algorithm(IDLE), timedelta(seconds=80), during=during)
    assert outcome.error is None
    assert str(code) in [call[1] for call in outcome.algorithm.calls if isinstance(call, tuple)]
    assert outcome.algorithm.steps > 30


def test_data_that_is_refused_stops_only_its_symbol(live_world: Any) -> None:
    """354 for one share is told, once, and the other one's bars come on."""
    world = live_world()
    world.sim.faults.unsubscribe_data("MSFT", 354)
    source = BASE + """
class Two(Base):
    def initialize(self):
        super().initialize()
        self.add_equity("MSFT", Resolution.SECOND)
"""
    outcome = world.run(world.algorithm(source), timedelta(seconds=80), during=ticking(world, 60))
    assert outcome.error is None
    assert outcome.algorithm.steps > 30
    assert len(world.recorder.texts("no market data of MSFT")) == 1


def test_a_read_only_api_stops_only_orders(live_world: Any) -> None:
    """321: the order is invalid with the remedy, the algorithm goes on."""
    world = live_world()
    source = BASE + """
class ReadOnly(Base):
    def step(self, number):
        if number == 12:
            self.ticket = self.market_order(self.aapl, 1)
"""
    during = ticking(world, 60)
    during[35.0] = world.sim.faults.read_only
    outcome = world.run(world.algorithm(source), timedelta(seconds=80), during=during)
    assert outcome.error is None
    assert outcome.algorithm.ticket.status is OrderStatus.INVALID
    assert outcome.algorithm.steps > 30
    assert not world.sim.orders.orders


def test_fractions_stay_fractions(live_world: Any) -> None:
    """A position of seven and a half shares is one, and its half can be sold."""
    world = live_world()
    world.sim.accounts.set_position(ACCOUNT, "AAPL", 7.5, 100)
    outcome = world.run(world.algorithm(IDLE), timedelta(seconds=60), during=ticking(world, 20))
    assert outcome.algorithm.portfolio["AAPL"].quantity == 7.5


def test_a_price_without_a_known_increment_is_refused(live_world: Any) -> None:
    """LEAN would send a limit of zero."""
    world = live_world()
    item = world.sim.market.instrument("AAPL")

    quote(world, 100.0, 100.1)
    object.__setattr__(item, "min_tick", Decimal(0))
    object.__setattr__(item, "market_rule", 0)

    source = BASE + """
class Unknown(Base):
    def step(self, number):
        if number == 12:
            self.ticket = self.limit_order(self.aapl, 1, 90.123)
"""
    outcome = world.run(world.algorithm(source), timedelta(seconds=60), during=ticking(world, 20))
    assert outcome.error is None
    assert outcome.algorithm.ticket.status is OrderStatus.INVALID
    assert world.recorder.texts("increment")
    assert not world.sim.orders.orders


def test_notifications_are_delivered_and_a_failure_is_told(live_world: Any) -> None:
    """LEAN's local engine sends none."""
    world = live_world()
    source = BASE + """
class Notifying(Base):
    def step(self, number):
        if number == 2:
            self.notify.email("me@example.com", "subject", "text")
            self.notify.sms("+4915112345678", "short")
"""
    sent: list[Any] = []

    def deliver(message: Any) -> bool:
        sent.append((message.kind, message.recipient))
        return bool(message.kind == "email")

    world.run(world.algorithm(source), timedelta(seconds=60), during=ticking(world, 20), notify=deliver)
    assert sent == [("email", "me@example.com"), ("sms", "+4915112345678")]
    assert world.recorder.texts("the notification by sms did not arrive")
    assert not world.recorder.texts("the notification by email")


def test_the_benchmark_is_spy_where_none_is_set(live_world: Any) -> None:
    """And not LEAN's constant zero; its price is IB's."""
    world = live_world()
    source = """
class Plain(QCAlgorithm):
    def initialize(self):
        self.aapl = self.add_equity("AAPL", Resolution.SECOND).symbol

    def on_end_of_algorithm(self):
        self.value = self.benchmark.evaluate(self.time)
"""
    outcome = world.run(world.algorithm(source), timedelta(minutes=3), during=ticking(world, 120))
    assert outcome.error is None
    assert outcome.algorithm.value > 0


def test_cash_that_changed_elsewhere_is_taken_over(live_world: Any) -> None:
    """A deposit is in the cash book within IB's rhythm, and told when it is large."""
    world = live_world()
    ledger = world.sim.accounts.ledgers[ACCOUNT]
    during = ticking(world, 60)

    def deposit() -> None:
        ledger.cash["USD"] += Decimal(25_000)

    during[60.0] = deposit
    outcome = world.run(world.algorithm(IDLE), timedelta(minutes=10), during=during)
    assert outcome.algorithm.portfolio.cash == 125_000
    assert len(world.recorder.texts("taken over from IB")) == 1


MARGIN = BASE + """
class Calls(DefaultMarginCallModel):
    asked = 0

    def get_margin_call_orders(self, *words):
        Calls.asked += 1
        return super().get_margin_call_orders(*words)

class Margin(Base):
    def initialize(self):
        super().initialize()
        self.before = self.portfolio.margin_call_model
        if self.OWN:
            self.portfolio.margin_call_model = Calls(self.portfolio, self.default_order_properties)
"""


def test_margin_calls_are_the_brokers_unless_a_model_is_set(live_world: Any) -> None:
    """As in LEAN: none by default, IB liquidates itself."""
    world = live_world()
    algorithm = world.algorithm(MARGIN.replace("self.OWN", "False"))
    outcome = world.run(algorithm, timedelta(seconds=60), during=ticking(world, 20))
    assert outcome.error is None
    assert outcome.algorithm.before is MarginCallModel.NULL


def schedule(*times: tuple[int, int]) -> str:
    """An algorithm that notes when events of these times fire."""
    events = "\n".join(
        f"        self.schedule.on(self.date_rules.every_day(), self.time_rules.at({hour}, {minute}), self.fire)"
        for hour, minute in times
    )
    return BASE + f"""
class Scheduled(Base):
    def initialize(self):
        super().initialize()
        self.fired = []
{events}

    def fire(self):
        self.fired.append((self.time.hour, self.time.minute, self.utc_time.hour))
"""


@pytest.mark.slow
def test_an_event_in_the_hour_that_spring_leaves_out_fires_at_its_end(live_world: Any) -> None:
    """02:30 on the tenth of March is 03:00, 07:00 UTC."""
    world = live_world(datetime(2013, 3, 10, 6, 0, tzinfo=UTC))
    outcome = world.run(world.algorithm(schedule((1, 30), (2, 30), (3, 30))), timedelta(hours=3))
    assert outcome.algorithm.fired == [(1, 30, 6), (3, 0, 7), (3, 30, 7)]


@pytest.mark.slow
def test_an_event_in_the_hour_that_autumn_repeats_fires_once(live_world: Any) -> None:
    """01:30 on the third of November is the second one, 06:30 UTC."""
    world = live_world(datetime(2013, 11, 3, 4, 45, tzinfo=UTC))
    outcome = world.run(world.algorithm(schedule((1, 30), (2, 30))), timedelta(hours=3))
    assert outcome.algorithm.fired == [(1, 30, 6), (2, 30, 7)]


def test_a_quote_that_ages_and_a_feed_that_dies_are_told(live_world: Any) -> None:
    """Silence in an open market is said, and its end; the algorithm goes on with filled bars."""
    world = live_world()
    during = ticking(world, 300)
    during[60.0] = world.sim.faults.kill_data
    during[200.0] = world.sim.faults.revive_data
    during[205.0] = lambda: quote(world, 101.0, 101.1)
    settings = {"quotes": {"stale_after": 30.0}}
    outcome = world.run(world.algorithm(IDLE), timedelta(seconds=260), during=during, settings=settings)
    assert outcome.error is None
    assert world.recorder.texts("the market data of AAPL has stopped")
    assert world.recorder.texts("the market data of AAPL is back")
    assert outcome.algorithm.steps > 200
