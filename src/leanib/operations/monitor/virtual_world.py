"""A Gateway, a LEAN, an account and a person in virtual time, for the monitor's judgement to live with.

The world does what the monitor wants and watches for what must never happen: two LEANs, a start on an unknown account,
a login while IBKR resets, an order sent twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from leanib.ib.alerts import Severity
from leanib.ib.windows import ResetWindows
from leanib.operations.alerts.book import AlertBook, AlertRules, Delivery
from leanib.operations.book import Book, OpenOrder
from leanib.operations.lean_log import LeanFacts
from leanib.operations.monitor.market import Market
from leanib.operations.monitor.outcome import Action, Do
from leanib.operations.monitor.rules import Rules
from leanib.operations.monitor.sight import GatewaySight, LeanSight, Sight
from leanib.operations.monitor.state import MonitorState
from leanib.operations.monitor.supervisor import Supervisor
from leanib.operations.probe import Layer

__all__ = ["Gateway", "Lean", "VirtualWorld"]


@dataclass
class Gateway:
    """IB Gateway as its container and its API show it."""

    running: bool = True
    started_at: datetime | None = None
    logged_in_at: datetime | None = None
    link_lost: bool = False
    hint: str = ""
    on_network: bool = True
    cut: bool = False
    wedged: bool = False
    bad_password: bool = False
    account: bool = True
    state_when_down: str = "exited"
    heals_by_restart: bool = True


@dataclass
class Lean:
    """LEAN's container: what its log says, and whether its socket to the Gateway is whole."""

    running: bool = True
    exit_code: int | None = None
    out_of_memory: bool = False
    facts: LeanFacts = field(default_factory=LeanFacts)
    connected: bool = True
    hangs_since: datetime | None = None
    number: int = 1


class VirtualWorld:
    """One deployment and its surroundings; `run` lets time pass.

    Args:
        start: The first moment, aware.
        market: When the exchange is open.
        windows: When IBKR resets its servers and the Gateway restarts itself.
        mode: `paper` logs in without a second factor, `live` with one.
        reconnects: Whether LEAN logs in again by itself when the Gateway is back.
    """

    LOGIN = timedelta(seconds=45)
    START = timedelta(seconds=60)

    def __init__(
        self,
        start: datetime,
        market: Market,
        windows: ResetWindows,
        mode: str = "paper",
        *,
        reconnects: bool = False,
        rules: Rules | None = None,
    ) -> None:
        self.now, self.mode, self.reconnects = start, mode, reconnects
        self.market, self.windows = market, windows
        self.gateway = Gateway(started_at=start - timedelta(days=1), logged_in_at=start - timedelta(days=1))
        self.lean = Lean(facts=self._fresh_facts(start - timedelta(hours=1)))
        self.supervisor = Supervisor(rules or Rules.for_mode(mode), windows, market, MonitorState(container="lean-1"))
        self.alerts = AlertBook(AlertRules())
        self.delivered: list[Delivery] = []
        self.done: list[tuple[datetime, Action]] = []
        self.timeline: list[tuple[datetime, str]] = []
        self.wanted, self.hold, self.free = "running", "", 50 * 1024**3
        self.book: Book | None = None
        self.failure = ""
        self.positions: dict[str, Decimal] = {}
        self.engine = "lean"
        self.differences: tuple[str, ...] = ()
        self.orders: tuple[OpenOrder, ...] = ()
        self.fills: dict[str, str] = {}
        self.sent = 0
        self.confirms: Callable[[datetime], bool] = lambda _asked: False
        self.asked_at: datetime | None = None
        self._events: list[tuple[datetime, Callable[[], None]]] = []
        self._books_since_end = 0

    # --- the script ---------------------------------------------------------------------------------------------

    def at(self, moment: datetime, event: Callable[[], None]) -> None:
        """Something happens then."""
        self._events.append((moment, event))
        self._events.sort(key=lambda one: one[0])

    def run(self, until: datetime, step: float = 15.0) -> None:
        """Lets time pass in steps of so many seconds."""
        while self.now < until:
            self.now += timedelta(seconds=step)
            while self._events and self._events[0][0] <= self.now:
                self._events.pop(0)[1]()
            self._live()
            self._monitor()

    def kill_gateway(self) -> None:
        """Its process dies."""
        self.gateway.running, self.gateway.logged_in_at = False, None
        self.gateway.state_when_down = "exited"

    def kill_lean(self, code: int | None = 137, cause: str = "", error: str = "", *, ended: bool = False) -> None:
        """Its process ends."""
        self.lean.running, self.lean.exit_code = False, code
        self.lean.facts = replace(self.lean.facts, cause=cause, error=error, ended=ended)
        self._books_since_end = 0

    def restart_gateway_softly(self) -> None:
        """Its own daily restart: no login, gone for 90 seconds."""
        if self.gateway.logged_in_at is not None:
            self.gateway.logged_in_at = self.now + timedelta(seconds=90)

    def needs_login(self) -> None:
        """The weekly token ran out."""
        self.gateway.logged_in_at, self.gateway.hint, self.asked_at = None, "two-factor-waiting", self.now

    # --- the world's own life -------------------------------------------------------------------------------------

    def _live(self) -> None:
        self._log_in()
        self._connect()
        self._trade()

    def _log_in(self) -> None:
        gateway = self.gateway
        if gateway.hint == "two-factor-waiting" and self.asked_at is not None:
            alive = self.now - self.asked_at < timedelta(seconds=180)
            if alive and self.confirms(self.asked_at):
                gateway.hint, gateway.logged_in_at, self.asked_at = "", self.now, None

    def _api(self) -> Layer:
        gateway = self.gateway
        if not gateway.running or gateway.cut or not gateway.on_network:
            return Layer.NOTHING
        if gateway.wedged:
            return Layer.SOCKET
        if gateway.logged_in_at is None or gateway.logged_in_at > self.now:
            return Layer.HANDSHAKE if gateway.hint else Layer.SOCKET
        return Layer.REQUEST

    def _connect(self) -> None:
        lean = self.lean
        if not lean.running:
            return
        if self._api() < Layer.LOGIN:
            lean.connected = False
        elif not lean.connected and self.reconnects:
            lean.connected = True
            lean.facts = replace(lean.facts, login_at=self.now, lost_at=None)
        if lean.facts.trading_at is not None and lean.facts.trading_at <= self.now:
            step = self.now - lean.hangs_since if lean.hangs_since else timedelta(seconds=1)
            lean.facts = replace(lean.facts, heartbeat_at=self.now, last_at=self.now, step=step)

    def _trade(self) -> None:
        """The algorithm holds one share of SPY: it buys when the account it took over has none and no order for it."""
        lean = self.lean
        now = self.now
        trades = lean.running and lean.connected and lean.facts.trading_at is not None and not lean.hangs_since
        if trades and not self.positions.get("SPY") and not self.orders and self.market.is_open(now):
            self.sent += 1
            self.orders = (OpenOrder(0, self.sent, "SPY", "BUY", "1", "MKT"),)
        elif self.orders and self.orders[0].kind == "MKT" and self.market.is_open(now) and not self.gateway.link_lost:
            self.orders, self.positions = (), {"SPY": Decimal(1)}
            self.fills = {**self.fills, f"fill-{self.sent}": "bought 1 SPY at 400"}

    def _fresh_facts(self, moment: datetime) -> LeanFacts:
        return LeanFacts(
            last_at=moment, trading_at=moment, login_at=moment, heartbeat_at=moment, target="ib-gateway:4004"
        )

    # --- the monitor in it ------------------------------------------------------------------------------------------

    def sight(self) -> Sight:
        """What the monitor sees now."""
        gateway, lean, layer = self.gateway, self.lean, self._api()
        return Sight(
            now=self.now,
            gateway=GatewaySight(
                state="running" if gateway.running else gateway.state_when_down,
                started_at=gateway.started_at,
                layer=layer,
                right_account=gateway.account if layer >= Layer.LOGIN else None,
                link_lost=gateway.link_lost and layer >= Layer.LOGIN,
                hint=gateway.hint,
                on_network=gateway.on_network,
            ),
            lean=LeanSight(
                state="running" if lean.running else "absent",
                exit_code=lean.exit_code,
                out_of_memory=lean.out_of_memory,
                facts=lean.facts,
            ),
            wanted=self.wanted,
            container=f"lean-{lean.number}",
            book=self.book,
            differences=self.differences if lean.running else (),
            engine=self.engine,
            hold=self.hold,
            free_bytes=self.free,
            failure=self.failure,
        )

    def _monitor(self) -> None:
        outcome = self.supervisor.step(self.sight())
        self.failure = ""
        self.timeline += [(self.now, note) for note in outcome.notes]
        for alert in outcome.raised:
            self.delivered += self.alerts.raise_condition(alert, self.now)
        for key, text in outcome.resolved:
            self.delivered += self.alerts.resolve(key, text, self.now)
        for alert in outcome.events:
            self.delivered += self.alerts.event(alert, self.now)
        self.delivered += self.alerts.due(self.now)
        for action in outcome.actions:
            self.done.append((self.now, action))
            self._do(action)

    def _do(self, action: Action) -> None:
        match action.do:
            case Do.START_GATEWAY | Do.RESTART_GATEWAY:
                self._restart_gateway()
            case Do.SOFT_RESTART_GATEWAY:
                self._restart_gateway(softly=True)
            case Do.STOP_GATEWAY:
                self.kill_gateway()
            case Do.JOIN_NETWORK:
                self.gateway.on_network = True
            case Do.STOP_LEAN | Do.KILL_LEAN:
                self.lean.running, self.lean.exit_code, self._books_since_end = False, 0, 0
            case Do.ASK_BOOK:
                self._answer()
            case Do.REDEPLOY:
                self._redeploy()
            case Do.HOLD:
                self.hold = action.why
            case Do.ENDED:
                self.wanted = "stopped"

    def _restart_gateway(self, *, softly: bool = False) -> None:
        assert self.windows.at(self.now, "reset") is None, "nobody logs in while IBKR resets its servers"
        gateway = self.gateway
        if not gateway.heals_by_restart:
            gateway.running, gateway.started_at = True, self.now
            return
        if softly and gateway.running:
            gateway.wedged, gateway.link_lost, gateway.logged_in_at = False, False, self.now + timedelta(seconds=90)
            return
        gateway.running, gateway.started_at, gateway.wedged, gateway.link_lost = True, self.now, False, False
        gateway.logged_in_at, gateway.hint, self.asked_at = None, "", None
        if gateway.bad_password:
            gateway.hint = "wrong-password"
        elif self.mode == "live":
            gateway.hint, self.asked_at = "two-factor-waiting", self.now
        else:
            gateway.logged_in_at = self.now + self.LOGIN

    def _answer(self) -> None:
        if self._api() < Layer.LOGIN:
            self.book = Book(self.now, reason="the connection was lost while asking")
            return
        self.book = Book(self.now, positions=self.positions, orders=self.orders, fills=self.fills)
        self._books_since_end += 1

    def _redeploy(self) -> None:
        assert not self.lean.running, "two LEANs"
        assert self._books_since_end >= 2, "started on an account that was not asked twice"
        assert self._api() is Layer.REQUEST
        began = self.now + self.START
        holdings = dict(self.positions)
        facts = replace(self._fresh_facts(began), holdings=holdings)
        self.lean = Lean(facts=facts, number=self.lean.number + 1)
        self.differences = ()

    # --- what came of it --------------------------------------------------------------------------------------------

    @property
    def keys(self) -> list[str]:
        """What a person was told, in order: the key, with a minus sign when it was resolved."""
        shown = [one for one in self.delivered if one.kind in ("raised", "event", "resolved")]
        return [("-" if one.kind == "resolved" else "") + one.key for one in shown]

    @property
    def critical(self) -> list[str]:
        """Critical messages, reminders left aside."""
        return [d.key for d in self.delivered if d.severity is Severity.CRITICAL and d.kind in ("raised", "event")]

    def count(self, do: Do) -> int:
        """How often something was done."""
        return sum(action.do is do for _, action in self.done)

    def actions(self, but: Iterable[Do] = (Do.ASK_BOOK,)) -> list[Do]:
        """What was done, in order, without the questions."""
        return [action.do for _, action in self.done if action.do not in but]

    def is_trading(self) -> bool:
        """Whether LEAN trades, connected, and the monitor thinks so too."""
        facts = self.lean.facts
        begun = facts.trading_at is not None and facts.trading_at <= self.now
        return self.lean.running and self.lean.connected and begun and self.supervisor.state.phase == "watch"
