"""Faults of the connection: refused, reset, silent, half-open, stuck client ids, logins that wait for a person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from leanib.simulator.clock import SECOND_US
from leanib.simulator.faults.mark import fault

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.session import Session


class ConnectionFaults:
    """Mixin: what happens to sockets and logins."""

    gateway: Gateway
    _forget_rate: Callable[[int], None]

    def _init_connection(self) -> None:
        #: Set by whoever owns the listening socket: called with whether to listen.
        self.listen: Callable[[bool], None] = lambda _: None
        self._stuck: dict[int, int] = {}
        self._stick_seconds = 0.0
        self.clear_connection()

    def clear_connection(self) -> None:
        """End every fault of this family."""
        self.offered_version = 0
        self.silent_handshake = False
        self.silent_login = False
        self._deaf = False
        self._reset_on_accept = False
        self._cut_bytes: int | None = None
        self._stuck.clear()
        self._stick_seconds = 0.0
        self.thaw()
        if getattr(self, "login_needed", False):
            self.acknowledge_login()
        self.login_needed = False
        self.listen(True)

    # asked by sessions and the gateway

    def connected(self, session: Session) -> None:
        """A socket was accepted; what do the faults say?"""
        if self._reset_on_accept:
            session.close(reset=True)
        elif self._deaf:
            # A moment later: until Python 3.11.4 asyncio starts reading after this call whatever was said in it.
            asyncio.get_running_loop().call_soon(session.pause_reading, True)
        session.budget = self._cut_bytes

    def forget(self, session: Session) -> None:
        """A client is gone; its id may stay stuck for a while."""
        self._forget_rate(session.number)
        if session.client_id is not None and self._stick_seconds:
            self.hold_client_id(session.client_id, self._stick_seconds)

    def id_taken(self, client_id: int) -> bool:
        """Does the Gateway still believe that somebody uses this id?"""
        return self._stuck.get(client_id, 0) > self.gateway.clock.now_us()

    def _targets(self, client_id: int | None) -> list[Session]:
        return [s for s in list(self.gateway.sessions) if client_id is None or s.client_id == client_id]

    # the faults

    @fault
    def refuse(self) -> None:
        """Stop listening: new connections are refused; present ones live on."""
        self.listen(False)

    @fault
    def accept(self) -> None:
        """Listen again, read again, answer again."""
        self._deaf = self._reset_on_accept = self.silent_handshake = self.silent_login = False
        for session in self.gateway.sessions:
            session.pause_reading(False)
        self.listen(True)

    @fault
    def accept_and_ignore(self) -> None:
        """Accept connections and never read from them, as a wedged Gateway behind socat does."""
        self._deaf = True

    @fault
    def reset_on_accept(self) -> None:
        """Accept connections and reset them at once."""
        self._reset_on_accept = True

    @fault
    def never_answer_handshake(self) -> None:
        """Accept connections and never tell the server version."""
        self.silent_handshake = True

    @fault
    def never_answer_login(self) -> None:
        """Tell the server version, then never send nextValidId and the accounts."""
        self.silent_login = True

    @fault
    def offer_version(self, version: int) -> None:
        """Answer handshakes with this server version, whatever the client can (0 ends it)."""
        self.offered_version = version

    @fault
    def cut_after(self, bytes_sent: int) -> None:
        """Reset each new connection after this many bytes to the client, in the middle of a frame if need be."""
        self._cut_bytes = bytes_sent

    @fault
    def reset(self, client_id: int | None = None) -> None:
        """Reset the connection of one client, or of all."""
        for session in self._targets(client_id):
            session.close(reset=True)

    @fault
    def disconnect(self, client_id: int | None = None) -> None:
        """Close the connection of one client, or of all, in good order."""
        for session in self._targets(client_id):
            session.close()

    @fault
    def freeze(self, client_id: int | None = None) -> None:
        """Half-open: keep the socket, send nothing, lose what comes in."""
        for session in self._targets(client_id):
            session.frozen = True

    @fault
    def thaw(self) -> None:
        """End `freeze`; what was lost stays lost."""
        for session in self.gateway.sessions:
            session.frozen = False

    @fault
    def hold_client_id(self, client_id: int, seconds: float) -> None:
        """Answer this client id with 326 and close, for so long."""
        self._stuck[client_id] = self.gateway.clock.now_us() + round(seconds * SECOND_US)

    @fault
    def stick_client_ids(self, seconds: float) -> None:
        """Keep the id of every client that goes in use for so long, as after a crash."""
        self._stick_seconds = seconds

    @fault
    def restart(self, seconds: float = 30.0, forget_ids: int = 0) -> None:
        """Restart the Gateway: drop everybody, refuse for so long, then listen; the last `forget_ids` ids are lost."""
        self.disconnect()
        self.listen(False)
        if forget_ids:
            self.forget_order_ids(forget_ids)
        self.gateway.clock.call_later(seconds, self.listen, True)

    @fault
    def forget_order_ids(self, count: int) -> None:
        """Roll nextValidId back by so many ids for every client: the next ids were used before."""
        ids = self.gateway.desk.highest_ids
        for client_id in ids:
            ids[client_id] = max(0, ids[client_id] - count)

    @fault
    def move_port(self, port: int) -> None:
        """Tell everybody that the port changed (1300) and drop them."""
        self.gateway.broadcast(1300, port)
        self.disconnect()

    @fault
    def require_login(self) -> None:
        """The token expired: drop everybody; connections get no further than the version until acknowledged."""
        self.login_needed = True
        self.disconnect()

    @fault
    def acknowledge_login(self) -> None:
        """Somebody confirmed the login on the phone: whoever waits is let in."""
        self.login_needed = False
        for session in self.gateway.clients():
            self.gateway.welcome(session)
