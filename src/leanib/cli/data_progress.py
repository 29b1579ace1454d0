"""How far a download is: a bar with what is left on a terminal, a line now and then without one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from leanib.cli.progress import BarOrLines
from leanib.operations.download.run import Task

__all__ = ["DownloadProgress", "in_time"]

_MINUTE, _HOUR, _LONG = 60, 3600, 90


def in_time(seconds: float) -> str:
    """`40 s`, `12 min`, `3.5 h`."""
    if seconds < _LONG:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / _MINUTE)} min" if seconds < _LONG * _MINUTE else f"{seconds / _HOUR:.1f} h"


class DownloadProgress(BarOrLines):
    """Shows a download's progress on stderr."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._total = 1.0
        self._estimate = 0.0
        self._done: dict[int, float] = {}
        self._began = clock()

    def begin(self, tasks: Sequence[Task]) -> None:
        """Tell what is to do, and about how long it will take."""
        self._began = self._told = self._clock()
        self._total = float(sum(task.requests for task in tasks)) or 1.0
        self._estimate = sum(task.seconds for task in tasks)
        for task in tasks:
            days = sum(len(group) for group in task.missing)
            there = f", {len(task.asked) - days:,} need not be asked for" if days < len(task.asked) else ""
            self.tell(f"{task.wanted.series}: {days:,} of {len(task.asked):,} days to ask for{there}")
        if any(task.requests for task in tasks):
            more = " or more" if any(task.wanted.series.resolution == "tick" for task in tasks) else ""
            what = "request" if round(self._total) == 1 and not more else "requests"
            self.tell(f"about {self._total:,.0f}{more} {what}, at IB's pace about {in_time(self._estimate)}{more}")
            if sys.stderr.isatty():
                from rich.progress import TextColumn

                self.open(self._total, TextColumn("{task.fields[left]} left"), in_time(self._estimate))

    def reached(self, task: Task, requests: float) -> None:
        """Move the bar."""
        self._done[id(task)] = max(requests, self._done.get(id(task), 0.0))
        done = sum(self._done.values())
        self.move(done, self._total, str(task.wanted.series), self._left(done, self._clock()))

    def _left(self, done: float, now: float) -> str:
        """How long it may still take: from what it took so far, at first from IB's pace."""
        share = min(done / self._total, 1.0)
        measured = (now - self._began) / share if share > 0 else self._estimate
        whole = self._estimate * (1 - share) + measured * share
        return in_time(whole * (1 - share))
