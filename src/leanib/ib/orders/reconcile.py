"""Asking IB what became of the orders: after every connection, every return of the link, and of an unanswered order.

Open orders and executions are applied as they arrive (`leanib.ib.orders.messages`); here the completed ones are added
and what IB knows nothing of is marked unknown. Nothing is ever sent again to find out.
"""

from __future__ import annotations

import asyncio
from typing import Any

from ib_async import Trade

from leanib.ib.alerts import Severity
from leanib.ib.client import GatewayClient
from leanib.ib.connection import IBConnection
from leanib.ib.errors import RequestTimedOut
from leanib.ib.journal import Journal, OrderRecord, OrderStatus
from leanib.ib.orders.messages import OrderMessages
from leanib.ib.signals import Signal
from leanib.ib.snapshot import Question, Snapshot

__all__ = ["Reconciliation"]


class Reconciliation:
    """One comparison of the journal with IB at a time."""

    def __init__(
        self, connection: IBConnection, journal: Journal, changed: Signal[[OrderRecord]], messages: OrderMessages
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._changed = changed
        self._messages = messages
        self._lock = asyncio.Lock()
        self._open = Question("open orders", connection.clock)
        self._executions = Question("executions", connection.clock)
        self._completed = Question("completed orders", connection.clock)

    async def run(self, client: GatewayClient) -> None:
        """Asks and applies the answers.

        Raises:
            RequestTimedOut: An answer is incomplete; nothing was concluded from it.
        """
        async with self._lock:
            await self._run(client)

    async def _run(self, client: GatewayClient) -> None:
        if self._connection.state.read_only:
            return
        timeout = self._connection.settings.connection.request_timeout
        asked_at = self._connection.clock.now()
        answers = await self._ask(client, timeout)
        incomplete = next((answer for answer in answers if not answer.complete), None)
        if self._connection.state.read_only:
            return
        if incomplete is not None:
            raise RequestTimedOut(f"orders could not be reconciled: {incomplete.reason}")
        open_trades, completed = answers[0], answers[2]
        known = self._apply_completed(completed)
        known |= {record.ref for trade in open_trades.items if (record := self._record_of(trade)) is not None}
        for record in self._journal.open_orders():
            if record.ref not in known and record.created_at <= asked_at:
                self._missing(record)

    async def _ask(self, client: GatewayClient, timeout: float) -> list[Snapshot[Any]]:
        """Open orders first, so that an order that fills meanwhile is still met among the executions."""
        return [
            await self._open.ask(client.reqAllOpenOrdersAsync, timeout),
            await self._executions.ask(client.reqExecutionsAsync, timeout),
            await self._completed.ask(lambda: client.reqCompletedOrdersAsync(False), timeout),
        ]

    def _apply_completed(self, completed: Snapshot[Trade]) -> set[str]:
        known = set()
        for trade in completed.items:
            record = self._record_of(trade)
            if record is None:
                continue
            known.add(record.ref)
            if record.status.is_final:
                continue
            if trade.orderStatus.status in ("Cancelled", "ApiCancelled", "Inactive"):
                self._messages.settle(record, OrderStatus.CANCELLED, "completed", f"IB says {trade.orderStatus.status}")
            elif trade.orderStatus.status == "Filled":
                self._missing_fills(record)
        return known

    def _record_of(self, trade: Trade) -> OrderRecord | None:
        order = trade.order
        return self._messages.find(order.orderRef, order.permId, order.clientId, order.orderId)

    def _missing_fills(self, record: OrderRecord) -> None:
        """IB says filled and told no executions: they lie before the day that it lists."""
        self._unknown(record, "IB says it is filled and lists no executions for it: look it up in the day's statement")

    def _missing(self, record: OrderRecord) -> None:
        if record.perm_id:
            self._unknown(record, "IB lists it neither as open nor as completed: look it up in TWS or the statement")
        else:
            self._unknown(record, "IB never answered to it and lists it nowhere: it is not sent again; check TWS")

    def _unknown(self, record: OrderRecord, why: str) -> None:
        if record.status is OrderStatus.UNKNOWN:
            return
        self._messages.settle(record, OrderStatus.UNKNOWN, "unknown", why)
        self._connection.alert(Severity.CRITICAL, "order-unknown", f"the fate of order {record.ref} is unknown: {why}")
