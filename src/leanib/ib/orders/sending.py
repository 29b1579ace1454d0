"""The one place that writes orders and changes to the socket, and notes that it did."""

from __future__ import annotations

from functools import partial

from ib_async import Contract, Order

from leanib.ib.combos import is_combination, routing
from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument
from leanib.ib.errors import NotReady, OrderRefused
from leanib.ib.exercises import is_exercise
from leanib.ib.journal import Journal, OrderRecord, OrderStatus
from leanib.ib.order_request import from_terms
from leanib.ib.orders.answers import Answers
from leanib.ib.orders.inbox import Inbox
from leanib.ib.orders.outcomes import Outcomes
from leanib.ib.orders.resolution import Resolution

__all__ = ["Sender"]

_EXERCISE = 1
"""IB's action; 2 lets options lapse."""


class Sender:
    """Sends what the journal already holds."""

    def __init__(
        self,
        connection: IBConnection,
        journal: Journal,
        inbox: Inbox,
        outcomes: Outcomes,
        answers: Answers,
        resolution: Resolution,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._inbox = inbox
        self._outcomes = outcomes
        self._answers = answers
        self._resolution = resolution

    def send(self, records: list[OrderRecord], instrument: Instrument) -> None:
        """Sends an order and those attached to it; the last of them releases all.

        Raises:
            OrderRefused: The connection was lost on the way; what was not sent is rejected.
        """
        parent_id = records[0].order_id
        for number, record in enumerate(records):
            is_last = record is records[-1]
            try:
                if is_exercise(record.terms):
                    self._exercise(record, instrument.contract)
                else:
                    order = from_terms(record.action, record.quantity, record.terms)
                    order.smartComboRoutingParams = routing(instrument, record.terms)
                    self._transmit(record, order, instrument.contract, parent_id if number else 0, transmit=is_last)
            except OrderRefused:
                for unsent in records[number:]:
                    self._inbox.take(partial(self._not_sent, unsent))
                raise
            self._resolution.sent(record.ref)
            self._inbox.take(partial(self._journal.note, record.ref, self._connection.clock.now(), "sent"))
            self._answers.expect(record.ref)

    def send_change(self, record: OrderRecord, instrument: Instrument) -> None:
        """Sends what is asked of an order that IB holds; of a combination with the contract as IB told it.

        IB does not take its own legs back for the same when they are written anew (LEAN's plug-in, issue 66).

        Raises:
            OrderRefused: The connection was lost; the order is as IB holds it.
        """
        order = from_terms(record.action, record.asked.quantity, dict(record.asked.fields))
        order.smartComboRoutingParams = routing(instrument, record.asked.fields)
        contract = Contract(**record.contract)
        if is_combination(record.contract):
            told = self._connection.client.told_contract(record.client_id, record.order_id)
            contract = told if told is not None and told.comboLegs else instrument.contract
        self._outcomes.change_sent[record.ref] = self._connection.clock.now()
        self._answers.expect(record.ref)
        try:
            self._transmit(record, order, contract, self._parent_id(record), transmit=True)
        except OrderRefused:
            self._inbox.take(lambda: self._change_not_sent(record.ref))
            raise
        self._inbox.take(lambda: self._note_change_sent(record.ref))

    def _not_sent(self, record: OrderRecord) -> None:
        self._outcomes.settle(record, OrderStatus.REJECTED, "not sent", "the connection was lost")

    def _change_not_sent(self, ref: str) -> None:
        self._outcomes.change_refused(self._order(ref), "not sent, the connection was lost")

    def _note_change_sent(self, ref: str) -> None:
        record = self._order(ref)
        if record.change:
            self._outcomes.write(record, "modify sent", change="sent")

    def _transmit(
        self, record: OrderRecord, order: Order, contract: Contract, parent_id: int, *, transmit: bool
    ) -> None:
        order.orderId = record.order_id
        order.clientId = record.client_id
        order.orderRef = record.ref
        order.account = record.account
        order.parentId = parent_id
        order.transmit = transmit
        try:
            self._connection.client.client.placeOrder(record.order_id, contract, order)
        except (ConnectionError, NotReady) as error:
            # Raised before anything is written to the socket.
            raise OrderRefused(f"not sent: the connection was lost just before order {record.ref}") from error

    def _exercise(self, record: OrderRecord, contract: Contract) -> None:
        """The instruction about options that are held, under the order's id."""
        override = int(bool(record.terms.get("override")))
        try:
            self._connection.client.client.exerciseOptions(
                record.order_id, contract, _EXERCISE, int(record.quantity), record.account, override
            )
        except (ConnectionError, NotReady) as error:  # as above
            raise OrderRefused(f"not sent: the connection was lost just before order {record.ref}") from error

    def _parent_id(self, record: OrderRecord) -> int:
        """The id of an order's parent while that can still fill: IB refuses one that is over."""
        parent = self._journal.order(record.parent_ref) if record.parent_ref else None
        return parent.order_id if parent is not None and not parent.status.is_final else 0

    def _order(self, ref: str) -> OrderRecord:
        record = self._journal.order(ref)
        assert record is not None
        return record
