"""What IB's callbacks mean for the orders of the journal.

Executions are the truth; statuses are hints that may repeat, be missing or come late
(https://interactivebrokers.github.io/tws-api/order_submission.html). An order is found by our own reference, then by
IB's permanent id, then by client and order id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from ib_async import CommissionReport, Contract, Execution, Order, OrderState

from leanib.ib.alerts import Severity
from leanib.ib.codes import MODIFY_KEEPS_ORDER, REJECTING
from leanib.ib.connection import IBConnection
from leanib.ib.journal import FillRecord, Journal, OrderRecord, OrderStatus
from leanib.ib.orders.terms import differences, terms_from_ib
from leanib.ib.references import PREFIX
from leanib.ib.signals import Signal

__all__ = ["OrderMessages", "status_from_ib"]

_FROM_IB = {
    "ApiPending": OrderStatus.PENDING,
    "PendingSubmit": OrderStatus.PENDING,
    "PreSubmitted": OrderStatus.SUBMITTED,
    "Submitted": OrderStatus.SUBMITTED,
    "Cancelled": OrderStatus.CANCELLED,
    "ApiCancelled": OrderStatus.CANCELLED,
}
_LARGEST_COMMISSION = Decimal(10) ** 9


def status_from_ib(record: OrderRecord, word: str) -> OrderStatus | None:
    """What IB's status word makes of an order; None where it says nothing new.

    `Filled` is not taken at its word: the executions decide. `Inactive` and `PendingCancel` are no outcome.
    """
    status = _FROM_IB.get(word)
    if status is None or record.status.is_final:
        return None
    if status in (OrderStatus.PENDING, OrderStatus.SUBMITTED) and record.filled:
        return OrderStatus.PARTIALLY_FILLED
    if status is OrderStatus.PENDING and record.status is not OrderStatus.UNKNOWN:
        return None
    return status


class OrderMessages:
    """Listens to the connection and writes the journal."""

    def __init__(
        self,
        connection: IBConnection,
        journal: Journal,
        changed: Signal[[OrderRecord]],
        lost: Signal[[OrderRecord]],
        on_fork: Callable[[OrderRecord], None],
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._changed = changed
        self._lost = lost
        self._on_fork = on_fork
        self._modifying: set[str] = set()
        self._cancelling: set[str] = set()
        messages = connection.messages
        messages.open_order.connect(self.on_open_order)
        messages.order_status.connect(self.on_order_status)
        messages.execution.connect(self.on_execution)
        messages.commission.connect(self.on_commission)
        messages.error.connect(self.on_error)

    def modifying(self, record: OrderRecord) -> None:
        """A modification is on its way: an error now concerns it and not the order's life."""
        self._modifying.add(record.ref)

    def cancelling(self, record: OrderRecord) -> None:
        """We asked for its cancellation: it is not lost when it ends."""
        self._cancelling.add(record.ref)
        self._journal.note(record.ref, self._connection.clock.now(), "cancel intended")

    def find(self, ref: str, perm_id: int, client_id: int, order_id: int) -> OrderRecord | None:
        """The journal's order behind IB's identities, or None when it is somebody else's."""
        if ref:
            return self._journal.order(ref)
        by_id = self._journal.order_by_id(client_id, order_id) if order_id > 0 else None
        by_perm_id = self._journal.orders_by_perm_id(perm_id)
        if not by_perm_id:
            if by_id is not None and by_id.perm_id and perm_id and by_id.perm_id != perm_id:
                return None  # an id that IB gave out a second time
            return by_id
        if by_id is None:
            return by_perm_id[0] if len(by_perm_id) == 1 else None
        return next((record for record in by_perm_id if record.ref == by_id.ref), None)

    def on_open_order(self, order_id: int, contract: Contract, order: Order, state: OrderState) -> None:
        """IB holds the order."""
        record = self.find(order.orderRef, order.permId, order.clientId, order_id)
        if record is None:
            return
        record = self._confirmed(self._identified(record, order.permId), order)
        self._hint(record, state.status)

    def on_order_status(self, order_id: int, status: str, filled: float, remaining: float, perm_id: int) -> None:
        """A hint of where the order stands."""
        record = self.find("", perm_id, self._connection.client_id, order_id)
        if record is not None:
            self._hint(self._identified(record, perm_id), status)

    def on_execution(self, contract: Contract, execution: Execution) -> None:
        """A fill: written once, counted once."""
        ref = execution.orderRef if execution.orderRef.startswith(PREFIX) else ""
        record = self.find(ref, execution.permId, execution.clientId, execution.orderId)
        fill = _fill(contract, execution, record.ref if record else execution.orderRef)
        if not self._journal.record_fill(fill):
            return
        if record is None:
            self._connection.log.info("fill of another order", exec_id=fill.exec_id, symbol=fill.symbol)
            return
        record = self._identified(self._journal.order(record.ref) or record, execution.permId)
        if fill.correction > 1:
            self._connection.alert(Severity.WARNING, "fill-corrected", f"IB corrected a fill of order {record.ref}")
        self._count(record, fill)

    def on_commission(self, report: CommissionReport) -> None:
        """What a fill cost; -1 and the largest double mean that IB does not know yet."""
        amount = Decimal(str(report.commission))
        if amount == -1 or not amount.is_finite() or abs(amount) >= _LARGEST_COMMISSION:
            return
        self._journal.record_commission(report.execId, amount, report.currency)
        fill = self._journal.fill(report.execId)
        record = self._journal.order(fill.ref) if fill is not None else None
        if record is not None:
            self._changed.emit(record)

    def on_error(self, request: int, code: int, text: str) -> None:
        """An error that carries an order's id."""
        if request <= 0:
            return
        record = self._journal.order_by_id(self._connection.client_id, request)
        if record is None or record.status.is_final:
            return
        if record.ref in self._modifying and code in MODIFY_KEEPS_ORDER:
            self._modifying.discard(record.ref)
            self._journal.update(
                record, self._connection.clock.now(), "change is over", asked=record.holds, change=""
            )
            self.settle(record, record.status, "modification refused", f"{code}: {text}")
        elif code == 202:
            self.settle(record, OrderStatus.CANCELLED, "cancelled", text)
        elif code in REJECTING and not record.filled and not self._was_live(record):
            self.settle(record, OrderStatus.REJECTED, "rejected", f"{code}: {text}")
        else:
            self.settle(record, record.status, "message", f"{code}: {text}")

    def settle(self, record: OrderRecord, status: OrderStatus, kind: str, message: str = "") -> None:
        """Gives an order a status, writes why and tells the listeners."""
        changed = self._journal.update(
            record, self._connection.clock.now(), kind, status=status, message=message or record.message
        )
        self._connection.log.info("order", ref=record.ref, status=status.value, what=kind, text=message)
        self._changed.emit(changed)
        given_up = status is OrderStatus.CANCELLED and record.ref not in self._cancelling
        if not record.status.is_final and (status is OrderStatus.REJECTED or given_up):
            self._lost.emit(changed)

    def _confirmed(self, record: OrderRecord, order: Order) -> OrderRecord:
        """Writes what IB holds, where it is not what was known."""
        held = terms_from_ib(order)
        if held is None:
            return record
        done = bool(record.change) and not differences(record.asked, held)
        if held == record.confirmed and not done:
            return record
        fields: dict[str, Any] = {"confirmed": held}
        if done:
            self._modifying.discard(record.ref)
            fields["change"] = ""
        return self._journal.update(record, self._connection.clock.now(), "confirmed", **fields)

    def _was_live(self, record: OrderRecord) -> bool:
        return record.status in (OrderStatus.SUBMITTED, OrderStatus.PARTIALLY_FILLED)

    def _hint(self, record: OrderRecord, word: str) -> None:
        status = status_from_ib(record, word)
        if status is not None and status is not record.status:
            self.settle(record, status, f"IB says {word}")
        elif not record.status.is_final:
            self._changed.emit(record)

    def _identified(self, record: OrderRecord, perm_id: int) -> OrderRecord:
        if not perm_id or perm_id == record.perm_id:
            return record
        if record.perm_id:
            self._forked(record, perm_id)
            return record
        return self._journal.update(record, self._connection.clock.now(), "identified", perm_id=perm_id)

    def _forked(self, record: OrderRecord, perm_id: int) -> None:
        known = {detail.get("perm_id") for _, kind, detail in self._journal.history(record.ref) if kind == "forked"}
        if perm_id in known:
            return
        self._journal.note(record.ref, self._connection.clock.now(), "forked", perm_id=perm_id, first=record.perm_id)
        self._connection.alert(
            Severity.CRITICAL,
            "order-forked",
            f"order {record.ref} is live twice at IB (permIds {record.perm_id} and {perm_id}); check it in TWS",
        )
        self._on_fork(record)

    def _count(self, record: OrderRecord, fill: FillRecord) -> None:
        filled = record.filled
        if filled > record.quantity:
            self._connection.alert(
                Severity.CRITICAL, "overfilled", f"order {record.ref} was filled {filled} of {record.quantity}"
            )
        status = OrderStatus.FILLED if filled >= record.quantity else OrderStatus.PARTIALLY_FILLED
        if record.status is OrderStatus.CANCELLED and status is OrderStatus.PARTIALLY_FILLED:
            status = OrderStatus.CANCELLED
        text = f"{fill.side} {fill.quantity.normalize():f} at {fill.price}"
        self.settle(record, status, "filled" if status is OrderStatus.FILLED else "fill", text)


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
