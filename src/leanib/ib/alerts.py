"""What a person must hear of. Who delivers it (a log, Apprise, a terminal) is the caller's choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

__all__ = ["Alert", "AlertSink", "Severity"]


class Severity(Enum):
    """How urgent it is."""

    INFORMATION = "information"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Alert:
    """One message to a person.

    Attributes:
        key: Stable name of the condition, such as `gateway-unreachable`.
        text: What happened and what to do, free of secrets.
    """

    severity: Severity
    key: str
    text: str


AlertSink = Callable[[Alert], None]
