"""How far a search is, on a terminal and without one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from leanib.operations.optimize.book import Plan
from leanib.operations.optimize.space import Point

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["OptimizeProgress", "in_words"]


def in_words(point: Point) -> str:
    """`fast 10, slow 50`."""
    return ", ".join(f"{name} {value}" for name, value in point.parameters.items())


class OptimizeProgress:
    """A bar with the best so far; without a terminal a line for each new best."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._name = plan.targets[0].rpartition(":")[0]
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._told = ""

    def tell(self, done: int, total: int, best: Point | None, value: float | None) -> None:
        """A backtest is done."""
        text = "no value yet"
        if best is not None and value is not None:
            text = f"best {self._name} {value:.4g}: {in_words(best)}"
        if not sys.stderr.isatty():
            if best is not None and text != self._told:
                typer.echo(f"{done} of {total}: {text}", err=True)
            self._told = text
            return
        if self._bar is None:
            self._open(total)
        assert self._bar is not None
        assert self._task is not None
        self._bar.update(self._task, completed=done, total=total, best=text)

    def _open(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            MofNCompleteColumn(), BarColumn(), TimeRemainingColumn(), TextColumn("{task.fields[best]}", markup=False),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task("", total=total, best="")
        self._bar.start()

    def close(self) -> None:
        """Takes the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
