"""Docker's events as they come: how containers ended, and a nudge for the monitor to look at once.

LEAN's container removes itself when it ends, its exit code with it; only the event tells it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

__all__ = ["DockerWatch", "Ending"]

_EVENTS = ("die", "oom", "start", "pause", "unpause")
_PAUSE = 2.0


@dataclass(frozen=True)
class Ending:
    """How a container ended."""

    at: datetime
    exit_code: int | None
    out_of_memory: bool = False


class DockerWatch:
    """Listens in a thread of its own; when the engine goes away it comes back to it.

    Args:
        client: The Docker SDK's client.
        wake: Set when a container begins or ends.
    """

    def __init__(self, client: Any, wake: threading.Event) -> None:
        self._client = client
        self._wake = wake
        self._endings: dict[str, Ending] = {}
        self._oom: set[str] = set()
        self._stopped = False
        self._stream: Any = None
        self._thread = threading.Thread(target=self._listen, name="leanib-monitor-docker", daemon=True)
        self._thread.start()

    def ending(self, name: str) -> Ending | None:
        """How a container of that name ended; None when no event told of it."""
        return self._endings.get(name)

    def close(self) -> None:
        """Stops listening."""
        self._stopped = True
        if self._stream is not None:
            self._stream.close()
        self._thread.join(timeout=_PAUSE)

    def _listen(self) -> None:
        since = datetime.now(UTC)
        while not self._stopped:
            begun = datetime.now(UTC)
            try:
                filters = {"type": "container", "event": list(_EVENTS)}
                self._stream = self._client.events(since=since, filters=filters, decode=True)
                for event in self._stream:
                    self._take(event)
            except Exception:  # the engine went away or the stream was closed; it is asked again, whatever it was
                if self._stopped:
                    return
            since = begun
            time.sleep(_PAUSE)

    def _take(self, event: dict[str, Any]) -> None:
        attributes = event.get("Actor", {}).get("Attributes", {})
        name, action = attributes.get("name", ""), event.get("Action", "")
        if action == "oom":
            self._oom.add(name)
        elif action == "die":
            code = attributes.get("exitCode")
            at = datetime.fromtimestamp(event.get("timeNano", 0) / 1e9, UTC)
            self._endings[name] = Ending(at, int(code) if code is not None else None, name in self._oom)
        elif action == "start":
            self._endings.pop(name, None)
            self._oom.discard(name)
        self._wake.set()
