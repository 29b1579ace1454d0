"""Who is told what happens while an algorithm runs: a terminal, a test, or nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

__all__ = ["Listener", "SilentListener"]


class Listener(Protocol):
    """Hears a run's messages and its progress."""

    def message(self, kind: str, text: str) -> None:
        """A line for the user; `kind` is 'debug', 'log', 'error', 'system' or 'runtime-error'."""

    def progress(self, fraction: float, utc_time: datetime, data_points: int) -> None:
        """How much of the period has passed (0 to 1), the simulated time, and how many data points it took.

        Called at every sample of the equity, some thousand times a run.
        """


class SilentListener:
    """Hears nothing."""

    def message(self, kind: str, text: str) -> None:
        """Drop the line."""

    def progress(self, fraction: float, utc_time: datetime, data_points: int) -> None:
        """Drop the news."""
