"""The connection to IB Gateway and its one owner: dial, prove, reconcile, watch, and dial again.

A lost connection is dialled again by this module only. Services (account, quotes, orders) register with the manager; it
tells them when the connection is there (`resume`), when it is gone (`interrupted`) and when IBKR's link is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self

from leanib.ib.alerts import Alert, AlertSink, Severity
from leanib.ib.backoff import Backoff
from leanib.ib.client import GatewayClient
from leanib.ib.client_ids import ClientIds
from leanib.ib.clock import Clock, SystemClock
from leanib.ib.codes import describe
from leanib.ib.errors import ClientIdInUse, ConnectionFailed, IBError, JournalError, NotReady, WrongAccount
from leanib.ib.health import HealthCheck
from leanib.ib.link import LinkWatch
from leanib.ib.logs import get_logger
from leanib.ib.port import wait_for_port
from leanib.ib.service import Service
from leanib.ib.session import LoginFailed, Session
from leanib.ib.settings import CLIENT_IDS, IBSettings
from leanib.ib.signals import Messages
from leanib.ib.snapshot import Question
from leanib.ib.state import ConnectionState, Link, Login, Socket
from leanib.ib.windows import ResetWindows

__all__ = ["IBConnection"]

_LOGIN_PAUSE = 3.0
"""Seconds between two connections that wait for a login; each waits long itself."""


class IBConnection:
    """An asynchronous, self-healing connection; see `IBConnectionManager` for use without asyncio.

    Args:
        settings: See `load_settings`.
        role: Whose client ids to take the first free one of: `lean`, `live`, `scripts`, `monitor` or `doctor`.
        client_id: A client id of one's own choice instead.
        clock: Tells the wall-clock time.
        alert: Receives what a person must hear of.
    """

    def __init__(
        self,
        settings: IBSettings,
        *,
        role: str = "scripts",
        client_id: int | None = None,
        clock: Clock | None = None,
        alert: AlertSink | None = None,
    ) -> None:
        self.settings = settings
        self._client_ids = ClientIds(CLIENT_IDS[role] if client_id is None else (client_id,))
        self.clock = clock or SystemClock()
        windows = ResetWindows.load(settings.reset_windows)
        self.windows = windows.with_restart(settings.auto_restart_time, settings.time_zone)
        self.messages = Messages()
        self.state = ConnectionState(since=self.clock.now())
        self.log = get_logger()
        self._alert_sink = alert
        self._services: list[Service] = []
        self._session: Session | None = None
        self._owner: asyncio.Task[None] | None = None
        self._fatal: IBError | None = None
        #: No request may take the id of an order that was ever sent: its errors would be taken for the order's.
        self.lowest_request_id: Callable[[], int] | None = None
        self._stopping = self._releasing = self._is_patient = False
        self._questions: dict[str, Question] = {}
        self._changed = asyncio.Event()
        self._port_is_closed = self._was_reconciled = False
        self._failure: type[IBError] = ConnectionFailed
        self._backoff = Backoff.of(settings.connection, settings.seed)
        self._health = HealthCheck(self)
        self._link = LinkWatch(self)
        self.messages.error.connect(self._on_error)

    def register(self, service: Service) -> None:
        """Adds a service; call before `start`."""
        self._services.append(service)

    @property
    def client_id(self) -> int:
        """The client id in use; once logged in it stays, since IB ties orders to it."""
        return self._client_ids.present

    @property
    def client(self) -> GatewayClient:
        """The present client.

        Raises:
            NotReady: There is no connection now.
        """
        if self._session is None or not self.state.is_ready:
            raise NotReady(f"{self.state.obstacle()}; try again when the Gateway is back, or run 'leanib doctor'")
        return self._session.client

    @property
    def account(self) -> str:
        """The account's id; raises NotReady while it is not proven."""
        if self._session is None:
            raise NotReady(f"{self.state.obstacle()}; try again when the Gateway is back")
        return self._session.account

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that the Gateway serves; none while that is not known."""
        return self._session.accounts if self._session is not None else ()

    async def start(self, *, tries: int | None = None) -> None:
        """Connects and returns once everything is reconciled; the connection then heals itself.

        Args:
            tries: Give up after that many failures in a row, as long as it has never been there; None never does.
                Whoever was connected once is again, however long the Gateway is away, at the slow pace.

        Raises:
            ConnectionFailed: The Gateway did not come up within the tries.
            JournalError: It did, and what it tells of orders cannot be written.
            WrongAccount: The account does not fit the mode.
        """
        self._stopping, self._is_patient = False, tries is None
        owner = self._owner = asyncio.create_task(self._own(tries), name="ib-connection")
        while not self.state.reconciled and not owner.done():
            await self._next_change()
        if self._fatal is not None:
            raise self._fatal
        if owner.done():
            if not self._stopping:
                owner.result()
            raise NotReady("the connection was stopped before it was there")

    def question(self, name: str) -> Question:
        """The one that asks about `name`; shared, because two at once would take each other's answer."""
        found = self._questions.get(name)
        if found is None:
            found = self._questions[name] = Question(name, self.clock)
        return found

    async def stop(self) -> None:
        """Cancels subscriptions, takes leave of the Gateway and ends; does no more when called again.

        A listener may start it as a task, a service may await it in what the connection asks of it; from another
        thread, `asyncio.run_coroutine_threadsafe` runs it.
        """
        self._stopping = True
        self._link.end()
        await self._end_owner()
        if self._session is not None and self.state.is_ready and not self._releasing:
            await self._release()
        session, self._session = self._session, None
        if session is not None:
            session.close()
            await asyncio.sleep(0)
        self._changed.set()
        self.change(socket=Socket.DOWN, login=Login.UNKNOWN, link=Link.UNKNOWN, reconciled=False, reason="stopped")
        self.log.info("connection closed")

    async def _end_owner(self) -> None:
        """Cancels the owner until it has ended: what it awaits may swallow a cancellation."""
        owner = self._owner
        if owner is None or owner is asyncio.current_task():
            return
        while not owner.done():
            owner.cancel()
            await asyncio.wait({owner}, timeout=1.0)
        self._owner = None

    async def __aenter__(self) -> Self:
        await self.start(tries=self.settings.connection.retries + 1)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def wait_for(self, condition: Callable[[ConnectionState], bool], timeout: float) -> bool:
        """Waits until the state fulfils a condition; False when the deadline came first."""
        try:
            async with asyncio.timeout(timeout):
                while not condition(self.state):
                    await self._next_change()
        except TimeoutError:
            return False
        return True

    def change(self, **fields: Any) -> None:
        """Enters a new state: one log line and one signal a transition, none where nothing changed."""
        after = replace(self.state, **fields)
        differences = self.state.differences(after)
        if not differences:
            self.state = after
            return
        before, self.state = self.state, replace(after, since=self.clock.now())
        self.log.info("state changed", reason=self.state.reason, generation=self.state.generation, **differences)
        self.messages.state.emit(before, self.state)
        self._changed.set()

    def alert(self, severity: Severity, key: str, text: str) -> None:
        """Tells a person."""
        self.log.warning("alert", severity=severity.value, key=key, text=text)
        if self._alert_sink is not None:
            self._alert_sink(Alert(severity, key, text))

    def renew(self, reason: str) -> None:
        """Gives the present connection up; the owner dials again."""
        if self._session is not None:
            self._session.fail(reason)

    async def link_is_back(self, *, data_lost: bool) -> None:
        """Lets every service catch up after the link returned, then allows orders again."""
        generation = self.state.generation
        for service in self._services:
            await service.link_restored(data_lost=data_lost)
        if generation == self.state.generation and self.state.is_ready:
            self.reconciled()

    async def _own(self, tries: int | None) -> None:
        failures = 0
        while not self._stopping:
            if await self._dial():
                if failures and self._backoff.is_exhausted(failures):
                    self.alert(Severity.INFORMATION, "gateway-back", "the Gateway is back and everything is reconciled")
                failures = 0
                await self._serve()
                continue
            if self._stopping:  # by one of the services, within its own catching up
                return
            failures += 1
            gives_up = tries is not None and failures >= tries and not self._was_reconciled
            if self._fatal is not None or gives_up:
                self._give_up(failures)
                return
            await self._pause(failures)

    def _give_up(self, failures: int) -> None:
        if self._fatal is None:
            times = "once" if failures == 1 else f"{failures} times"
            remedy = "run 'leanib doctor' to find out why"
            if self._failure is JournalError:
                remedy = "make room on the disk, or end the program that holds the file"
            self._fatal = self._failure(f"{self.state.reason} (tried {times}); {remedy}")
        self._changed.set()

    async def _dial(self) -> bool:
        """One try: login, account, reconciliation. True when orders may be sent."""
        self.change(socket=Socket.CONNECTING, generation=self.state.generation + 1, reason="connecting")
        session = self._session = Session(self.settings, self.client_id, self.messages, self.clock)
        session.on_lost = lambda reason: self._lose(session, reason)
        try:
            await session.open(self._patience())
        except LoginFailed as failure:
            if failure.client_id_in_use and self._client_ids.take_next():
                session.abandon()
                return await self._dial()
            self._not_logged_in(session, failure)
            self._port_is_closed = failure.nothing_listens
            self._failure = ClientIdInUse if failure.client_id_in_use else ConnectionFailed
            return False
        except WrongAccount as error:
            self._fatal = error
            self._drop(session, Login.REFUSED, str(error))
            self.alert(Severity.CRITICAL, "wrong-account", str(error))
            return False
        self._client_ids.keep()
        if self.lowest_request_id is not None:
            session.client.client.updateReqId(self.lowest_request_id())
        # A Gateway without its link answers no question: the reconciliation below proves the link.
        self._link.forget()
        # Nor is it read-only for ever: what it is asked now shows it again.
        self.change(
            socket=Socket.UP, login=Login.READY, link=Link.UP, link_lost_at=None, read_only=False, reason="logged in"
        )
        return await self._catch_up(session)

    def _patience(self) -> float:
        """Seconds for a login: longer while a person is asked for one, to be let in at once when it is given.

        Who gives up after some tries does so soon.
        """
        settings, is_asked = self.settings.connection, self.state.login is Login.AWAITING
        return settings.retry_slow if is_asked and self._is_patient else settings.connect_timeout

    async def _catch_up(self, session: Session) -> bool:
        try:
            for service in self._services:
                await service.resume(session.client, session.account)
        except JournalError as error:
            self._failure = JournalError
            if not self._was_reconciled:
                session.fail(str(error))
            # Otherwise cancelling goes on over this connection; the order service reconciles when it can write.
        except (IBError, ConnectionError) as error:
            self._failure = ConnectionFailed
            session.fail(str(error))
        else:
            self.reconciled()
        return not (session.lost.done() or self._stopping)

    def reconciled(self) -> None:
        """Everything was compared with IB: orders may be sent."""
        if self.state.is_ready:
            self._was_reconciled = True
            self.change(reconciled=True, reason="reconciled")

    def _not_logged_in(self, session: Session, failure: LoginFailed) -> None:
        in_login_window = self.windows.at(self.clock.now(), "login") is not None
        awaiting = failure.awaiting_login or (in_login_window and not failure.client_id_in_use)
        if awaiting and self.state.login is not Login.AWAITING:
            self.alert(
                Severity.CRITICAL, "login-needed", "the Gateway waits for its login: confirm it with IB Key (2FA)"
            )
        reason = self._client_ids.all_in_use(str(failure)) if failure.client_id_in_use else str(failure)
        self._drop(session, Login.AWAITING if awaiting else Login.UNKNOWN, reason)

    async def _serve(self) -> None:
        """Watches the connection until it is lost."""
        session = self._session
        assert session is not None
        watch = asyncio.create_task(self._health.watch(session), name="ib-health")
        try:
            await asyncio.shield(session.lost)
        finally:
            watch.cancel()
            await asyncio.wait({watch})

    def _lose(self, session: Session, reason: str) -> None:
        self._drop(session, Login.UNKNOWN, reason)
        for service in self._services:
            service.interrupted(reason)

    def _drop(self, session: Session, login: Login, reason: str) -> None:
        session.abandon()
        self.change(socket=Socket.DOWN, login=login, reconciled=False, farms={}, reason=reason)

    async def _pause(self, failures: int) -> None:
        delay = self._backoff.delay(failures)
        window = self.windows.at(self.clock.now())
        if failures == self.settings.connection.retries + 1:
            when = f" (in the window '{window.source}')" if window else ""
            self.alert(
                Severity.CRITICAL,
                "gateway-unreachable",
                f"{self.state.reason}{when}; trying again every {self.settings.connection.retry_slow:g} s",
            )
        self.log.info("next try", seconds=round(delay, 2), failures=failures, reason=self.state.reason)
        if self._port_is_closed:
            await wait_for_port(self.settings.host, self.settings.port, delay)
        else:
            await asyncio.sleep(min(delay, _LOGIN_PAUSE) if self.state.login is Login.AWAITING else delay)

    async def _release(self) -> None:
        self._releasing = True
        try:
            await self._release_services()
        finally:
            self._releasing = False

    async def _release_services(self) -> None:
        for service in reversed(self._services):
            try:
                async with asyncio.timeout(self.settings.connection.request_timeout):
                    await service.release()
            except (TimeoutError, IBError, ConnectionError) as error:
                self.log.warning("a service did not end in order", service=type(service).__name__, error=repr(error))

    async def _next_change(self) -> None:
        self._changed.clear()
        change = asyncio.ensure_future(self._changed.wait())
        waited = {change} if self._owner is None else {change, self._owner}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        change.cancel()

    def _on_error(self, request: int, code: int, text: str) -> None:
        known = describe(code, text)
        self.log.info("ib message", code=code, text=text, request=request, meaning=known.meaning, action=known.action)
        self._link.on_code(code, text)
        if code == 321 and "read-only" in text.lower() and not self.state.read_only:
            self.change(read_only=True, reason="the API is read-only")
            self.alert(Severity.CRITICAL, "read-only-api", self.state.obstacle())
        elif code == 10197:
            self._link.competing_session()
        elif code in (1300, 507):
            self.renew(known.meaning)
