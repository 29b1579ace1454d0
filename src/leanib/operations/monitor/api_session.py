"""The monitor's own session with the Gateway: one that stays, since dialling anew every minute wears a Gateway out.

It lives on an event loop in a thread of its own and is looked at from the monitor's loop. What it sees is how far the
Gateway answers; nothing here waits longer than its deadline.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from leanib.ib.client_ids import ClientIds
from leanib.ib.clock import Clock
from leanib.ib.errors import WrongAccount
from leanib.ib.session import LoginFailed, Session
from leanib.ib.settings import CLIENT_IDS, IBSettings
from leanib.ib.signals import Messages
from leanib.operations.book import Book, read_book
from leanib.operations.probe import Layer, probe

__all__ = ["ApiSession", "ApiView"]

T = TypeVar("T")

_LOST, _RESTORED = (1100, 2110), (1101, 1102)
_LOGIN_DEADLINE = 5.0
_MARGIN = 5.0
"""Seconds on top of a deadline before the thread itself counts as hanging."""


@dataclass(frozen=True)
class ApiView:
    """How far the Gateway answers.

    Attributes:
        right_account: None before the login.
        lost_at: When the session broke, while it is not there again.
        reason: Why it goes no further, in the session's words; empty when all is well.
    """

    layer: Layer = Layer.NOTHING
    right_account: bool | None = None
    link_lost: bool = False
    lost_at: datetime | None = None
    reason: str = ""


class ApiSession:
    """Dials, asks, notices; `close` ends the thread.

    Args:
        settings: Address, mode, and the account that must be served.
        clock: Tells the time.
    """

    def __init__(self, settings: IBSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="leanib-monitor-ib", daemon=True)
        self._thread.start()
        self._messages = Messages()
        self._messages.error.connect(self._on_error)
        self._ids = ClientIds(CLIENT_IDS["monitor"])
        self._session: Session | None = None
        self._proven = False
        self._link_lost = False
        self._lost_at: datetime | None = None

    def look(self) -> ApiView:
        """Asks the Gateway for its time, or dials when there is no session."""
        seconds = 2 * self._login_deadline + self._settings.connection.request_timeout * 3
        return self._run(self._look(), seconds)

    def ask(self) -> Book:
        """Positions, orders and fills; an incomplete book, with the reason, when they cannot be had."""
        return self._run(self._ask(), self._settings.connection.request_timeout * 3)

    def is_free(self, client_id: int) -> bool | None:
        """Whether the Gateway lets a client id in: tried by a login that asks for nothing and leaves at once."""
        return self._run(self._is_free(client_id), self._login_deadline)

    def close(self) -> None:
        """Takes leave of the Gateway and ends the thread."""
        try:
            self._run(self._leave(), 2.0)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=_MARGIN)
            if not self._thread.is_alive():
                self._loop.close()

    @property
    def _login_deadline(self) -> float:
        return min(self._settings.connection.connect_timeout, _LOGIN_DEADLINE)

    def _run(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds + _MARGIN)

    async def _look(self) -> ApiView:
        session = self._session
        if session is not None and not session.lost.done():
            if await session.check_health(self._settings.connection.health_timeout):
                return await self._answered(session)
            session.fail("the Gateway does not answer a request")
        self._drop()
        return await self._dial()

    async def _answered(self, session: Session) -> ApiView:
        """A Gateway that has no link tells its time all the same; only an answer from IBKR's side proves the link."""
        if not self._proven:
            book = await read_book(session.client, session.account, self._settings.connection.request_timeout)
            self._proven = book.is_complete
            if not book.is_complete:
                return ApiView(Layer.LOGIN, True, self._link_lost, self._lost_at, book.reason)
        self._lost_at = None
        return ApiView(Layer.REQUEST, True, self._link_lost)

    async def _dial(self) -> ApiView:
        session = Session(self._settings, self._ids.present, self._messages, self._clock)
        session.on_lost = lambda _reason: self._note_loss()
        self._link_lost = False
        try:
            await session.open(self._login_deadline)
        except LoginFailed as failure:
            session.abandon()
            self._note_loss()
            return await self._no_login(failure)
        except WrongAccount as error:
            session.close()
            return ApiView(Layer.LOGIN, False, reason=str(error), lost_at=self._lost_at)
        self._session, self._proven = session, False
        return await self._answered(session)

    async def _no_login(self, failure: LoginFailed) -> ApiView:
        """How far it went: the library forgets, so what accepts and does not log us in is probed layer by layer."""
        if failure.client_id_in_use:
            self._ids.take_next()
        layer = Layer.HANDSHAKE if failure.awaiting_login or failure.client_id_in_use else Layer.NOTHING
        if layer is Layer.NOTHING and not failure.nothing_listens:
            host, port, id_ = self._settings.host, self._settings.port, self._ids.present
            seen = await asyncio.to_thread(probe, host, port, client_id=id_, timeout=self._login_deadline)
            layer = min(seen.layer, Layer.HANDSHAKE)
        return ApiView(layer, lost_at=self._lost_at, reason=str(failure))

    async def _ask(self) -> Book:
        if self._session is None or self._session.lost.done():
            return Book(self._clock.now(), reason="there is no connection to the Gateway now")
        return await read_book(
            self._session.client, self._session.account, self._settings.connection.request_timeout
        )

    async def _is_free(self, client_id: int) -> bool | None:
        session = Session(self._settings, client_id, Messages(), self._clock)
        try:
            await session.open(self._login_deadline)
        except LoginFailed as failure:
            session.abandon()
            return False if failure.client_id_in_use else None
        except WrongAccount:
            session.close()
            return None
        session.close()
        await asyncio.sleep(0.1)
        return True

    async def _leave(self) -> None:
        if self._session is not None and not self._session.lost.done():
            self._session.close()
            await asyncio.sleep(0.1)
        self._session = None

    def _drop(self) -> None:
        if self._session is not None:
            self._session.abandon()
            self._session = None

    def _note_loss(self) -> None:
        self._lost_at = self._lost_at or self._clock.now()

    def _on_error(self, _request: int, code: int, _text: str) -> None:
        if code in _LOST:
            self._link_lost = True
        elif code in _RESTORED:
            self._link_lost = False
