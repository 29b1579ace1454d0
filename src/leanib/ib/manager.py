"""Everything together, for scripts: one object that is a synchronous and an asynchronous context manager."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from decimal import Decimal
from types import FrameType
from typing import Any, Self, TypeVar

from leanib.errors import UsageError
from leanib.ib.account import AccountService, AccountSnapshot
from leanib.ib.alerts import AlertSink
from leanib.ib.clock import Clock, SystemClock
from leanib.ib.connection import IBConnection
from leanib.ib.errors import JournalError, NotReady
from leanib.ib.journal import Journal, OrderRecord
from leanib.ib.limits.keeper import LimitKeeper
from leanib.ib.logs import close_logging, connection_log
from leanib.ib.order_request import OrderRequest
from leanib.ib.orders import Change, OrderService
from leanib.ib.quotes import Quote, QuoteService
from leanib.ib.redaction import Redactor
from leanib.ib.settings import IBSettings, load_settings
from leanib.ib.state import ConnectionState
from leanib.ib.thread_calls import run_on

__all__ = ["IBConnectionManager"]

T = TypeVar("T")

_JOURNAL_PATIENCE = 2.0
"""Seconds that a program which begins waits for another one that is writing to the journal."""


class IBConnectionManager:
    """Connects on start, heals itself, says goodbye in order.

    Asynchronous use gives the services themselves::

        async with IBConnectionManager() as ib:
            snapshot = await ib.accounts.refresh()

    Synchronous use runs them on a thread of their own and offers the everyday calls::

        with IBConnectionManager() as ib:
            print(ib.account().values["NetLiquidation"])

    Args:
        settings: By default those of the project folder in paper mode.
        role: Whose client ids to take the first free one of, see `CLIENT_IDS`.
        client_id: A client id of one's own choice instead.
        with_orders: False leaves the order journal alone.
        persistent: Whether start goes on trying at the slow pace for ever instead of giving up after the retries. Once
            it has been there, the connection is dialled for ever in any case.
        clock: Tells the wall-clock time.
        alert: Receives what a person must hear of.

    Raises:
        ConnectionFailed: On entering: the Gateway did not come up within the retries.
        WrongAccount: On entering: the account does not fit the mode.
        JournalError: On entering: the order journal cannot be opened.
    """

    def __init__(
        self,
        settings: IBSettings | None = None,
        *,
        role: str = "scripts",
        client_id: int | None = None,
        with_orders: bool = True,
        persistent: bool = False,
        clock: Clock | None = None,
        alert: AlertSink | None = None,
    ) -> None:
        self.settings = settings or load_settings()
        self._clock = clock or SystemClock()
        self._persistent = persistent
        self.connection = IBConnection(self.settings, role=role, client_id=client_id, clock=self._clock, alert=alert)
        self.accounts = AccountService(self.connection)
        self.quotes = QuoteService(self.connection)
        self._with_orders = with_orders
        self._orders: OrderService | None = None
        self._log: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def orders(self) -> OrderService:
        """The order service; there once the manager has been entered with orders."""
        assert self._orders is not None, "enter the manager with with_orders=True first"
        return self._orders

    @property
    def state(self) -> ConnectionState:
        """What is known of the connection."""
        return self.connection.state

    async def start(self) -> None:
        """Opens log and journal and connects."""
        self._log = connection_log(self.settings.log_file, Redactor(self.settings.secrets), self._clock)
        try:
            if self._with_orders:
                journal = self._open_journal()
                limits = LimitKeeper(self.connection, journal, self.accounts, self.quotes)
                self._orders = OrderService(self.connection, journal, limits=limits)
            tries = None if self._persistent else self.settings.connection.retries + 1
            await self.connection.start(tries=tries)
        except BaseException:
            await self.stop()
            raise

    def _open_journal(self) -> Journal:
        """The order journal; who does not try for ever hears at once, and not after some logins, that it is locked."""
        path = self.settings.orders.journal
        journal = Journal(path)
        if not self._persistent:
            journal.be_patient(_JOURNAL_PATIENCE)
            try:
                with journal.transaction():
                    pass  # nobody else holds it
            except JournalError as error:
                journal.close()
                raise JournalError(f"{error}; end the program that holds the file, or try again") from None
        return journal

    async def stop(self) -> None:
        """Cancels subscriptions, disconnects, closes journal and log."""
        try:
            await self.connection.stop()
        finally:
            if self._orders is not None:
                self._orders.close()
                self._orders = None
            if self._log is not None:
                close_logging(self._log)
                self._log = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def __enter__(self) -> Self:
        self._end_in_order_on_sigterm()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="leanib-ib", daemon=True)
        self._thread.start()
        try:
            self._call("start", self.start)
        except BaseException:
            self._end_thread()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._call("stop", self.stop)
        finally:
            self._end_thread()

    def _end_in_order_on_sigterm(self) -> None:
        """SIGTERM leaves the `with` block as SIGINT does, unless the program has a handler of its own."""
        in_main_thread = threading.current_thread() is threading.main_thread()
        if in_main_thread and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _leave)

    def account(self) -> AccountSnapshot:
        """The account now, open orders of all clients included."""
        return self._call("account", self.accounts.refresh)

    def subscribe(self, *symbols: str) -> None:
        """Subscribes quotes; read them with `quote`."""
        self._call("subscribe", lambda: self.quotes.subscribe(list(symbols)))

    def quote(self, symbol: str) -> Quote | None:
        """The latest quote of a subscribed symbol."""
        return self._call("quote", lambda: _later(lambda: self.quotes.quote(symbol)))

    def place(self, request: OrderRequest, *, reference_price: Decimal | None = None) -> OrderRecord:
        """Sends an order; see `OrderService.place`."""
        return self._call("place", lambda: self.orders.place(request, reference_price=reference_price))

    def modify(self, ref: str, change: Change, *, reference_price: Decimal | None = None) -> OrderRecord:
        """Changes an open order; see `OrderService.modify`."""
        return self._call("modify", lambda: self.orders.modify(ref, change, reference_price=reference_price))

    def cancel(self, ref: str) -> OrderRecord:
        """Cancels an open order; see `OrderService.cancel`."""
        return self._call("cancel", lambda: _later(lambda: self.orders.cancel(ref)))

    def wait(self, ref: str, timeout: float) -> OrderRecord:
        """Waits until an order is final or the deadline (seconds) comes."""
        return self._call("wait", lambda: self.orders.wait(ref, timeout))

    def _call(self, name: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Does the work on the manager's thread and waits for it, which that thread itself cannot."""
        loop = self._loop
        thread = self._thread
        if loop is not None and thread is not None and threading.current_thread() is not thread:
            return _answer(name, run_on(loop, work), thread)
        if loop is None:
            raise UsageError(f"ib.{name}() needs a connection: call it inside 'with IBConnectionManager() as ib:'")
        raise UsageError(
            f"ib.{name}() waits for an answer and was called from a callback, on the thread that would bring it: read "
            "ib.accounts.snapshot() or ib.quotes.quote(symbol) there, which do not wait, or leave it to another thread"
        )

    def _end_thread(self) -> None:
        loop, thread = self._loop, self._thread
        assert loop is not None
        assert thread is not None
        self._loop = self._thread = None
        with contextlib.suppress(TimeoutError):
            run_on(loop, _end_all_others).result(timeout=5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
        loop.close()
        if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is _leave:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


def _answer(name: str, future: Future[T], thread: threading.Thread) -> T:
    """Waits for the manager's thread, unless that ends: then nobody will answer."""
    while True:
        try:
            return future.result(timeout=1.0)
        except CancelledError:
            break
        except TimeoutError:
            if future.done():
                raise  # the call's own
            if not thread.is_alive():
                break
    raise NotReady(f"ib.{name}() was not answered: the manager was left while it waited")


async def _end_all_others() -> None:
    """Whoever still waits on another thread hears that no answer will come."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=4)


async def _later(work: Callable[[], T]) -> T:
    return work()
