"""The monitor as a process: look, judge, remember, tell, act; again every few seconds, until it is told to stop.

It writes down what it decided before it does it, so that it may be killed at any moment. It holds the lease of the
account: a second monitor does not start, and one that lost its lease does nothing more.
"""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from leanib.errors import LeanIBError
from leanib.ib.alerts import Alert, Severity
from leanib.ib.clock import Clock
from leanib.operations.alerts import AlertPost, DeadMan
from leanib.operations.book import Book
from leanib.operations.monitor.incidents import Timeline
from leanib.operations.monitor.lease import Lease, LeaseLost
from leanib.operations.monitor.memory import Heartbeat, Memory
from leanib.operations.monitor.metrics import MonitorMetrics
from leanib.operations.monitor.notify import notify
from leanib.operations.monitor.outcome import Action, Do, Outcome
from leanib.operations.monitor.sight import Sight
from leanib.operations.monitor.supervisor import Supervisor

__all__ = ["Daemon", "Looks", "Records", "Works"]

_MOST_FAILURES = 20
"""Looks in a row that failed in a way nobody foresaw; then the process ends, and what started it starts it anew."""
_DEAD_MAN_PAUSE = timedelta(seconds=60)
_LOG_PAUSE = timedelta(seconds=60)


class Looks(Protocol):
    """Eyes."""

    def look(
        self,
        *,
        failure: str = "",
        book: Book | None = None,
        doubts: tuple[str, ...] = (),
        differences: tuple[str, ...] = (),
        lean_id_free: bool | None = None,
    ) -> Sight:
        """What there is to see now."""
        ...


class Works(Protocol):
    """Hands."""

    book: Book | None
    doubts: tuple[str, ...]
    differences: tuple[str, ...]
    lean_id_free: bool | None

    def do(self, action: Action) -> str:
        """Does one thing; empty, or why it could not be done."""
        ...


class Log(Protocol):
    """A structured logger."""

    def info(self, event: str, **fields: object) -> object:
        """A line."""
        ...

    def warning(self, event: str, **fields: object) -> object:
        """A line that somebody should read."""
        ...

    def exception(self, event: str, **fields: object) -> object:
        """A line with the present traceback."""
        ...


@dataclass(frozen=True)
class Records:
    """What the monitor writes on.

    Attributes:
        log: A structured logger.
        paused: Until when a person has paused it, asked at every look.
        beat: Writes a heartbeat; False when the disk took it not.
    """

    lease: Lease
    memory: Memory
    timeline: Timeline
    alerts: AlertPost
    dead_man: DeadMan
    metrics: MonitorMetrics
    log: Log
    paused: Callable[[datetime], datetime | None]
    beat: Callable[[Heartbeat], bool]


class Daemon:
    """One monitor.

    Args:
        eyes, hands: What it looks with and acts with.
        supervisor: What it judges with; its state is the memory's.
        records: What it writes on.
        clock: Tells the time.
        interval: Seconds between two looks.
        wake: Set when something happened that is worth a look at once.
        pid: Stands in the heartbeat.
    """

    def __init__(
        self,
        eyes: Looks,
        hands: Works,
        supervisor: Supervisor,
        records: Records,
        clock: Clock,
        *,
        interval: float = 5.0,
        wake: threading.Event | None = None,
        pid: int = 0,
    ) -> None:
        self._eyes, self._hands, self._supervisor, self._records = eyes, hands, supervisor, records
        self._clock, self._interval, self._pid = clock, interval, pid
        self.wake = wake or threading.Event()
        self._stop = threading.Event()
        self._failure = ""
        self._failures = 0
        self._own_conditions: set[str] = set()
        self._last = Heartbeat(clock.now(), "starting", pid=pid)
        self._dead_man_at: datetime | None = None
        self._told_ill = False
        self._memory_problem = ""
        self._looked_at: datetime | None = None
        self._dead_man_pool = concurrent.futures.ThreadPoolExecutor(1, "leanib-monitor-dead-man")
        self._dead_man_call: concurrent.futures.Future[None] | None = None

    def stop(self) -> None:
        """Ends after the present look or act; may be called from a signal handler."""
        self._stop.set()
        self.wake.set()

    def run(self) -> None:
        """Until `stop`; the lease is held by the caller.

        Raises:
            LeaseLost: Another monitor has taken over.
            LeanIBError: Looking failed again and again in a way that nobody foresaw.
        """
        notify("READY=1", "STATUS=watching")
        self._records.log.info("monitor starts", phase=self._supervisor.state.phase)
        try:
            while not self._stop.is_set():
                self.once()
                if self.wake.wait(self._interval):
                    self.wake.clear()
        finally:
            notify("STOPPING=1")
            self._dead_man_pool.shutdown(wait=False, cancel_futures=True)
            self._records.log.info("monitor ends", phase=self._supervisor.state.phase)

    def once(self) -> None:
        """One look and what follows from it."""
        self._records.lease.renew()
        paused = self._records.paused(self._clock.now())
        try:
            hands = self._hands
            sight = self._eyes.look(
                failure=self._failure,
                book=hands.book,
                doubts=hands.doubts,
                differences=hands.differences,
                lean_id_free=hands.lean_id_free,
            )
        except LeaseLost:
            raise
        except LeanIBError as error:
            self._blind("docker-down", f"the monitor cannot see: {error}")
            return
        except Exception as error:
            self._unforeseen(error)
            return
        self._sees_again()
        if paused is not None:
            self._rest(sight, f"paused by a person until {paused:%H:%M} UTC")
            return
        self._judge(sight)

    def alive(self) -> None:
        """A sign of life while an act takes its time; LeaseLost when another monitor has taken over meanwhile."""
        self._records.lease.renew()
        self._beat(self._last.phase, self._last.wanted)

    def note(self, text: str) -> None:
        """A line for the timeline, from a hand."""
        self._records.timeline.note(text, self._clock.now())
        self._records.log.info("note", text=text)

    def _judge(self, sight: Sight) -> None:
        records, state = self._records, self._supervisor.state
        self._failure = ""
        outcome = self._supervisor.step(sight)
        self._tell(outcome)  # written down before what it follows from: a monitor that dies now tells it, once
        records.memory.save(state)
        self._tell_memory()
        records.timeline.take(outcome, state, sight.wanted, sight.now)
        self._log(sight, outcome)
        for action in outcome.actions:
            self.alive()
            self._act(action)
        records.metrics.take(sight, outcome, state, state.phase)
        self._beat(state.phase, sight.wanted)
        self._call_dead_man(sight)

    def _act(self, action: Action) -> None:
        failure = self._hands.do(action)
        if failure:
            self._failure = failure if action.do is Do.REDEPLOY else ""
            if action.do is not Do.REDEPLOY and not self._disk_is_told:  # whose failure the judgement tells of
                self._records.alerts(Alert(Severity.WARNING, "act-failed", failure))
            if not self._disk_is_told:
                self._records.timeline.note(f"failed: {failure}", self._clock.now(), "failed")
            self._records.log.warning("act failed", do=action.do.name.lower(), failure=failure)
        else:
            self._records.log.info("act done", do=action.do.name.lower())
        if action.do is not Do.HOLD:
            self.wake.set()

    def _tell(self, outcome: Outcome) -> None:
        """One message a transition, on disk when this returns; delivered on a thread of its own, again if need be."""
        alerts = self._records.alerts
        for alert in outcome.raised:
            alerts.raise_condition(alert)
        for key, text in outcome.resolved:
            alerts.resolve(key, text)
        for alert in outcome.events:
            alerts(alert)

    def _log(self, sight: Sight, outcome: Outcome) -> None:
        """Every transition, and once a minute how things stand."""
        log, gateway, lean = self._records.log, sight.gateway, sight.lean
        for alert in outcome.raised:
            log.warning("condition raised", key=alert.key, severity=alert.severity.value, text=alert.text)
        for key, text in outcome.resolved:
            log.info("condition resolved", key=key, text=text)
        for action in outcome.actions:
            log.info("act", do=action.do.name.lower(), why=action.why)
        if self._looked_at is None or sight.now - self._looked_at >= _LOG_PAUSE or outcome.raised or outcome.resolved:
            self._looked_at = sight.now
            log.info(
                "look",
                phase=self._supervisor.state.phase,
                wanted=sight.wanted,
                gateway=gateway.state,
                layer=gateway.layer.name.lower(),
                link_lost=gateway.link_lost,
                hint=gateway.hint,
                lean=lean.state,
                exit_code=lean.exit_code,
                heartbeat=lean.facts.heartbeat_at,
                conditions=sorted(self._supervisor.state.conditions),
            )

    def _blind(self, key: str, text: str) -> None:
        """Docker does not answer: nothing is concluded, nothing is done, a person is told once."""
        now = self._clock.now()
        if key not in self._own_conditions:
            self._own_conditions.add(key)
            self._records.alerts.raise_condition(Alert(Severity.CRITICAL, key, f"{text}; nothing is done meanwhile"))
            self._records.timeline.note(text, now)
            self._records.log.warning("blind", key=key, text=text)
        self._records.metrics.phase("blind")
        self._records.metrics.conditions({*self._supervisor.state.conditions, *self._own_conditions})
        self._beat("blind", self._last.wanted)

    def _unforeseen(self, error: Exception) -> None:
        self._records.log.exception("a look failed")
        self._failures += 1
        self._blind("monitor-error", f"a look failed ({type(error).__name__}: {error}); see the monitor's log")
        if self._failures >= _MOST_FAILURES:
            raise LeanIBError(
                f"{self._failures} looks in a row failed ({type(error).__name__}: {error}); see logs/monitor-*.log"
            ) from error

    def _sees_again(self) -> None:
        self._failures = 0
        for key in sorted(self._own_conditions):
            self._records.alerts.resolve(key, "the monitor sees again")
            self.note(f"the monitor sees again ({key} is over)")
        self._own_conditions = set()

    def _rest(self, sight: Sight, status: str) -> None:
        self._records.metrics.take(sight, Outcome(), self._supervisor.state, "paused")
        self._beat("paused", sight.wanted, status)

    @property
    def _disk_is_told(self) -> bool:
        """A full disk is one alert; what cannot be written because of it is no news."""
        return "disk-full" in self._supervisor.state.conditions

    def _tell_memory(self) -> None:
        problem = self._records.memory.problem
        if problem and problem != self._memory_problem and not self._disk_is_told:
            self._records.alerts(Alert(Severity.WARNING, "memory-not-written", problem))
            self._records.log.warning("memory", problem=problem)
        self._memory_problem = problem

    def _beat(self, phase: str, wanted: str, status: str = "") -> None:
        """Heartbeat on disk, and systemd's watchdog."""
        conditions = {key: at.isoformat(timespec="seconds") for key, at in self._supervisor.state.conditions.items()}
        conditions |= dict.fromkeys(sorted(self._own_conditions), "")
        status = status or _status(phase, wanted, conditions, calm=self._supervisor.state.is_calm)
        self._last = Heartbeat(self._clock.now(), phase, wanted, status, self._pid, conditions)
        self._records.beat(self._last)
        notify("WATCHDOG=1", f"STATUS={status}")

    def _call_dead_man(self, sight: Sight) -> None:
        """Once a minute while all is well; at once when a critical condition begins. Never waits for the answer."""
        if self._dead_man_call is not None and not self._dead_man_call.done():
            return
        ill = bool(self._supervisor.state.conditions) and sight.wanted == "running"
        due = self._dead_man_at is None or sight.now - self._dead_man_at >= _DEAD_MAN_PAUSE
        if ill and not self._told_ill:
            text = ", ".join(sorted(self._supervisor.state.conditions))
            self._dead_man_call = self._dead_man_pool.submit(self._records.dead_man.ill, text)
        elif not ill and due:
            self._dead_man_call = self._dead_man_pool.submit(self._records.dead_man.well)
        else:
            return
        self._told_ill, self._dead_man_at = ill, sight.now


def _status(phase: str, wanted: str, conditions: dict[str, str], *, calm: bool) -> str:
    if conditions:
        return f"{phase}: {', '.join(conditions)}"
    if wanted != "running":
        return "at rest: nothing is to run" if wanted else "at rest: nothing is deployed"
    if phase == "watch":
        return "all is well" if calm else "the Gateway was away; LEAN has not logged in again yet"
    return phase
