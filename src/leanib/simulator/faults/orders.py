"""Faults of orders: lost, held, forked, refused, thrown out; and orders that others place or change."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.errors import UsageError
from leanib.simulator.clock import SECOND_US, Timer
from leanib.simulator.faults.mark import fault
from leanib.simulator.orders.model import ENDINGS
from leanib.simulator.protocol.ids import Request

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.orders.model import Order
    from leanib.simulator.protocol.fields import Reader
    from leanib.simulator.session import Session

_PLACE = b"3\0"


@dataclass(slots=True)
class _Refusal:
    """An error for changes of an order (None: of any, of anybody), so many times."""

    code: int
    reason: str
    times: int
    order_id: int | None
    client_id: int | None


@dataclass(slots=True)
class _Ejection:
    """What will happen to coming orders after a while."""

    seconds: float
    code: int
    reason: str
    status: str
    times: int
    kind: str


class OrderFaults:
    """Mixin: what happens to orders."""

    gateway: Gateway
    _timers: list[Timer]

    def _init_orders(self) -> None:
        self._drop_every = 0
        self._drop_left = 0
        self._drop_reset = False
        self._placed = 0
        self._dialog = False
        self._dialog_seen = 0
        self._waiting: list[tuple[Session, bytes]] = []
        self._rejections: list[tuple[int, str]] = []
        self._refusals: list[_Refusal] = []
        self._ejections: list[_Ejection] = []
        self.gateway.desk.refuse_change = self._refused_change
        self.gateway.desk.starters.append(self._started)

    def clear_orders(self) -> None:
        """End every fault of this family; held orders go through."""
        self._drop_every = self._drop_left = 0
        self._drop_reset = False
        self._rejections.clear()
        self._refusals.clear()
        self._ejections.clear()
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

    def _refused_change(self, order: Order) -> tuple[int, str] | None:
        """The error that answers this change, if a fault says so; the order stays as it is."""
        for one in self._refusals:
            if one.order_id in {None, order.order_id} and one.client_id in {None, order.client_id}:
                one.times -= 1
                if one.times == 0:
                    self._refusals.remove(one)
                return one.code, one.reason
        return None

    def _started(self, order: Order) -> None:
        for one in self._ejections:
            if one.kind in {"", order.kind}:
                one.times -= 1
                if one.times == 0:
                    self._ejections.remove(one)
                clock = self.gateway.clock
                when = clock.now_us() + round(one.seconds * SECOND_US)
                self._timers.append(clock.call_at(when, self._eject, order, one.code, one.reason, one.status))
                return

    def _eject(self, order: Order, code: int, reason: str, status: str) -> None:
        if not order.done:
            self.gateway.desk.end(order, status, error=code, reason=reason)

    def _living(self, order_id: int, client_id: int) -> Order:
        order = self.gateway.desk.orders.get((client_id, order_id))
        if order is None or order.done:
            raise UsageError(f"client {client_id} has no living order {order_id}")
        return order

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
        """Answer the next orders with this error, whichever it is."""
        self._rejections += [(code, reason)] * _often(times)

    @fault
    def refuse_change(
        self, code: int = 110, reason: str = "", times: int = 1, order_id: int | None = None,
        client_id: int | None = None,
    ) -> None:  # fmt: skip
        """Answer the next changes (of one order, or of any) with this error; the order stays as it was."""
        self._refusals.append(_Refusal(code, reason, _often(times), order_id, client_id))

    @fault
    def fork_changes(self, on: bool = True) -> None:
        """A change of an order becomes a second living order with its own permId."""
        self.gateway.desk.fork_changes = on

    @fault
    def reject_order(
        self, order_id: int, client_id: int = 0, reason: str = "", code: int = 201, status: str = "Inactive"
    ) -> None:
        """Throw a living order out, long after it was accepted: an error (code 0: none) and a status."""
        self._eject(self._living(order_id, client_id), code, reason, _ending(status))

    @fault
    def reject_later(
        self, seconds: float, code: int = 201, reason: str = "", status: str = "Inactive", times: int = 1,
        order_type: str = "",
    ) -> None:  # fmt: skip
        """Accept the next orders (of a type, if given) and throw each out after so long (code 0: without an error)."""
        self._ejections.append(_Ejection(seconds, code, reason, _ending(status), _often(times), order_type.upper()))

    @fault
    def manual_order(self, symbol: str, action: str = "BUY", quantity: float = 1, **fields: str | float | bool) -> int:
        """Enter an order by hand in TWS; returns its permId."""
        return self.gateway.desk.place_manual(symbol, action, Decimal(str(quantity)), **_texts(fields)).perm_id

    @fault
    def client_order(
        self, client_id: int, symbol: str, action: str = "BUY", quantity: float = 1, **fields: str | float | bool
    ) -> int:
        """Place an order as another API client, connected or not; returns its permId."""
        desk = self.gateway.desk
        return desk.place_as(client_id, symbol, action, Decimal(str(quantity)), **_texts(fields)).perm_id

    @fault
    def change_order(self, order_id: int, client_id: int = 0, **fields: str | float | bool) -> None:
        """Change a living order by hand in TWS: `lmtPrice=101`, `totalQuantity=50`; its client hears the new terms."""
        self.gateway.desk.change_by_hand(self._living(order_id, client_id), _texts(fields))


def _often(times: int) -> int:
    if times < 1:
        raise UsageError(f"times is {times}; it must be at least 1")
    return times


def _ending(status: str) -> str:
    if status not in ENDINGS:
        raise UsageError(f"{status!r} is no status that ends an order; choose one of {', '.join(sorted(ENDINGS))}")
    return status


def _texts(fields: dict[str, str | float | bool]) -> dict[str, str]:
    return {name: str(int(value)) if isinstance(value, bool) else str(value) for name, value in fields.items()}
