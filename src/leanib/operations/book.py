"""What the account holds and what is working in it, of every client: asked for before LEAN is started.

LEAN takes over the whole account when it starts: positions, and the open orders of every client, of which it can change
its own (client 0) only. Fills that came while it was away it never asks for (LEAN's IB plugin, `reqOpenOrders`,
`reqAllOpenOrders`; `GetExecutions` is not called).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from ib_async import IB, ExecutionFilter

from leanib.errors import LeanIBError
from leanib.ib.clock import SystemClock
from leanib.ib.session import LoginFailed, Session
from leanib.ib.settings import IBSettings
from leanib.ib.signals import Messages
from leanib.ib.snapshot import Question, Snapshot

__all__ = ["Book", "OpenOrder", "ask_book", "changes", "read_book", "unexplained"]

LEAN_CLIENT = 0


@dataclass(frozen=True)
class OpenOrder:
    """One working order, of whichever client."""

    client_id: int
    perm_id: int
    symbol: str
    action: str
    quantity: str
    kind: str
    order_id: int = 0

    def __str__(self) -> str:
        owner = "LEAN's" if self.client_id == LEAN_CLIENT else f"client {self.client_id}'s"
        return f"{owner} {self.action} {self.quantity} {self.symbol} {self.kind}"


@dataclass(frozen=True)
class Book:
    """One complete answer, or the reason why there is none.

    Attributes:
        at: When it was complete or given up, aware UTC.
        reason: Why it is incomplete; empty when it is whole. Nobody acts on an incomplete one.
        positions: Name of the instrument to quantity; no zeros.
        orders: Working orders of every client.
        fills: `execId` to a line for people, as far back as IB tells (today).
        filled_orders: Client and order id of each of those fills.
    """

    at: datetime
    reason: str = ""
    positions: Mapping[str, Decimal] = field(default_factory=dict)
    orders: tuple[OpenOrder, ...] = ()
    fills: Mapping[str, str] = field(default_factory=dict)
    filled_orders: frozenset[tuple[int, int]] = frozenset()

    @property
    def known_orders(self) -> frozenset[tuple[int, int]]:
        """Client and order id of every order that works or has a fill."""
        return self.filled_orders | {(order.client_id, order.order_id) for order in self.orders}

    @property
    def is_complete(self) -> bool:
        """Whether IB said that this is all."""
        return not self.reason

    def same_as(self, other: Book) -> bool:
        """Whether two complete books tell the same."""
        return (self.positions, set(self.orders), set(self.fills)) == (
            other.positions,
            set(other.orders),
            set(other.fills),
        )

    def summary(self) -> str:
        """`2 positions, 1 open order`."""
        return f"{_count(len(self.positions), 'position')}, {_count(len(self.orders), 'open order')}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "at": self.at.isoformat(),
            "reason": self.reason,
            "positions": {name: str(quantity) for name, quantity in self.positions.items()},
            "orders": [asdict(order) for order in self.orders],
            "fills": dict(self.fills),
            "filled_orders": sorted(map(list, self.filled_orders)),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Book:
        """From what `as_dict` made."""
        return cls(
            at=datetime.fromisoformat(content["at"]),
            reason=content["reason"],
            positions={name: Decimal(quantity) for name, quantity in content["positions"].items()},
            orders=tuple(OpenOrder(**order) for order in content["orders"]),
            fills=dict(content["fills"]),
            filled_orders=frozenset((client, order) for client, order in content.get("filled_orders", ())),
        )


def changes(before: Book, after: Book) -> list[str]:
    """What differs, in words: fills, positions, orders that came or went."""
    lines = [f"filled meanwhile: {text}" for key, text in after.fills.items() if key not in before.fills]
    for name in sorted(set(before.positions) | set(after.positions)):
        old, new = before.positions.get(name, Decimal(0)), after.positions.get(name, Decimal(0))
        if old != new:
            lines.append(f"position {name}: {old} before, {new} now")
    lines += [f"order gone: {order}" for order in before.orders if order not in after.orders]
    lines += [f"order new: {order}" for order in after.orders if order not in before.orders]
    return lines


def unexplained(before: Book, after: Book) -> list[str]:
    """Positions that changed although no new fill names the instrument."""
    fresh = [text for key, text in after.fills.items() if key not in before.fills]
    return [
        line
        for line in changes(before, after)
        if line.startswith("position ")
        and not any(f" {line.split(':')[0].removeprefix('position ')} at " in f for f in fresh)
    ]


async def read_book(client: IB, account: str, timeout: float) -> Book:
    """Asks on an open connection; an answer that is not whole makes an incomplete book."""
    clock = SystemClock()
    answers: list[Snapshot[Any]] = [
        await Question("positions", clock).ask(client.reqPositionsAsync, timeout),
        await Question("open orders", clock).ask(client.reqAllOpenOrdersAsync, timeout),
        await Question("executions", clock).ask(lambda: client.reqExecutionsAsync(ExecutionFilter()), timeout),
    ]
    missing = next((answer.reason for answer in answers if not answer.complete), "")
    if missing:
        return Book(clock.now(), reason=missing)
    positions, trades, fills = (answer.items for answer in answers)
    return Book(
        clock.now(),
        positions={
            p.contract.localSymbol or p.contract.symbol: Decimal(str(p.position)).normalize() + 0
            for p in positions
            if p.account == account and p.position
        },
        orders=tuple(_order(trade) for trade in trades if trade.order.account in ("", account)),
        fills={f.execution.execId: _fill(f) for f in fills if f.execution.acctNumber in ("", account)},
        filled_orders=frozenset((f.execution.clientId, f.execution.orderId) for f in fills),
    )


def ask_book(settings: IBSettings, client_id: int) -> Book:
    """Logs in, asks, leaves.

    Raises:
        LeanIBError: The Gateway is not there, or serves another account.
    """
    return asyncio.run(_ask(settings, client_id))


async def _ask(settings: IBSettings, client_id: int) -> Book:
    session = Session(settings, client_id, Messages())
    try:
        await session.open(settings.connection.connect_timeout)
        return await read_book(session.client, session.account, settings.connection.request_timeout)
    except LoginFailed as error:
        raise LeanIBError(f"{error}; 'leanib doctor' tells why") from None
    finally:
        session.close()
        await asyncio.sleep(0)


def _order(trade: Any) -> OpenOrder:
    order, contract = trade.order, trade.contract
    price = {"LMT": f" at {order.lmtPrice:g}", "STP": f" at {order.auxPrice:g}"}.get(order.orderType, "")
    name = contract.localSymbol or contract.symbol
    return OpenOrder(
        order.clientId, order.permId, name, order.action, f"{order.totalQuantity:g}", order.orderType + price,
        order.orderId,
    )  # fmt: skip


def _fill(fill: Any) -> str:
    execution, contract = fill.execution, fill.contract
    action = "bought" if execution.side.upper().startswith("B") else "sold"
    return f"{action} {execution.shares:g} {contract.localSymbol or contract.symbol} at {execution.price:g}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
