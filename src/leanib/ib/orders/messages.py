"""What IB's callbacks mean for the orders of the journal: the one place that applies them.

Terms are what openOrder tells, fills are what executions tell; statuses are hints that may repeat, be missing or come
late (https://interactivebrokers.github.io/tws-api/order_submission.html). Each message is checked against what the
others said, and where they differ IB is asked within seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from ib_async import CommissionReport, Contract, Execution, Order, OrderState

from leanib.ib.alerts import Severity
from leanib.ib.codes import (
    CANCEL_ANSWERS,
    CANCELLED,
    CANNOT_CANCEL,
    NO_SUCH_ORDER,
    NOT_PROCESSED,
    REJECTING,
    is_warning,
)
from leanib.ib.combos import leg_of_fill, leg_reference, order_reference
from leanib.ib.connection import IBConnection
from leanib.ib.exercises import behind, held_terms, is_exercise, leg_of_execution
from leanib.ib.journal import FillRecord, Journal, OrderRecord, OrderStatus
from leanib.ib.orders.doubts import Doubts
from leanib.ib.orders.identity import Identities
from leanib.ib.orders.inbox import Inbox
from leanib.ib.orders.outcomes import Outcomes
from leanib.ib.orders.terms import as_decimal, differences, terms_from_ib
from leanib.ib.references import PREFIX

__all__ = ["PROBED", "OrderMessages"]

PROBED = "asked through a cancellation"
"""What is noted of an order whose cancellation asked IB whether it knows it."""

_LIVE = {"PreSubmitted": OrderStatus.SUBMITTED, "Submitted": OrderStatus.SUBMITTED}
_PENDING = ("ApiPending", "PendingSubmit")
_CANCELLED = ("Cancelled", "ApiCancelled")
_LARGEST_COMMISSION = Decimal(10) ** 9


class OrderMessages:
    """Listens to the connection and applies what it hears through the inbox."""

    def __init__(
        self,
        connection: IBConnection,
        journal: Journal,
        inbox: Inbox,
        outcomes: Outcomes,
        doubts: Doubts,
        on_fork: Callable[[OrderRecord], None],
        on_ghost: Callable[[OrderRecord], None],
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._inbox = inbox
        self._outcomes = outcomes
        self._doubts = doubts
        self._on_fork = on_fork
        self._on_ghost = on_ghost
        self.identities = Identities(journal)
        #: What IB said against an order that was not known to live, until asking tells its fate.
        self.refusals: dict[str, str] = {}
        #: Orders whose cancellation asks IB whether it knows them at all.
        self.probed: set[str] = set()
        #: Orders sent over the present connection: one that IB does not know may still wait where nobody sees it.
        self.sent_here: set[str] = set()
        #: Order ids that lived at IB when last heard of, with their references: what can be cancelled blindly.
        self.living: dict[int, str] = {}
        messages = connection.messages
        messages.open_order.connect(self.on_open_order)
        messages.order_status.connect(self.on_order_status)
        messages.execution.connect(self.on_execution)
        messages.commission.connect(self.on_commission)
        messages.error.connect(self.on_error)

    def new_session(self) -> None:
        """Another connection."""
        self.identities.new_session()
        self.probed.clear()
        self.sent_here.clear()
        self.living.clear()

    def on_open_order(self, order_id: int, contract: Contract, order: Order, state: OrderState) -> None:
        """IB holds the order, with these terms."""
        if order.clientId == self._connection.client_id and order_id > 0:
            self._note_living(order_id, order.orderRef, state.status)
        self._inbox.take(lambda: self._open_order(order_id, order, state.status))

    def on_order_status(
        self, order_id: int, status: str, filled: float, remaining: float, perm_id: int, client_id: int
    ) -> None:
        """A hint of where the order stands."""
        told, left = as_decimal(filled) or Decimal(0), as_decimal(remaining)
        self._inbox.take(lambda: self._status(order_id, status, told, left, perm_id, client_id))

    def on_execution(self, contract: Contract, execution: Execution) -> None:
        """A fill: written once, counted once."""
        self._inbox.take(lambda: self._execution(contract, execution))

    def on_commission(self, report: CommissionReport) -> None:
        """What a fill cost, negative for a rebate; -1 and the largest double mean that IB does not know yet."""
        amount = Decimal(str(report.commission))
        if amount != -1 and amount.is_finite() and abs(amount) < _LARGEST_COMMISSION:
            self._inbox.take(lambda: self._commission(report.execId, amount, report.currency))

    def on_error(self, request: int, code: int, text: str) -> None:
        """An error that carries an order's id."""
        if request > 0:
            self._inbox.take(lambda: self._error(request, code, text))

    def _note_living(self, order_id: int, ref: str, word: str) -> None:
        if word in ("Filled", *_CANCELLED, "Inactive"):
            self.living.pop(order_id, None)
        else:
            self.living[order_id] = ref

    def _find(self, ref: str, perm_id: int, client_id: int, order_id: int) -> OrderRecord | None:
        found = self.identities.find(ref, perm_id, client_id, order_id, self._now())
        if found.doubtful:
            self._doubts.raise_about("", f"permId {perm_id} and id {order_id} of client {client_id} are two orders")
        return found.record

    def _open_order(self, order_id: int, order: Order, word: str) -> None:
        record = self._find(order.orderRef, order.permId, order.clientId, order_id)
        if record is None:
            return
        if order.orderRef:
            self.identities.seen(record)
        record = self._identified(record, order.permId)
        given_up = record.status is OrderStatus.REJECTED and record.confirmed is None and self._was_probed(record)
        record = self._outcomes.concluded(self._confirmed(record, order))
        self._hint(record, word)
        if given_up and word in (*_LIVE, *_PENDING):
            self._came_after_all(record)

    def _confirmed(self, record: OrderRecord, order: Order) -> OrderRecord:
        """Writes what IB holds, where it is not what was known."""
        held = held_terms(record, terms_from_ib(order))
        if held is None or (held == record.confirmed and not record.change):
            return record
        if record.change:
            if differences(record.asked, held):
                if held != record.confirmed:  # as it was before the change arrived, or another's change
                    record = self._outcomes.write(record, "IB holds", confirmed=held)
                return record
            return self._outcomes.write(record, "change confirmed", confirmed=held, change="")
        first = record.confirmed is None
        record = self._outcomes.write(record, "confirmed" if first else "IB holds", confirmed=held)
        if first and (otherwise := differences(record.asked, held)):
            words = ", ".join(f"{name} {after} for {before}" for name, (before, after) in otherwise.items())
            self._outcomes.tell(
                Severity.WARNING, "order-differs", f"IB holds order {record.ref} otherwise than asked: {words}"
            )
        if held.account and held.account != record.account:
            self._outcomes.tell(
                Severity.CRITICAL, "order-account", f"IB holds order {record.ref} for another account than asked"
            )
        return record

    def _status(
        self, order_id: int, word: str, told: Decimal, left: Decimal | None, perm_id: int, client_id: int
    ) -> None:
        record = self._find("", perm_id, client_id, order_id)
        if record is None:
            return
        record = self._identified(record, perm_id)
        if told > record.told_filled:
            record = self._outcomes.write(record, f"IB says {told} filled", told_filled=told)
        if told > record.filled or (word == "Filled" and record.filled < record.quantity):
            self._doubts.raise_about(record.ref, f"IB says {told} filled, executions say {record.filled}")
        elif word in _LIVE and left is not None and told + left != record.quantity and not record.change:
            self._doubts.raise_about(record.ref, f"IB says {told} of {told + left}, the journal {record.quantity}")
        self._hint(record, word)

    def _hint(self, record: OrderRecord, word: str) -> None:
        """What a status word makes of an order; `Filled` is not taken at its word, executions decide."""
        if word == "Inactive" and not record.status.is_final:
            self._doubts.raise_about(record.ref, "IB says that the order does not work")
        elif record.status.is_final:
            if word in _LIVE and record.status is not OrderStatus.FILLED:
                self._doubts.raise_about(record.ref, f"it is {record.status.value} and IB says {word}")
        elif word in _CANCELLED:
            self._outcomes.settle(record, OrderStatus.CANCELLED, f"IB says {word}")
        elif word in _LIVE or (word in _PENDING and record.status is OrderStatus.UNKNOWN):
            self.refusals.pop(record.ref, None)
            status = OrderStatus.PARTIALLY_FILLED if record.filled else _LIVE.get(word, OrderStatus.PENDING)
            self._outcomes.settle(record, status, f"IB says {word}")
        else:
            self._outcomes.changed(record)

    def _execution(self, contract: Contract, execution: Execution) -> None:
        ref = execution.orderRef if execution.orderRef.startswith(PREFIX) else ""
        record = self._find(ref, execution.permId, execution.clientId, execution.orderId)
        record = record or behind(self._journal, contract, execution)
        leg = 0
        if record is not None:
            leg = leg_of_fill(record.contract, contract) or leg_of_execution(record, contract)
        fill = _fill(contract, execution, leg_reference(record.ref, leg) if record else execution.orderRef)
        if not self._journal.record_fill(fill):
            return
        if contract.secType == "BAG":  # it costs what its legs cost, which is told of them
            self._journal.record_commission(fill.exec_id, Decimal(0), contract.currency)
        if record is None:
            self._connection.log.info("fill of another order", exec_id=fill.exec_id, symbol=fill.symbol)
            return
        record = self._identified(self._journal.order(record.ref) or record, execution.permId)
        if fill.correction > 1:
            text = f"IB corrected a fill of order {record.ref}"
            self._outcomes.tell(Severity.WARNING, "fill-corrected", text)
        if leg:  # the combination's own execution counts
            self._outcomes.changed(record)
            return
        self._outcomes.count(record, f"{fill.side} {fill.quantity.normalize():f} at {fill.price}")

    def _commission(self, exec_id: str, amount: Decimal, currency: str) -> None:
        self._journal.record_commission(exec_id, amount, currency)
        fill = self._journal.fill(exec_id)
        record = self._journal.order(order_reference(fill.ref)) if fill is not None else None
        if record is not None:
            self._outcomes.changed(record)

    def _error(self, order_id: int, code: int, text: str) -> None:
        record = self.identities.by_id(self._connection.client_id, order_id, self._now())
        if record is None or record.status.is_final:
            return
        words = f"{code}: {text}"
        if code == CANCELLED:
            self._outcomes.settle(record, OrderStatus.CANCELLED, "cancelled", text)
        elif code in NO_SUCH_ORDER and record.ref in self.probed:
            self.probed.discard(record.ref)
            self._unknown_to_ib(record, words)
        elif code == CANNOT_CANCEL and text.rstrip(". ").endswith("state: Filled") and self._is_told_filled(record):
            self._outcomes.filled_away(record, record.quantity, f"IB says to its cancellation: {text}")
        elif code in CANCEL_ANSWERS:
            self._outcomes.write(record, "message", message=words)
            self._doubts.raise_about(record.ref, words)
        elif is_warning(code):
            self._outcomes.changed(self._outcomes.write(record, "message", message=words))
        elif record.change:
            self._outcomes.change_refused(record, words)
            self._doubts.raise_about(record.ref, words)
        elif _is_rejecting(code, record) and not record.filled and record.confirmed is None:
            self._outcomes.settle(record, OrderStatus.REJECTED, "rejected", words)
            self._doubts.raise_about(record.ref, words)
        else:
            self.refusals[record.ref] = words
            self._outcomes.write(record, "message", message=words)
            self._doubts.raise_about(record.ref, words, within=0.5)

    @staticmethod
    def _is_told_filled(record: OrderRecord) -> bool:
        """Whether an order that IB lists nowhere any more is known well enough to be filled by its word."""
        return record.status is OrderStatus.UNKNOWN and not record.change and record.filled < record.quantity

    def _was_probed(self, record: OrderRecord) -> bool:
        return any(kind == PROBED for _, kind, _ in self._journal.history(record.ref))

    def _came_after_all(self, record: OrderRecord) -> None:
        """Its cancellation was asked for, IB knew no such order, and here it is: nobody counts on it any more."""
        self._outcomes.tell(
            Severity.CRITICAL,
            "order-late",
            f"order {record.ref} ({record.action} {record.symbol}) was given up, since IB knew no such order, and has "
            "come alive: it is cancelled again; what it filled counts",
        )
        self._inbox.afterwards(lambda: self._on_ghost(record))

    def _unknown_to_ib(self, record: OrderRecord, words: str) -> None:
        """What was sent over an earlier connection has died with it; over this one it may still come."""
        if record.ref in self.sent_here:
            self._outcomes.write(record, "message", message=words)
            why = f"order {record.ref} was sent and is nowhere"
            self._inbox.afterwards(lambda: self._connection.renew(why))
        else:
            self._outcomes.never_arrived(record, words)

    def _identified(self, record: OrderRecord, perm_id: int) -> OrderRecord:
        if not perm_id or perm_id == record.perm_id:
            return record
        if record.perm_id:
            self._forked(record, perm_id)
            return record
        return self._outcomes.write(record, "identified", perm_id=perm_id)

    def _forked(self, record: OrderRecord, perm_id: int) -> None:
        known = {detail.get("perm_id") for _, kind, detail in self._journal.history(record.ref) if kind == "forked"}
        if perm_id in known:
            return
        self._journal.note(record.ref, self._now(), "forked", perm_id=perm_id, first=record.perm_id)
        self._outcomes.tell(
            Severity.CRITICAL,
            "order-forked",
            f"order {record.ref} is live twice at IB (permIds {record.perm_id} and {perm_id}); check it in TWS",
        )
        self._inbox.afterwards(lambda: self._on_fork(record))

    def _now(self) -> datetime:
        return self._connection.clock.now()


def _is_rejecting(code: int, record: OrderRecord) -> bool:
    """Whether a code in answer to a new order leaves no doubt that it does not exist."""
    return code in REJECTING or (code == NOT_PROCESSED and is_exercise(record.asked.fields))


def _fill(contract: Contract, execution: Execution, ref: str) -> FillRecord:
    moment: Any = execution.time
    return FillRecord(
        exec_id=execution.execId,
        ref=ref,
        perm_id=execution.permId,
        account=execution.acctNumber,
        con_id=contract.conId,
        symbol=contract.localSymbol or contract.symbol,
        side=execution.side,
        quantity=Decimal(str(execution.shares)),
        price=Decimal(str(execution.price)),
        time=moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment)),
    )
