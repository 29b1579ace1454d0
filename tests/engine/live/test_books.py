"""Several strategies on one account: each has its own holdings and never another's orders."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.engine.live.test_orders import BASE, quote, ticking
from tests.engine.live.world import live_world

__all__ = ["live_world"]

TRADER = BASE + """
class Trader(Base):
    SIZE = 10

    def step(self, number):
        if number == 2 and not self.portfolio[self.aapl].invested:
            self.market_order(self.aapl, self.SIZE, tag="entry")
            self.limit_order(self.aapl, 1, 50, tag="resting")
"""


def test_books_hold_what_their_own_orders_filled(live_world: Any) -> None:
    """A long and a short book on one share; the account holds the difference, which is told to nobody."""
    world = live_world()
    long = world.algorithm(TRADER, "first")
    world.run(long, timedelta(seconds=45), during=ticking(world, 60), book="first")
    short = world.algorithm(TRADER.replace("SIZE = 10", "SIZE = -10"), "second")
    outcome = world.run(short, timedelta(seconds=90), during=ticking(world, 100), book="second")
    assert outcome.algorithm.portfolio["AAPL"].quantity == -10
    assert [t.quantity for t in outcome.algorithm.transactions.get_order_tickets()] == [-10, 1]
    assert world.position("AAPL") == 0
    assert not world.recorder.texts("books together")
    again = world.run(long, timedelta(seconds=45), during=ticking(world, 60), book="first").algorithm
    assert again.portfolio["AAPL"].quantity == 10
    assert again.portfolio["AAPL"].average_price == 100.1
    assert {t.tag for t in again.transactions.get_open_order_tickets()} == {"resting"}


def test_what_no_book_has_done_is_told(live_world: Any) -> None:
    """A trade by hand leaves the books as they are, and is said."""
    world = live_world()
    during = ticking(world, 150)
    during[50.0] = lambda: world.sim.orders.place_manual("AAPL", "BUY", Decimal(3), orderType="MKT")
    during[52.0] = lambda: quote(world, 100.0, 100.1)
    outcome = world.run(world.algorithm(TRADER), timedelta(seconds=120), during=during, book="only")
    assert outcome.algorithm.portfolio["AAPL"].quantity == 10
    assert world.position("AAPL") == 13
    assert len(world.recorder.texts("the books together hold 10 of AAPL and the account 13")) == 1


def test_a_liquidation_closes_only_the_book(live_world: Any) -> None:
    """What another book holds stays."""
    from leanib.engine.live.job import AtEnd

    world = live_world()
    algorithm = world.algorithm(TRADER)
    world.run(algorithm, timedelta(seconds=45), during=ticking(world, 60), book="first")
    world.run(algorithm, timedelta(seconds=45), during=ticking(world, 60), book="second", on_exit=AtEnd.LIQUIDATE)
    assert world.position("AAPL") == 10
    assert [order.limit for order in world.sim.orders.open_orders()] == [50]
