"""Placing, changing and cancelling orders, each journalled before it is sent and never sent twice.

What becomes of an order is told by `messages` (IB's callbacks) and `reconcile` (asking).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from leanib.ib.alerts import Severity
from leanib.ib.client import GatewayClient
from leanib.ib.connection import IBConnection
from leanib.ib.errors import JournalError, OrderRefused
from leanib.ib.instruments import Instruments
from leanib.ib.journal import Journal, OrderRecord
from leanib.ib.limits.keeper import LimitKeeper
from leanib.ib.order_request import OrderRequest
from leanib.ib.orders.admission import admit
from leanib.ib.orders.answers import Answers
from leanib.ib.orders.catching_up import CatchingUp
from leanib.ib.orders.changes import Change
from leanib.ib.orders.checking import Checking
from leanib.ib.orders.checks import check_sender, require_increment
from leanib.ib.orders.doubts import Doubts
from leanib.ib.orders.inbox import Inbox
from leanib.ib.orders.making import new_records, with_references
from leanib.ib.orders.messages import OrderMessages
from leanib.ib.orders.notes import Notes
from leanib.ib.orders.outcomes import Outcomes
from leanib.ib.orders.preview import Preview
from leanib.ib.orders.protection import Protection
from leanib.ib.orders.reconcile import Reconciliation
from leanib.ib.orders.resolution import Resolution
from leanib.ib.orders.sending import Sender

__all__ = ["OrderService"]

_PATIENCE = 2.0
"""Seconds in which IB confirms an order that was sent a moment before its change."""
_WRITE_TIMEOUT = 5.0
"""Seconds that a new order waits for another process that is writing to the journal."""


class OrderService:
    """Orders over all reconnections.

    Args:
        connection: Owns the connection; this service registers with it.
        journal: Where orders live; the caller closes it.
        limits: Let orders pass or not.
        identity: Randomness of order references, 16 bytes a call.
    """

    def __init__(
        self,
        connection: IBConnection,
        journal: Journal,
        *,
        limits: LimitKeeper,
        identity: Callable[[], UUID] | None = None,
    ) -> None:
        self._connection = connection
        self.journal = journal
        self._settings = connection.settings.orders
        self.limits = limits
        self._identity = identity
        self._inbox = Inbox(connection, journal, self._unreadable)
        self._outcomes = Outcomes(connection, journal, self._inbox)
        #: An order is not what it was before.
        self.changed = self._outcomes.changed_signal
        #: An order that was refused, thrown out, or cancelled by somebody else than us: it does not work any more.
        self.lost = self._outcomes.lost_signal
        self._doubts = Doubts(connection, self._ask)
        self._messages = OrderMessages(
            connection, journal, self._inbox, self._outcomes, self._doubts, self.cancel_fork, self._cancel_ghost
        )
        self._reconciliation = Reconciliation(
            connection, journal, self._inbox, self._outcomes, self._messages, self._doubts
        )
        self._resolution = Resolution(connection, journal, self._inbox, self._outcomes, self._messages, self._ask)
        self.changed.connect(limits.follow)
        self._answers = Answers(self.changed, self._settings.ack_timeout, self._unanswered)
        self._sender = Sender(connection, journal, self._inbox, self._outcomes, self._answers, self._resolution)
        connection.lowest_request_id = lambda: journal.high_water_mark(connection.client_id) + 1
        self._instruments = Instruments(connection)
        self._catching_up = CatchingUp(connection, self._inbox)
        #: Looks after the legs of brackets.
        notes, positions = Notes(journal, self._inbox, connection.clock), self._reconciliation.positions_known
        self.protection = Protection(connection, journal, notes, self, self.changed, positions)
        self._checking = Checking(connection, self._instruments, limits, self._open, self.protection.bracket, journal)
        connection.register(self)

    async def resume(self, client: GatewayClient, account: str) -> None:
        """Asks what became of everything before any order is sent; see `Reconciliation`."""
        self._messages.new_session()
        self._instruments.forget()
        try:
            await self._catch_up(client, account)
        except JournalError:
            self._catching_up.begin(lambda: self._catch_up(client, account))
            raise

    async def _catch_up(self, client: GatewayClient, account: str) -> None:
        await self._reconciliation.run(client)
        self._resolution.plan()
        await self.limits.resume(account)
        self.protection.resume()

    def interrupted(self, reason: str) -> None:
        """What waits for an answer waits for the reconciliation."""
        self._answers.cancel()
        self._doubts.cancel()
        self._resolution.cancel()
        self._catching_up.cancel()

    async def link_restored(self, *, data_lost: bool) -> None:
        """Asks what happened while the link was gone."""
        await self._ask()
        self.protection.resume()

    async def release(self) -> None:
        """Orders stay with IB; what their legs need is done before."""
        await self.protection.finish()
        self.interrupted("stopped")
        self.protection.stop()

    def close(self) -> None:
        """Writes what waits and closes the journal; the connection is stopped before."""
        self.interrupted("stopped")
        self.protection.stop()
        self._inbox.close()
        self.limits.close()
        self.journal.close()

    def die(self) -> None:
        """Does nothing more and writes nothing more, as a process that is killed."""
        self.interrupted("killed")
        self.protection.stop()
        self._inbox.abandon()
        self.limits.close()

    async def _ask(self) -> None:
        await self._reconciliation.run(self._connection.client)
        self._resolution.plan()

    def _unreadable(self, problem: str) -> None:
        self._connection.alert(
            Severity.CRITICAL, "message-unreadable", f"a message of IB about an order could not be read: {problem}"
        )
        self._doubts.raise_about("", problem)

    async def prepare(self, symbol: str) -> None:
        """What orders for a symbol wait for is asked for beforehand, and again when called before it is due.

        It holds for an hour; called every few minutes, no order waits.

        Raises:
            UnknownContract: IB does not know the instrument.
            RequestFailed: IB refused to tell.
            RequestTimedOut: IB did not answer.
        """
        if self._connection.state.is_ready:
            await self._checking.prepare(symbol)

    @property
    def is_expecting(self) -> bool:
        """Whether `expect` does anything; to be asked from any thread."""
        return self.limits.asks

    def expect(self) -> None:
        """An order is about to be placed: what its limits ask of IB is asked for already."""
        self.limits.expect()

    async def place(
        self,
        request: OrderRequest,
        *,
        reference_price: Decimal | None = None,
        ref: str = "",
        needs_increment: bool = False,
    ) -> OrderRecord:
        """Sends an order, with its bracket if it has one, and returns it as journalled.

        Args:
            request: The order.
            reference_price: A price of the instrument that a person knows, for the limits; where IB tells one too, the
                worse of the two counts.
            ref: The order's reference, made by `new_reference` and written down by the caller before, so that it finds
                the order again after a crash; by default a new one. One that was used is never sent again.
            needs_increment: Whether prices without an increment that IB tells are refused, not left to IB.

        Raises:
            OrderRefused: A limit or the state of the connection forbids it; nothing was sent.
            UnknownContract: IB does not know the instrument; nothing was sent.
            JournalError: The journal cannot be written; nothing was sent.
        """
        if ref and self.journal.knows(ref):
            raise OrderRefused(f"not sent: the journal has an order {ref} already")
        self._gate()
        instrument, increments = await self._checking.of_request(request)
        self._gate()
        if needs_increment:
            require_increment(request, increments)
        asked = with_references(request, self._identity, ref)
        refs = await admit(self.limits, instrument, asked, reference_price)
        try:
            self._gate()
            if self._connection.settings.mode == "live" and not request.is_exercise:
                await self._checking.preflight(request, instrument.contract)
                self._gate()
            records = new_records(asked, instrument, self._connection, self.journal)
            await self._written(lambda: self.journal.intend(records, digits=increments.digits))
        except BaseException:
            self.limits.withdraw(refs)
            raise
        if len(records) > 1:
            self.protection.watch(records[0].ref)
        self._sender.send(records, instrument)
        return self.order(records[0].ref)

    async def preview(self, request: OrderRequest, *, reference_price: Decimal | None = None) -> Preview:
        """What an order would do to the account; it passes all checks and limits first, and nothing is placed.

        Raises:
            OrderRefused: A check, a limit or IB would refuse it.
        """
        self._gate()
        instrument, _ = await self._checking.of_request(request)
        self._gate()
        asked = with_references(request, self._identity)
        self.limits.withdraw(await admit(self.limits, instrument, asked, reference_price))
        return await self._checking.preflight(request, instrument.contract)

    async def modify(self, ref: str, change: Change, *, reference_price: Decimal | None = None) -> OrderRecord:
        """Sends a changed price or quantity for an open order; `reference_price` as for `place`.

        Raises:
            OrderRefused: The order cannot be changed now; nothing was sent.
        """
        record = self._open(ref)
        self._gate()
        check_sender(record, self._connection)
        if change == Change():
            raise OrderRefused(f"nothing to change of order {ref}: give a quantity, a limit or a stop price")
        record = await self._confirmed(record)
        instrument = await self._checking.of_change(record, change, reference_price)
        self._gate()
        record = self._open(ref)  # as it is by now: it may have filled while its exposure was asked for
        asked = change.applied(record.asked if record.change else record.holds)
        if asked.quantity < record.filled:
            raise OrderRefused(f"not sent: {record.filled} of order {ref} have filled; it cannot be {asked.quantity}")
        now = self._connection.clock.now()
        await self._written(lambda: self.journal.update(record, now, "modify intended", asked=asked, change="intended"))
        self._sender.send_change(self.order(ref), instrument)
        return self.order(ref)

    def cancel(self, ref: str) -> OrderRecord:
        """Asks IB to cancel an open order; the answer comes later. Needs nothing to be written.

        Raises:
            OrderRefused: The order is not open, or not ours to cancel.
            NotReady: There is no connection; nothing was sent.
        """
        record = self._open(ref)
        client = self._connection.client
        check_sender(record, self._connection)
        client.client.cancelOrder(record.order_id, "")
        self._outcomes.cancelling(record)
        self._answers.expect(ref)
        return record

    def cancel_all(self) -> list[OrderRecord]:
        """Asks IB to cancel every open order of the account that this client id may cancel.

        Raises:
            JournalError: The journal cannot be read; what lived at IB when last heard of was cancelled all the same.
        """
        try:
            mine = self.journal.open_orders(self._connection.account)
        except JournalError:
            for order_id in list(self._messages.living):
                self._connection.client.client.cancelOrder(order_id, "")
            raise
        return [self.cancel(record.ref) for record in mine if record.client_id == self._connection.client_id]

    async def resolve(self, ref: str, *, filled: Decimal | None = None) -> OrderRecord:
        """Settles an order of unknown fate: by asking IB, or by a person's word that it ended with `filled` in all.

        Raises:
            OrderRefused: IB cannot tell and no word was given, or the word does not fit the order.
            RequestTimedOut: IB did not answer.
        """
        record = self.order(ref)
        await self._resolution.resolve(record, 2 * self._settings.ack_timeout, filled=filled)
        return self.order(ref)

    def cancel_everything(self) -> None:
        """IB's global cancel: every open order of the account, whoever placed it."""
        self._connection.client.client.reqGlobalCancel()

    def cancel_fork(self, record: OrderRecord) -> None:
        """One order has become two at IB: cancels both, or only tells, as `fork_policy` says."""
        if self._settings.fork_policy == "cancel" and self._connection.state.is_ready:
            self._connection.client.client.cancelOrder(record.order_id, "")

    def _cancel_ghost(self, record: OrderRecord) -> None:
        """An order that was given up has come alive."""
        if self._connection.state.is_ready and record.client_id == self._connection.client_id:
            self._connection.client.client.cancelOrder(record.order_id, "")

    def order(self, ref: str) -> OrderRecord:
        """An order of the journal.

        Raises:
            OrderRefused: The journal has none of that name.
        """
        record = self.journal.order(ref)
        if record is not None:
            return record
        raise OrderRefused(f"the journal knows no order {ref}; 'leanib order list' shows those it knows")

    async def wait(self, ref: str, timeout: float) -> OrderRecord:
        """Waits until an order is final or the deadline (seconds) comes; returns it as it is then."""
        if not self.order(ref).status.is_final:
            await self._answers.until(ref, lambda record: record.status.is_final, timeout)
        return self.order(ref)

    async def answered(self, ref: str) -> OrderRecord:
        """Waits until IB has said anything about an order, or asking has told its fate; returns it as it is then."""
        deadline = self._settings.ack_timeout + 4 * self._connection.settings.connection.request_timeout
        if self._answers.is_expected(ref):
            await self._answers.until(ref, lambda record: not record.change, deadline)
        if ref in self._messages.refusals:  # IB objected in words that may mean no or not: it is being asked
            await self._answers.until(ref, lambda _: ref not in self._messages.refusals, deadline)
        return self.order(ref)

    async def _written(self, write: Callable[[], object]) -> None:
        """Writes what must be on disk before it is sent; waits a little for another process that holds the file."""
        deadline = asyncio.get_running_loop().time() + _WRITE_TIMEOUT
        while True:
            try:
                write()
            except JournalError:
                if asyncio.get_running_loop().time() >= deadline:
                    raise
                await asyncio.sleep(0.2)
                self._gate()
            else:
                return

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

    async def _confirmed(self, record: OrderRecord) -> OrderRecord:
        """Of an order that was sent a moment ago IB's word is on its way: it is waited for, briefly."""
        ref = record.ref
        if record.confirmed is None:
            await self._answers.until(ref, lambda one: one.confirmed is not None or one.status.is_final, _PATIENCE)
            self._gate()
            record = self._open(ref)
        if record.confirmed is None:
            raise OrderRefused(f"IB has not confirmed order {ref} yet; change it when it has")
        return record

    def _unanswered(self, ref: str) -> None:
        if self._connection.state.is_ready:
            self._connection.alert(Severity.WARNING, "order-unanswered", f"no answer to order {ref}; asking IB for it")
            self._doubts.raise_about(ref, "no answer", within=0.0)
