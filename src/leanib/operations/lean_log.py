"""What LEAN's own log tells of a live run, line by line.

The phrases are LEAN's and its Interactive Brokers plugin's; the files they come from are named beside them. A line that
repeats is written once only (Logging/Log.cs), so nothing here counts lines to count events, and silence is not death.
Times are aware UTC; a line without a readable time carries the time of the line before it. A log in which a process
began anew, as a container's does that Docker started again, tells of the last one. The embedded engine's words for a
connection that is gone and back (`engine/live/messages.py`) count as LEAN's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

__all__ = ["LeanFacts", "LeanLog"]

_STAMP = re.compile(r"^(\d{8} \d\d:\d\d:\d\d\.\d+|\d{4}-\d\d-\d\dT[\d:.]+)Z?\s+\w+::")
_HEARTBEAT = re.compile(r"ExecuteWithTimeLimit\(\): Used: .*CurrentTimeStepElapsed: (?:(\d+):)?(\d+):(\d+(?:\.\d+)?)")
_HOLDING = re.compile(r"Has existing holding: (\S+): (-?[\d.,]+) @")
_TARGET = re.compile(r"InteractiveBrokersBrokerage\(\): Host: (\S+?),? Port: (\d+)")

_NO_DATA = re.compile(r"Code: (10197|2103|2105)\b|competing live session")  # IB's codes, as the plugin logs them
_DATA = re.compile(r"Code: (2104|2106)\b")

_CONNECTION_LOST = (
    "Still disconnected, goodbye.",  # Common/Messages/Messages.Brokerages.cs
    "Unable to connect to Interactive Brokers",  # InteractiveBrokersBrokerage.cs
    "Unable to connect to brokerage.",  # Engine/Setup/BrokerageSetupHandler.cs
    "Error connecting to brokerage",
    "Error getting open orders from brokerage",
)
_NEEDS_PERSON = ("Brokerage requires user action", "2FA authentication confirmation required to reconnect.")
_UNANSWERED = ("NoBrokerageResponse", "Timeout waiting for brokerage response for brokerage order id")
_BLIND = ("PlaceOrderWhenDisconnected", "Orders cannot be submitted when disconnected", "Not connected; update dropped")
_FAILED = (
    "Extensions.SetRuntimeError()",  # Common/Extensions.cs
    "Runtime Error: ",
    "Stopping, encountered a runtime error at",
    "Algorithm.Initialize() Error:",
    "During the algorithm initialization, the following exception has occurred",
    "Initialization timed out.",
    "ValidateSubscription(): Failed during validation, shutting down",
)
_STOPPED = ("Algorithm state changed to Stopped", "Algorithm Stopped", "Lean instance has been cancelled")
_LOGGED_IN = ("IB next valid id received.", "Interactive Brokers is reached again")
_LOST = ("Handle(): Disconnected.", "API client disconnected", "Interactive Brokers is not reached: ")
_BEGINS = "LEAN ALGORITHMIC TRADING ENGINE v"  # Engine/Initializer.cs
_TRADING = ("Launching analysis for L-", "AlgorithmManager.Run(): Begin DataStream")


@dataclass
class LeanFacts:
    """The present standing of one run, as its log tells it.

    Attributes:
        begun_at: When its process began.
        trading_at: When the algorithm's loop began.
        login_at: The latest login to the Gateway (`IB next valid id received.`).
        lost_at: Since when LEAN knows itself disconnected; None when it does not.
        gives_up_in: How long LEAN said it would wait after a disconnection.
        heartbeat_at: The latest line of the thread that watches the loop; the only sign of the loop itself.
        step: How long the present time step takes, from that line.
        own_gateway: LEAN started a Gateway of its own, which must never happen beside the shared one.
        target: Host and port that it dialled, `ib-gateway:4004`.
        cause: `connection`, `order-unanswered`, `runtime-error`, `stopped`, or empty: what ended it, where it said so.
        error: Its words for that.
        ended: It left in order (`Exiting Lean...`); absent after a kill.
        no_data_at: When it last heard that it gets no market data, since the user reads it elsewhere or a data farm
            broke; None since it heard that a farm is back.
        no_data: Its words for that.
        holdings: What it took over from the account at the start.
    """

    last_at: datetime | None = None
    begun_at: datetime | None = None
    trading_at: datetime | None = None
    login_at: datetime | None = None
    lost_at: datetime | None = None
    gives_up_in: timedelta | None = None
    heartbeat_at: datetime | None = None
    step: timedelta = timedelta(0)
    own_gateway: bool = False
    target: str = ""
    needs_person: str = ""
    blind: str = ""
    cause: str = ""
    error: str = ""
    ended: bool = False
    no_data_at: datetime | None = None
    no_data: str = ""
    holdings: dict[str, Decimal] = field(default_factory=dict)


class LeanLog:
    """Reads lines as they come; `facts` is what they say so far."""

    def __init__(self) -> None:
        self.facts = LeanFacts()

    def feed(self, lines: Iterable[str]) -> LeanFacts:
        """Reads more lines, oldest first."""
        for line in lines:
            self._line(line)
        return self.facts

    def _line(self, line: str) -> None:
        if _BEGINS in line:
            self.facts = LeanFacts(begun_at=moment_of(line))
        facts = self.facts
        facts.last_at = moment_of(line) or facts.last_at
        self._connection(line)
        self._loop(line)
        self._end(line)
        if "Starting IB Automater" in line:
            facts.own_gateway = True
        if found := _TARGET.search(line):
            facts.target = f"{found[1]}:{found[2]}"
        if found := _HOLDING.search(line):
            facts.holdings[found[1]] = Decimal(found[2].replace(",", ""))
        if any(phrase in line for phrase in _NEEDS_PERSON):
            facts.needs_person = _text(line)
        if any(phrase in line for phrase in _BLIND):
            facts.blind = _text(line)
        if _NO_DATA.search(line):
            facts.no_data_at, facts.no_data = facts.last_at, _text(line)
        elif _DATA.search(line):
            facts.no_data_at = None

    def _connection(self, line: str) -> None:
        facts = self.facts
        if any(phrase in line for phrase in _LOGGED_IN):
            facts.login_at, facts.lost_at, facts.gives_up_in = facts.last_at, None, None
        elif "Handle(): Reconnected." in line or "OnMessage(): Reconnect - " in line:
            facts.lost_at, facts.gives_up_in = None, None
        elif any(phrase in line for phrase in _LOST):
            facts.lost_at = facts.lost_at or facts.last_at
        elif "trying to reconnect for 15 minutes" in line:
            facts.gives_up_in = timedelta(minutes=15)

    def _loop(self, line: str) -> None:
        facts = self.facts
        if any(phrase in line for phrase in _TRADING):
            facts.trading_at = facts.trading_at or facts.last_at
        if found := _HEARTBEAT.search(line):
            hours, minutes, seconds = found.groups(default="0")
            facts.heartbeat_at = facts.last_at
            facts.step = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))

    def _end(self, line: str) -> None:
        if any(phrase in line for phrase in _CONNECTION_LOST):
            self._cause("connection", line, wins=True)
        elif any(phrase in line for phrase in _UNANSWERED):
            self._cause("order-unanswered", line, wins=True)
        elif any(phrase in line for phrase in _FAILED):
            self._cause("runtime-error", line)
        elif any(phrase in line for phrase in _STOPPED):
            self._cause("stopped", line)
        if "Exiting Lean..." in line:
            self.facts.ended = True

    def _cause(self, cause: str, line: str, *, wins: bool = False) -> None:
        """The first telling line counts; what lies below a runtime error explains it better."""
        facts = self.facts
        if not facts.cause or (wins and facts.cause == "runtime-error"):
            facts.cause, facts.error = cause, _text(line)


def moment_of(line: str) -> datetime | None:
    """The time at the start of a line of LEAN's console or of its log.txt; None when there is none."""
    found = _STAMP.match(line)
    if found is None:
        return None
    text = found[1]
    try:
        if "T" in text:
            return datetime.fromisoformat(text[:26]).replace(tzinfo=UTC)
        return datetime.strptime(text, "%Y%m%d %H:%M:%S.%f").replace(tzinfo=UTC)
    except ValueError:
        return None


def _text(line: str) -> str:
    """A line without its time and level, at a length that fits an alert."""
    text = line.split("::", 1)[-1].strip()
    return text if len(text) <= 300 else text[:297] + "..."
