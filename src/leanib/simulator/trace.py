"""What went over the wire: recorded to a file, or handed to whoever watches, one readable line a message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from leanib.errors import ConfigurationError
from leanib.simulator.clock import Clock
from leanib.simulator.protocol.ids import Answer, Request
from leanib.simulator.protocol.protobuf.orders import described

if TYPE_CHECKING:
    from leanib.simulator.session import Session


def readable(payload: bytes, outbound: bool, version: int = 0) -> str:
    """A message as its name and its fields: `PLACE_ORDER 1 | 265598 | AAPL ...`."""
    order = described(payload, outbound, version)
    if order is not None:
        return order
    fields = payload.decode("utf-8", "backslashreplace").rstrip("\0").split("\0")
    try:
        name = (Answer if outbound else Request)(int(fields[0])).name
    except ValueError:
        return "HANDSHAKE " + " | ".join(fields)
    return f"{name} " + " | ".join(fields[1:])


class Trace:
    """Sends every message to the sinks; costs nothing while there are none."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._sinks: list[Callable[[str], object]] = []
        self._file: IO[str] | None = None

    @property
    def on(self) -> bool:
        """Is anybody listening?"""
        return bool(self._sinks)

    def add(self, sink: Callable[[str], object]) -> None:
        """Call `sink(line)` for every message from now on."""
        self._sinks.append(sink)

    def record(self, path: Path) -> None:
        """Append the transcript to a file; raises ConfigurationError when it cannot be written."""
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as problem:
            raise ConfigurationError(f"{path}: {problem.strerror}; name a file that can be written") from None
        self.add(self._write)

    def close(self) -> None:
        """Close the file."""
        self._sinks.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def inbound(self, session: Session, payload: bytes) -> None:
        """A message from a client."""
        if self._sinks:
            self._emit(session, "<-", readable(payload, outbound=False, version=session.version))

    def outbound(self, session: Session, payload: bytes) -> None:
        """A message to a client."""
        self._emit(session, "->", readable(payload, outbound=True, version=session.version))

    def _emit(self, session: Session, arrow: str, text: str) -> None:
        client = "?" if session.client_id is None else session.client_id
        line = f"{self.clock.now():%Y-%m-%d %H:%M:%S.%f} client {client} {arrow} {text}"
        for sink in self._sinks:
            sink(line)

    def _write(self, line: str) -> None:
        if self._file is not None:
            self._file.write(line + "\n")
