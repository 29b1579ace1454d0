"""Orders live: every kind, changes, partial fills, refusals, other people's orders."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.engine.live.world import LiveWorld, live_world

from leanib.engine.orders.enums import OrderStatus

__all__ = ["live_world"]

OPEN = timedelta(seconds=30)

BASE = """
class Base(QCAlgorithm):
    def initialize(self):
        self.set_benchmark(lambda time: 0)
        self.aapl = self.add_equity("AAPL", Resolution.SECOND).symbol
        self.events, self.calls, self.steps = [], [], 0

    def on_data(self, data):
        if self.aapl in data.bars:
            self.steps += 1
            self.step(self.steps)

    def step(self, number):
        pass

    def on_order_event(self, event):
        self.events.append(event)

    def on_brokerage_message(self, event):
        self.calls.append((event.type, event.code))

    def on_brokerage_disconnect(self):
        self.calls.append("disconnect")

    def on_brokerage_reconnect(self):
        self.calls.append("reconnect")
"""


def quote(world: LiveWorld, bid: float, ask: float, **sizes: float) -> None:
    """Pins the quote, with a trade between."""
    world.sim.market.set_quote("AAPL", bid, ask, (bid + ask) / 2, **sizes)


def statuses(algorithm: Any, order_id: int) -> list[OrderStatus]:
    """What an order's events said."""
    return [event.status for event in algorithm.events if event.order_id == order_id]


def ticking(world: LiveWorld, seconds: int, bid: float = 100.0, ask: float = 100.1) -> dict[float, Any]:
    """A trade each second from the opening on."""
    return {30.2 + n: (lambda: quote(world, bid, ask)) for n in range(seconds)}


def test_every_kind_of_order_reaches_ib_as_what_it_is(live_world: Any) -> None:
    """Types, prices, time in force and outside hours are IB's; the account's orders are the algorithm's."""
    world = live_world()
    source = BASE + """
class Kinds(Base):
    def step(self, number):
        if number != 2:
            return
        day = InteractiveBrokersOrderProperties()
        day.time_in_force = TimeInForce.DAY
        day.outside_regular_trading_hours = True
        dated = InteractiveBrokersOrderProperties()
        dated.time_in_force = TimeInForce.good_til_date(datetime(2013, 2, 27))
        self.limit_order(self.aapl, 10, 90, order_properties=day)
        self.stop_market_order(self.aapl, -10, 80, order_properties=dated)
        self.stop_limit_order(self.aapl, -10, 80, 79)
        self.trailing_stop_order(self.aapl, -10, 0.05, True)
        self.limit_if_touched_order(self.aapl, 10, 91, 92)
        self.market_on_close_order(self.aapl, 10)
"""
    outcome = world.run(world.algorithm(source), timedelta(seconds=60), during=ticking(world, 20))
    assert outcome.error is None
    placed = [
        (
            o.kind, o.tif, o.side if hasattr(o, "side") else o.spec.text("action"), o.spec.decimal("lmtPrice"),
            o.spec.decimal("auxPrice"), o.spec.decimal("trailingPercent"), bool(o.outside_rth),
            o.spec.text("goodTillDate"),
        )
        for o in world.sim.orders.orders.values()
    ]  # fmt: skip
    assert [(p[0], p[1]) for p in placed] == [
        ("LMT", "DAY"), ("STP", "GTD"), ("STP LMT", "GTC"), ("TRAIL", "GTC"), ("LIT", "GTC"), ("MOC", "DAY"),
    ]  # fmt: skip
    assert placed[0][3] == 90
    assert placed[0][6]
    assert placed[1][4] == 80
    assert placed[1][7] == "20130227 21:00:00 UTC"
    assert (placed[2][3], placed[2][4]) == (79, 80)
    assert placed[3][5] == 5
    assert (placed[4][3], placed[4][4]) == (92, 91)
    assert [statuses(outcome.algorithm, n)[0] for n in range(1, 7)] == [OrderStatus.SUBMITTED] * 6


def test_partial_fills_have_fees_of_their_own(live_world: Any) -> None:
    """Each fill is an event with its quantity, price and fee; the ticket's average is theirs."""
    world = live_world()
    source = BASE + """
class Partial(Base):
    def step(self, number):
        if number == 2:
            self.ticket = self.limit_order(self.aapl, 100, 100.2, tag="in parts")
"""
    during = {30.2 + n: (lambda: quote(world, 100.0, 100.1, ask_size=40)) for n in range(20)}
    outcome = world.run(world.algorithm(source), timedelta(seconds=60), during=during)
    algorithm = outcome.algorithm
    fills = [e for e in algorithm.events if e.fill_quantity]
    assert sum(e.fill_quantity for e in fills) == 100
    assert [e.status for e in fills[:-1]] == [OrderStatus.PARTIALLY_FILLED] * (len(fills) - 1)
    assert fills[-1].status is OrderStatus.FILLED
    assert [e.fill_quantity for e in fills] == [40, 40, 20]
    assert sum(e.order_fee.value.amount for e in fills) == 1.0
    assert algorithm.portfolio.total_fees == 1.0
    assert algorithm.ticket.quantity_filled == 100
    assert algorithm.ticket.tag == "in parts"
    assert world.position("AAPL") == 100


def test_changes_and_cancellations(live_world: Any) -> None:
    """A change that IB takes is told; one that it refuses leaves the order as it was; a cancel ends it."""
    world = live_world()
    source = BASE + """
class Changes(Base):
    def step(self, number):
        if number == 2:
            self.ticket = self.limit_order(self.aapl, 10, 90)
        if number == 4:
            self.ticket.update_limit_price(91)
        if number == 7:
            self.ticket.update_limit_price(92)
        if number == 12:
            self.last_limit = self.ticket.get(OrderField.LIMIT_PRICE)
            self.ticket.cancel("enough")
"""
    during = ticking(world, 20)
    words = 105, "Order being modified does not match original order."
    during[36.0] = lambda: setattr(world.sim.orders, "refuse_change", lambda _order: words)
    outcome = world.run(world.algorithm(source), timedelta(seconds=60), during=during)
    algorithm = outcome.algorithm
    assert outcome.error is None
    assert OrderStatus.UPDATE_SUBMITTED in statuses(algorithm, 1)
    assert algorithm.last_limit == 91, world.recorder.lines
    assert statuses(algorithm, 1)[-2:] == [OrderStatus.CANCEL_PENDING, OrderStatus.CANCELED]
    assert world.recorder.texts("was not taken") or world.recorder.texts("was not changed")


def test_changes_that_meet_a_comparison_with_ib_are_told_as_taken(live_world: Any) -> None:
    """What was read of an order before its change was noted is no answer to it: one change a second, all are taken."""
    world = live_world()
    source = BASE + """
class Changing(Base):
    def step(self, number):
        if number == 2:
            self.ticket = self.limit_order(self.aapl, 10, 60)
        if 4 <= number < 26:
            self.ticket.update_limit_price(60 + number)
        if number == 28:
            self.last_limit = self.ticket.get(OrderField.LIMIT_PRICE)
"""
    outcome = world.run(world.algorithm(source), timedelta(seconds=60), during=ticking(world, 45))
    assert outcome.error is None
    assert statuses(outcome.algorithm, 1).count(OrderStatus.UPDATE_SUBMITTED) == 22
    assert outcome.algorithm.last_limit == 85, world.recorder.lines
    assert not world.recorder.texts("was not taken")


def test_a_limit_refuses_and_the_algorithm_goes_on(live_world: Any) -> None:
    """An order beyond the limits is invalid, with the limit's sentence; nothing reached IB."""
    world = live_world()
    source = BASE + """
class Big(Base):
    def step(self, number):
        if number == 2:
            self.ticket = self.market_order(self.aapl, 100)
"""
    settings = {"risk": {"max_order_value": 1000}}
    outcome = world.run(world.algorithm(source), timedelta(seconds=50), during=ticking(world, 15), settings=settings)
    assert outcome.error is None
    assert outcome.algorithm.ticket.status is OrderStatus.INVALID
    assert world.recorder.texts("max_order_value")
    assert not world.sim.orders.orders
    assert outcome.algorithm.steps > 5


def test_a_market_order_in_an_order_event_does_not_wait_out_its_five_seconds(live_world: Any) -> None:
    """Its fill is told while it waits."""
    world = live_world()
    source = BASE + """
class Chain(Base):
    def step(self, number):
        if number == 2:
            self.market_order(self.aapl, 10)

    def on_order_event(self, event):
        super().on_order_event(event)
        if event.order_id == 1 and event.status == OrderStatus.FILLED:
            self.second = self.market_order(self.aapl, -10)
            self.status = self.second.status
"""
    during = ticking(world, 20)
    outcome = world.run(world.algorithm(source), timedelta(seconds=50), during=during)
    algorithm = outcome.algorithm
    assert algorithm.second.status is OrderStatus.FILLED
    times = [e.utc_time for e in algorithm.events if e.fill_quantity]
    assert times[1] - times[0] < timedelta(seconds=1)
    assert world.position("AAPL") == 0


def test_what_others_do_with_the_account_is_told_and_taken_over(live_world: Any) -> None:
    """Orders and positions at the start, an order and a position that appear later."""
    world = live_world()
    world.sim.accounts.set_position("DU1234567", "MSFT", 7, 25)
    source = BASE + """
class Watch(Base):
    def initialize(self):
        super().initialize()
        self.handled = []
        algorithm = self
        class Handler(DefaultBrokerageMessageHandler):
            def handle_order(self, args):
                algorithm.handled.append(args.order)
                return True
        self.set_brokerage_message_handler(Handler(self))

    def step(self, number):
        if number == 1:
            self.first = self.portfolio["MSFT"].quantity
"""
    during = ticking(world, 100)
    during[45.0] = lambda: world.sim.orders.place_manual(
        "AAPL", "BUY", Decimal(5), orderType="LMT", lmtPrice="50"
    )
    during[50.0] = lambda: world.sim.accounts.set_position("DU1234567", "AAPL", 3, 100)
    outcome = world.run(world.algorithm(source), timedelta(seconds=130), during=during)
    algorithm = outcome.algorithm
    assert outcome.error is None
    assert algorithm.first == 7
    assert algorithm.portfolio["AAPL"].quantity == 3
    assert world.recorder.texts("taken over from IB")
    assert [order.quantity for order in algorithm.handled] == [5]
    assert [t.quantity for t in algorithm.transactions.get_open_order_tickets()] == [5]


def test_the_connection_goes_and_comes(live_world: Any) -> None:
    """The algorithm hears of it, a fill in between is told once, and it goes on."""
    world = live_world()
    source = BASE + """
class Outage(Base):
    def step(self, number):
        if number == 2:
            self.ticket = self.limit_order(self.aapl, 10, 95)
"""
    during = ticking(world, 200)
    during[40.0] = lambda: world.sim.faults.inject("disconnect")
    for n in range(10):
        during[40.1 + n / 10] = lambda: quote(world, 94.0, 94.1)
    outcome = world.run(world.algorithm(source), timedelta(seconds=240), during=during)
    algorithm = outcome.algorithm
    assert outcome.error is None
    assert [call for call in algorithm.calls if isinstance(call, str)] == ["disconnect", "reconnect"]
    assert [e.fill_quantity for e in algorithm.events if e.fill_quantity] == [10]
    assert algorithm.ticket.status is OrderStatus.FILLED
    assert world.position("AAPL") == algorithm.portfolio["AAPL"].quantity == Decimal(10)
