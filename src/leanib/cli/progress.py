"""A long command's progress on stderr: a bar on a terminal, a line now and then without one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn, TaskID

__all__ = ["BarOrLines"]

_EVERY = 10.0


class BarOrLines:
    """Lines until `open`; then a bar, above which lines are printed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told = clock()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def open(self, total: float, remaining: ProgressColumn, left: str = "") -> None:
        """Show a bar with a name before it and what is left behind it."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        self._bar = Progress(
            TextColumn("{task.fields[name]}"), BarColumn(), TaskProgressColumn(), remaining,
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task("", total=total, name="", left=left)
        self._bar.start()

    def move(self, done: float, total: float, name: str, left: str = "") -> None:
        """So much is done, and that is being worked at; without a bar it is told every ten seconds."""
        now = self._clock()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, name=name, left=left)
        elif now - self._told >= _EVERY:
            self._told = now
            self.tell(f"{done / total:.0%} {name}" + (f", {left} left" if left else ""))

    def tell(self, text: str) -> None:
        """Print a line, above the bar if there is one."""
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            typer.echo(text, err=True)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
