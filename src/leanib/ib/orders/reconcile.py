"""Asking IB what became of the orders: after every connection, every return of the link, and whenever it is doubted.

Open orders first, then completed ones, then executions, so that whatever the first two call filled is met among the
last; then positions, which tell of what filled on days that executions no longer list. Everything is applied as it
arrives (`messages`); here is concluded what only a complete answer can tell. Nothing is ever sent again to find out.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ib_async import Fill, Order, Position, Trade

from leanib.ib.alerts import Severity
from leanib.ib.client import GatewayClient
from leanib.ib.connection import IBConnection
from leanib.ib.errors import JournalError, RequestTimedOut
from leanib.ib.journal import Journal, Neighbours, OrderRecord, OrderStatus
from leanib.ib.orders.away import JUDGED, judge_by_positions
from leanib.ib.orders.doubts import Doubts
from leanib.ib.orders.inbox import Inbox
from leanib.ib.orders.messages import OrderMessages
from leanib.ib.orders.outcomes import Outcomes
from leanib.ib.orders.terms import as_decimal, differences, terms_from_ib
from leanib.ib.signals import Signal
from leanib.ib.snapshot import Snapshot

__all__ = ["Reconciliation"]

_FRESH = timedelta(seconds=30)
"""Orders of other client ids that are younger are being sent by another program right now."""
_FRESH_S = _FRESH.total_seconds() + 1
_RECENT = timedelta(days=2)
"""IB's statuses tell of orders that live or have just ended."""
_ENDED = ("Cancelled", "ApiCancelled")


class Reconciliation:
    """One comparison of the journal with IB at a time."""

    def __init__(
        self,
        connection: IBConnection,
        journal: Journal,
        inbox: Inbox,
        outcomes: Outcomes,
        messages: OrderMessages,
        doubts: Doubts,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._inbox = inbox
        self._outcomes = outcomes
        self._messages = messages
        self._doubts = doubts
        self._lock = asyncio.Lock()
        self._neighbours = Neighbours(connection.settings.state_folder, journal.path)
        #: What IB holds of each (account, contract id), after everything was compared.
        self.positions_known: Signal[[dict[tuple[str, int], Decimal]]] = Signal("positions known")

    async def run(self, client: GatewayClient) -> None:
        """Asks and applies the answers.

        Raises:
            RequestTimedOut: An answer is incomplete: nothing was concluded.
        JournalError: The journal cannot take the answers: nothing was concluded.
        """
        async with self._lock:
            await self._run(client)

    async def _run(self, client: GatewayClient) -> None:
        if self._connection.state.read_only:
            return
        self._neighbours.announce()
        asked_at = self._connection.clock.now()
        timeout = self._connection.settings.connection.request_timeout
        ask = self._connection.question
        open_trades: Snapshot[Trade] = await ask("open orders").ask(client.reqAllOpenOrdersAsync, timeout)
        completed: Snapshot[Trade] = await ask("completed orders").ask(
            lambda: client.reqCompletedOrdersAsync(False), timeout
        )
        executions: Snapshot[Fill] = await ask("executions").ask(client.reqExecutionsAsync, timeout)
        if self._connection.state.read_only:
            return
        _require(open_trades, completed, executions)
        self._require_written()
        positions: Snapshot[Position] = await ask("positions").ask(client.reqPositionsAsync, timeout)
        _require(positions)
        self._require_written()
        self._inbox.take(lambda: self._conclude(open_trades, completed, positions, asked_at))

    def _require_written(self) -> None:
        if self._inbox.is_behind and not self._inbox.retry():
            raise JournalError("orders could not be reconciled: the order journal cannot be written")

    def _conclude(
        self,
        open_trades: Snapshot[Trade],
        completed: Snapshot[Trade],
        positions: Snapshot[Position],
        asked_at: datetime,
    ) -> None:
        listed = {record.ref: trade for trade in open_trades.items if (record := self._record_of(trade)) is not None}
        ended = {record.ref: trade for trade in completed.items if (record := self._record_of(trade)) is not None}
        for ref, trade in listed.items():
            if ref not in ended:
                self._listed(ref, trade, asked_at)
        for ref, trade in ended.items():
            self._ended(ref, trade)
        fresh = self._accept_what_was_told(asked_at)
        left = [r for r in self._journal.open_orders() if r.ref not in listed and r.ref not in ended]
        self._judge([record for record in left if self._is_missing(record, asked_at)], positions, fresh)
        if any(self._is_fresh(record, asked_at) for record in self._journal.open_orders()):
            self._inbox.afterwards(lambda: self._doubts.raise_about("", "another program's orders", within=_FRESH_S))

    def _judge(self, missing: list[OrderRecord], positions: Snapshot[Position], fresh: frozenset[str]) -> None:
        held = {(line.account, line.contract.conId): Decimal(str(line.position)) for line in positions.items}
        judged = judge_by_positions(self._journal, missing, held, fresh, self._traded_elsewhere)
        for record in missing:
            if record.ref in self._messages.refusals:
                self._refused(record, self._messages.refusals.pop(record.ref))
            elif (filled := judged.get(record.ref)) is not None:
                self._ended_while_away(record, filled)
            elif record.perm_id or record.confirmed is not None:
                self._outcomes.unknown(record, "IB lists it neither as open nor as completed: look it up in TWS")
            else:
                self._outcomes.unknown(record, "IB never answered to it and lists it nowhere: it is not sent again")
        self._journal.record_positions(held, self._connection.clock.now())
        self._inbox.afterwards(lambda: self.positions_known.emit(held))

    def _traded_elsewhere(self, account: str, con_id: int) -> Decimal | None:
        known = self._journal.executions_of(account, con_id)
        mine = {record.ref for record in self._journal.orders(account)}
        return self._neighbours.traded(account, con_id, self._journal.compared_at(), known, mine)

    def _listed(self, ref: str, trade: Trade, asked_at: datetime) -> None:
        """IB holds the order: a change that it has not taken by now is none, and what was held for over is not."""
        record = self._order(ref)
        if record.change and self._is_old_change(record, asked_at):
            self._outcomes.change_refused(record, "IB holds other terms")
            record = self._order(ref)
        word = trade.orderStatus.status
        refusal = self._messages.refusals.pop(ref, "")
        if word == "Inactive":
            self._inactive(record, refusal)
        elif record.status.is_final and record.updated_at <= asked_at and word not in (*_ENDED, "Filled"):
            self._revive(record)
        elif record.status is OrderStatus.INACTIVE:
            status = OrderStatus.PARTIALLY_FILLED if record.filled else OrderStatus.SUBMITTED
            self._outcomes.settle(record, status, f"IB says {word}")

    def _inactive(self, record: OrderRecord, refusal: str) -> None:
        if record.status is OrderStatus.INACTIVE or record.status.is_final:
            return
        self._outcomes.tell(
            Severity.CRITICAL,
            "order-inactive",
            f"IB holds order {record.ref} ({record.action} {record.symbol}) and does not work it {refusal}".rstrip(),
        )
        self._outcomes.settle(record, OrderStatus.INACTIVE, "IB says Inactive", refusal)

    def _revive(self, record: OrderRecord) -> None:
        if record.status is OrderStatus.FILLED and record.filled >= record.quantity:
            return
        self._outcomes.tell(
            Severity.CRITICAL,
            "order-alive",
            f"order {record.ref} was taken for {record.status.value} and is live at IB: it counts again",
        )
        status = OrderStatus.PARTIALLY_FILLED if record.filled else OrderStatus.SUBMITTED
        self._outcomes.settle(record, status, "IB lists it as open")

    def _ended(self, ref: str, trade: Trade) -> None:
        """IB lists the order as completed."""
        record = self._order(ref)
        told = as_decimal(trade.order.filledQuantity) or Decimal(0)
        if told > record.told_filled:
            record = self._outcomes.write(record, f"IB says {told} filled in all", told_filled=told)
        word = trade.orderStatus.status
        if record.status.is_final:
            return
        record = self._last_terms(record, trade.order)
        if word in _ENDED:
            self._outcomes.settle(record, OrderStatus.CANCELLED, "completed", f"IB says {word}")
        elif word == "Inactive":
            self._refused(record, self._messages.refusals.pop(ref, "") or record.message or "IB says Inactive")
        elif word == "Filled" and told == 0:
            self._outcomes.write(record, "IB says Filled", told_filled=record.most)
        elif word == "Filled":
            if record.quantity != told:
                record = self._outcomes.write(record, "IB holds", confirmed=replace(record.holds, quantity=told))
            self._outcomes.concluded(record)

    def _last_terms(self, record: OrderRecord, order: Order) -> OrderRecord:
        """An order that is over waits for no change: it was taken, or it never will be."""
        if not record.change:
            return record
        held = terms_from_ib(order)
        if held is not None and not differences(record.asked, held):
            return self._outcomes.write(record, "change confirmed", confirmed=held, change="")
        return self._outcomes.change_refused(record, "the order was over")

    def _refused(self, record: OrderRecord, words: str) -> None:
        if record.confirmed is not None or record.filled:
            self._outcomes.thrown_out(record, words)
        else:
            self._outcomes.settle(record, OrderStatus.REJECTED, "rejected", words)

    def _accept_what_was_told(self, asked_at: datetime) -> frozenset[str]:
        """Statuses and completed orders told of fills that the executions, asked for after them, do not: of which."""
        fresh = set()
        for record in self._journal.underfilled(asked_at - _RECENT):
            if record.client_id == self._connection.client_id or self._is_old(record, asked_at):
                self._outcomes.filled_away(record, record.told_filled, "by the order's status")
                fresh.add(record.ref)
        return frozenset(fresh)

    def _ended_while_away(self, record: OrderRecord, filled: Decimal) -> None:
        """Nothing but the position tells, and somebody else's trade may be in it: said, and open to correction."""
        words = f"{filled.normalize():f} of {record.most.normalize():f} filled, as the position shows"
        self._journal.note(record.ref, self._connection.clock.now(), JUDGED, filled=str(filled))
        if filled > record.filled:
            record = self._outcomes.filled_away(record, filled, "as the position shows")
        self._outcomes.tell(
            Severity.CRITICAL,
            "order-judged",
            f"order {record.ref} ended while nobody listened and IB lists it nowhere: {words}; where somebody else "
            f"traded {record.symbol} meanwhile, 'leanib order resolve {record.ref} --filled QUANTITY' puts it right",
        )
        if not record.status.is_final:
            self._outcomes.settle(record, OrderStatus.CANCELLED, "ended while away", f"ended while away: {words}")

    def _is_fresh(self, record: OrderRecord, asked_at: datetime) -> bool:
        """Whether it is another program's, too young to be judged, and may be nobody's by now."""
        waits = record.status is OrderStatus.PENDING or bool(record.change)
        mine = record.client_id == self._connection.client_id
        return waits and not mine and record.account in self._connection.accounts and not self._is_old(record, asked_at)

    def _is_missing(self, record: OrderRecord, asked_at: datetime) -> bool:
        if record.created_at > asked_at or record.filled >= record.most > 0:
            return False
        return record.account in self._connection.accounts and self._is_old(record, asked_at)

    def _is_old(self, record: OrderRecord, asked_at: datetime) -> bool:
        """Whether the answers can be expected to know it: another program's order or change may be on its way."""
        if record.client_id == self._connection.client_id:
            return record.updated_at <= asked_at
        return record.updated_at <= asked_at - _FRESH

    def _is_old_change(self, record: OrderRecord, asked_at: datetime) -> bool:
        if record.client_id == self._connection.client_id:
            return self._outcomes.change_sent.get(record.ref, asked_at) <= asked_at
        return self._is_old(record, asked_at)

    def _record_of(self, trade: Trade) -> OrderRecord | None:
        order = trade.order
        now = self._connection.clock.now()
        return self._messages.identities.find(order.orderRef, order.permId, order.clientId, order.orderId, now).record

    def _order(self, ref: str) -> OrderRecord:
        record = self._journal.order(ref)
        assert record is not None
        return record


def _require(*answers: Snapshot[Any]) -> None:
    incomplete = next((answer for answer in answers if not answer.complete), None)
    if incomplete is not None:
        raise RequestTimedOut(f"orders could not be reconciled: {incomplete.reason}")
