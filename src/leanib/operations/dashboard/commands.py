"""The buttons that stop things: kill switch, cancel all, flatten. Each asks twice and says afterwards what stands.

They act through the order service, its limits and its journal: what the limits refuse is refused here too. The server
itself asks twice: a command is done only for the second of two answers, each good once and for a minute.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from leanib.errors import LeanIBError
from leanib.ib.account import AccountSnapshot, OpenOrder, PositionLine
from leanib.ib.client_ids import role_of
from leanib.ib.errors import IBError, NotReady, OrderRefused
from leanib.ib.journal import OrderRecord, OrderStatus
from leanib.ib.limits.switch import KillSwitch
from leanib.ib.manager import IBConnectionManager
from leanib.ib.order_request import OrderRequest
from leanib.ib.redaction import mask_account

__all__ = ["Commands"]

_GOOD_FOR = 60.0
_PAUSE = 0.3
_FILLING = 15.0
"""Seconds in which closing orders may fill before what stands is told."""


@dataclass(frozen=True)
class _Asked:
    command: str
    step: int
    at: float


class Commands:
    """Asks, asks again, does, and tells.

    Args:
        manager: The services.
        lean_runs: What runs that our limits do not reach, in a sentence; empty when nothing does.
        changed: Called when something was done.
    """

    def __init__(
        self,
        manager: IBConnectionManager,
        lean_runs: Callable[[], Awaitable[str]],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._manager = manager
        self._changed = changed
        self._lean_runs = lean_runs
        self._asked: dict[str, _Asked] = {}
        self._busy = asyncio.Lock()
        self._work: dict[str, Callable[[], Awaitable[list[str]]]] = {
            "kill": self._kill, "release": self._release, "cancel-all": self._cancel_all, "flatten": self._flatten,
        }  # fmt: skip

    async def ask(self, command: str) -> dict[str, Any]:
        """The first question: what would be done, as things are now.

        Raises:
            LeanIBError: There is no such command, or it cannot be done now.
        """
        if command not in self._work:
            raise LeanIBError(f"there is no command '{command[:40]}'")
        return {"id": self._remember(command, 1), "lines": await self._plan(command), "step": 1}

    async def confirm(self, identifier: str) -> dict[str, Any]:
        """The second question after the first answer, the deed after the second.

        Raises:
            LeanIBError: The answer is too late or was given before; nothing was done.
        """
        asked = self._asked.pop(identifier, None)
        if asked is None or asyncio.get_running_loop().time() - asked.at > _GOOD_FOR:
            raise LeanIBError("this question is no longer open: nothing was done; begin again")
        if asked.step == 1:
            return {"id": self._remember(asked.command, 2), "lines": [_REALLY[asked.command]], "step": 2}
        if self._busy.locked():
            raise LeanIBError("another command is being done: wait for its end, then begin again")
        async with self._busy:
            try:
                done = await self._work[asked.command]()
            finally:
                self._changed()
        return {"lines": done, "step": 3, "stands": await self._stands()}

    def _remember(self, command: str, step: int) -> str:
        now = asyncio.get_running_loop().time()
        self._asked = {key: one for key, one in self._asked.items() if now - one.at <= _GOOD_FOR}
        identifier = secrets.token_urlsafe(16)
        self._asked[identifier] = _Asked(command, step, now)
        return identifier

    async def _plan(self, command: str) -> list[str]:
        settings = self._manager.settings
        if command == "kill":
            lean = await self._lean_runs()
            what = f"Programs of this project send nothing but cancels on the {settings.mode} account, at once"
            stays = "Open orders and positions stay as they are."
            return [f"{what}, until the switch is turned off.", stays, *([lean] if lean else [])]
        if command == "release":
            return [f"Programs of this project may send orders on the {settings.mode} account again."]
        snapshot = await self._account()
        orders = [_order_line(order, self._manager.connection.client_id) for order in snapshot.open_orders]
        if command == "cancel-all":
            every = "IB is asked to cancel every open order of the login, whoever placed it"
            others = ", on its other accounts too" if len(self._manager.connection.accounts) > 1 else ""
            count = f": {len(orders)} on {mask_account(snapshot.account)}{others}."
            return [every + count, *orders, "Protective stops go too: positions stand unprotected then."]
        self._refuse_while_thrown()
        first = f"Every open order of the login is cancelled ({len(orders)} on this account), then every position is"
        lines = [_close_line(line) for line in snapshot.positions if line.quantity] or ["there is no position"]
        return [f"{first} closed at the market, each order passing the limits:", *lines]

    async def _kill(self) -> list[str]:
        switch = KillSwitch(self._manager.settings)
        switch.throw(self._manager.connection.clock.now(), "the dashboard")
        return ["The kill switch is on."]

    async def _release(self) -> list[str]:
        KillSwitch(self._manager.settings).release()
        return ["The kill switch is off."]

    async def _cancel_all(self) -> list[str]:
        self._manager.orders.cancel_everything()
        snapshot = await self._until(lambda one: not one.open_orders, self._manager.settings.orders.ack_timeout * 2)
        if not snapshot.complete:
            return [f"IB was asked to cancel everything; what is still open is not known: {snapshot.reason}."]
        left = len(snapshot.open_orders)
        return ["IB was asked to cancel everything; no order is open." if not left else
                f"IB was asked to cancel everything; {_count(left, 'order')} did not go."]  # fmt: skip

    async def _flatten(self) -> list[str]:
        self._refuse_while_thrown()
        done = await self._cancel_all()
        snapshot = await self._account()
        still_open = {order.con_id for order in snapshot.open_orders}
        lines = [line for line in snapshot.positions if line.quantity]
        closing = [line for line in lines if line.con_id not in still_open]
        done += [
            f"{line.symbol} is not closed: an order in it is still open, and both could fill."
            for line in lines if line.con_id in still_open
        ]  # fmt: skip
        done += await asyncio.gather(*(self._close(line) for line in closing))
        return done or ["There was nothing to close."]

    async def _close(self, line: PositionLine) -> str:
        """Closes one position; what became of it, in a sentence."""
        orders = self._manager.orders
        quantity = Decimal(str(abs(line.quantity)))
        request = OrderRequest(f"#{line.con_id}", "SELL" if line.quantity > 0 else "BUY", quantity)
        try:
            record = await orders.place(request)
            await orders.answered(record.ref)
            record = await orders.wait(record.ref, _FILLING)
        except (IBError, ConnectionError) as error:
            return f"{line.symbol} is not closed: {error}."
        return _closed_line(line, record)

    async def _stands(self) -> list[str]:
        """What stands now, as IB tells it."""
        manager = self._manager
        lines = []
        try:
            snapshot = await manager.accounts.refresh()
        except (IBError, ConnectionError) as error:
            return [f"What stands is not known: {error}."]
        if not snapshot.complete:
            lines.append(f"What stands on the account is not known: {snapshot.reason}.")
        else:
            held = [f"{line.quantity:g} {line.symbol}" for line in snapshot.positions if line.quantity]
            lines.append(f"Positions: {', '.join(held)}." if held else "Positions: none.")
            own = manager.connection.client_id
            orders = [_order_line(order, own) for order in snapshot.open_orders]
            lines += [f"Open orders: {len(orders)}.", *orders] if orders else ["Open orders: none."]
        thrown = KillSwitch(manager.settings).thrown()
        if thrown is not None:
            lines.append(f"{str(thrown).capitalize()}: programs of this project send nothing but cancels.")
        else:
            lines.append("The kill switch is off: programs that run may trade again.")
        lean = await self._lean_runs()
        return [*lines, *([lean] if lean else [])]

    async def _account(self) -> AccountSnapshot:
        snapshot = await self._manager.accounts.refresh()
        if not snapshot.complete:
            raise NotReady(f"nothing was done: what the account holds is not known ({snapshot.reason})")
        return snapshot

    async def _until(self, condition: Callable[[AccountSnapshot], bool], timeout: float) -> AccountSnapshot:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            snapshot = await self._manager.accounts.refresh()
            if (snapshot.complete and condition(snapshot)) or loop.time() >= deadline:
                return snapshot
            await asyncio.sleep(_PAUSE)

    def _refuse_while_thrown(self) -> None:
        thrown = KillSwitch(self._manager.settings).thrown()
        if thrown is not None or self._manager.settings.risk.kill_switch:
            raise OrderRefused(
                "the kill switch is on, and closing orders are orders too: cancel all, turn it off, then flatten"
            )


_REALLY = {
    "kill": "Really stop every program of this project from sending orders?",
    "release": "Really let programs send orders again?",
    "cancel-all": "Really cancel everything, protective stops included?",
    "flatten": "Really sell what is held and buy back what is short, at the market, whatever it costs?",
}


def _order_line(order: OpenOrder, own: int) -> str:
    name = order.order_ref or f"permId {order.perm_id}"
    return (
        f"{name}: {order.action} {order.quantity - order.filled:g} {order.symbol} {order.order_type}, "
        f"{role_of(order.client_id, own)}, {order.status}"
    )


def _close_line(line: PositionLine) -> str:
    worth = f", worth {abs(line.market_value):,.2f} {line.currency}" if line.market_value is not None else ""
    return f"{'sell' if line.quantity > 0 else 'buy'} {abs(line.quantity):g} {line.symbol}{worth}"


def _closed_line(line: PositionLine, record: OrderRecord) -> str:
    if record.status is OrderStatus.FILLED:
        price = f" at {record.average_price:.6g}" if record.average_price is not None else ""
        return f"{line.symbol} is closed: {record.filled.normalize():f} filled{price}."
    left = f"{record.filled.normalize():f} of {record.quantity.normalize():f} filled"
    said = f" ({record.message})" if record.message else ""
    if record.status is OrderStatus.UNKNOWN:
        return f"{line.symbol}: what became of order {record.ref} is not known{said}; look in TWS."
    if record.status.is_final or record.status is OrderStatus.INACTIVE:
        return f"{line.symbol} is not closed: order {record.ref} is {record.status.value}, {left}{said}."
    return f"{line.symbol} is not closed yet: order {record.ref} works on, {left}{said}; markets may be closed."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
