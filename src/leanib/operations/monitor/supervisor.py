"""The monitor's judgement, without hands: a look goes in, what to do and what to tell comes out.

It knows no Docker, no socket and no clock but the look's own moment, so that a month of nights can be tried in seconds.
It judges levels, not edges: what is seen now against what is wanted; what it must remember is in `MonitorState`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from leanib.ib.alerts import Severity
from leanib.ib.windows import ResetWindows
from leanib.operations.monitor.desk import Desk, spoken
from leanib.operations.monitor.gateway_watch import GatewayWatch
from leanib.operations.monitor.lean_watch import LEAN_CONDITIONS, LeanWatch
from leanib.operations.monitor.market import Market
from leanib.operations.monitor.outcome import Action, Do, Outcome
from leanib.operations.monitor.recovery import Recovery
from leanib.operations.monitor.rules import Rules
from leanib.operations.monitor.sight import Sight
from leanib.operations.monitor.state import MonitorState

__all__ = ["HOLDS", "Supervisor"]

HOLDS = (
    "wrong-account", "wrong-password", "too-many-logins", "session-elsewhere", "second-gateway", "strategy-error",
    "order-unanswered", "too-many-redeploys", "same-error-twice", "orders-left", "orders-unknown", "positions-differ",
    "holdings-differ", "gateway-keeps-id",
    "disk-full",
)  # fmt: skip
"""Conditions after which only a person starts LEAN again."""

_BEFORE_OPEN = timedelta(minutes=30)
_KNOW_AGAIN = timedelta(minutes=15)
_KNOW_SOON = timedelta(seconds=60)
"""After the Gateway is back, and when LEAN counts otherwise than the account: a fill may be under way."""
_CALENDAR_PAUSE = timedelta(minutes=5)
_MOST_TOLD = 50


class Supervisor:
    """Judges one look after the other."""

    def __init__(self, rules: Rules, windows: ResetWindows, market: Market | None, state: MonitorState) -> None:
        self.desk = Desk(rules, windows, market, state)
        self._gateway = GatewayWatch(self.desk)
        self._lean = LeanWatch(self.desk)
        self._recovery = Recovery(self.desk, self._lean)
        self._calendar_at: datetime | None = None

    @property
    def state(self) -> MonitorState:
        """What it remembers."""
        return self.desk.state

    def step(self, sight: Sight) -> Outcome:
        """Judges a look."""
        self.desk.take(sight)
        if sight.busy:
            return self.desk.out
        self._take_note_of_a_new_deployment()
        self._gateway.look()
        if sight.wanted == "running":
            if not self._disk():
                self._phase()
            self._calendar()
        else:
            self._at_rest()
        return self.desk.out

    def _phase(self) -> None:
        match self.state.phase:
            case "watch":
                self._lean.look()
                self._know_the_account()
            case "stopping":
                self._recovery.stopping()
            case "recover":
                self._recovery.recover()
            case "starting":
                self._recovery.starting()
            case _:
                self._recovery.held()

    def _take_note_of_a_new_deployment(self) -> None:
        """A person started LEAN anew (or the monitor did): holds are over, budgets begin again for a person's."""
        sight, state = self.desk.sight, self.state
        if sight.container == state.container:
            return
        by_hand = state.phase != "starting"
        state.container = sight.container
        if by_hand and sight.wanted == "running":
            self.desk.right("LEAN was started anew by a person", *HOLDS, *LEAN_CONDITIONS)
            state.redeploys, state.errors, state.error = [], {}, ""
            state.lost_at = state.back_at = None
            state.enter("starting", "started by a person", sight.now)

    def _at_rest(self) -> None:
        """Nothing is to run: what was wrong with it is of no more interest."""
        if self.state.phase != "watch":
            self.state.enter("watch", "nothing is to run", self.desk.now)
        for key in list(self.state.conditions):
            self.desk.right("the algorithm is stopped on purpose", key)

    def _disk(self) -> bool:
        """Whether the disk is full, so that LEAN is stopped: neither its log nor the journal can be written."""
        free, rules, desk = self.desk.sight.free_bytes, self.desk.rules, self.desk
        if free is None:
            return False
        if free < rules.least_free and self.state.phase == "held":
            return False
        if free < rules.least_free:
            desk.hold(
                "disk-full",
                f"the disk is full ({free // 1024**2} MB left), so neither LEAN's log nor the journal can be written, "
                "and LEAN is stopped: free disk space ('docker system df'), then 'leanib redeploy'",
            )
            return True
        if free < rules.little_free:
            text = f"{free // 1024**2} MB are left on the disk; at {rules.least_free // 1024**2} MB LEAN is stopped"
            desk.wrong("disk-low", Severity.WARNING, text)
        else:
            desk.right("there is room on the disk again", "disk-low")
        return False

    def _know_the_account(self) -> None:
        """Asks now and then, so that after a bad night it is known what changed."""
        state, desk = self.state, self.desk
        if state.phase != "watch" or state.ready_since is None:
            return
        book = desk.sight.book
        if state.asked_at is not None and book is not None and book.at >= state.asked_at:
            state.asked_at = None
            if book.is_complete:
                state.baseline = book
                self._compare(sight=desk.sight)
        last = state.baseline.at if state.baseline is not None else None
        returned = last is not None and last < state.ready_since <= desk.now - _KNOW_SOON
        pause = _KNOW_SOON if state.differs else _KNOW_AGAIN
        if state.phase == "watch" and (last is None or returned or desk.now - last >= pause) and (
            state.asked_at is None or desk.now - state.asked_at >= pause
        ):
            state.asked_at = desk.now
            desk.out.actions.append(Action(Do.ASK_BOOK, "to know what changes"))

    def _compare(self, sight: Sight) -> None:
        """LEAN never asks for fills that it missed: when it counts otherwise twice in a row it is started anew."""
        state = self.state
        known, state.differs = set(state.differs), list(sight.differences)
        lasting = [one for one in sight.differences if one in known]
        if lasting and state.phase == "watch":
            state.differs = []
            self._lean.stop(f"a fill passed LEAN by ({lasting[0]})")

    def _calendar(self) -> None:
        """What a person is told with lead time; looked at every few minutes."""
        if self._calendar_at is not None and self.desk.now - self._calendar_at < _CALENDAR_PAUSE:
            return
        self._calendar_at = self.desk.now
        self._login_due()
        self._before_open()

    def _login_due(self) -> None:
        desk = self.desk
        if not desk.rules.two_factor:
            return
        starts = [one.next_start(desk.now) for one in desk.windows.windows if one.kind == "login"]
        due = min(starts, default=None)
        if due is None or due - desk.now > desk.rules.login_lead:
            return
        if self._first_time(f"login {due.isoformat()}"):
            text = (
                f"the weekly login is due in {spoken(due - desk.now)} ({due:%A %H:%M %Z}): keep your phone at hand; "
                "LEAN goes on trading only once you have confirmed it"
            )
            desk.out.tell(Severity.WARNING, "login-due", text)

    def _before_open(self) -> None:
        desk, state = self.desk, self.state
        opening = desk.market.next_open(desk.now) if desk.market is not None and state.conditions else None
        if opening is None or opening - desk.now > _BEFORE_OPEN:
            return
        if self._first_time(f"open {opening.isoformat()}"):
            wrong = ", ".join(sorted(state.conditions))
            text = f"the market opens in {spoken(opening - desk.now)} and this is not mended: {wrong}"
            desk.out.tell(Severity.CRITICAL, "not-ready-for-open", text)

    def _first_time(self, name: str) -> bool:
        if name in self.state.told:
            return False
        self.state.told = [*self.state.told, name][-_MOST_TOLD:]
        return True
