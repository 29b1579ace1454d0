"""How far a TWS API port answers: socket, handshake, login, request. Also the simulator container's health check.

Written on a plain socket, so that each layer can be told from the next
(https://interactivebrokers.github.io/tws-api/connection.html).
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

__all__ = ["Layer", "ProbeResult", "probe"]

_MIN_VERSION, _MAX_VERSION = 157, 178
_NEXT_VALID_ID, _MANAGED_ACCOUNTS, _ERROR, _CURRENT_TIME = "9", "15", "4", "49"
_LARGEST_FRAME = 0xFFFFFF


class Layer(IntEnum):
    """The last layer that answered."""

    NOTHING = 0
    SOCKET = 1
    HANDSHAKE = 2
    LOGIN = 3
    REQUEST = 4


@dataclass
class ProbeResult:
    """What one probe saw.

    Attributes:
        server_version: As negotiated, 0 before the handshake.
        accounts: The Gateway's accounts.
        errors: Codes and texts that came meanwhile.
        clock_offset: The Gateway's time minus this machine's, in seconds; None where it was not told.
        problem: Why it went no further.
    """

    host: str
    port: int
    layer: Layer = Layer.NOTHING
    server_version: int = 0
    accounts: tuple[str, ...] = ()
    errors: list[tuple[int, str]] = field(default_factory=list)
    clock_offset: float | None = None
    problem: str = ""

    @property
    def is_ready(self) -> bool:
        """Logged in and answering."""
        return self.layer is Layer.REQUEST


def probe(host: str, port: int, *, client_id: int = 97, timeout: float = 10.0) -> ProbeResult:
    """Goes through the layers and leaves in order; takes `timeout` seconds at most."""
    result = ProbeResult(host, port)
    deadline = time.monotonic() + timeout
    try:
        with contextlib.closing(socket.create_connection((host, port), timeout)) as connection:
            result.layer = Layer.SOCKET
            _Conversation(connection, deadline, result).run(client_id)
    except TimeoutError:
        result.problem = _silence(result)
    except ConnectionRefusedError:
        result.problem = f"nothing listens at {host}:{port}"
    except ConnectionResetError:
        result.layer = max(result.layer, Layer.SOCKET)
        result.problem = f"{host}:{port} accepts connections and closes them at once"
    except OSError as error:
        result.problem = f"{host}:{port}: {error}"
    return result


def _silence(result: ProbeResult) -> str:
    return {
        Layer.NOTHING: f"{result.host}:{result.port} does not answer at all",
        Layer.SOCKET: f"{result.host}:{result.port} accepts connections and does not answer the handshake",
        Layer.HANDSHAKE: "the Gateway answers the handshake and is not logged in",
    }.get(result.layer, "the Gateway is logged in and does not answer a request")


class _Conversation:
    def __init__(self, connection: socket.socket, deadline: float, result: ProbeResult) -> None:
        self._connection = connection
        self._deadline = deadline
        self._result = result

    def run(self, client_id: int) -> None:
        self._handshake()
        self._send("71", "2", str(client_id), "")
        self._await_login()
        self._send("49", "1")
        self._await_time()

    def _handshake(self) -> None:
        version = f"v{_MIN_VERSION}..{_MAX_VERSION}".encode()
        self._connection.sendall(b"API\0" + struct.pack(">I", len(version)) + version)
        fields = self._receive()
        if len(fields) != 2 or not fields[0].isdigit():
            raise OSError("what answers there is no IB Gateway")
        self._result.server_version = int(fields[0])
        self._result.layer = Layer.HANDSHAKE

    def _await_login(self) -> None:
        has_id = False
        for fields in self._messages():
            if fields[0] == _NEXT_VALID_ID:
                has_id = True
            elif fields[0] == _MANAGED_ACCOUNTS:
                self._result.accounts = tuple(account for account in fields[2].split(",") if account)
            if has_id and self._result.accounts:
                self._result.layer = Layer.LOGIN
                return

    def _await_time(self) -> None:
        for fields in self._messages():
            if fields[0] == _CURRENT_TIME:
                self._result.clock_offset = int(fields[2]) - time.time()
                self._result.layer = Layer.REQUEST
                return

    def _messages(self) -> Iterator[list[str]]:
        while True:
            fields = self._receive()
            if fields[0] == _ERROR and len(fields) >= 5:
                self._note_error(int(fields[3]), fields[4])
            yield fields

    def _note_error(self, code: int, text: str) -> None:
        self._result.errors.append((code, text))
        if code == 326:
            raise OSError("the client id is in use")

    def _send(self, *fields: str) -> None:
        body = "".join(field + "\0" for field in fields).encode()
        self._connection.sendall(struct.pack(">I", len(body)) + body)

    def _receive(self) -> list[str]:
        (size,) = struct.unpack(">I", self._read(4))
        if size > _LARGEST_FRAME:
            raise OSError("what answers there is no IB Gateway")
        return self._read(size).decode(errors="replace").split("\0")[:-1]

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            chunk = self._connection.recv(size - len(data))
            if not chunk:
                raise OSError(f"the connection was closed after the layer '{self._result.layer.name.lower()}'")
            data += chunk
        return data


def main() -> int:
    """Exit status 0 when the Gateway is logged in and answers."""
    parser = argparse.ArgumentParser(description="Is the IB Gateway there, logged in and answering?")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4004)
    parser.add_argument("--client-id", type=int, default=96)
    parser.add_argument("--timeout", type=float, default=10.0)
    options = parser.parse_args()
    result = probe(options.host, options.port, client_id=options.client_id, timeout=options.timeout)
    sys.stdout.write((result.problem or "logged in") + "\n")
    return 0 if result.is_ready else 1


if __name__ == "__main__":
    sys.exit(main())
