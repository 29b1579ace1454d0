"""A day of the data folder, traded live, on which everything goes wrong that the simulator can make go wrong."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.engine.live.world import ACCOUNT, DATA, LiveWorld

from leanib.engine.live.job import LiveOutcome
from leanib.errors import UsageError
from leanib.ib import Journal
from leanib.ib.references import PREFIX
from leanib.operations.replay import Tape

__all__ = ["HEALINGS", "INCIDENTS", "MONEY", "FaultyDay"]

OPENING = datetime(2013, 2, 25, 14, 30, tzinfo=UTC)
SHARES = ("AAPL", "MSFT")
QUIET = timedelta(minutes=8)
"""What all may take to come to rest: longer than any deadline and than IB's rhythm of telling cash."""
CLIENT = 1

RESTLESS = """
import random

class Restless(QCAlgorithm):
    PLACING = True

    def initialize(self):
        self.set_benchmark(lambda time: 0)
        self.chance = random.Random(SEED)
        self.shares = [self.add_equity(ticker, Resolution.MINUTE).symbol for ticker in ("AAPL", "MSFT")]
        self.disconnects = 0

    def on_brokerage_disconnect(self):
        self.disconnects += 1

    def on_data(self, data):
        if self.utc_time >= UNTIL:
            return
        for share in self.shares:
            if share in data.bars:
                self.act(share, data.bars[share].close)

    def act(self, share, price):
        chance, open_ones = self.chance, list(self.transactions.get_open_order_tickets(share))
        side = -1 if self.portfolio[share].quantity > 0 else 1
        what = chance.choice(("market", "market", "near", "far", "stop", "change", "resize", "cancel", "nothing"))
        if len(open_ones) > 4:
            open_ones[0].cancel("too many")
        elif what == "market":
            self.market_order(share, side * chance.randint(1, 9), asynchronous=chance.random() < 0.5)
        elif what == "near":
            self.limit_order(share, side * chance.randint(1, 9), round(price * (1 + 0.0005 * side), 2))
        elif what == "far":
            self.limit_order(share, side * chance.randint(1, 9), round(price * (1 - 0.01 * side), 2))
        elif what == "stop":
            self.stop_market_order(share, -side * chance.randint(1, 9), round(price * (1 - 0.001 * side), 2))
        elif open_ones and what == "change":
            ticket = chance.choice(open_ones)
            if ticket.order_type == OrderType.LIMIT:
                ticket.update_limit_price(round(price * (1 + 0.0003 * (1 if ticket.quantity > 0 else -1)), 2))
        elif open_ones and what == "resize":
            ticket = chance.choice(open_ones)
            fields = UpdateOrderFields()
            fields.quantity = ticket.quantity + (1 if ticket.quantity > 0 else -1)
            ticket.update(fields)
        elif open_ones and what == "cancel":
            chance.choice(open_ones).cancel()
"""


@dataclass(frozen=True)
class Incident:
    """A fault, and what ends it.

    Attributes:
        settings: Drawn for the fault.
        lasts: Seconds, at least and at most, until it is ended.
        ended_by: The fault that ends it, with its settings; none for what passes by itself.
    """

    settings: Callable[[random.Random], dict[str, Any]] = lambda _chance: {}
    lasts: tuple[float, float] = (5.0, 120.0)
    ended_by: tuple[tuple[str, dict[str, Any]], ...] = ()


def _one(name: str, /, **settings: Any) -> tuple[tuple[str, dict[str, Any]], ...]:
    return ((name, settings),)


def _drawn(**choices: Any) -> Callable[[random.Random], dict[str, Any]]:
    """Settings: of a tuple one is drawn, all else is as it is."""
    return lambda chance: {k: chance.choice(v) if isinstance(v, tuple) else v for k, v in choices.items()}


_ALL_PASS = _one("pass_all")
_FREED = (("thaw", {}), ("reset", {}))
_NEWS = ("OPEN_ORDER", "ORDER_STATUS", "EXECUTION", "COMMISSION_REPORT")
#: every fault by the name that the simulator has for it
INCIDENTS: dict[str, Incident] = {
    # the connection
    "accept_and_ignore": Incident(ended_by=(("reset", {}), ("accept", {}))),
    "refuse": Incident(ended_by=_one("accept")),
    "reset_on_accept": Incident(ended_by=_one("accept")),
    "never_answer_handshake": Incident(ended_by=_one("accept")),
    "never_answer_login": Incident(ended_by=_one("accept")),
    "offer_version": Incident(_drawn(version=(150, 176)), ended_by=_one("offer_version", version=0)),
    "cut_after": Incident(_drawn(bytes_sent=(40, 900, 5000)), ended_by=(("cut_after", {"bytes_sent": 0}),)),
    "reset": Incident(),
    "disconnect": Incident(),
    "freeze": Incident(ended_by=_FREED),
    "hold_client_id": Incident(_drawn(client_id=CLIENT, seconds=(3.0, 30.0))),
    "stick_client_ids": Incident(_drawn(seconds=(3.0, 20.0)), ended_by=_one("stick_client_ids", seconds=0.0)),
    "restart": Incident(_drawn(seconds=(5.0, 90.0), forget_ids=(0, 3))),
    "forget_order_ids": Incident(_drawn(count=(1, 5))),
    "move_port": Incident(_drawn(port=7999)),
    "require_login": Incident(lasts=(20.0, 300.0), ended_by=_one("acknowledge_login")),
    "kick_session": Incident(ended_by=_one("restore_link")),
    "lose_link": Incident(lasts=(5.0, 200.0), ended_by=(("restore_link", {"data_lost": True}),)),
    "storm": Incident(_drawn(code=(1100, 2110, 2103), every=4.0, seconds=(30.0, 60.0)), ended_by=_one("restore_link")),
    "message": Incident(_drawn(code=(101, 321, 354, 1300, 2148, 504, 10197), text="said to everybody")),
    # orders
    "drop_orders": Incident(_drawn(times=(1, 2), reset=(True, False)), ended_by=_one("drop_orders")),
    "hold_orders": Incident(lasts=(40.0, 200.0), ended_by=_one("release_orders")),
    "reject_next": Incident(_drawn(code=(103, 110, 201, 321, 399, 10147, 19999), reason="no", times=(1, 2, 3))),
    "refuse_change": Incident(_drawn(code=(103, 105, 110, 201), reason="no", times=(1, 2, 3))),
    "reject_later": Incident(
        _drawn(
            seconds=(0.001, 0.5, 20.0), code=(0, 201), reason="thrown out", status=("Inactive", "Cancelled"),
            times=(1, 2)
        )
    ),
    "reject_order": Incident(),
    "fork_changes": Incident(lasts=(60.0, 200.0), ended_by=_one("fork_changes", on=False)),
    "manual_order": Incident(_drawn(symbol=SHARES, action=("BUY", "SELL"), quantity=(1, 7))),
    "client_order": Incident(_drawn(client_id=17, symbol=SHARES, action=("BUY", "SELL"), quantity=(2, 5))),
    "change_order": Incident(),
    "fill_order": Incident(),
    "read_only": Incident(ended_by=_one("read_only", on=False)),
    # executions
    "withhold_executions": Incident(_drawn(asked=(True, False)), (30.0, 200.0), _one("withhold_executions", on=False)),
    "withhold_commissions": Incident(lasts=(30.0, 200.0), ended_by=_one("withhold_commissions", on=False)),
    "lose_execution": Incident(_drawn(times=(1, 2, 3))),
    "show_commission": Incident(
        _drawn(value=("-1.0", "1.7976931348623157E308", "-0.35")), ended_by=_one("show_commission")
    ),
    "charge_commission": Incident(_drawn(amount=("-0.35", "12.5")), ended_by=_one("charge_commission")),
    "show_times": Incident(_drawn(zone=("Asia/Tokyo", "US/Central")), ended_by=_one("show_times", zone="US/Eastern")),
    "correct_execution": Incident(_drawn(price=(25.0, 440.0))),
    "replay_portfolio": Incident(),
    "pass_midnight": Incident(),
    # data
    "kill_data": Incident(lasts=(30.0, 300.0), ended_by=_one("revive_data")),
    "lose_subscriptions": Incident(),
    "unsubscribe_data": Incident(_drawn(code=(354, 10168, 10197)), ended_by=_one("unsubscribe_data", code=0)),
    "compete": Incident(ended_by=_one("stop_competing")),
    "farm_down": Incident(_drawn(farm=("market", "history", "definitions")), ended_by=(
        ("farm_up", {"farm": "market"}), ("farm_up", {"farm": "history"}), ("farm_up", {"farm": "definitions"}),
    )),
    "bust": Incident(),
    "late_snapshots": Incident(ended_by=_one("late_snapshots", seconds=0.0)),
    "arrange_account_values": Incident(_drawn(order=("random", "reverse"))),
    # single messages
    "drop": Incident(_drawn(kinds=_NEWS, times=(1, 3)), ended_by=_ALL_PASS),
    "duplicate": Incident(_drawn(kinds=_NEWS, times=(1, 5)), ended_by=_ALL_PASS),
    "delay": Incident(_drawn(seconds=(0.3, 7.0), kinds=_NEWS, times=(1, 4)), ended_by=_ALL_PASS),
    "hold": Incident(_drawn(kinds=_NEWS), ended_by=_one("release")),
    "reverse": Incident(_drawn(window=(2, 3)), ended_by=_ALL_PASS),
    "shuffle": Incident(_drawn(window=(2, 4)), ended_by=_ALL_PASS),
    "split": Incident(_drawn(at=(2, 9), seconds=0.05), ended_by=_ALL_PASS),
    "truncate": Incident(_drawn(at=(3, 12), skip=(0, 5)), ended_by=_ALL_PASS),
    "corrupt": Incident(_drawn(at=(3, 9), kinds=("ORDER_STATUS", "TICK_PRICE")), ended_by=_ALL_PASS),
    "close_before": Incident(_drawn(kinds=_NEWS, reset=(True, False)), ended_by=_ALL_PASS),
    "drop_requests": Incident(_drawn(kinds=("PLACE_ORDER", "CANCEL_ORDER"), times=(1, 2)), ended_by=_ALL_PASS),
    "delay_requests": Incident(
        _drawn(seconds=(0.5, 6.0), kinds=("PLACE_ORDER", "CANCEL_ORDER"), times=(1, 3)), ended_by=_ALL_PASS
    ),
    "throttle": Incident(_drawn(bytes_per_second=4000.0), ended_by=_one("throttle")),
    # the routine of days and weeks, of which this one has the first part
    "nightly_reset": Incident(_drawn(hour=(11, 13), minute=(5, 40), seconds=(20.0, 90.0))),
    "weekly_login": Incident(_drawn(weekday=0, hour=(12, 14)), (7200.0, 9000.0), _one("acknowledge_login")),
}
HEALINGS = frozenset(
    {
        "accept", "acknowledge_login", "farm_up", "pass_all", "release", "release_orders", "restore_link",
        "revive_data", "stop_competing", "thaw",
    }
)  # fmt: skip
#: those that concern orders and their executions
MONEY = (
    "drop_orders", "reject_next", "refuse_change", "reject_later", "reject_order", "change_order", "fill_order",
    "withhold_executions", "withhold_commissions", "lose_execution", "manual_order", "drop", "duplicate", "delay",
    "shuffle", "disconnect", "restart", "lose_link",
)  # fmt: skip


@dataclass
class FaultyDay:
    """Trades a part of the day and injects faults at random moments of it.

    Args:
        world: Simulator and services on virtual time, begun before the opening.
        seed: Decides moments, settings and what the strategy does.
    """

    world: LiveWorld
    seed: int
    injected: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._tape = Tape(self.world.sim, DATA)

    def run(self, names: list[str], length: timedelta) -> LiveOutcome:
        """Trades for so long from the opening, and then waits until all has come to rest."""
        world = self.world
        begin = (OPENING - world.clock.now()).total_seconds() + 90
        during: dict[float, Callable[[], object]] = {}
        for name in names:
            at = begin + self._chance.random() * (length.total_seconds() - 90)
            self._arrange(during, at, name)
        end = begin - 90 + length.total_seconds()
        during[end + 1.0] = self._heal
        until = OPENING.replace(tzinfo=None) + length
        source = RESTLESS.replace("SEED", str(self.seed)).replace("UNTIL", repr(until).removeprefix("datetime."))
        return world.run(
            world.algorithm(source),
            timedelta(seconds=end) + QUIET,
            during=during,
            settings={"quotes": {"stale_after": 200.0}, "orders": {"restart_gate": 0}},
            on_subscription=lambda config: self._tape.play(config.symbol.value, "minute"),
        )

    def _arrange(self, during: dict[float, Callable[[], object]], at: float, name: str) -> None:
        incident = INCIDENTS[name]
        settings = incident.settings(self._chance)
        during[at] = lambda: self._inject(name, settings)
        if incident.ended_by:
            least, most = incident.lasts
            during[at + self._chance.uniform(least, most)] = lambda: [
                self.world.sim.faults.inject(healing, **words) for healing, words in incident.ended_by
            ]

    def _inject(self, name: str, settings: dict[str, Any]) -> None:
        """Injects a fault; one that concerns an order waits until there is one."""
        if name in ("reject_order", "change_order", "fill_order"):
            living = [o for o in self.world.sim.orders.open_orders() if o.order_id > 0 and o.client_id == CLIENT]
            if not living:
                self.world.loop.call_later(20.0, self._inject, name, settings)
                return
            order = self._chance.choice(living)
            settings = {"order_id": order.order_id, "client_id": order.client_id}
            settings |= {"totalQuantity": float(order.quantity + 2)} if name == "change_order" else {}
        try:
            self.world.sim.faults.inject(name, **settings)
        except UsageError:
            if name != "correct_execution":
                raise
            self.world.loop.call_later(60.0, self._inject, name, settings)  # nothing has been executed yet
            return
        self.injected.append(name)

    def _heal(self) -> None:
        """Everything is well again, and stays so."""
        faults = self.world.sim.faults
        faults.clear()
        faults.acknowledge_login()
        faults.reset()

    # --- what must hold ------------------------------------------------------------------------------------------

    def check(self, outcome: LiveOutcome) -> None:
        """Algorithm, journal and Gateway tell the same, and no order was sent twice."""
        assert outcome.error is None, outcome.error
        algorithm, sim = outcome.algorithm, self.world.sim
        journal = Journal(self.world.folder / "storage" / "orders.sqlite3")
        at_ib = [o for o in sim.orders.orders.values() if o.spec.text("orderRef").startswith(PREFIX)]
        self._check_orders(algorithm, journal, at_ib)
        executions = list(sim.orders.blotter.executions.values())
        for share in SHARES:
            con_id = sim.market.instrument(share).con_id
            held = sim.accounts.ledgers[ACCOUNT].quantity(con_id)
            others = sum(
                (e.signed for e in executions if e.item.con_id == con_id and not e.order_ref.startswith(PREFIX)),
                Decimal(0),
            )
            fills = [f for f in journal.fills() if f.con_id == con_id and f.ref.startswith(PREFIX)]
            journalled = sum((fill.signed_quantity for fill in fills), Decimal(0))
            believed = algorithm.portfolio[share].quantity
            assert (believed, journalled + others) == (held, held), (share, believed, journalled, others, held)
        cash = float(sim.accounts.ledgers[ACCOUNT].cash["USD"])
        assert abs(algorithm.portfolio.cash - cash) < 0.02, (algorithm.portfolio.cash, cash)
        journal.close()

    def _check_orders(self, algorithm: Any, journal: Journal, at_ib: list[Any]) -> None:
        refs = Counter(o.spec.text("orderRef") for o in at_ib)
        forked = {ref for ref in refs if any(kind == "forked" for _, kind, _ in journal.history(ref))}
        assert all(count == 1 for ref, count in refs.items() if ref not in forked), "an order was sent twice"
        records = {record.ref: record for record in journal.orders(ACCOUNT)}
        assert set(refs) <= set(records), "an order at IB is in no journal"
        for order in at_ib:
            ref = order.spec.text("orderRef")
            if ref not in forked:
                assert records[ref].filled == order.filled, (ref, records[ref].filled, order.filled, order.status)
        if forked:  # IB has two orders of one id, of which a client can cancel one: a person has to, and was told
            assert any(alert.key == "order-forked" for alert in self.world.alerts)
        living = {
            o.spec.text("orderRef"): (o.quantity * o.sign, o.limit, o.stop)
            for o in at_ib
            if not o.done and o.spec.text("orderRef") not in forked
        }
        run = self.world.runs[-1]
        open_ones = {}
        for ticket in algorithm.transactions.get_open_order_tickets():
            order = algorithm.transactions.get_order_by_id(ticket.order_id)
            ref = run.broker.ref_of(order.id)
            if ref and ref not in forked:
                limit, stop = (getattr(order, f"{name}_price_decimal", None) for name in ("limit", "stop"))
                open_ones[ref] = (order.quantity_decimal, limit, stop)
        assert open_ones == living, {ref: (open_ones.get(ref), living.get(ref)) for ref in {*open_ones, *living}}
