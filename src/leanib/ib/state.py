"""What is known of the connection, layer by layer: socket, login, link to IBKR, data farms, subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

__all__ = ["ConnectionState", "Farm", "Link", "Login", "Socket"]


class Socket(Enum):
    """The TCP connection to the Gateway."""

    DOWN = "down"
    CONNECTING = "connecting"
    UP = "up"


class Login(Enum):
    """The Gateway's session with IBKR, as its answers to the handshake show it."""

    UNKNOWN = "unknown"
    AWAITING = "awaiting login or two-factor confirmation"
    READY = "ready"
    REFUSED = "refused"


class Link(Enum):
    """The Gateway's link to IBKR's servers."""

    UNKNOWN = "unknown"
    UP = "up"
    LOST = "lost"


class Farm(Enum):
    """One of IBKR's data farms."""

    OK = "ok"
    BROKEN = "broken"
    CONNECTING = "connecting"
    INACTIVE = "inactive until asked"


@dataclass(frozen=True)
class ConnectionState:
    """One moment of the connection.

    Attributes:
        since: When this state began, UTC.
        link_lost_at: First sign of the present loss of the link, UTC.
        reconciled: Whether orders, executions and positions were compared with IB since the last loss.
        journal_behind: Whether what IB told of orders waits to be written to the journal.
        read_only: Whether the Gateway's API was seen to refuse orders.
        reason: Why it is in this state, for people.
        generation: Counts the connections made.
    """

    socket: Socket = Socket.DOWN
    login: Login = Login.UNKNOWN
    link: Link = Link.UNKNOWN
    farms: Mapping[str, Farm] = field(default_factory=dict)
    reconciled: bool = False
    read_only: bool = False
    journal_behind: bool = False
    since: datetime | None = None
    link_lost_at: datetime | None = None
    reason: str = ""
    generation: int = 0

    @property
    def is_ready(self) -> bool:
        """Handshake, login and the expected account: requests are answered."""
        return self.socket is Socket.UP and self.login is Login.READY

    @property
    def is_trading_ready(self) -> bool:
        """Ready, linked to IBKR, and reconciled: orders may be sent."""
        return self.is_ready and self.link is Link.UP and self.reconciled and not self.is_closed

    @property
    def is_closed(self) -> bool:
        """Whether something other than the connection keeps orders from being sent."""
        return self.read_only or self.journal_behind

    def with_farm(self, name: str, farm: Farm) -> ConnectionState:
        """The same with one farm changed."""
        return replace(self, farms={**self.farms, name: farm})

    def differences(self, other: ConnectionState) -> dict[str, Any]:
        """What differs in another state, for the log."""
        names = ("socket", "login", "link", "reconciled", "read_only", "journal_behind", "farms")
        return {name: _plain(getattr(other, name)) for name in names if getattr(self, name) != getattr(other, name)}

    def obstacle(self) -> str:
        """Why orders may not be sent now, in a sentence; empty when they may."""
        if not self.is_ready:
            return f"not connected to the Gateway ({self.reason or self.login.value})"
        if self.link is not Link.UP:
            return "the Gateway has no link to IBKR"
        if self.read_only:
            return "the Gateway's API is read-only: set READ_ONLY_API=no (or untick 'Read-Only API') and restart it"
        if self.journal_behind:
            return "the order journal cannot be written now: make room on the disk or end what holds the file"
        return "" if self.reconciled else "orders and positions are still being reconciled with IB"


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, Mapping) else value
