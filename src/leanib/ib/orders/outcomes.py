"""Writing what became of an order, and telling it: to listeners, and to a person where it matters."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from leanib.ib.alerts import Severity
from leanib.ib.connection import IBConnection
from leanib.ib.journal import Journal, OrderRecord, OrderStatus
from leanib.ib.orders.inbox import Inbox
from leanib.ib.signals import Signal

__all__ = ["Outcomes"]


class Outcomes:
    """The only writer of what IB confirms. To be used within the inbox; telling waits until it is written.

    Attributes:
        changed_signal: An order is not what it was before.
        lost_signal: An order was refused, thrown out, or cancelled by somebody else than us: it does not work any more.
    """

    def __init__(self, connection: IBConnection, journal: Journal, inbox: Inbox) -> None:
        self._connection = connection
        self._journal = journal
        self._inbox = inbox
        self._cancelling: set[str] = set()
        #: When a change was sent; for those of an earlier process nobody knows.
        self.change_sent: dict[str, datetime] = {}
        self.changed_signal: Signal[[OrderRecord]] = Signal("order changed")
        self.lost_signal: Signal[[OrderRecord]] = Signal("order lost")

    def cancelling(self, record: OrderRecord) -> None:
        """We asked for its cancellation: it is not lost when it ends."""
        self._cancelling.add(record.ref)
        self._inbox.take(lambda: self._journal.note(record.ref, self._connection.clock.now(), "cancel intended"))

    def write(self, record: OrderRecord, kind: str, **fields: Any) -> OrderRecord:
        """Writes fields of an order with the reason."""
        return self._journal.update(record, self._connection.clock.now(), kind, **fields)

    def tell(self, severity: Severity, key: str, text: str) -> None:
        """Tells a person, once it is written."""
        self._inbox.afterwards(lambda: self._connection.alert(severity, key, text))

    def changed(self, record: OrderRecord) -> None:
        """Tells the listeners, once it is written."""
        self._inbox.afterwards(lambda: self.changed_signal.emit(record))

    def settle(self, record: OrderRecord, status: OrderStatus, kind: str, message: str = "") -> OrderRecord:
        """Gives an order a status, writes why and tells the listeners."""
        fields: dict[str, Any] = {}
        if status is not record.status:
            fields["status"] = status
        if message and message != record.message:
            fields["message"] = message
        if status.is_final and record.change:
            fields |= {"change": "", "asked": record.holds}
        after = self.write(record, kind, **fields) if fields else record
        if fields:
            self._connection.log.info("order", ref=record.ref, status=status.value, what=kind, text=message)
        self.changed(after)
        if not record.status.is_final and self._is_loss(after):
            self._inbox.afterwards(lambda: self.lost_signal.emit(after))
        return after

    def _is_loss(self, after: OrderRecord) -> bool:
        given_up = after.status is OrderStatus.CANCELLED and after.ref not in self._cancelling
        return after.status is OrderStatus.REJECTED or given_up

    def count(self, record: OrderRecord, text: str) -> OrderRecord:
        """Draws the conclusion from what has filled by now."""
        if record.filled > record.most:
            self.tell(
                Severity.CRITICAL, "overfilled", f"order {record.ref} was filled {record.filled} of {record.most}"
            )
        full = record.filled >= record.most
        if full:
            status = OrderStatus.FILLED
        elif record.status in (OrderStatus.CANCELLED, OrderStatus.INACTIVE):
            status = record.status
        else:
            status = OrderStatus.PARTIALLY_FILLED if record.filled else record.status
        return self.settle(record, status, "filled" if full else "fill", text)

    def concluded(self, record: OrderRecord) -> OrderRecord:
        """An order of which nothing is left to fill, by the terms that hold by now, is filled."""
        if record.status.is_final or not record.filled or record.filled < record.most:
            return record
        return self.settle(record, OrderStatus.FILLED, "filled")

    def filled_away(self, record: OrderRecord, total: Decimal, why: str) -> OrderRecord:
        """Enters what executions do not tell of: `total` is filled in all, `why` says who knows."""
        more = total - record.filled
        record = self.write(record, "filled while away", away_total=total, told_filled=max(total, record.told_filled))
        text = f"{more.normalize():f} filled while away, price not known ({why})"
        self.tell(
            Severity.CRITICAL,
            "filled-while-away",
            f"order {record.ref} ({record.action} {record.symbol}): {text}; the day's statement tells the price",
        )
        return self.count(record, text)

    def change_refused(self, record: OrderRecord, words: str) -> OrderRecord:
        """The order is as IB holds it; what was asked is not."""
        after = self.write(record, "change refused", asked=record.holds, change="", message=words)
        self.tell(
            Severity.WARNING,
            "change-refused",
            f"the change of order {record.ref} was not taken ({words}): it is {described(after)}",
        )
        self.changed(after)
        return self.concluded(after)

    def never_arrived(self, record: OrderRecord, words: str) -> OrderRecord:
        """IB itself says that it knows no such order."""
        if record.perm_id or record.confirmed is not None or record.filled:
            return self.write(record, "message", message=f"IB does not know it any more ({words})")
        return self.settle(record, OrderStatus.REJECTED, "resolved", f"it never reached IB ({words})")

    def unknown(self, record: OrderRecord, why: str) -> OrderRecord:
        """Nobody can tell what became of it; told once."""
        if record.status is OrderStatus.UNKNOWN:
            return record
        self.tell(
            Severity.CRITICAL,
            "order-unknown",
            f"the fate of order {record.ref} is unknown: {why}; 'leanib order resolve {record.ref}' settles it",
        )
        return self.settle(record, OrderStatus.UNKNOWN, "unknown", why)

    def thrown_out(self, record: OrderRecord, words: str) -> OrderRecord:
        """IB had taken the order and does not work it any more."""
        self.tell(
            Severity.CRITICAL,
            "order-lost",
            f"IB threw order {record.ref} out ({record.action} {record.symbol} {described(record)}): {words}",
        )
        return self.settle(record, OrderStatus.REJECTED, "thrown out", words)


def described(record: OrderRecord) -> str:
    """Quantity, type and prices that hold, in a few words."""
    terms = record.terms
    prices = [str(terms[name]) for name in ("auxPrice", "lmtPrice") if name in terms]
    return " ".join([f"{record.quantity.normalize():f}", str(terms.get("orderType", "")), *prices]).strip()
