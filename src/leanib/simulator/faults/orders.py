"""Faults of orders: lost, held, forked, rejected; corrected executions and odd commissions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.errors import UsageError
from leanib.simulator.faults.mark import fault
from leanib.simulator.protocol.ids import Request

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.orders.model import Execution
    from leanib.simulator.protocol.fields import Reader
    from leanib.simulator.session import Session

_PLACE = b"3\0"


class OrderFaults:
    """Mixin: what happens to orders."""

    gateway: Gateway

    def _init_orders(self) -> None:
        self._drop_every = 0
        self._drop_left = 0
        self._drop_reset = False
        self._placed = 0
        self._dialog = False
        self._dialog_seen = 0
        self._waiting: list[tuple[Session, bytes]] = []
        self._rejections: list[tuple[int, str]] = []
        #: What commission reports show instead of the commission; empty: the truth.
        self.commission_shown = ""

    def clear_orders(self) -> None:
        """End every fault of this family; held orders go through."""
        self._drop_every = self._drop_left = 0
        self._drop_reset = False
        self._rejections.clear()
        self.commission_shown = ""
        self.gateway.desk.fork_changes = False
        self.release_orders()

    def _holds_order(self, session: Session, payload: bytes) -> bool:
        """Does a fault keep this placeOrder from being seen?"""
        if not payload.startswith(_PLACE):
            return False
        self._placed += 1
        if (self._drop_every and self._placed % self._drop_every == 0) or self._drop_left:
            self._drop_left = max(0, self._drop_left - 1)
            if self._drop_reset:
                session.close(reset=True)
            return True
        if self._dialog:
            self._dialog_seen += 1
            if self._dialog_seen > 1:
                self._waiting.append((session, payload))
                return True
        return False

    def _rejects_order(self, session: Session, kind: Request | None, reader: Reader) -> bool:
        if kind is not Request.PLACE_ORDER or not self._rejections:
            return False
        code, reason = self._rejections.pop(0)
        session.error(reader.integer(), code, reason)
        return True

    # the faults

    @fault
    def drop_orders(self, times: int = 0, every: int = 0, reset: bool = False) -> None:
        """Lose placeOrder messages: the next `times`, or each `every`-th; with `reset` the connection dies too."""
        if times < 0 or every < 0:
            raise UsageError("drop_orders: times and every must not be negative")
        self._drop_left, self._drop_every, self._drop_reset, self._placed = times, every, reset, 0

    @fault
    def hold_orders(self) -> None:
        """A precaution dialog: the first order from now on goes through, the others wait for a click."""
        self._dialog, self._dialog_seen = True, 0

    @fault
    def release_orders(self) -> None:
        """Somebody clicks: held orders go through."""
        self._dialog = False
        waiting, self._waiting = self._waiting, []
        for session, payload in waiting:
            if not session.closed:
                self.gateway.handle(session, payload)

    @fault
    def reject_next(self, code: int = 201, reason: str = "", times: int = 1) -> None:
        """Answer the next orders with this error."""
        self._rejections += [(code, reason)] * times

    @fault
    def fork_changes(self, on: bool = True) -> None:
        """A change of an order becomes a second living order with its own permId."""
        self.gateway.desk.fork_changes = on

    @fault
    def reject_order(self, order_id: int, client_id: int = 0, reason: str = "") -> None:
        """The exchange throws a living order out: 201 and Inactive."""
        order = self.gateway.desk.orders.get((client_id, order_id))
        if order is None or order.done:
            raise UsageError(f"client {client_id} has no living order {order_id}")
        self.gateway.desk.end(order, "Inactive", error=201, reason=reason)

    @fault
    def correct_execution(self, exec_id: str = "", price: float = 0.0) -> Execution:
        """Correct the price of an execution (default: the last one) under the same id with the next suffix."""
        blotter = self.gateway.desk.blotter
        name = exec_id or next(reversed(blotter.executions), "")
        if name not in blotter.executions or blotter.executions[name].item.sec_type == "BAG":
            raise UsageError(f"there is no execution {name!r} of a single instrument")
        new = blotter.correct(name, Decimal(str(price)))
        self.gateway.announcer.executed(new)
        self.gateway.announcer.charged(new)
        self.gateway.accounts.notify(new.account, new.item)
        return new

    @fault
    def show_commission(self, value: str = "") -> None:
        """Report this as every commission ("-1.0", "1.7976931348623157E308"); empty ends it."""
        self.commission_shown = value

    @fault
    def replay_portfolio(self, times: int = 1) -> None:
        """Send the positions and the portfolio again, unasked."""
        for _ in range(times):
            self.gateway.reports.replay()

    @fault
    def manual_order(self, symbol: str, action: str = "BUY", quantity: float = 1, **fields: str) -> int:
        """Enter an order by hand in TWS; returns its permId."""
        return self.gateway.desk.place_manual(symbol, action, Decimal(str(quantity)), **fields).perm_id
