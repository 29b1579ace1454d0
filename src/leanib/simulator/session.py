"""One client connection: handshake, startApi, frames in, frames out."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
import time
from typing import TYPE_CHECKING, cast

from leanib.simulator.protocol import system, versions
from leanib.simulator.protocol.fields import FieldError, Reader, decode
from leanib.simulator.protocol.framing import FrameBuffer, FramingError, frame
from leanib.simulator.protocol.ids import DISPOSABLE, Request
from leanib.simulator.protocol.protobuf.frames import to_frame
from leanib.simulator.protocol.protobuf.orders import PLACE_SINCE, order_id

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway

_HELLO = re.compile(rb"v(\d+)(?:\.\.(\d+))?(?: .*)?", re.DOTALL)
_DISPOSABLE = frozenset(str(int(kind)).encode() for kind in DISPOSABLE)
#: Unsent bytes from which ticks are dropped, and from which the client is.
SLOW_BYTES = 1 << 20
DEAD_BYTES = 64 << 20
MAX_REQUEST = 1 << 20
#: How errors are written before a version is agreed on.
_REFUSED = versions.PENDING_PRICE_REVISION
#: How many messages of one client are handled in one turn of the loop, and for how many seconds.
TURN, TURN_SECONDS = 50, 0.004


class Session(asyncio.Protocol):
    """A socket and what the Gateway knows about its client."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.number = 0
        self.version = 0
        self.client_id: int | None = None
        self.address = ""
        self.closed = False
        self.market_data_type = 1
        self.auto_bind = False
        self.dropped = 0  # ticks that a slow consumer lost
        self.received = 0
        self.sent = 0
        #: Nothing is sent and what comes in is lost, as on a half-open connection.
        self.frozen = False
        #: How many bytes more may be sent before a fault cuts the connection; None: any number.
        self.budget: int | None = None
        self._stalled: list[bytes] | None = None
        self._buffer = FrameBuffer(MAX_REQUEST)
        self._greeted = False
        self.slow = False  # it reads less than it is sent: nothing more is done for it
        self.paced = False  # the client asked the Gateway to keep to the pace
        self.leaving = False  # it is gone, what it said before is being read
        self._behind = False  # messages wait for their turn
        self._out: list[bytes] = []
        self._flushing = False
        self.transport: asyncio.Transport | None = None

    def __repr__(self) -> str:
        return f"<Session {self.number} client {self.client_id} version {self.version}>"

    @property
    def started(self) -> bool:
        """Has startApi been answered?"""
        return self.client_id is not None

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client dialled."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=SLOW_BYTES)
        peer = transport.get_extra_info("peername")
        self.address = f"{peer[0]}:{peer[1]}" if peer else ""
        self.gateway.connected(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone; what it said before that still counts."""
        self.leaving, self.slow = True, False
        if self._behind:
            with contextlib.suppress(FramingError):
                self._consume(1 << 30, seconds=60.0)
        self.closed = True
        self.gateway.disconnected(self)

    def pause_writing(self) -> None:
        """The client reads too slowly."""
        self.slow = True

    def resume_writing(self) -> None:
        """The client caught up."""
        self.slow = False
        if self._behind:
            self.gateway.chores.read_on(self)
        self.gateway.chores.wake()

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        if self.closed or self.frozen:
            return
        self._buffer.feed(data)
        if not self._behind:
            self._work()

    def _work(self) -> None:
        """Handle messages for a turn; more wait for another one, so that others get theirs."""
        self._behind = False
        try:
            if not self._consume(TURN, TURN_SECONDS):
                self._behind = True
                self.pause_reading(True)
                if not self.slow:
                    self.gateway.chores.read_on(self)
        except FramingError as problem:
            self.gateway.note(f"client {self.client_id}: {problem}")
            self.error(-1, 507)
            self.close()

    def read_on(self) -> None:
        """It is this client's turn again."""
        if self._behind and not self.slow:
            self.pause_reading(False)
            self._work()

    def _consume(self, limit: int, seconds: float) -> bool:
        """Handle messages; False when a limit was reached, or the client does not read, with bytes left."""
        if not self._greeted and not self._take_prefix():
            return True
        until = time.perf_counter() + seconds
        while not self.closed:
            if self.slow or limit == 0 or time.perf_counter() > until:
                return not len(self._buffer)
            payload = self._buffer.next()
            if payload is None:
                return True
            limit -= 1
            if self.version == 0:
                self._handshake(payload)
            else:
                self.received += 1
                self.gateway.received(self, payload)
        return True

    def _take_prefix(self) -> bool:
        found = self._buffer.take_prefix(b"API\0")
        if found is False:
            self.error(-1, 506)
            self.close()
        self._greeted = bool(found)
        return self._greeted

    def _handshake(self, payload: bytes) -> None:
        match = _HELLO.fullmatch(payload)
        low = int(match[1]) if match else 0
        high = int(match[2] or match[1]) if match else 0
        version = self.gateway.version_for(high)
        if high < versions.MIN_VERSION:
            self.gateway.note(f"refused a client of versions {payload!r}")
            self.error(-1, 506)
            self.close()
            return
        if low > version:  # the client judges: its own minimum is what its error messages speak of
            self.gateway.note(f"a client wants versions {low} to {high}; it was told {version}")
        self.version = version
        self.paced = b"+PACEAPI" in payload
        self.gateway.greet(self)

    # out

    def send(self, payload: bytes) -> None:
        """Send one message; ticks are dropped while the client is slow."""
        if self.closed:
            return
        if self.slow and payload.split(b"\0", 1)[0] in _DISPOSABLE:
            self.dropped += 1
            return
        self.gateway.outgoing(self, payload)

    def framed(self, payload: bytes) -> bytes:
        """The frame of one message, in the form that the client's version asks for."""
        return frame(to_frame(self.version, payload))

    def transmit(self, payload: bytes) -> None:
        """Put one message on the wire, past all faults."""
        self.write(self.framed(payload))

    def write(self, data: bytes) -> None:
        """Put raw bytes on the wire with whatever else leaves in this turn of the loop."""
        if self.closed or self.frozen:
            return
        if self._stalled is not None:
            self._stalled.append(data)
            return
        if self.budget is not None:
            data = self._within_budget(data)
        self.sent += 1
        self._out.append(data)
        if not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self.flush)

    def _within_budget(self, data: bytes) -> bytes:
        left = self.budget or 0
        self.budget = max(left - len(data), 0)
        if left and not self.budget:
            self.flush()
            asyncio.get_running_loop().call_later(0.01, self.close, True)
        return data[:left]

    def stall(self, data: bytes, seconds: float) -> None:
        """Send `data` only after `seconds`; whatever follows waits behind it."""
        if self._stalled is not None:
            self._stalled.append(data)
            return
        self._stalled = [data]
        self.gateway.clock.call_later(seconds, self._unstall)

    def _unstall(self) -> None:
        waiting, self._stalled = self._stalled or [], None
        for data in waiting:
            self.write(data)

    def flush(self) -> None:
        """Hand what is queued to the socket."""
        self._flushing = False
        transport = self.transport
        if transport is None or not self._out:
            return
        self.gateway.before_bytes()
        data = b"".join(self._out)
        self._out.clear()
        if transport.is_closing():
            return
        transport.write(data)
        if transport.get_write_buffer_size() > DEAD_BYTES:
            self.gateway.note(f"client {self.client_id} does not read; dropped")
            transport.abort()

    def error(self, req_id: int, code: int, *args: object) -> None:
        """Send an error in IB's words."""
        version = self.version or _REFUSED
        self.send(system.error(version, req_id, code, *args, at=self.gateway.clock.now_us() // 1000))

    def too_fast(self, words: str, last: bool) -> None:
        """More messages in a second than IB takes."""
        self.gateway.note(f"client {self.client_id} sends too fast: {words}")
        self.error(-1, 100, words)
        if last:
            self.close()

    def close(self, reset: bool = False) -> None:
        """End the connection, after what is queued; with `reset` at once and with a TCP reset."""
        if self.closed:
            return
        self.flush()
        self.closed = True
        if self.transport is None:
            return
        if reset:
            _linger_zero(self.transport)
            self.transport.abort()
        else:
            self.transport.close()

    def pause_reading(self, paused: bool) -> None:
        """Stop (or resume) reading from the socket, as a wedged Gateway does."""
        if self.transport is not None and not self.transport.is_closing():
            (self.transport.pause_reading if paused else self.transport.resume_reading)()


def _linger_zero(transport: asyncio.Transport) -> None:
    """Make the coming close a reset."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def request_of(payload: bytes, version: int = 0) -> tuple[Request | None, Reader]:
    """The request's id (None when unknown) and a reader behind it; raises FieldError."""
    if version >= PLACE_SINCE and payload.startswith(b"3\0"):
        body = payload[2:]
        return Request.PLACE_ORDER, Reader([str(order_id(body))], body=body)
    fields = decode(payload)
    try:
        number = int(fields[0])
    except ValueError:
        raise FieldError(f"{fields[0]!r} is not a message id") from None
    kind = Request(number) if number in Request._value2member_map_ else None
    return kind, Reader(fields, 1)
