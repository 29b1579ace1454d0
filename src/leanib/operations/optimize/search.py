"""Which points are tried: all of the grid, or those that Optuna's TPE asks for; and running what they need.

Optuna's study lives in memory and is filled from the book: the book alone is what a search goes on from.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from datetime import date
from typing import Any, Protocol

from leanib.errors import LeanIBError, UsageError
from leanib.operations.optimize.blocks import Block
from leanib.operations.optimize.book import Book, Plan
from leanib.operations.optimize.space import Parameter, Point, Target, grid
from leanib.operations.optimize.trial import Outcome, Task, run_task

__all__ = ["Grid", "Runner", "Source", "Tpe", "Values", "task_of"]

Values = tuple[float, ...]


class Source(Protocol):
    """Gives points and hears what they were worth."""

    def ask(self) -> Point | None:
        """The next point; None when there is none (now)."""

    def tell(self, point: Point, values: Values | None) -> None:
        """What a point was worth; None when it failed or breaks a constraint."""


class Grid:
    """All points, once."""

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self._points: Iterator[Point] = grid(parameters)

    def ask(self) -> Point | None:
        """The next one."""
        return next(self._points, None)

    def tell(self, point: Point, values: Values | None) -> None:
        """Nothing follows from it."""


class Tpe:
    """Optuna's tree-structured Parzen estimator, for one target or several.

    Args:
        name: Of the search, under which the book keeps what it asked for.
        parameters: The ranges.
        targets: What is to be large or small.
        trials: How many points in all.
        seed: Makes a search with one worker repeatable.
        book: What was asked before.
    """

    def __init__(
        self, name: str, parameters: Sequence[Parameter], targets: Sequence[Target], trials: int, seed: int, book: Book
    ) -> None:
        optuna = self._optuna = _optuna()
        self._name, self._book = name, book
        self._parameters = parameters
        self._left = trials
        self._spaces = {one.name: optuna.distributions.IntDistribution(0, one.count - 1) for one in parameters}
        with warnings.catch_warnings():  # both options are called experimental in every version so far
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            sampler = optuna.samplers.TPESampler(seed=seed, constant_liar=True, multivariate=len(parameters) > 1)
        directions = ["maximize" if target.larger else "minimize" for target in targets]
        self._study = optuna.create_study(directions=directions, sampler=sampler)
        self._open: dict[str, list[Any]] = {}
        #: What was asked before this program began.
        self.known = list(book.asked.get(name, []))
        for point, values in self.known:
            self._study.add_trial(self._known(point, values))
            self._left -= 1

    def ask(self) -> Point | None:
        """The next one that it would try."""
        if self._left <= 0:
            return None
        self._left -= 1
        trial = self._study.ask(self._spaces)
        numbers = trial.params
        point = Point.of({one.name: one.value(numbers[one.name]) for one in self._parameters})
        self._open.setdefault(point.text, []).append(trial)
        return point

    def tell(self, point: Point, values: Values | None) -> None:
        """Learns from it."""
        trial = self._open[point.text].pop()
        if values is None:
            self._study.tell(trial, state=self._optuna.trial.TrialState.FAIL)
        else:
            self._study.tell(trial, list(values))
        self._book.add_asked(self._name, point, values)

    def _known(self, point: Point, values: Values | None) -> Any:
        numbers = {one.name: one.number_of(point.parameters[one.name]) for one in self._parameters}
        state = self._optuna.trial.TrialState
        return self._optuna.trial.create_trial(
            params=numbers,
            distributions=self._spaces,
            values=list(values) if values is not None else None,
            state=state.COMPLETE if values is not None else state.FAIL,
        )


def _optuna() -> Any:
    try:
        optuna = importlib.import_module("optuna")
    except ImportError as error:
        raise UsageError("--strategy tpe needs Optuna: pip install 'leanib[optimize]'") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def task_of(plan: Plan, point: Point, block: Block) -> Task:
    """The backtest of a point in a block."""
    begin = block.start or (date.fromisoformat(plan.start) if plan.start else None)
    end = block.end or (date.fromisoformat(plan.end) if plan.end else None)
    parameters = {**plan.fixed, **point.parameters}
    return Task(plan.algorithm, plan.data_folder, parameters, begin, end, plan.object_store)


class Runner:
    """Runs what is not in the book yet, as many at once as there are workers.

    Args:
        plan: What is searched.
        book: Keeps the outcomes.
        executor: Runs the tasks.
        workers: How many it runs at once.
        done: Hears of every finished backtest.
    """

    def __init__(
        self,
        plan: Plan,
        book: Book,
        executor: Executor,
        workers: int,
        done: Callable[[Point, Block, Outcome], None] = lambda _point, _block, _outcome: None,
    ) -> None:
        self._plan, self._book, self._executor, self._workers = plan, book, executor, workers
        self._done = done

    def search(
        self, source: Source, blocks: Sequence[Block], value: Callable[[Point, Sequence[Block]], Values | None]
    ) -> None:
        """Asks for points, runs each in every block, and tells what it was worth, until there are no more."""
        waiting: dict[Future[Outcome], tuple[Point, Block]] = {}
        open_blocks: dict[str, tuple[Point, set[Block], int]] = {}
        try:
            while True:
                self._fill(source, blocks, value, waiting, open_blocks)
                if not waiting:
                    return
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    point, block = waiting.pop(future)
                    self._keep(point, block, future)
                    _, missing, times = open_blocks[point.text]
                    missing.discard(block)
                    if not missing:
                        del open_blocks[point.text]
                        for _ in range(times):
                            source.tell(point, value(point, blocks))
        finally:
            for future in waiting:
                future.cancel()

    def _fill(
        self,
        source: Source,
        blocks: Sequence[Block],
        value: Callable[[Point, Sequence[Block]], Values | None],
        waiting: dict[Future[Outcome], tuple[Point, Block]],
        open_blocks: dict[str, tuple[Point, set[Block], int]],
    ) -> None:
        while len(waiting) < self._workers and (point := source.ask()) is not None:
            if point.text in open_blocks:  # asked for again before it is done
                known, missing, times = open_blocks[point.text]
                open_blocks[point.text] = known, missing, times + 1
                continue
            missing = {block for block in blocks if self._book.outcome(point, block) is None}
            if not missing:
                source.tell(point, value(point, blocks))
                continue
            open_blocks[point.text] = point, missing, 1
            for block in sorted(missing, key=lambda one: one.text):
                waiting[self._executor.submit(run_task, task_of(self._plan, point, block))] = point, block

    def _keep(self, point: Point, block: Block, future: Future[Outcome]) -> None:
        try:
            outcome = future.result()
        except Exception as error:  # the worker itself died
            why = f"({type(error).__name__}: {error}), out of memory most likely"
            remedy = f"go on with fewer --workers and --resume {self._book.folder}"
            raise LeanIBError(f"a worker died while it ran {point.text} {why}: {remedy}") from error
        self._book.add(point, block, outcome)
        self._done(point, block, outcome)
