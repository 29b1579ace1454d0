"""What must hold whatever happened: journals, the Gateway's books, limits and protection, and what people were told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.faults.schedules import SYMBOLS, Setup
from tests.faults.world import ACCOUNTS, Services, World

from leanib.ib import Journal, OrderRecord, OrderStatus, Severity
from leanib.simulator.orders.model import Execution, Order

__all__ = ["Watch", "check"]

ZERO = Decimal(0)
OURS = "leanib-"


class Watch:
    """Looks at the Gateway whenever something changes there: no limit may ever be exceeded, by whatever could fill."""

    def __init__(self, world: World, setup: Setup) -> None:
        self.world = world
        self.setup = setup
        self.excesses: list[str] = []
        self.others_at: datetime | None = None
        self.days = 0
        self._seen: dict[int, tuple[Any, ...]] = {}
        world.sim.gateway.announcer.observers.append(self)

    def others_acted(self) -> None:
        """Somebody else than our programs trades on the account."""
        self.others_at = self.world.clock.now()

    def day_over(self) -> None:
        """From now on the Gateway tells nothing of what has ended."""
        self.days += 1
        self.world.sim.faults.pass_midnight()

    def changed(self, order: Order) -> None:
        """The Gateway holds an order, or holds it otherwise."""
        ref = order.spec.text("orderRef")
        held = (order.quantity, order.limit, order.parent_id)
        before, self._seen[order.perm_id] = self._seen.get(order.perm_id), held
        if not self.setup.limit or not ref.startswith(OURS) or order.done or before == held:
            return
        if self.others_at is None:
            self._measure(order)
        elif before is None and not order.parent_id and (meant := self._meant_at(ref)) and meant > self.others_at:
            self._measure(order)  # it was sent by one who could know what the others have done

    def executed(self, execution: Execution) -> None:
        """What has filled works no more; the sum is the same."""

    def _meant_at(self, ref: str) -> datetime | None:
        for program in self.world.programs:
            try:
                record = program.journal.order(ref)
            except Exception:  # a program that was killed has closed its journal
                continue
            if record is not None:
                return record.created_at
        return None

    def _measure(self, order: Order) -> None:
        account, item = order.account, order.item
        held = self.world.sim.accounts.ledgers[account].quantity(item.con_id)
        working = [
            o for o in self.world.sim.orders.orders.values() if not o.done and o.item is item and o.account == account
        ]
        side = "long" if order.buying else "short"
        reach = (held if order.buying else -held) + _could_fill(working, order.buying)
        if reach > self.setup.limit:
            self.excesses.append(
                f"{self.world.clock.now():%H:%M:%S.%f} {item.symbol} of {account} could be {reach} {side}, more "
                f"than {self.setup.limit}, by {order.spec.text('orderRef')}: {held} held, {_described(working)}"
            )


def _could_fill(working: Iterable[Order], buying: bool) -> Decimal:
    """The most that can fill on one side: of the legs of one order only one fills, and only what their parent has.

    Legs follow a changed parent a moment later; what they are too large by is looked at when all is at rest.
    """
    alone, legs, parents = ZERO, defaultdict(list), {}
    for order in working:
        parents[order.client_id, order.order_id] = order
    for order in parents.values():
        if order.buying != buying:
            continue
        if order.parent_id:
            legs[order.client_id, order.parent_id].append(order)
        else:
            alone += order.remaining
    for key, together in legs.items():
        parent = parents.get(key)
        if parent is not None:
            alone += min(parent.filled, max(leg.remaining for leg in together))
        else:  # a leg that was never activated ends with its order, or is about to be fitted to what that has filled
            alone += max((leg.remaining for leg in together if leg.activated), default=ZERO)
    return alone


def _described(working: Iterable[Order]) -> str:
    return ", ".join(
        f"{o.spec.text('orderRef') or 'by hand'} {'B' if o.buying else 'S'}{o.remaining} of {o.parent_id or '-'}"
        for o in working
    )


def check(world: World, watch: Watch, programs: list[Services]) -> None:
    """Everything that must hold once everything is at rest."""
    assert not watch.excesses, watch.excesses[0]
    at_ib = [order for order in world.sim.orders.orders.values() if order.spec.text("orderRef").startswith(OURS)]
    refs = Counter(order.spec.text("orderRef") for order in at_ib)
    assert all(count == 1 for count in refs.values()), f"sent twice: {refs}"
    by_ref = {order.spec.text("orderRef"): order for order in at_ib}
    journals = {program.journal.path: program.journal for program in programs}
    records = {record.ref: record for journal in journals.values() for record in journal.orders()}
    assert set(refs) <= set(records), "an order at IB that no journal knows"
    for record in records.values():
        _check_order(world, watch, record, by_ref.get(record.ref))
    _check_fills(world, watch, journals.values(), records)
    for program in programs:
        _check_positions(world, program)
    for journal in journals.values():
        _check_protection(world, journal, by_ref)


def _told(world: World, *names: str, severity: Severity | None = None) -> list[str]:
    return [
        alert.text
        for alert in world.alerts
        if any(name in alert.text for name in names) and severity in (None, alert.severity)
    ]


def _check_order(world: World, watch: Watch, record: OrderRecord, order: Order | None) -> None:
    ref, status = record.ref, record.status
    if order is None:
        assert status in (OrderStatus.REJECTED, OrderStatus.CANCELLED), (ref, status, "not at IB")
        assert not record.filled, (ref, record.filled, "not at IB")
        return
    if order.done and order.completed_time < world.sim.gateway.forgotten_until:
        _check_ended_on_another_day(world, record, order)
        return
    assert not record.change, (ref, "a change is still open")
    assert record.filled == order.filled, (ref, record.filled, order.filled, order.status)
    if not order.done:
        assert not status.is_final, (ref, status, order.status)
        assert status is not OrderStatus.UNKNOWN, (ref, "unknown, and it lives")
        assert _terms(record) == _terms_at_ib(order), (ref, _terms(record), _terms_at_ib(order))
    elif order.status == "Filled":
        assert status is OrderStatus.FILLED, (ref, status, order.status)
    else:
        assert status in (OrderStatus.CANCELLED, OrderStatus.REJECTED), (ref, status, order.status)


def _check_ended_on_another_day(world: World, record: OrderRecord, order: Order) -> None:
    """The Gateway tells no more of it: what the journal says is right, or a person was told that it is not known."""
    right = record.filled == order.filled and (
        record.status is OrderStatus.FILLED if order.status == "Filled" else record.status.is_final
    )
    assert right or _told(world, record.ref, severity=Severity.CRITICAL), (record.ref, record.status, record.filled)


def _terms(record: OrderRecord) -> tuple[Any, ...]:
    assert record.confirmed is not None, (record.ref, "lives at IB and was never confirmed")
    fields = record.confirmed.fields
    prices = (Decimal(fields[name]) if name in fields else None for name in ("lmtPrice", "auxPrice"))
    return (record.confirmed.quantity, fields["orderType"], fields["tif"], record.confirmed.account, *prices)


def _terms_at_ib(order: Order) -> tuple[Any, ...]:
    return (order.quantity, order.kind, order.tif, order.account, order.limit, order.stop)


def _check_fills(world: World, watch: Watch, journals: Iterable[Journal], records: dict[str, OrderRecord]) -> None:
    """The executions of our orders are in the journal once each, as the Gateway has them."""
    at_ib = {e.exec_id: (e.order_ref, e.signed, e.price) for e in world.sim.orders.blotter.executions.values()}
    written = {
        fill.exec_id: (fill.ref, fill.signed_quantity, fill.price)
        for journal in journals
        for fill in journal.fills()
        if not fill.is_away and fill.ref in records
    }
    assert all(at_ib[name] == row for name, row in written.items()), "an execution that is not IB's"
    if not watch.days:
        missing = {name: row for name, row in at_ib.items() if row[0] in records and name not in written}
        assert not missing, missing


def _check_positions(world: World, program: Services) -> None:
    snapshot = program.accounts.snapshot()
    assert snapshot.complete, snapshot.reason
    for symbol in SYMBOLS:
        item = world.sim.market.instrument(symbol)
        ledger = world.sim.accounts.ledgers[program.connection.account]
        assert ledger.account in ACCOUNTS
        assert Decimal(str(snapshot.position(item.con_id))) == ledger.quantity(item.con_id)


def _check_protection(world: World, journal: Journal, by_ref: dict[str, Order]) -> None:
    """Every bracket's position has a stop of its size at IB, was given up on purpose, or a person was told."""
    for record in journal.orders():
        legs = journal.legs(record.ref)
        order = by_ref.get(record.ref)
        if not legs or order is None:
            continue
        at_ib = [by_ref[leg.ref] for leg in legs if leg.ref in by_ref]
        exposed = order.filled - sum((leg.filled for leg in at_ib), ZERO)
        stops = [leg for leg in at_ib if leg.kind == "STP" and not leg.done]
        if exposed <= 0 or any(leg.remaining >= exposed for leg in stops):
            continue
        stop_refs = [leg.ref for leg in legs if leg.terms["orderType"] == "STP"]
        given_up = any(kind == "cancel intended" for ref in stop_refs for _, kind, _ in journal.history(ref))
        told = _told(world, record.ref, *stop_refs, severity=Severity.CRITICAL)
        assert given_up or told, (record.ref, exposed, [(leg.kind, leg.remaining, leg.status) for leg in at_ib])
