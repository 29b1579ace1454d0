"""A search without an engine: backtests whose figures are a function of parameters and days."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from leanib.operations.optimize import search, study
from leanib.operations.optimize.book import Book, Plan, code_hash
from leanib.operations.optimize.study import Study
from leanib.operations.optimize.trial import Outcome, Task

Figure = Callable[[dict[str, float], Task], float]


class World:
    """A folder with an algorithm, and what its backtests give."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.algorithm = folder / "mine.py"
        self.algorithm.write_text("# nothing\n", encoding="utf-8")
        self.tasks: list[Task] = []
        self.figure: Figure = lambda given, _task: -((given["a"] - 3) ** 2)
        self.drawdown: Figure = lambda _given, _task: 0.1
        self.unread: tuple[str, ...] = ()
        self.stop_after = 10**9
        monkeypatch.setattr(study, "run_task", self.run)
        monkeypatch.setattr(search, "run_task", self.run)

    def run(self, task: Task) -> Outcome:
        """A backtest."""
        if len(self.tasks) >= self.stop_after:
            raise KeyboardInterrupt
        self.tasks.append(task)
        given = {name: float(value) for name, value in task.parameters.items()}
        days = {"start": str(task.start or "2020-01-01"), "end": str(task.end or "2024-12-31")}
        if "a" not in given:
            given["a"] = 1.0
        if given["a"] == 99:
            return Outcome(error="ValueError: ninety-nine", **days)
        summary = {"Sharpe Ratio": repr(self.figure(given, task)), "Drawdown": f"{self.drawdown(given, task) * 100}%"}
        return Outcome({"statistics": summary}, unread=self.unread, **days)

    def plan(self, **more: Any) -> Plan:
        """The plan of a search over a from 1 to 6."""
        plain: dict[str, Any] = {
            "algorithm": str(self.algorithm), "data_folder": "data", "fixed": {"b": "7"}, "parameters": ("a=1:6:1",),
            "targets": ("Sharpe Ratio:max",), "code": code_hash(self.algorithm),
        }  # fmt: skip
        return Plan(**{**plain, **more})

    def study(self, book: Book | None = None, **more: Any) -> Study:
        """A search of its own, or one that goes on."""
        plan = self.plan(**more)
        return Study(plan, book or Book.create(self.folder / f"search-{len(list(self.folder.iterdir()))}", plan), _here)


@contextlib.contextmanager
def _here() -> Iterator[tuple[Executor, int]]:
    yield _Here(), 3


class _Here(Executor):
    """Runs a task at once, in this thread."""

    def submit(self, work: Any, /, *words: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(work(*words, **more))
        return future
