"""One backtest of a search, in whatever process is told to do it: a task goes in, figures come out.

A process keeps the data files that it has decoded from one task to the next: they are the same for every choice of
parameters.
"""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from leanib import collector
from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.feeds.decoded_files import DecodedFiles
from leanib.engine.lean.algorithm_file import load_algorithm
from leanib.engine.results.packet import figures_of
from leanib.errors import LeanIBError

__all__ = ["Outcome", "Task", "run_task"]

_ROWS = 4_000_000
"""How many decoded rows a process keeps, about 200 MB at most."""
_decoded: dict[str, DecodedFiles] = {}


@dataclass(frozen=True)
class Task:
    """What to run; all of it can be sent to another process or machine that sees the same files."""

    algorithm: str
    data_folder: str
    parameters: Mapping[str, str]
    start: date | None = None
    end: date | None = None
    object_store: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        figures: As in a result file: `statistics` and `totalPerformance`; empty after an error.
        error: Why there are none.
        unread: Parameters that the algorithm never asked for.
        start, end: The dates that the algorithm ran.
        seconds: How long it took.
        missing: How many kinds of data were asked for and not there.
    """

    figures: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    unread: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    seconds: float = 0.0
    missing: int = 0


def run_task(task: Task) -> Outcome:
    """Runs a backtest; an error of the algorithm is an outcome, not an exception."""
    began = time.perf_counter()
    try:
        with contextlib.redirect_stdout(io.StringIO()), collector.paused():
            return _run(task, began)
    except LeanIBError as error:
        return Outcome(error=str(error), seconds=time.perf_counter() - began)
    except Exception as error:
        return Outcome(error=f"{type(error).__name__}: {error}", seconds=time.perf_counter() - began)


def _run(task: Task, began: float) -> Outcome:
    algorithm = load_algorithm(Path(task.algorithm))
    job = Job(
        Path(task.data_folder),
        parameters=task.parameters,
        start=task.start,
        end=task.end,
        object_store_root=Path(task.object_store) if task.object_store is not None else None,
        decoded=_decoded.setdefault(task.data_folder, DecodedFiles(_ROWS)),
    )
    run = run_backtest(algorithm, job)
    if run.error is not None:
        return Outcome(error=f"{type(run.error).__name__}: {run.error}", seconds=time.perf_counter() - began)
    packet = run.results.final_results
    assert packet is not None
    return Outcome(
        figures=figures_of(packet),
        unread=tuple(run.unread_parameters),
        start=f"{run.algorithm.start_date:%Y-%m-%d}",
        end=f"{run.algorithm.end_date:%Y-%m-%d}",
        seconds=time.perf_counter() - began,
        missing=len(run.missing_data),
    )
