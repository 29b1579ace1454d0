"""Asks IB what an account has open and what it holds, in an order in which nothing falls between the two.

Every open order is asked for and then the positions: an order that leaves the list by filling is in the positions that
are asked for after it. Both questions are sent at once, for the Gateway answers one client's in the order in which they
came, and it shows in its answers: the list has ended before the first position comes. Where it has not, the positions
are asked for again.

What programs of ours are about to send is reserved, so the answers hold under the account's lock. They are asked for
before it is taken, while an order is still on its way here, and count if they are what would have been told under it:
no program has written a reservation since (one that another gave up may have become a position), no order of this
program has changed, and IB has told of no position. Else it is asked again, under the lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from ib_async import Position, Trade

from leanib.ib.client import GatewayClient
from leanib.ib.connection import IBConnection
from leanib.ib.limits.store import Stamp
from leanib.ib.snapshot import Snapshot

__all__ = ["AccountQuestions", "Asked"]

_FRESH = 0.25
"""Seconds for which an answer counts: what others do on the account is not written anywhere."""


@dataclass(frozen=True)
class Asked:
    """Questions that are on their way, or answered, and as what it was known when they were sent.

    Attributes:
        answers: The open orders of all clients, and the positions.
        stamp: The reservations' file.
        heard: How often this program had heard of its orders.
        over: Orders with a reservation that had ended by the journal.
    """

    answers: asyncio.Task[tuple[Snapshot[Trade], Snapshot[Position]]]
    stamp: Stamp
    heard: int
    over: frozenset[str]
    client: GatewayClient
    at: float


class AccountQuestions:
    """Both questions of one connection.

    Args:
        connection: Asks.
    """

    def __init__(self, connection: IBConnection) -> None:
        self._connection = connection
        self._timeout = connection.settings.connection.request_timeout
        self._asked: set[asyncio.Task[tuple[Snapshot[Trade], Snapshot[Position]]]] = set()

    def ask(self, stamp: Stamp, heard: int, over: frozenset[str]) -> Asked:
        """Asks, as soon as the event loop is let go on; see `Asked`."""
        client, loop = self._connection.client, asyncio.get_running_loop()
        task = loop.create_task(self._answers(client), name="ib-account-asked")
        self._asked.add(task)  # it ends with its answers, whatever becomes of who asked: nobody takes another's answer
        task.add_done_callback(self._asked.discard)
        return Asked(task, stamp, heard, over, client, loop.time())

    def holds(self, asked: Asked, stamp: Stamp, heard: int) -> bool:
        """Whether what was asked before the lock was taken is what would be told under it."""
        client = self._connection.client
        return (
            asked.client is client
            and (asked.stamp, asked.heard) == (stamp, heard)
            and asyncio.get_running_loop().time() - asked.at <= _FRESH
        )

    async def _answers(self, client: GatewayClient) -> tuple[Snapshot[Trade], Snapshot[Position]]:
        orders_question, positions_question = map(self._connection.question, ("open orders", "positions"))
        before = 0

        def list_orders() -> Awaitable[list[Trade]]:
            nonlocal before
            before = client.lists_ended
            return client.reqAllOpenOrdersAsync()

        orders, held = await orders_question.ask_before(
            positions_question, list_orders, client.reqPositionsAsync, self._timeout
        )
        if orders.complete and client.lists_ended_before_positions == before:
            held = await positions_question.ask(client.reqPositionsAsync, self._timeout)
        return orders, held
