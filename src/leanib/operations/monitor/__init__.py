"""The monitor: sees Gateway, LEAN and account, heals what it can, tells a person what it cannot."""

from __future__ import annotations

from leanib.operations.monitor.market import Market
from leanib.operations.monitor.outcome import Action, Do, Outcome
from leanib.operations.monitor.rules import Rules
from leanib.operations.monitor.sight import GatewaySight, LeanSight, Sight
from leanib.operations.monitor.state import MonitorState
from leanib.operations.monitor.supervisor import HOLDS, Supervisor

__all__ = [
    "HOLDS",
    "Action",
    "Do",
    "GatewaySight",
    "LeanSight",
    "Market",
    "MonitorState",
    "Outcome",
    "Rules",
    "Sight",
    "Supervisor",
]
