"""Settling orders of unknown fate: asking again, asking through a cancellation, and a person's word.

An order that IB answered to never and lists nowhere has not arrived, or waits where nobody sees it (behind a dialog, as
the untransmitted leg of a bracket that was cut). A cancellation tells the two apart: 10147 says that IB knows no such
order, 202 that it is gone now. It is sent for orders of an earlier connection and for legs of brackets soon, and for
those of this connection after a minute without any answer. What was sent over this connection and IB does not know may
still come out of the dialog, so that 10147 does not settle it: the connection is given up, and the next one asks again.
An order that comes alive after it was given up is cancelled again and told.

Exercises are not asked about so: IB gives up one that works, and has no question that would only ask. They are settled
by what IB lists and fills and by the position, a day after they were meant when all these say nothing, or by a person.

Only the client id that sent an order can ask so. What another one sent may be held back where no list shows it, and is
nobody else's to settle before a day has passed, in which the Gateway has restarted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

from leanib.ib.connection import IBConnection
from leanib.ib.errors import IBError, OrderRefused
from leanib.ib.exercises import is_exercise
from leanib.ib.journal import Journal, OrderRecord, OrderStatus
from leanib.ib.orders.away import JUDGED
from leanib.ib.orders.inbox import Inbox
from leanib.ib.orders.messages import PROBED, OrderMessages
from leanib.ib.orders.outcomes import Outcomes

__all__ = ["Resolution"]

_SOON = 8.0
"""Seconds before orders of an earlier connection, and legs of brackets, are settled."""
_LATE = 60.0
"""Seconds before those of this connection are."""
_DAY = timedelta(days=1)
"""After which orders of another client id are nowhere when IB lists them nowhere."""


class Resolution:
    """Takes care of the orders whose fate is unknown."""

    def __init__(
        self,
        connection: IBConnection,
        journal: Journal,
        inbox: Inbox,
        outcomes: Outcomes,
        messages: OrderMessages,
        ask: Callable[[], Awaitable[None]],
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._inbox = inbox
        self._outcomes = outcomes
        self._messages = messages
        self._ask = ask
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def sent(self, ref: str) -> None:
        """The order was sent over the present connection."""
        self._messages.sent_here.add(ref)

    def cancel(self) -> None:
        """The connection is gone."""
        self._messages.sent_here.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
            self._task = None

    def plan(self) -> None:
        """Looks for orders of unknown fate, and when to settle them."""
        unknown = self._unknown()
        if not unknown or self._timer is not None or (self._task is not None and not self._task.done()):
            return
        delay = _SOON if any(self._is_soon(record) for record in unknown) else _LATE
        self._timer = asyncio.get_running_loop().call_later(delay, self._start, delay == _LATE)

    def _start(self, late: bool) -> None:
        self._timer = None
        if self._connection.state.is_trading_ready:
            self._task = asyncio.create_task(self._settle_all(late), name="ib-resolve-orders")

    async def _settle_all(self, late: bool) -> None:
        try:
            await self._ask()
            for record in self._unknown():
                if late or self._is_soon(record):
                    self._settle(record)
        except (IBError, ConnectionError) as error:
            self._connection.log.warning("orders could not be resolved now", error=str(error))
        self._task = None
        self.plan()

    def _settle(self, record: OrderRecord) -> None:
        if record.client_id == self._connection.client_id and not is_exercise(record.asked.fields):
            self._messages.probed.add(record.ref)
            self._connection.client.client.cancelOrder(record.order_id, "")
            now = self._connection.clock.now()
            self._inbox.take(lambda: self._journal.note(record.ref, now, PROBED))
        else:
            words = "asked twice, and IB lists it nowhere"
            self._inbox.take(lambda: self._never_arrived(record, words))

    def _never_arrived(self, record: OrderRecord, words: str) -> None:
        self._outcomes.never_arrived(record, words)

    def _unknown(self) -> list[OrderRecord]:
        """Those that never were at IB as far as is known, and were not yet asked about through a cancellation."""
        return [
            record
            for record in self._journal.open_orders()
            if record.status is OrderStatus.UNKNOWN
            and record.account in self._connection.accounts
            and not (record.perm_id or record.confirmed is not None or record.filled)
            and record.ref not in self._messages.probed
            and self._may_settle(record)
        ]

    def _may_settle(self, record: OrderRecord) -> bool:
        is_mine = record.client_id == self._connection.client_id and not is_exercise(record.asked.fields)
        return is_mine or self._connection.clock.now() - record.created_at >= _DAY

    def _is_soon(self, record: OrderRecord) -> bool:
        is_earlier = record.ref not in self._messages.sent_here
        return is_earlier or bool(record.parent_ref) or bool(self._journal.legs(record.ref))

    async def resolve(self, record: OrderRecord, timeout: float, *, filled: Decimal | None) -> None:
        """Settles one order: by asking, by a cancellation, or by a person's word.

        Raises:
            OrderRefused: Nobody but a person can tell, and none did; or the word does not fit the order.
        """
        await self._ask()
        now = self._journal.order(record.ref)
        if now is None:
            return
        if filled is not None:
            self._by_hand(now, filled)
            return
        if now.status is not OrderStatus.UNKNOWN:
            return
        if not self._may_settle(now) and is_exercise(now.asked.fields):
            raise OrderRefused(
                f"whether IB has exercise {now.ref} it does not tell: look it up in TWS (Option Exercise) and say "
                f"'leanib order resolve {now.ref} --filled QUANTITY' (0 if nothing was exercised)"
            )
        if not self._may_settle(now):
            raise OrderRefused(
                f"order {now.ref} was sent with client id {now.client_id}, which alone can ask IB whether it "
                f"is held back: give --client-id {now.client_id}"
            )
        self._settle(now)
        deadline = asyncio.get_running_loop().time() + timeout
        while asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.05)
            now = self._journal.order(record.ref)
            if now is None or now.status is not OrderStatus.UNKNOWN:
                return
        raise OrderRefused(
            f"IB cannot tell any more what became of order {record.ref}: look it up in TWS or the day's statement and "
            f"say 'leanib order resolve {record.ref} --filled QUANTITY' (0 if nothing filled)"
        )

    def _by_hand(self, record: OrderRecord, filled: Decimal) -> None:
        judged = any(kind == JUDGED for _, kind, _ in self._journal.history(record.ref))
        if record.status is not OrderStatus.UNKNOWN and not judged:
            if filled == record.filled:
                return
            raise OrderRefused(
                f"order {record.ref} is {record.status.value} with {record.filled} filled, as IB itself told: "
                "there is nothing to resolve"
            )
        known = record.filled - record.away if judged else record.filled
        if not known <= filled <= record.most:
            raise OrderRefused(
                f"order {record.ref} can have filled {known} to {record.most}, not {filled}: "
                "executions are never taken back"
            )
        self._inbox.take(lambda: self._settle_by_hand(record, filled))

    def _settle_by_hand(self, record: OrderRecord, filled: Decimal) -> None:
        if filled != record.filled:
            record = self._outcomes.write(record, "resolved by hand", away_total=filled, told_filled=filled)
        status = OrderStatus.FILLED if filled >= record.most else OrderStatus.CANCELLED
        self._outcomes.settle(record, status, "resolved by hand", f"ended with {filled} filled, by a person's word")
