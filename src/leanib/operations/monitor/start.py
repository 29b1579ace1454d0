"""Putting a monitor together for a project and running it until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from leanib.errors import ConfigurationError, DataError
from leanib.ib.clock import Clock, SystemClock
from leanib.ib.logs import close_logging, connection_log, get_logger
from leanib.ib.redaction import Redactor
from leanib.ib.settings import IBSettings
from leanib.ib.windows import ResetWindows
from leanib.operations.alerts import AlertPost, DeadMan, load_addresses, open_alerts
from leanib.operations.alerts.center import as_line
from leanib.operations.deploy.plan import read_lean_json
from leanib.operations.deploy.record import load_deployment
from leanib.operations.gateway import docker_client
from leanib.operations.monitor.daemon import Daemon, Records
from leanib.operations.monitor.eyes import Eyes
from leanib.operations.monitor.hands import Hands
from leanib.operations.monitor.incidents import Timeline
from leanib.operations.monitor.lease import Lease, LeaseTaken
from leanib.operations.monitor.market import Market
from leanib.operations.monitor.memory import Memory, is_paused
from leanib.operations.monitor.metrics import MonitorMetrics
from leanib.operations.monitor.notify import notify
from leanib.operations.monitor.settings import MonitorSettings
from leanib.operations.monitor.supervisor import Supervisor

__all__ = ["run_monitor"]

_STAND_BY = 2.0
LOG_NAME = "leanib.monitor"
_LIBRARY = "ib_async"


def run_monitor(
    settings: IBSettings,
    monitor: MonitorSettings,
    *,
    stand_by: bool = False,
    tell: Callable[[str], None] = lambda _line: None,
    clock: Clock | None = None,
) -> None:
    """Watches the mode's deployment until SIGTERM or SIGINT.

    Args:
        settings: Of the Interactive Brokers services.
        monitor: Of the monitor.
        stand_by: Wait for the end of another monitor instead of refusing.
        tell: Hears what a person at the terminal should know.
        clock: Tells the time.

    Raises:
        LeaseTaken: Another monitor watches the account.
        LeaseLost: Another one took over.
        LeanIBError: Docker does not answer at the start, or the configuration is wrong.
    """
    clock = clock or SystemClock()
    root, mode = settings.source.root, settings.mode
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopped.set())
    lease = Lease(root, mode, clock)
    if not _take(lease, stopped, stand_by=stand_by, tell=tell):
        return
    names = (LOG_NAME, _LIBRARY)
    handler = connection_log(
        root / "logs" / f"monitor-{mode}.log", _redactor(settings), clock, names=names
    )
    logging.getLogger(_LIBRARY).setLevel(logging.CRITICAL)  # it tells every fill, and every dial that fails
    try:
        _watch(settings, monitor, lease, clock, stopped, tell)
    finally:
        lease.give_back()
        close_logging(handler, names=names)


def _take(lease: Lease, stopped: threading.Event, *, stand_by: bool, tell: Callable[[str], None]) -> bool:
    told = False
    while not stopped.is_set():
        try:
            lease.take()
        except LeaseTaken as error:
            if not stand_by:
                raise
            if not told:
                tell(f"standing by: {error}")
            told = True
            notify("READY=1", "WATCHDOG=1", f"STATUS=standing by: {error}")  # waiting is what it was started for
            stopped.wait(_STAND_BY)
        else:
            return True
    return False


def _watch(
    settings: IBSettings,
    monitor: MonitorSettings,
    lease: Lease,
    clock: Clock,
    stopped: threading.Event,
    tell: Callable[[str], None],
) -> None:
    root, mode = settings.source.root, settings.mode
    log = get_logger(LOG_NAME)
    redactor = _redactor(settings)
    memory = Memory(root, mode)
    state = memory.load()
    metrics = MonitorMetrics(mode)
    if monitor.metrics_port:
        metrics.serve(monitor.metrics_host, monitor.metrics_port)
    center = open_alerts(
        root, mode, redactor, lambda one, ok: log.info("alert", delivered=ok, **as_line(one)), keeps_outbox=True
    )
    records = Records(
        lease=lease,
        memory=memory,
        timeline=Timeline(root, mode, redactor),
        alerts=AlertPost(center, lambda text: log.warning("alerts", text=text)),
        dead_man=DeadMan(load_addresses(root).dead_man, lambda text: log.warning("dead man", text=text)),
        metrics=metrics,
        log=log,
        paused=lambda now: is_paused(root, mode, now),
        beat=lambda heartbeat: heartbeat.write(root, mode),
    )
    windows = ResetWindows.load(settings.reset_windows).with_restart(settings.auto_restart_time, settings.time_zone)
    supervisor = Supervisor(monitor.rules, windows, _market(root, tell), state)
    wake = threading.Event()
    eyes = Eyes(root, settings, docker_client(), clock, wake)
    hands = Hands(root, mode, eyes)
    daemon = Daemon(eyes, hands, supervisor, records, clock, interval=monitor.interval, wake=wake, pid=os.getpid())
    hands.alive, hands.tell = daemon.alive, daemon.note
    _stop_when_told(daemon, stopped)
    deployment = load_deployment(root, mode)
    tell(
        f"watching {deployment.project if deployment else 'for a deployment'} on the {mode} account every "
        f"{monitor.interval:g} s; 'leanib monitor status' shows how it is, Ctrl-C ends the watch (not LEAN)"
    )
    try:
        daemon.run()
    finally:
        eyes.close()
        records.alerts.close()


def _stop_when_told(daemon: Daemon, stopped: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: daemon.stop())
    if stopped.is_set():
        daemon.stop()


def _market(root: Path, tell: Callable[[str], None]) -> Market | None:
    """The calendar of the project's data folder; without it the monitor works, and says that it does not know."""
    try:
        folder = root / str(read_lean_json(root).get("data-folder") or "data")
        return Market.load(folder)
    except (ConfigurationError, DataError) as error:
        tell(f"when markets open is not known: {error}")
        return None


def _redactor(settings: IBSettings) -> Redactor:
    return Redactor(settings.secrets)

