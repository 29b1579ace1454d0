"""Waiting for a Gateway that was started, until it is logged in or there is no hope; then in its container's words."""

from __future__ import annotations

import time
from collections.abc import Callable

from leanib.ib.redaction import Redactor
from leanib.operations.gateway import Gateway, GatewayStatus, docker_client
from leanib.operations.hints import hint_from_log
from leanib.operations.probe import probe

__all__ = ["GatewayStart"]

_LOOK = 0.5  # seconds between two looks at the container
_HINT = 5.0  # seconds between two looks at its log
_STARTS = 2  # that often started again, it does not stay up
_LAST_WORDS = 8


def _has_failed(status: GatewayStatus) -> bool:
    """Whether it ended for good or starts again and again; seen while it is down, when Docker tells how it ended."""
    if status.state in ("exited", "dead", "absent"):
        return True
    return status.restarts >= (_STARTS if status.state != "running" else 2 * _STARTS)


class GatewayStart:
    """One wait.

    Args:
        gateway: The service that was started.
        port: The host port on which it will answer.
        tell: Receives hints while it waits, each once.
    """

    def __init__(self, gateway: Gateway, port: int, tell: Callable[[str], None]) -> None:
        self._gateway = gateway
        self._port = port
        self._tell = tell
        self._told: set[str] = set()
        self._hint_at = time.monotonic() + _HINT
        secrets = (gateway.environment.get(name, "") for name in ("TWS_USERID", "TWS_PASSWORD", "VNC_SERVER_PASSWORD"))
        self._redactor = Redactor(secret for secret in secrets if secret)

    def wait(self, deadline: float) -> str:
        """Waits until the Gateway is logged in; empty then, else why it is not, after `deadline` seconds at most."""
        end = time.monotonic() + deadline
        while True:
            status = self._gateway.status()
            if status.health == "healthy":
                return ""
            if _has_failed(status):
                return self._does_not_stay_up(status)
            answer = probe("127.0.0.1", self._port, timeout=max(0.1, min(5.0, end - time.monotonic())))
            if answer.is_ready:
                return ""
            if time.monotonic() >= end:
                return self._not_in_time(status, answer.problem, deadline)
            self._hint(status)
            time.sleep(_LOOK)

    def _does_not_stay_up(self, status: GatewayStatus) -> str:
        often = f", started {status.restarts} times again" if status.restarts else ""
        code = f"exit code {status.exit_code}" if status.state != "running" else "it ended"
        text = f"{status.service} does not stay up ({code}{often})"
        if status.error:
            return f"{text}: {status.error}"
        log = self._log(status)
        words = [line for line in log.splitlines() if line.strip()][-_LAST_WORDS:]
        hint = hint_from_log(log)
        said = "its last words:\n" + "\n".join(f"  {line}" for line in words) if words else "it said nothing"
        return f"{text}; {said}" + (f"\n{hint[1]}" if hint else "\n'leanib gateway logs' has all of them")

    def _not_in_time(self, status: GatewayStatus, problem: str, deadline: float) -> str:
        hint = hint_from_log(self._log(status))
        said = f"; its health check says: {status.said}" if status.said else f"; {problem}" if problem else ""
        remedy = hint[1] if hint else "'leanib doctor' tells why, and 'leanib gateway up' waits again"
        return f"{status.service} is not logged in after {deadline:g} s{said}\n{remedy}"

    def _hint(self, status: GatewayStatus) -> None:
        if time.monotonic() < self._hint_at:
            return
        self._hint_at = time.monotonic() + _HINT
        hint = hint_from_log(self._log(status))
        if hint is not None and hint[0] not in self._told:
            self._told.add(hint[0])
            self._tell(hint[1])

    def _log(self, status: GatewayStatus) -> str:
        if not status.identifier:
            return ""
        said: bytes = docker_client().containers.get(status.identifier).logs(tail=100)
        return self._redactor.text(said.decode(errors="replace"))
