"""Faults (first part; grows)."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from leanib.simulator.protocol.fields import Reader
from leanib.simulator.protocol.ids import Request

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session


class Faults:
    """What goes wrong."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.active = False
        self.offered_version = 0
        self.silent_handshake = False
        self.login_needed = False
        self.silent_login = False
        self.data_dead = False
        self.competing_session = False

    def swallows(self, session: Session) -> bool:
        return False

    def connected(self, session: Session) -> None:
        pass

    def forget(self, session: Session) -> None:
        pass

    def id_taken(self, client_id: int) -> bool:
        return False

    def holds_request(self, session: Session, payload: bytes) -> bool:
        return False

    def refuses(self, session: Session, kind: Request | None, reader: Reader) -> bool:
        return False

    def reroutes(self, session: Session, payload: bytes) -> bool:
        return False

    @staticmethod
    def linger_zero(transport: asyncio.Transport) -> None:
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
