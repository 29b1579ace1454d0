"""The monitor's figures for Prometheus, served on this machine's loopback (prometheus-client).

Moments are gauges with seconds since 1970, so that an age is `time() - metric`; unknown is NaN, never zero.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from leanib.errors import LeanIBError
from leanib.operations.monitor.outcome import Do, Outcome
from leanib.operations.monitor.sight import Sight
from leanib.operations.monitor.state import MonitorState, recent
from leanib.operations.monitor.supervisor import HOLDS

__all__ = ["PHASES", "MonitorMetrics"]

PHASES = ("watch", "stopping", "recover", "starting", "held", "paused", "blind")
_UNKNOWN = float("nan")
_DAY = timedelta(hours=24)
_KEYS = (
    "gateway-down", "gateway-unhealed", "login-needed", "link-lost", "network-cut", "lean-down", "lean-disconnected",
    "lean-stuck", "lean-blind", "lean-needs-you", "book-unknown", "client-id-held", "disk-low", "docker-down",
    "monitor-error", *HOLDS,
)  # fmt: skip


class MonitorMetrics:
    """All metrics of one monitor, in a registry of their own.

    Args:
        mode: `paper` or `live`; a label of each.
    """

    def __init__(self, mode: str) -> None:
        self.registry = CollectorRegistry()
        self._mode = mode
        self._last_look = self._gauge("monitor_last_look_timestamp_seconds", "When the monitor looked last")
        self._phase = self._gauge("monitor_phase", "1 for the phase it is in", "phase")
        self._condition = self._gauge("monitor_condition", "1 while this is wrong", "key")
        self._wanted = self._gauge("monitor_wanted", "1 when a person wants LEAN to run, 0 when it shall rest")
        self._layer = self._gauge("gateway_layer", "0 nothing, 1 socket, 2 handshake, 3 login, 4 answers")
        self._ready = self._gauge("gateway_ready", "1: logged in, right account, linked, within LEAN's reach")
        self._logins = self._gauge("gateway_logins", "Logins within the budget's time")
        self._running = self._gauge("lean_running", "1 while LEAN's container runs")
        self._beat = self._gauge("lean_heartbeat_timestamp_seconds", "LEAN's last line about its own loop")
        self._step = self._gauge("lean_time_step_seconds", "How long LEAN's present time step takes")
        self._results = self._gauge("lean_results_timestamp_seconds", "When LEAN wrote a result file last")
        self._positions = self._gauge("account_positions", "Positions at the last whole answer")
        self._orders = self._gauge("account_open_orders", "Open orders of every client at the last whole answer")
        self._book_at = self._gauge("account_answer_timestamp_seconds", "When the last whole answer came")
        self._free = self._gauge("disk_free_bytes", "Where results, log and journal are written")
        self._redeploys = self._gauge("lean_redeploys_24h", "Redeployments within 24 hours")
        labels = ("mode", "do")
        self._acts = Counter("leanib_monitor_acts", "What the monitor did", labels, registry=self.registry)
        for do in Do:
            self._acts.labels(mode, do.name.lower())

    def serve(self, host: str, port: int) -> None:
        """Answers at `http://host:port/metrics`, in a thread of its own.

        Raises:
            LeanIBError: The port is taken.
        """
        try:
            start_http_server(port, addr=host, registry=self.registry)
        except OSError as error:
            raise LeanIBError(
                f"the metrics cannot be served at {host}:{port} ({error.strerror or error}): set another metrics_port "
                "in config/monitor.toml, or 0 for none"
            ) from None

    def take(self, sight: Sight, outcome: Outcome, state: MonitorState, phase: str) -> None:
        """One look."""
        gateway, lean, mode = sight.gateway, sight.lean, self._mode
        self._last_look.labels(mode).set(sight.now.timestamp())
        self._wanted.labels(mode).set(sight.wanted == "running")
        self._layer.labels(mode).set(int(gateway.layer))
        self._ready.labels(mode).set(gateway.is_ready)
        self._logins.labels(mode).set(max(len(state.logins), gateway.login_tries))
        self._running.labels(mode).set(lean.is_running)
        self._beat.labels(mode).set(_seconds(lean.facts.heartbeat_at))
        self._step.labels(mode).set(lean.facts.step.total_seconds() if lean.is_running else _UNKNOWN)
        self._results.labels(mode).set(_seconds(lean.results_at))
        self._free.labels(mode).set(_UNKNOWN if sight.free_bytes is None else sight.free_bytes)
        self._redeploys.labels(mode).set(len(recent(state.redeploys, sight.now, _DAY)))
        self._account(state)
        self.phase(phase)
        self.conditions(set(state.conditions))
        for action in outcome.actions:
            self._acts.labels(mode, action.do.name.lower()).inc()

    def phase(self, name: str) -> None:
        """The phase it is in."""
        for one in PHASES:
            self._phase.labels(self._mode, one).set(one == name)

    def conditions(self, present: set[str]) -> None:
        """What is wrong."""
        for key in {*_KEYS, *present}:
            self._condition.labels(self._mode, key).set(key in present)

    def _account(self, state: MonitorState) -> None:
        book = state.baseline
        self._positions.labels(self._mode).set(len(book.positions) if book is not None else _UNKNOWN)
        self._orders.labels(self._mode).set(len(book.orders) if book is not None else _UNKNOWN)
        self._book_at.labels(self._mode).set(_seconds(book.at if book is not None else None))

    def _gauge(self, name: str, text: str, *labels: str) -> Any:
        return Gauge(f"leanib_{name}", text, ("mode", *labels), registry=self.registry)


def _seconds(moment: datetime | None) -> float:
    return _UNKNOWN if moment is None else moment.timestamp()
