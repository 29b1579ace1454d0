"""What the monitor wants done after a look."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from leanib.ib.alerts import Alert, Severity

__all__ = ["Action", "Do", "Outcome"]


class Do(Enum):
    """What can be done. Each may be done twice without harm."""

    START_GATEWAY = "start the Gateway"
    SOFT_RESTART_GATEWAY = "have the Gateway restart itself, without a login where it can"
    RESTART_GATEWAY = "restart the Gateway"
    STOP_GATEWAY = "stop the Gateway"
    JOIN_NETWORK = "bring the Gateway back to LEAN's network"
    STOP_LEAN = "stop LEAN"
    KILL_LEAN = "kill LEAN"
    ASK_BOOK = "ask for positions, orders and fills"
    REDEPLOY = "redeploy"
    HOLD = "hold until a person says so"
    ENDED = "note that LEAN ended on purpose"


@dataclass(frozen=True)
class Action:
    """One thing to do, and why."""

    do: Do
    why: str


@dataclass
class Outcome:
    """Actions, conditions that began or ended, and lines for the timeline, in order."""

    actions: list[Action] = field(default_factory=list)
    raised: list[Alert] = field(default_factory=list)
    resolved: list[tuple[str, str]] = field(default_factory=list)
    events: list[Alert] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def act(self, do: Do, why: str) -> None:
        """Wants something done."""
        self.actions.append(Action(do, why))
        self.notes.append(f"{do.value}: {why}")

    def tell(self, severity: Severity, key: str, text: str) -> None:
        """Something a person should know that has no end of its own."""
        self.events.append(Alert(severity, key, text))
        self.notes.append(text)
