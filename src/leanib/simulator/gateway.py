"""The Gateway's core: who is connected, and where each message goes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta, tzinfo
from zoneinfo import ZoneInfo

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.announcer import Announcer
from leanib.simulator.chores import Chores
from leanib.simulator.clock import SECOND_US, Clock, to_datetime, to_us
from leanib.simulator.faults import Faults
from leanib.simulator.feeds import Feeds
from leanib.simulator.history import History
from leanib.simulator.market.market import Market
from leanib.simulator.market.quotes import Number
from leanib.simulator.orders.desk import Desk
from leanib.simulator.orders.exercises import Exercises
from leanib.simulator.orders.expiry import Expiry
from leanib.simulator.orders.margincalls import MarginCalls
from leanib.simulator.pacing import Pacing
from leanib.simulator.protocol import account as account_answers
from leanib.simulator.protocol import system
from leanib.simulator.protocol.fields import FieldError, Reader
from leanib.simulator.protocol.ids import Request
from leanib.simulator.protocol.protobuf.frames import from_frame
from leanib.simulator.reports import Reports
from leanib.simulator.session import Session, request_of
from leanib.simulator.trace import Trace, readable

LOG = logging.getLogger("leanib.simulator")
MAX_CLIENTS = 32
FARMS = ((2104, "usfarm"), (2106, "ushmds"), (2158, "secdefil"))
Handler = Callable[["Gateway", Session, Reader], None]


class Gateway:
    """Everything but the sockets; single-threaded, driven by clients' messages and by the clock."""

    def __init__(
        self,
        clock: Clock,
        accounts: Sequence[str],
        *,
        seed: int,
        cash: Number,
        base: str,
        always_open: bool,
        pacing: bool,
        master_client_id: int | None,
        max_version: int,
        time_zone: str,
        tick_interval: float,
        max_tickers: int,
    ) -> None:
        from leanib.simulator.handlers import HANDLERS

        self.clock = clock
        self.seed = seed
        self.zone = ZoneInfo(time_zone)
        self.zone_name = time_zone
        self.max_version = max_version
        self.master_client_id = master_client_id
        self.handlers: dict[Request, Handler] = HANDLERS
        self.notes: list[str] = []
        self.failures = 0  # requests that ran into a mistake of the simulator itself
        self.watchers: list[Callable[[str], None]] = []
        self.sessions: list[Session] = []
        self._numbers = 0
        self._wall = (-1, "")
        self.forgotten_until = 0  # fault: nothing before is told any more
        self.show_times()
        self.trace = Trace(clock)
        self.chores = Chores()
        #: Called before bytes leave for a client: what they tell must be in the state file.
        self.before_bytes: Callable[[], None] = lambda: None
        self.market = Market(clock, seed, always_open)
        self.accounts = Accounts(accounts, self.market, cash, base)
        self.desk = Desk(clock, self.market, self.accounts, seed)
        self.announcer = Announcer(self)
        self.desk.audience = self.announcer
        self.expiry = Expiry(clock, self.accounts, self.desk)
        self.exercises = Exercises(clock, self.accounts, self.desk)
        self.margin_calls = MarginCalls(clock, self.market, self.accounts, self.desk)
        self.feeds = Feeds(self, tick_interval, max_tickers)
        self.history = History(self)
        self.reports = Reports(self)
        self.pacing = Pacing(clock, pacing)
        self.faults = Faults(self)
        self._next_day()

    def midnight(self, days: int = 0) -> int:
        """The last midnight in the Gateway's zone (or so many days later), in microseconds since the epoch."""
        local = self.clock.now().astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return to_us(local + timedelta(days=days))

    def day_start(self) -> int:
        """Since when executions and completed orders are told: midnight, or later where a fault says so."""
        return max(self.midnight(), self.forgotten_until)

    def _next_day(self) -> None:
        """Daily profit and loss begins again at every midnight."""

        def begin() -> None:
            self.accounts.start_day()
            self._next_day()

        self.clock.call_at(self.midnight(days=1), begin)

    # connections

    def connected(self, session: Session) -> None:
        """A socket was accepted."""
        self._numbers += 1
        session.number = self._numbers
        self.sessions.append(session)
        self.faults.connected(session)

    def disconnected(self, session: Session) -> None:
        """A socket is gone: its subscriptions go with it, its orders stay."""
        if session in self.sessions:
            self.sessions.remove(session)
        for owner in (self.feeds, self.history, self.reports, self.pacing, self.faults, self.chores):
            owner.forget(session)
        if session.started:
            self.note(f"client {session.client_id} disconnected")

    def client(self, client_id: int) -> Session | None:
        """The session of a client id, if it is connected."""
        return next((s for s in self.sessions if s.client_id == client_id and not s.closed), None)

    def clients(self) -> list[Session]:
        """Sessions that completed startApi."""
        return [session for session in self.sessions if session.started and not session.closed]

    def version_for(self, newest: int) -> int:
        """The server version that a client with this newest one is told."""
        return self.faults.offered_version or min(newest, self.max_version)

    def greet(self, session: Session) -> None:
        """Tell a client the version that was agreed on."""
        if not self.faults.silent_handshake:
            session.send(system.handshake(session.version, self.handshake_time()))

    def start_api(self, session: Session, client_id: int) -> None:
        """A client introduces itself."""
        if session.started:
            return
        taken = self.client(client_id) is not None or self.faults.id_taken(client_id)
        if taken or len(self.clients()) >= MAX_CLIENTS:
            session.error(-1, 326)
            session.close()
            return
        session.client_id = client_id
        self.note(f"client {client_id} connected, version {session.version}")
        if self.faults.login_needed or self.faults.silent_login:
            return
        self.welcome(session)

    def welcome(self, session: Session) -> None:
        """What a client gets after startApi."""
        session.send(account_answers.managed_accounts(self.accounts.names))
        session.send(system.next_valid_id(self.desk.next_id(session.client_id or 0)))
        for code, farm in FARMS:
            session.error(-1, code, farm)

    # messages

    def received(self, session: Session, payload: bytes) -> None:
        """One message of a client, before anything looked at it."""
        try:
            payload = from_frame(session.version, payload)
        except FieldError as problem:
            session.error(-1, 320, f"{problem}")
            return
        self.trace.inbound(session, payload)
        if self.faults.holds_request(session, payload):
            return
        if not session.paced:
            self.pacing.count(session, session.too_fast)
        self.handle(session, payload)

    def handle(self, session: Session, payload: bytes) -> None:
        """Answer one message; what cannot be read is answered with error 320."""
        try:
            kind, reader = request_of(payload, session.version)
            handler = self.handlers.get(kind) if kind is not None else None
            if handler is None:
                session.error(-1, 320, "Unknown message id.")
            elif not session.started and kind is not Request.START_API:
                session.error(-1, 504)
            elif not self.faults.refuses(session, kind, reader):
                handler(self, session, reader)
        except FieldError as problem:
            session.error(-1, 320, f"{problem}")
        except Exception as problem:  # a mistake of the simulator: told to the client and the log; the server lives
            self.failures += 1
            shown = readable(payload, outbound=False, version=session.version)
            LOG.exception("request of client %s failed: %s", session.client_id, shown)
            session.error(-1, 322, f"-'sim' : cause - {type(problem).__name__}: {problem}")

    def outgoing(self, session: Session, payload: bytes) -> None:
        """One message to a client: through the faults onto the wire."""
        if self.faults.active and self.faults.reroutes(session, payload):
            return
        self.put(session, payload)

    def put(self, session: Session, payload: bytes) -> None:
        """Onto the wire, past the faults."""
        if self.trace.on:
            self.trace.outbound(session, payload)
        session.transmit(payload)

    def broadcast(self, code: int, *args: object) -> None:
        """A system message to every client."""
        for session in self.clients():
            session.error(-1, code, *args)
        self.note(f"system message {code}")

    def note(self, text: str) -> None:
        """Something that a person who watches would want to know."""
        self.notes.append(text)
        del self.notes[:-500]
        for watcher in self.watchers:
            watcher(text)

    def handshake_time(self) -> str:
        """The connection time in the Gateway's zone."""
        return f"{self.clock.now().astimezone(self.zone):%Y%m%d %H:%M:%S %Z}"

    def show_times(self, form: str = "", zone: tzinfo | None = None) -> None:
        """Write times of executions in this form and zone; without arguments as Gateways do."""
        self._form, self._shown_zone = form or f"%Y%m%d %H:%M:%S {self.zone_name}", zone or self.zone
        self._wall = (-1, "")

    def wall(self, moment: int) -> str:
        """A moment as IB writes it: "20240103 10:00:00 US/Eastern"."""
        second = moment // SECOND_US
        if self._wall[0] != second:
            self._wall = (second, f"{to_datetime(moment).astimezone(self._shown_zone):{self._form}}")
        return self._wall[1]
