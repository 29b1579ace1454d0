"""`leanib optimize`: which parameters of an algorithm are best, and how far that can be believed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from leanib.cli.backtest import period
from leanib.cli.optimize_progress import OptimizeProgress, in_words
from leanib.engine.configuration import load_configuration
from leanib.engine.lean.algorithm_file import find_algorithm_file
from leanib.errors import UsageError
from leanib.files import write_text
from leanib.operations.optimize.book import Book, Plan, code_hash
from leanib.operations.optimize.page import folds_in_words, optimization_html
from leanib.operations.optimize.space import Constraint, Parameter, Point, Target
from leanib.operations.optimize.study import Findings, Study
from leanib.operations.optimize.workers import cores, dask, processes

__all__ = ["optimize"]

EXIT_NOTHING, EXIT_INTERRUPTED = 1, 130


class Strategy(Enum):
    """How points are chosen."""

    GRID = "grid"
    TPE = "tpe"


class Split(Enum):
    """What is held back."""

    WHOLE = "whole"
    WALK_FORWARD = "walk-forward"
    PURGED = "purged"


def _option(*names: str, text: str = "", **more: Any) -> Any:
    """An option that shows no default: where there is one, its text says it."""
    return typer.Option(*names, help=text, show_default=False, **more)


ParameterOption = Annotated[list[str] | None, _option("--parameter", metavar="NAME MIN MAX STEP", text="Repeat.")]
TargetOption = Annotated[
    list[str] | None, _option("--target", text="A figure; 'Drawdown:min' where less is good. [default: Sharpe Ratio]")
]
DirectionOption = Annotated[str, typer.Option("--target-direction", help="max or min, of targets that have none.")]
ConstraintOption = Annotated[list[str] | None, _option("--constraint", text="'Drawdown < 25%'. Repeat.")]
StrategyOption = Annotated[Strategy, typer.Option("--strategy", help="Every point, or those that TPE chooses.")]
SplitOption = Annotated[Split, typer.Option("--split", help="Choose on one part of the period, try on another.")]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers", "--max-concurrent-backtests", min=1, help="Backtests at once. [default: all cores]",
        show_default=False,
    ),
]  # fmt: skip
DaskOption = Annotated[str, _option("--dask", metavar="ADDRESS", text="Run on the Dask cluster there: tcp://host:8786.")]
OutputOption = Annotated[Path | None, _option("--output", text="[default: optimizations/<time>/ in the project]")]
PathOption = Annotated[Path | None, _option("--data-folder", text="Data in LEAN's format.")]


def optimize(
    path: Annotated[
        Path | None, typer.Argument(help="The algorithm: a folder or a .py file.", show_default=False)
    ] = None,
    parameter: ParameterOption = None,
    target: TargetOption = None,
    target_direction: DirectionOption = "max",
    constraint: ConstraintOption = None,
    strategy: StrategyOption = Strategy.GRID,
    trials: Annotated[int, typer.Option("--trials", min=1, help="How many points TPE tries.")] = 100,
    seed: Annotated[int, typer.Option("--seed", help="Of TPE.")] = 1,
    split: SplitOption = Split.WHOLE,
    folds: Annotated[int, typer.Option("--folds", min=2, help="Into how many blocks the period is cut.")] = 5,
    purge: Annotated[int, typer.Option("--purge", min=0, help="Days between two blocks that belong to neither.")] = 0,
    workers: WorkersOption = None,
    dask_address: DaskOption = "",
    start: Annotated[str | None, _option("--start", text="First day.")] = None,
    end: Annotated[str | None, _option("--end", text="Last day.")] = None,
    data_folder: PathOption = None,
    lean_config: Annotated[Path | None, _option("--lean-config", text="lean.json. [default: the nearest one]")] = None,
    output: OutputOption = None,
    resume: Annotated[Path | None, _option("--resume", metavar="FOLDER", text="Go on with a search.")] = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="Write no page, run no backtest of the best.")] = False,
) -> None:
    """Search the parameters of an algorithm with backtests on all cores; what was done is kept and gone on from.

    Exit code 0 when a best was found, 1 when no point has a value, 130 when Ctrl-C stopped it.
    """
    if resume is not None:
        if path is not None or parameter:
            raise UsageError("--resume goes on with a search as it was begun: leave the algorithm and --parameter out")
        book, plan = Book.resume(resume)
    elif path is None:
        raise UsageError("name the algorithm, or a search to go on with by --resume")
    else:
        first, last = period(start, end)
        goals = tuple(Target.parse(text, target_direction).text for text in target or ["Sharpe Ratio"])
        choices = _Choices(strategy, trials, seed, split, folds, purge, str(first or ""), str(last or ""))
        plan = _plan(path, parameter or [], goals, constraint or [], choices, data_folder, lean_config)
        book = Book.create(output or _default_output(path), plan)
    _search(book, plan, workers or cores(), dask_address, no_report)


@dataclass(frozen=True)
class _Choices:
    strategy: Strategy
    trials: int
    seed: int
    split: Split
    folds: int
    purge: int
    start: str
    end: str

    def words(self) -> dict[str, Any]:
        """For the plan."""
        return {name: getattr(value, "value", value) for name, value in vars(self).items()}


def _plan(
    path: Path,
    ranges: list[str],
    targets: tuple[str, ...],
    constraints: list[str],
    choices: _Choices,
    data_folder: Path | None,
    lean_config: Path | None,
) -> Plan:
    """What is searched; everything that can be seen to be wrong is refused here, before anything runs."""
    file = find_algorithm_file(path).resolve()
    configuration = load_configuration(path if path.is_dir() else path.parent, lean_config, parameters={})
    _check_ranges([Parameter.parse(text) for text in ranges], configuration.parameters)
    for text in constraints:
        Constraint.parse(text)
    store = configuration.object_store_root
    return Plan(
        algorithm=str(file),
        data_folder=str(configuration.data_folder(data_folder).resolve()),
        fixed=dict(configuration.parameters),
        parameters=tuple(ranges),
        targets=targets,
        constraints=tuple(constraints),
        object_store=str(store) if store is not None else None,
        code=code_hash(file),
        **choices.words(),
    )


def _default_output(path: Path) -> Path:
    base = path if path.is_dir() else path.parent
    return base / "optimizations" / f"{datetime.now():%Y-%m-%d_%H-%M-%S}"


def _check_ranges(ranges: list[Parameter], known: Mapping[str, str]) -> None:
    if not ranges:
        names = ", ".join(known) or "none"
        raise UsageError(f"nothing to search: give --parameter NAME MIN MAX STEP; config.json has {names}")
    names_given = [one.name for one in ranges]
    twice = next((name for name in names_given if names_given.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"--parameter {twice} is given twice")


def _search(book: Book, plan: Plan, workers: int, address: str, no_report: bool) -> None:
    progress = OptimizeProgress(plan)
    open_workers = partial(dask, address) if address else partial(processes, workers)
    study = Study(plan, book, open_workers, progress.tell)
    typer.echo(f"search: {book.folder}" + (f", {book.runs} backtests are there already" if book.runs else ""))
    try:
        findings = study.run()
    except KeyboardInterrupt:
        progress.close()
        typer.echo(f"stopped: what was done is kept; go on with 'leanib optimize --resume {book.folder}'", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None
    finally:
        progress.close()
    _tell(findings, study)
    if not no_report:
        _write(findings, study, book.folder)
    if findings.best is None:
        raise typer.Exit(EXIT_NOTHING)


def _tell(findings: Findings, study: Study) -> None:
    failed = [(point, problem) for point, values, problem in findings.rows if values is None]
    if failed:
        point, problem = failed[0]
        typer.echo(f"{len(failed)} of {len(findings.rows)} points have no value; {point.text}: {problem}", err=True)
    best, values = findings.best, None
    if best is not None:
        values = findings.values(best)
        figures = ", ".join(f"{one.name} {v:.4g}" for one, v in zip(study.targets, values or (), strict=True))
        typer.echo(f"best: {in_words(best)} ({figures})")
    else:
        typer.echo("no point has a value within the constraints", err=True)
    if findings.front:
        typer.echo(f"no other point beats these {len(findings.front)} in every target:")
        for point in findings.front:
            figures = ", ".join(f"{value:.4g}" for value in findings.values(point) or ())
            typer.echo(f"  {in_words(point)} ({figures})")
    for number, fold in enumerate(findings.folds, 1):
        chosen = in_words(fold.point) if fold.point is not None else "no point has a value"
        seen, unseen = (f"{one:.4g}" if one is not None else "none" for one in (fold.seen, fold.unseen))
        typer.echo(f"fold {number}, tried on {fold.fold.test.text}: {chosen}; seen {seen}, unseen {unseen}")
    if findings.folds:
        typer.echo(folds_in_words(findings, study.targets[0]))
    if findings.peak is not None:
        typer.echo(("warning: " if findings.peak.is_lonely else "") + findings.peak.words)


def _write(findings: Findings, study: Study, folder: Path) -> None:
    page = folder / "optimization.html"
    try:
        write_text(page, optimization_html(findings, study.parameters, study.targets))
    except OSError as error:
        raise UsageError(f"{page} could not be written ({error.strerror})") from error
    typer.echo(f"report: {page}")
    if findings.best is not None:
        _backtest_best(study.plan, findings.best, folder / "best")


def _backtest_best(plan: Plan, best: Point, folder: Path) -> None:
    """The whole backtest of the best, with its report."""
    words = [word for name, value in best.parameters.items() for word in ("--parameter", f"{name}={value}")]
    words += ["--data-folder", plan.data_folder, "--output", str(folder)]
    words += [word for name, value in (("--start", plan.start), ("--end", plan.end)) if value for word in (name, value)]
    command = [sys.executable, "-m", "leanib", "backtest", plan.algorithm, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        typer.echo(f"warning: the backtest of the best could not be run again: {said}", err=True)
    else:
        typer.echo(f"its backtest: {folder / 'report.html'}")
