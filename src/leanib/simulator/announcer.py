"""Tells clients what happens to orders: which message goes to whom."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from leanib.simulator.market.instruments import Instrument
from leanib.simulator.orders.model import Execution, Order
from leanib.simulator.orders.preview import Preview
from leanib.simulator.protocol import orders as answers
from leanib.simulator.protocol import versions
from leanib.simulator.protocol.account import money
from leanib.simulator.protocol.fields import UNSET_DOUBLE_TEXT, number
from leanib.simulator.protocol.orderspec import PlaceOrder

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session


class Observer(Protocol):
    """Somebody besides the clients who follows the orders: the state file, the live view."""

    def changed(self, order: Order) -> None:
        """An order changed."""

    def executed(self, execution: Execution) -> None:
        """An order filled, or a fill was corrected."""


class Announcer:
    """The audience of the order desk: the owning client, the master client, and client 0 for manual orders."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.observers: list[Observer] = []

    def listeners(self, client_id: int) -> Iterator[Session]:
        """Sessions that hear of the orders of a client."""
        for session in self.gateway.sessions:
            if session.client_id is not None and session.client_id in (client_id, self.gateway.master_client_id):
                yield session

    def changed(self, order: Order) -> None:
        """Send openOrder and orderStatus."""
        for observer in self.observers:
            observer.changed(order)
        if not order.transmitted and not order.done:
            return
        for session in self.listeners(order.client_id):
            self.show(session, order)

    def show(self, session: Session, order: Order) -> None:
        """Send openOrder and orderStatus to one client; a manual order shows its id only to one that binds it."""
        status = order.status_fields()
        if order.order_id < 0 and not session.auto_bind:
            status.order_id = 0
        state = answers.OrderState(order.status)
        if order.done and order.commission:
            state.commission = number(order.commission)
            state.commission_currency = order.item.currency
        head, tail = self._frame(session.version, order, status.order_id)
        session.send(head + answers.order_state(session.version, state) + tail)
        session.send(answers.order_status(status))

    @staticmethod
    def _frame(version: int, order: Order, shown_id: int) -> tuple[bytes, bytes]:
        """The unchanging part of openOrder, made once for every version of the order."""
        key = (version, shown_id, order.quantity, order.trail_stop, order.limit_override)
        if order.wire is None or order.wire[0] != key:
            view = order.view()
            view.order_id = shown_id
            order.wire = (key, answers.open_order_frame(version, view))
        return order.wire[1]

    def executed(self, execution: Execution) -> None:
        """Send execDetails that nobody asked for."""
        for observer in self.observers:
            observer.executed(execution)
        self.gateway.note(
            f"{execution.side} {execution.shares} {execution.item.local_symbol} @ {execution.price} "
            f"(client {execution.client_id})"
        )
        if self.gateway.faults.tells_execution(execution, asked=False):
            for session in self.listeners(execution.client_id):
                self.execution(session, -1, execution)

    def told(self, session: Session, req_id: int, item: Execution) -> None:
        """One execDetails with its commission, in answer to reqExecutions."""
        faults = self.gateway.faults
        if faults.tells_execution(item, asked=True):
            self.execution(session, req_id, item)
            if faults.tells_commission(item, asked=True):
                self.commission(session, item)

    def execution(self, session: Session, req_id: int, item: Execution) -> None:
        """One execDetails."""
        moment = versions.moment(session.version, self.gateway.wall(item.time))
        fields = answers.ExecutionFields(
            item.order_id, item.item, item.exec_id, moment, item.account, item.exchange,
            item.side, item.shares, item.price, item.perm_id, item.client_id, item.cumulative, item.average,
            item.order_ref, item.liquidity, int(item.liquidation),
        )  # fmt: skip
        session.send(answers.execution(session.version, req_id, fields))

    def charged(self, execution: Execution) -> None:
        """Send commissionReport."""
        if not self.gateway.faults.tells_commission(execution, asked=False):
            return
        for session in self.listeners(execution.client_id):
            self.commission(session, execution)

    def commission(self, session: Session, item: Execution) -> None:
        """One commissionReport."""
        realized = UNSET_DOUBLE_TEXT if item.realized is None else number(item.realized)
        shown = self.gateway.faults.commission_shown or number(item.commission)
        session.send(answers.commission_report(item.exec_id, shown, item.currency, realized))

    def previewed(self, client_id: int, request: PlaceOrder, item: Instrument, answer: Preview) -> None:
        """Send openOrder with the margins of a what-if order."""
        session = self.gateway.client(client_id)
        if session is None:
            return
        spec = request.spec
        view = answers.OrderView(
            request.order_id, client_id, 0, spec.text("account", self.gateway.accounts.default), item,
            request.contract.exchange or item.exchange, spec, spec.decimal("totalQuantity") or Decimal(0),
            legs=request.contract.legs,
        )  # fmt: skip
        session.send(answers.open_order(session.version, view, answer.state()))

    def refused(self, client_id: int, order_id: int, code: int, *args: object) -> None:
        """An error about an order, to the client that placed it."""
        session = self.gateway.client(client_id)
        if session is not None:
            session.error(order_id, code, *args)

    def waits(self, order: Order, moment: str) -> None:
        """Say on the terminal why an order does not fill yet."""
        self.gateway.note(
            f"{order.line} (client {order.client_id}) waits: the market is closed until {moment}; "
            "--always-open trades around the clock"
        )

    def called(self, order: Order, missing: Decimal) -> None:
        """Say on the terminal that an account is liquidated."""
        base = self.gateway.accounts.base
        self.gateway.note(f"{order.account} is short of margin by {money(missing)} {base}: IB liquidates {order.line}")
