"""How far a download is: a bar with what is left on a terminal, a line now and then without one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from leanib.operations.download.run import Task

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["DownloadProgress", "in_time"]

_EVERY = 10.0
_MINUTE, _HOUR, _LONG = 60, 3600, 90


def in_time(seconds: float) -> str:
    """`40 s`, `12 min`, `3.5 h`."""
    if seconds < _LONG:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / _MINUTE)} min" if seconds < _LONG * _MINUTE else f"{seconds / _HOUR:.1f} h"


class DownloadProgress:
    """Shows a download's progress on stderr."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._total = 1.0
        self._estimate = 0.0
        self._done: dict[int, float] = {}
        self._began = self._told = clock()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

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
                self._open()

    def reached(self, task: Task, requests: float) -> None:
        """Move the bar."""
        self._done[id(task)] = max(requests, self._done.get(id(task), 0.0))
        done, now = sum(self._done.values()), self._clock()
        name = str(task.wanted.series)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, name=name, left=self._left(done, now))
        elif now - self._told >= _EVERY:
            self._told = now
            self.tell(f"{done / self._total:.0%} {name}, {self._left(done, now)} left")

    def _left(self, done: float, now: float) -> str:
        """How long it may still take: from what it took so far, at first from IB's pace."""
        share = min(done / self._total, 1.0)
        measured = (now - self._began) / share if share > 0 else self._estimate
        whole = self._estimate * (1 - share) + measured * share
        return in_time(whole * (1 - share))

    def tell(self, text: str) -> None:
        """Print a line, above the bar if there is one."""
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            typer.echo(text, err=True)

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        self._bar = Progress(
            TextColumn("{task.fields[name]}"), BarColumn(), TaskProgressColumn(),
            TextColumn("{task.fields[left]} left"), console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task("", total=self._total, name="", left=in_time(self._estimate))
        self._bar.start()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
