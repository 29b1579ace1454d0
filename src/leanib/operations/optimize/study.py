"""The whole search: a first run, the folds, the choice over everything, and what can be said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date

from leanib.errors import LeanIBError, UsageError
from leanib.operations.optimize.blocks import Block, Fold, cut, folds
from leanib.operations.optimize.book import Book, Plan
from leanib.operations.optimize.peak import Peak, look_around
from leanib.operations.optimize.search import Grid, Runner, Source, Tpe, Values, task_of
from leanib.operations.optimize.space import Constraint, Parameter, Point, Target, size_of, value_at
from leanib.operations.optimize.trial import Outcome, run_task

__all__ = ["Chosen", "Findings", "Study"]

Workers = Callable[[], AbstractContextManager[tuple[Executor, int]]]


@dataclass(frozen=True)
class Chosen:
    """What a fold chose, and what it was worth where it had not been looked at.

    Attributes:
        seen: The first target where it was chosen, the mean over its blocks.
        unseen: The first target in the block held back; None where that backtest failed.
    """

    fold: Fold
    point: Point | None
    seen: float | None = None
    unseen: float | None = None


@dataclass(frozen=True)
class Findings:
    """What a search found.

    Attributes:
        rows: Every point that was tried over all blocks, with its values; None where it failed or breaks a constraint.
        best: The best by the first target; None when no point has a value.
        front: With several targets: the points that no other beats in all of them.
        folds: What was chosen on one part of the period, and what it was worth on another.
    """

    plan: Plan
    rows: list[tuple[Point, Values | None, str]] = field(default_factory=list)
    best: Point | None = None
    front: list[Point] = field(default_factory=list)
    peak: Peak | None = None
    folds: list[Chosen] = field(default_factory=list)
    configured: Values | None = None
    missing: int = 0

    def values(self, point: Point) -> Values | None:
        """Of a point."""
        return next((values for one, values, _ in self.rows if one.text == point.text), None)


class Study:
    """One search.

    Args:
        plan: What is searched.
        book: What is known already.
        workers: Opens who runs the backtests.
        tell: Hears of every finished backtest: how many are done, how many there will be, and the best so far.
    """

    def __init__(
        self,
        plan: Plan,
        book: Book,
        workers: Workers,
        tell: Callable[[int, int, Point | None, float | None], None] = lambda *_: None,
    ) -> None:
        self.plan, self.book = plan, book
        self.parameters = [Parameter.parse(text) for text in plan.parameters]
        self.targets = [Target.parse(text) for text in plan.targets]
        self.constraints = [Constraint.parse(text) for text in plan.constraints]
        self._workers = workers
        self._tell = tell
        self._done = 0
        self._best: tuple[Point, float] | None = None
        self._base = Point.of({})

    def run(self) -> Findings:
        """Runs what is missing, and says what was found.

        Raises:
            LeanIBError: The algorithm does not run at all, or does not know a parameter or a target.
        """
        first = self._first_run()
        self.blocks = self._blocks(first)
        with self._workers() as (executor, count):
            runner = Runner(self.plan, self.book, executor, count, self._note)
            cuts = folds(self.plan.split, self.blocks)
            chosen = [self._fold(runner, number, fold) for number, fold in enumerate(cuts)]
            runner.search(self._source("all"), self.blocks, self.value)
        return self._findings(chosen)

    @property
    def total(self) -> int:
        """How many backtests there will be at most."""
        points = size_of(self.parameters) if self.plan.strategy == "grid" else self.plan.trials
        if self.plan.strategy == "grid":
            return points * len(self.blocks)
        return points * (len(self.blocks) + sum(len(one.train) for one in folds(self.plan.split, self.blocks)))

    def value(self, point: Point, blocks: Sequence[Block]) -> Values | None:
        """The targets of a point, each the mean over the blocks; None where one failed or breaks a constraint."""
        results = [outcome.figures for block in blocks if (outcome := self.book.outcome(point, block)) is not None]
        if len(results) < len(blocks) or not all(results):
            return None
        if not all(constraint.holds(result) for constraint in self.constraints for result in results):
            return None
        values = []
        for target in self.targets:
            found = [value_at(result, target.name) for result in results]
            known = [value for value in found if value is not None]
            if len(known) < len(found):
                return None
            values.append(sum(known) / len(known))
        return tuple(values)

    def _first_run(self) -> Outcome:
        """As configured, in this process: it proves that the algorithm runs, and decodes the data for the workers."""
        whole = Block(None, None)
        outcome = self.book.outcome(self._base, whole)
        if outcome is None:
            outcome = run_task(task_of(self.plan, self._base, whole))
            if outcome.error:
                raise LeanIBError(f"the algorithm does not run as it is configured: {outcome.error}")
            self._check_targets(outcome)
            self._check_names()
            self.book.add(self._base, whole, outcome)
        return outcome

    def _check_targets(self, outcome: Outcome) -> None:
        for name in [target.name for target in self.targets] + [one.target for one in self.constraints]:
            if value_at(outcome.figures, name) is None:
                known = ", ".join(outcome.figures["statistics"])
                raise UsageError(f"a backtest has no figure '{name}'; it has {known}")

    def _check_names(self) -> None:
        """A parameter that the algorithm never asks for would be searched in vain."""
        point = Point.of({one.name: one.value(0) for one in self.parameters})
        outcome = run_task(task_of(self.plan, point, Block(None, None)))
        unread = [one.name for one in self.parameters if one.name in outcome.unread]
        if unread:
            known = ", ".join(self.plan.fixed) or "none"
            raise UsageError(f"the algorithm never asks for the parameter {', '.join(unread)}; config.json has {known}")
        self.book.add(point, Block(None, None), outcome)

    def _blocks(self, first: Outcome) -> tuple[Block, ...]:
        if self.plan.split == "whole":
            return (Block(None, None),)
        start, end = date.fromisoformat(first.start), date.fromisoformat(first.end)
        return cut(start, end, self.plan.folds, self.plan.purge)

    def _source(self, name: str) -> Source:
        if self.plan.strategy == "grid":
            return Grid(self.parameters)
        return Tpe(name, self.parameters, self.targets, self.plan.trials, self.plan.seed, self.book)

    def _fold(self, runner: Runner, number: int, fold: Fold) -> Chosen:
        source = self._source(f"fold {number}")
        tried = _Remembering(source)
        runner.search(tried, fold.train, self.value)
        best = self._best_of([(point, values) for point, values in tried.told if values is not None])
        if best is None:
            return Chosen(fold, None)
        point, seen = best
        runner.search(_One(point), (fold.test,), self.value)
        unseen = self.value(point, (fold.test,))
        return Chosen(fold, point, seen, unseen[0] if unseen is not None else None)

    def _best_of(self, known: Sequence[tuple[Point, Values]]) -> tuple[Point, float] | None:
        best: tuple[Point, float] | None = None
        for point, values in known:
            if best is None or self.targets[0].better(values[0], best[1]):
                best = point, values[0]
        return best

    def _note(self, point: Point, _block: Block, _outcome: Outcome) -> None:
        self._done += 1
        values = self.value(point, self.blocks)
        if values is not None and (self._best is None or self.targets[0].better(values[0], self._best[1])):
            self._best = point, values[0]
        best = self._best or (None, None)
        self._tell(self._done, self.total, *best)

    def _findings(self, chosen: list[Chosen]) -> Findings:
        rows = []
        missing = 0
        for point in self.book.points():
            if not point.parameters or any(self.book.outcome(point, block) is None for block in self.blocks):
                continue
            outcomes = [outcome for block in self.blocks if (outcome := self.book.outcome(point, block)) is not None]
            missing += sum(bool(outcome.missing) for outcome in outcomes)
            error = next((outcome.error for outcome in outcomes if outcome.error), "")
            values = self.value(point, self.blocks)
            rows.append((point, values, error or ("" if values is not None else "breaks a constraint")))
        rows.sort(key=lambda row: self._rank(row[1]))
        known = {point.text: (point, values) for point, values, _ in rows if values is not None}
        best = self._best_of(list(known.values()))
        peak = None
        if best is not None:
            firsts = {text: (point, values[0]) for text, (point, values) in known.items()}
            peak = look_around(best[0], firsts, self.parameters, self.targets[0])
        return Findings(
            plan=self.plan,
            rows=rows,
            best=best[0] if best is not None else None,
            front=self._front(list(known.values())),
            peak=peak,
            folds=chosen,
            configured=self.value(self._base, (Block(None, None),)),
            missing=missing,
        )

    def _rank(self, values: Values | None) -> tuple[bool, float]:
        """The best first, those without a value last."""
        if values is None:
            return True, 0.0
        return False, -values[0] if self.targets[0].larger else values[0]

    def _front(self, known: list[tuple[Point, Values]]) -> list[Point]:
        """The points that no other beats in one target without losing in another."""
        if len(self.targets) < 2:
            return []
        return [
            point
            for point, values in known
            if not any(self._dominates(other, values) for _, other in known if other != values)
        ]

    def _dominates(self, one: Values, other: Values) -> bool:
        pairs = list(zip(self.targets, one, other, strict=True))
        loses = any(target.better(b, a) for target, a, b in pairs)
        return not loses and any(target.better(a, b) for target, a, b in pairs)


class _Remembering:
    """A source that keeps what it was told, what the book knew before included."""

    def __init__(self, source: Source) -> None:
        self._source = source
        known = source.known if isinstance(source, Tpe) else []
        self.told: list[tuple[Point, Values | None]] = list(known)

    def ask(self) -> Point | None:
        return self._source.ask()

    def tell(self, point: Point, values: Values | None) -> None:
        self.told.append((point, values))
        self._source.tell(point, values)


class _One:
    """One point."""

    def __init__(self, point: Point) -> None:
        self._points = [point]

    def ask(self) -> Point | None:
        return self._points.pop() if self._points else None

    def tell(self, point: Point, values: Values | None) -> None:
        """Nothing follows from it."""
