"""In a stretch, pending orders are looked at only where something can happen to them; what happens stays the same."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from tests.engine.core.both_ways import check
from tests.engine.core.test_stretches import MONDAY, Minutes, minutes, trades  # noqa: F401 - a fixture

from leanib.engine.brokerages.backtesting import BacktestingBrokerage
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.market import Slice
from leanib.engine.orders.slippage.models import ConstantSlippageModel
from leanib.engine.orders.time_in_force import TimeInForce


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every look that the simulated brokerage takes at a pending order."""
    found: list[Any] = []
    look = BacktestingBrokerage._scan_order

    def counted(brokerage: BacktestingBrokerage, order: Any) -> None:
        found.append(order)
        look(brokerage, order)

    monkeypatch.setattr(BacktestingBrokerage, "_scan_order", counted)
    return found


class Trades(Minutes):
    """Orders of all kinds at prices around the market, changed and cancelled now and then."""

    cash, seed, extended, size = 100_000, 1, False, 40

    def set_up(self) -> None:
        self.set_cash(self.cash)
        self.set_end_date(MONDAY + timedelta(days=1 if self.extended else 4))
        self.rng = random.Random(self.seed)
        for ticker in ("ABC", "XYZ", "SPL"):
            self.add_equity(ticker, self.resolution, extended_market_hours=self.extended)

    def step(self, data: Slice) -> None:
        if self.rng.random() < 0.03:
            self.trade(self.rng.choice(("ABC", "XYZ", "SPL")))
        if self.rng.random() < 0.01:
            self.change()

    def trade(self, ticker: str) -> None:
        """One more order."""
        rng, price = self.rng, self.securities[ticker].price
        if not price:
            return
        size = rng.choice((-1, 1)) * rng.randrange(1, self.size)
        low, high = round(price * 0.995, 2), round(price * 1.004, 2)
        self.default_order_properties.time_in_force = rng.choice(
            (TimeInForce.GOOD_TIL_CANCELED, TimeInForce.DAY, TimeInForce.good_til_date(self.time + timedelta(days=2)))
        )
        rng.choice(
            (
                lambda: self.limit_order(ticker, size, low if size > 0 else high),
                lambda: self.stop_market_order(ticker, size, high if size > 0 else low),
                lambda: self.stop_limit_order(ticker, size, high if size > 0 else low, low if size > 0 else high),
                lambda: self.trailing_stop_order(ticker, size, 0.004, True),
                lambda: self.trailing_stop_order(ticker, size, 0.2, False),
                lambda: self.limit_if_touched_order(ticker, size, low if size > 0 else high, price),
                lambda: self.market_on_close_order(ticker, size),
                lambda: self.market_on_open_order(ticker, size),
                lambda: self.market_order(ticker, size),
            )
        )()

    def change(self) -> None:
        """An open order gets another price, or is cancelled."""
        tickets = list(self.transactions.get_open_order_tickets())
        if not tickets:
            return
        ticket = self.rng.choice(tickets)
        if ticket.order_type.name == "LIMIT" and self.rng.random() < 0.7:
            ticket.update_limit_price(round(self.securities[ticket.symbol].price * self.rng.uniform(0.997, 1.003), 2))
        else:
            ticket.cancel()

    def on_order_event(self, order_event: Any) -> None:
        self.say(self.time, order_event)


@pytest.mark.parametrize(("seed", "cash", "extended"), [(1, 100_000, False), (2, 100_000, True), (3, 4_000, False)])
def test_orders_of_all_kinds(minutes: Any, seed: int, cash: int, extended: bool) -> None:  # noqa: F811
    """With plenty of money and with too little, in the market's hours and beyond them."""
    run = check(minutes, type("Some", (Trades,), {"seed": seed, "cash": cash, "extended": extended}))
    assert run.algorithm.transactions.orders_count > 15
    kinds = {order.status.name for order in run.algorithm.transactions.get_orders()}
    assert {"FILLED", "CANCELED"} <= kinds


def test_models_of_the_users_own_are_asked_at_each_step(minutes: Any) -> None:  # noqa: F811
    """A slippage model that counts is called as often as ever."""

    class Counts(ConstantSlippageModel):
        calls = 0

        def get_slippage_approximation(self, asset: Any, order: Any) -> float:
            Counts.calls += 1
            return 0.01 * (Counts.calls % 3)

    class Own(Trades):
        seed = 5

        def set_up(self) -> None:
            super().set_up()
            Counts.calls = 0
            self.securities["ABC"].set_slippage_model(Counts(0.0))

        def on_end_of_algorithm(self) -> None:
            self.say(Counts.calls)

    check(minutes, Own)


def test_an_order_far_from_the_market_costs_nothing(minutes: Any, looks: list[Any]) -> None:  # noqa: F811
    """Limits and stops that are never reached are looked at some times a day, not twice a minute."""

    class Waits(Minutes):
        def step(self, data: Slice) -> None:
            if self.steps == 5:
                self.market_order("ABC", 100)
                self.limit_order("ABC", 10, 5)
                self.stop_market_order("ABC", -10, 4)
                self.limit_order("XYZ", 10, 2)

    quick = run_backtest(Waits, Job(minutes.folder, "it"))
    assert quick.steps_in_stretches > 2000
    assert len(looks) < 200
    looks.clear()
    check(minutes, Waits)
    assert len(looks) > 20_000


def test_a_market_order_without_a_fresh_price_costs_nothing(minutes: Any, looks: list[Any]) -> None:  # noqa: F811
    """It waits for a stock that is traded no more, while another one goes on."""
    lines, _ = trades(random.Random(3), 30.0, range(390), 0.9)
    minutes.write_zip(f"equity/usa/minute/old/{MONDAY:%Y%m%d}_trade.zip", lines)
    minutes.map_file("old")

    class Stale(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.add_equity("OLD", self.resolution)

        def step(self, data: Slice) -> None:
            if self.steps == 800:
                self.market_order("ABC", 100)
                self.market_order("OLD", 10)

        def on_order_event(self, order_event: Any) -> None:
            self.say(self.time, order_event)

    quick = run_backtest(Stale, Job(minutes.folder, "it"))
    assert len(quick.algorithm.transactions.get_open_orders()) == 1
    assert len(looks) < 100
    check(minutes, Stale)


def test_orders_for_an_opening_that_does_not_come_cost_nothing(minutes: Any, looks: list[Any]) -> None:  # noqa: F811
    """Ordered each evening behind the end of a stock's data, they are looked at once, and wake with newer data."""
    lines, _ = trades(random.Random(3), 30.0, range(390), 0.9)
    for day in (0, 7):
        minutes.write_zip(f"equity/usa/minute/old/{MONDAY + timedelta(days=day):%Y%m%d}_trade.zip", lines)
    minutes.map_file("old")

    class Evenings(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.add_equity("OLD", self.resolution)
            self.schedule.on(self.date_rules.every_day(), self.time_rules.every(timedelta(hours=1)), self.order_old)

        def order_old(self) -> None:
            if not self.is_market_open("OLD") and self.securities["OLD"].price:
                self.market_on_open_order("OLD", 1)
                if self.transactions.orders_count % 9 == 0:
                    self.transactions.get_open_orders()[0].tag = "seen"
                    self.transactions.cancel_order(self.transactions.get_open_orders()[0].id)

        def on_order_event(self, order_event: Any) -> None:
            self.say(self.time, order_event)

    quick = run_backtest(Evenings, Job(minutes.folder, "it"))
    filled = [o for o in quick.algorithm.transactions.get_orders() if o.status.name == "FILLED"]
    assert len(filled) > 60
    assert len(looks) < 3 * quick.algorithm.transactions.orders_count
    check(minutes, Evenings)
