"""Placing, changing and cancelling orders, each journalled before it is sent and never sent twice.

What becomes of an order is told by `messages` (IB's callbacks) and `reconcile` (asking).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from ib_async import Contract, Order
from ib_async.util import dataclassNonDefaults
from ib_async.wrapper import RequestError

from leanib.ib.alerts import Severity
from leanib.ib.client import GatewayClient
from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument, qualify
from leanib.ib.errors import NotReady, OrderRefused
from leanib.ib.increments import MarketRules
from leanib.ib.journal import Journal, OrderRecord, OrderStatus, Terms
from leanib.ib.order_request import OrderRequest, as_ib_order, from_terms, terms_of
from leanib.ib.orders.changes import Change
from leanib.ib.orders.checks import check_change, check_request
from leanib.ib.orders.messages import OrderMessages
from leanib.ib.orders.protection import Protection
from leanib.ib.orders.reconcile import Reconciliation
from leanib.ib.references import new_reference
from leanib.ib.risk import Exposure, RiskLimits
from leanib.ib.signals import Signal

__all__ = ["OrderService"]

ExposureSource = Callable[[Instrument], Awaitable[Exposure]]


class OrderService:
    """Orders over all reconnections.

    Args:
        connection: Owns the connection; this service registers with it.
        journal: Where orders live; the caller closes it.
        exposure: Tells position, price and daily profit for the limits; without it only limits on quantity, rate and
            symbol can pass.
        identity: Randomness of order references, 16 bytes a call.
    """

    def __init__(
        self,
        connection: IBConnection,
        journal: Journal,
        *,
        exposure: ExposureSource | None = None,
        identity: Callable[[], UUID] | None = None,
    ) -> None:
        self._connection = connection
        self.journal = journal
        self._settings = connection.settings.orders
        self._limits = RiskLimits(connection.settings.risk, journal, connection.clock)
        self._exposure = exposure
        self._identity = identity
        #: An order is not what it was before.
        self.changed: Signal[[OrderRecord]] = Signal("order changed")
        #: An order that was refused, thrown out, or cancelled by somebody else than us: it does not work any more.
        self.lost: Signal[[OrderRecord]] = Signal("order lost")
        self._messages = OrderMessages(connection, journal, self.changed, self.lost, self.cancel_fork)
        self._reconciliation = Reconciliation(connection, journal, self.changed, self._messages)
        self._rules = MarketRules()
        #: Looks after the legs of brackets.
        self.protection = Protection(connection, journal, self, self.changed)
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.changed.connect(self._acknowledged)
        connection.register(self)

    async def resume(self, client: GatewayClient, account: str) -> None:
        """Asks what became of everything before any order is sent; see `Reconciliation`."""
        client.client.updateReqId(self.journal.high_water_mark(self._connection.client_id) + 1)
        await self._reconciliation.run(client)
        self.protection.resume()

    def interrupted(self, reason: str) -> None:
        """What waits for an answer waits for the reconciliation."""
        for timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()

    async def link_restored(self, *, data_lost: bool) -> None:
        """Asks what happened while the link was gone."""
        await self._reconciliation.run(self._connection.client)
        self.protection.resume()

    async def release(self) -> None:
        """Nothing to cancel: orders stay with IB."""
        self.interrupted("stopped")
        self.protection.stop()

    async def place(self, request: OrderRequest) -> OrderRecord:
        """Sends an order, with its bracket if it has one, and returns it as journalled.

        Raises:
            OrderRefused: A limit or the state of the connection forbids it; nothing was sent.
            UnknownContract: IB does not know the instrument; nothing was sent.
            JournalError: The journal cannot be written; nothing was sent.
        """
        self._gate()
        timeout = self._connection.settings.connection.request_timeout
        instrument = await qualify(self._connection.client, request.symbol, timeout)
        exposure = await self._exposure_of(instrument, request.reference_price)
        increments = await self._rules.increments(self._connection.client, instrument)
        check_request(request, increments, await self._market_of(request, instrument))
        self._gate()
        self._limits.check(instrument.name, request.signed_quantity, exposure)
        if self._connection.settings.mode == "live":
            await self._preflight(request, instrument.contract)
            self._gate()
        records = self._records(request, instrument)
        self.journal.intend(records)
        if len(records) > 1:
            self.protection.watch(records[0].ref)
        self._send(records, instrument.contract)
        return self.order(records[0].ref)

    async def modify(self, ref: str, change: Change) -> OrderRecord:
        """Sends a changed price or quantity for an open order.

        Raises:
            OrderRefused: The order cannot be changed now; nothing was sent.
        """
        record = self._open(ref)
        self._gate()
        self._own(record)
        if change == Change():
            raise OrderRefused(f"nothing to change of order {ref}: give a quantity, a limit or a stop price")
        await self._check_change(record, change)
        self._gate()
        record = self._open(ref)  # as it is by now: it may have filled while its exposure was asked for
        asked = change.applied(record.holds)
        self.journal.update(record, self._connection.clock.now(), "modify intended", asked=asked, change="intended")
        self._messages.modifying(record)
        order = from_terms(record.action, asked.quantity, dict(asked.fields))
        self._transmit(record, order, Contract(**record.contract), self._parent_id(record), transmit=True)
        self.journal.update(record, self._connection.clock.now(), "modify sent", change="sent")
        self._await_answer(ref)
        return self.order(ref)

    def cancel(self, ref: str) -> OrderRecord:
        """Asks IB to cancel an open order; the answer comes later.

        Raises:
            OrderRefused: The order is not open, or not ours to cancel.
            NotReady: There is no connection; nothing was sent.
        """
        record = self._open(ref)
        client = self._connection.client
        self._own(record)
        client.client.cancelOrder(record.order_id, "")
        self._messages.cancelling(record)
        self._await_answer(ref)
        return record

    def cancel_all(self) -> list[OrderRecord]:
        """Asks IB to cancel every open order of the account that this client id may cancel."""
        mine = self.journal.open_orders(self._connection.account)
        mine = [r for r in mine if r.client_id == self._connection.client_id]
        return [self.cancel(record.ref) for record in mine]

    def cancel_everything(self) -> None:
        """IB's global cancel: every open order of the account, whoever placed it."""
        self._connection.client.client.reqGlobalCancel()

    def cancel_fork(self, record: OrderRecord) -> None:
        """One order has become two at IB: cancels both, or only tells, as `fork_policy` says."""
        if self._settings.fork_policy == "cancel" and self._connection.state.is_ready:
            self._connection.client.client.cancelOrder(record.order_id, "")

    def order(self, ref: str) -> OrderRecord:
        """An order of the journal.

        Raises:
            OrderRefused: The journal has none of that name.
        """
        record = self.journal.order(ref)
        if record is None:
            raise OrderRefused(f"the journal knows no order {ref}; 'leanib order list' shows those it knows")
        return record

    async def wait(self, ref: str, timeout: float) -> OrderRecord:
        """Waits until an order is final or the deadline comes; returns it as it is then."""
        final = asyncio.Event()

        def listen(record: OrderRecord) -> None:
            if record.ref == ref and record.status.is_final:
                final.set()

        self.changed.connect(listen)
        try:
            if not self.order(ref).status.is_final:
                async with asyncio.timeout(timeout):
                    await final.wait()
        except TimeoutError:
            pass  # the order's present state is the answer
        finally:
            self.changed.disconnect(listen)
        return self.order(ref)

    async def answered(self, ref: str) -> OrderRecord:
        """Waits until IB has said anything about an order, or asking has told its fate; returns it as it is then."""
        settings = self._connection.settings
        deadline = self._settings.ack_timeout + 3 * settings.connection.request_timeout
        heard = asyncio.Event()

        def listen(record: OrderRecord) -> None:
            if record.ref == ref:
                heard.set()

        self.changed.connect(listen)
        try:
            if ref in self._waiting:
                async with asyncio.timeout(deadline):
                    await heard.wait()
        except TimeoutError:
            pass  # the order's present state is the answer
        finally:
            self.changed.disconnect(listen)
        return self.order(ref)

    def _gate(self) -> None:
        obstacle = self._connection.state.obstacle()
        if obstacle:
            raise OrderRefused(f"not sent: {obstacle}")
        now = self._connection.clock.now()
        restart = self._connection.windows.next_restart(now)
        if restart is not None and restart - now <= timedelta(seconds=self._settings.restart_gate):
            raise OrderRefused(
                f"not sent: the Gateway restarts at {restart:%H:%M %Z}; place the order after it is back"
            )

    def _open(self, ref: str) -> OrderRecord:
        record = self.order(ref)
        if record.status.is_final:
            raise OrderRefused(f"order {ref} is {record.status.value}; there is nothing to change")
        return record

    def _own(self, record: OrderRecord) -> None:
        if record.client_id != self._connection.client_id:
            raise OrderRefused(
                f"order {record.ref} belongs to client id {record.client_id}; IB lets only that client change it "
                f"(this one is {self._connection.client_id}): give --client-id {record.client_id}"
            )

    async def _check_change(self, record: OrderRecord, change: Change) -> None:
        """A change passes the limits as the order it makes would, whether quantity or price changes."""
        timeout = self._connection.settings.connection.request_timeout
        instrument = await qualify(self._connection.client, record.symbol, timeout)
        increments = await self._rules.increments(self._connection.client, instrument)
        check_change(record.symbol, increments, change.quantity, change.limit_price, change.stop_price)
        terms = change.terms(record.terms)
        text = terms.get("lmtPrice") or terms.get("auxPrice")
        exposure = await self._exposure_of(instrument, Decimal(text) if text else None, without=record.ref)
        self._limits.check(record.symbol, record.signed(change.quantity or record.quantity), exposure)

    async def _exposure_of(self, instrument: Instrument, price: Decimal | None, without: str = "") -> Exposure:
        """What an order at a price of its own (None: at the market) meets, one order of the journal left out."""
        multiplier = Decimal(instrument.contract.multiplier or 1)
        blind = Exposure(None, self._working(instrument.contract.conId, without), price, multiplier, None)
        if self._exposure is None or not self._limits.needs_exposure:
            return blind
        known = await self._exposure(instrument)
        own = price if price is not None else known.price
        return replace(blind, position=known.position, price=own, daily_pnl=known.daily_pnl)

    async def _market_of(self, request: OrderRequest, instrument: Instrument) -> Decimal | None:
        """The market's price for an order whose legs are measured by it; None for others, and when it is not known."""
        if self._exposure is None or not request.legs():
            return None
        return (await self._exposure(instrument)).price

    async def _preflight(self, request: OrderRequest, contract: Contract) -> None:
        """A what-if of the very order: IB checks permissions, margin and price, and places nothing."""
        timeout = self._connection.settings.connection.request_timeout
        order = as_ib_order(request)
        order.account = self._connection.account
        try:
            await asyncio.wait_for(self._connection.client.whatIfOrderAsync(contract, order), timeout)
        except TimeoutError:
            raise OrderRefused(f"not sent: IB did not answer the preflight (what-if) within {timeout:g} s") from None
        except RequestError as error:
            raise OrderRefused(f"not sent: the preflight (what-if) failed, {error.code}: {error.message}") from None
        except ConnectionError:
            raise OrderRefused("not sent: the connection was lost during the preflight") from None

    def _working(self, con_id: int, without: str) -> Decimal:
        open_orders = self.journal.open_orders(self._connection.account)
        counted = [r for r in open_orders if r.con_id == con_id and r.ref != without and not r.parent_ref]
        return sum((r.signed(r.remaining) for r in counted), Decimal(0))

    def _records(self, request: OrderRequest, instrument: Instrument) -> list[OrderRecord]:
        """The order and its legs with their identities, not yet sent."""
        client = self._connection.client.client
        client.updateReqId(self.journal.high_water_mark(self._connection.client_id) + 1)
        parent = self._record(request, instrument, "", client.getReqId())
        legs = [self._record(leg, instrument, parent.ref, client.getReqId()) for leg in request.legs()]
        return [parent, *legs]

    def _record(self, request: OrderRequest, instrument: Instrument, parent_ref: str, order_id: int) -> OrderRecord:
        now = self._connection.clock.now()
        return OrderRecord(
            ref=new_reference(self._identity),
            account=self._connection.account,
            con_id=instrument.contract.conId,
            symbol=instrument.name,
            contract=_plain_contract(instrument.contract),
            action=request.side,
            asked=Terms(request.quantity, terms_of(request)),
            client_id=self._connection.client_id,
            order_id=order_id,
            parent_ref=parent_ref,
            created_at=now,
            updated_at=now,
        )

    def _send(self, records: list[OrderRecord], contract: Contract) -> None:
        parent_id = records[0].order_id
        for number, record in enumerate(records):
            order = from_terms(record.action, record.quantity, record.terms)
            is_last = record is records[-1]
            try:
                self._transmit(record, order, contract, parent_id if number else 0, transmit=is_last)
            except OrderRefused:
                for unsent in records[number:]:
                    self._messages.settle(unsent, OrderStatus.REJECTED, "not sent", "the connection was lost")
                raise
            self.journal.note(record.ref, self._connection.clock.now(), "sent")
            self._await_answer(record.ref)

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

    def _parent_id(self, record: OrderRecord) -> int:
        """The id of an order's parent while that can still fill: IB refuses one that is over."""
        parent = self.journal.order(record.parent_ref) if record.parent_ref else None
        return parent.order_id if parent is not None and not parent.status.is_final else 0

    def _await_answer(self, ref: str) -> None:
        loop = asyncio.get_running_loop()
        self._forget(ref)
        self._waiting[ref] = loop.call_later(self._settings.ack_timeout, self._unanswered, ref)

    def _forget(self, ref: str) -> None:
        timer = self._waiting.pop(ref, None)
        if timer is not None:
            timer.cancel()

    def _acknowledged(self, record: OrderRecord) -> None:
        self._forget(record.ref)

    def _unanswered(self, ref: str) -> None:
        self._waiting.pop(ref, None)
        if not self._connection.state.is_ready:
            return
        self._connection.alert(Severity.WARNING, "order-unanswered", f"no answer to order {ref}; asking IB for it")
        task = asyncio.create_task(self._resolve(), name="ib-resolve-orders")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _resolve(self) -> None:
        try:
            await self._reconciliation.run(self._connection.client)
        except (NotReady, OrderRefused, ConnectionError) as error:
            self._connection.log.warning("orders could not be resolved now", error=str(error))


def _plain_contract(contract: Contract) -> dict[str, Any]:
    plain = dataclassNonDefaults(contract)
    return {name: value for name, value in plain.items() if isinstance(value, str | int | float | bool)}
