"""What the doctor found, one line a check."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

__all__ = ["Finding", "Verdict", "exit_code"]


class Verdict(Enum):
    """How a check ended."""

    OK = "ok"
    SKIPPED = "skipped"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One check.

    Attributes:
        name: The layer, such as `handshake`.
        fault: Stable name of the fault for machines, such as `wrong-port-map`; empty when there is none.
        text: What was seen.
        remedy: What to do; empty when nothing is wrong.
    """

    name: str
    verdict: Verdict
    text: str
    fault: str = ""
    remedy: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        return {**asdict(self), "verdict": self.verdict.value}


def exit_code(findings: list[Finding]) -> int:
    """0 all well, 1 warnings, 2 errors."""
    verdicts = {finding.verdict for finding in findings}
    if Verdict.ERROR in verdicts:
        return 2
    return 1 if Verdict.WARNING in verdicts else 0
