"""Runs a strategy live in a process of its own: three threads, signals, and a watch over the algorithm.

The main thread waits for Ctrl-C and SIGTERM and watches how long the algorithm takes; it can cancel orders and close
positions while the algorithm hangs.
"""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from leanib import collector
from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.engine.live.bridge import ThreadBridge
from leanib.engine.live.job import AtEnd, LiveJob, LiveOutcome, OnError
from leanib.engine.live.ownership import owning
from leanib.engine.live.run import LiveRun
from leanib.engine.live.state import check_no_other_runs, last_client_id
from leanib.errors import LeanIBError
from leanib.ib import Alert, IBConnectionManager, Severity, SystemClock
from leanib.ib.settings import IBSettings

__all__ = ["LiveRunner", "StepTooLong"]

_START_TIMEOUT = 600.0
_STOP_TIMEOUT = 30.0
_LOOK = 0.25
_FIRST_WARNING = timedelta(seconds=10)
_GRACE = timedelta(seconds=60)
"""What a step may still take once the run is to end."""


class StepTooLong(LeanIBError):  # noqa: N818 - reads as what happened
    """A step of the algorithm took longer than it may."""


class LiveRunner:
    """Runs one strategy until it is stopped or fails.

    Args:
        path: The algorithm's project or file.
        job: What to run.
        settings: Of the services.
        client_id: A client id of one's own choice.
        step_limit: What a step of the algorithm may take.
        tell: Told what the user should know, on the main thread.
        look: Called some times a second on the main thread, with how long the present step has taken.

    Attributes:
        signal: The number of the signal that was to end it; None when none came.
    """

    def __init__(
        self,
        path: Path,
        job: LiveJob,
        settings: IBSettings,
        *,
        client_id: int | None = None,
        step_limit: timedelta = timedelta(minutes=20),
        tell: Callable[[str], object] = print,
        look: Callable[[timedelta], object] = lambda _busy: None,
    ) -> None:
        self._path = path
        self._job = job
        self._settings = settings
        self._client_id = client_id
        self._step_limit = step_limit
        self._tell = tell
        self._look = look
        self.signal: int | None = None
        self._signals = 0
        self._outcome: LiveOutcome | None = None
        self._error: BaseException | None = None
        self._run: LiveRun | None = None
        self._next_warning = _FIRST_WARNING

    def run(self) -> LiveOutcome:
        """From the connection to its end.

        Raises:
            LeanIBError: What forbids the start.
            StepTooLong: The algorithm hangs; what `on_error` says was done.
            Exception: Of the algorithm's file, while it was read.
        """
        check_no_other_runs(self._job.state_file)  # else the Gateway says that the client id is in use, and not by whom
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        bridge = ThreadBridge(SystemClock())
        client_id = self._client_id
        if client_id is None and not self._job.fresh:
            client_id = last_client_id(self._job.state_file)
        services = IBConnectionManager(
            self._settings, role="live", client_id=client_id, clock=SystemClock(), alert=self._job.alert
        )
        try:
            self._connect(bridge, services)
            account, job = services.connection.account, self._job
            with owning(self._settings.state_folder, account, job.name, job.book):
                return self._supervise(bridge, services)
        finally:
            self._disconnect(bridge, services)
            bridge.close()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.signal = number
        self._signals += 1
        if self._run is not None and self._signals == 1:
            self._run.request_stop()
        elif self._run is None:
            raise KeyboardInterrupt

    def _connect(self, bridge: ThreadBridge, services: IBConnectionManager) -> None:
        bridge.call(services.start(), _START_TIMEOUT)

    def _disconnect(self, bridge: ThreadBridge, services: IBConnectionManager) -> None:
        try:
            bridge.call(services.stop(), _STOP_TIMEOUT)
        except LeanIBError as error:
            self._tell(f"the connection did not end in order: {error}")

    # --- the algorithm's thread ----------------------------------------------------------------------------------

    def _supervise(self, bridge: ThreadBridge, services: IBConnectionManager) -> LiveOutcome:
        thread = threading.Thread(
            target=self._work, args=(bridge, services), name="leanib-algorithm", daemon=True
        )
        collector.settle()
        thread.start()
        stopping_since = None
        while thread.is_alive():
            thread.join(_LOOK)
            run = self._run
            if run is None or not thread.is_alive():
                continue
            now = bridge.now()
            busy = run.pulse.busy(now)
            self._look(busy)
            self._watch(run, busy)
            if self._signals and stopping_since is None:
                stopping_since = now
                self._tell("stopping after the present step; once more to leave at once")
            too_late = stopping_since is not None and now - stopping_since > _GRACE and busy > _GRACE
            if busy > self._step_limit or too_late or self._signals > 1:
                return self._give_up(run, busy)
        if self._error is not None:
            raise self._error
        assert self._outcome is not None
        return self._outcome

    def _work(self, bridge: ThreadBridge, services: IBConnectionManager) -> None:
        try:
            algorithm = load_algorithm(self._path)
            self._run = LiveRun(algorithm, self._job, bridge, services)
            if self._signals:
                self._run.request_stop()
            self._outcome = self._run.run()
        except BaseException as error:
            self._error = error

    def _watch(self, run: LiveRun, busy: timedelta) -> None:
        """Says when a step takes long, and where it is; each time it has doubled."""
        if busy < _FIRST_WARNING:
            self._next_warning = _FIRST_WARNING
            return
        if busy >= self._next_warning:
            self._next_warning = 2 * busy
            where = _user_line(run.pulse.thread_id)
            self._tell(f"the algorithm has been busy for {busy.total_seconds():.0f} s ({run.pulse.phase}){where}")

    def _give_up(self, run: LiveRun, busy: timedelta) -> LiveOutcome:
        """The algorithm does not come back: what is to be done with orders and positions is done without it."""
        if self._signals:
            action: Any = self._job.on_exit
            keep, liquidate = action is AtEnd.KEEP, action is AtEnd.LIQUIDATE
        else:
            action = self._job.on_error
            keep, liquidate = action is OnError.KEEP, action is OnError.LIQUIDATE
        where = _user_line(run.pulse.thread_id)
        text = f"{self._job.name} hangs: its step has taken {busy.total_seconds():.0f} s{where}"
        self._job.alert(Alert(Severity.CRITICAL, "live-hangs", f"{text}; on its orders and positions: {action.value}"))
        if not keep and not run.wind_down(liquidate=liquidate, say=self._tell):
            self._tell("not all orders and positions are as they were to be: see above, and 'leanib account'")
        raise StepTooLong(f"{text}; it was given up (orders and positions: {action.value})")


def _user_line(thread_id: int) -> str:
    """Where a thread is in a file that is not the engine's."""
    frame = sys._current_frames().get(thread_id)
    found = ""
    for entry in traceback.extract_stack(frame) if frame is not None else ():
        if "/leanib/" not in entry.filename and not entry.filename.startswith(("<", sys.base_prefix)):
            found = f" at {entry.filename}, line {entry.lineno}"
    return found
