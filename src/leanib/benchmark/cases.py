"""The set: what is run, on which data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from leanib.errors import UsageError

__all__ = ["Case", "all_cases", "chosen"]


@dataclass(frozen=True)
class Case:
    """One benchmark.

    Attributes:
        name: how it is asked for.
        what: a line for the table.
        kind: `own` (a class of `benchmark.algorithms` on generated data), `file` (an algorithm on a data folder that is
            there), `start` (a process of `leanib backtest`).
        target: the class's name, or the file.
        data: the part of the generated data, or the data folder.
    """

    name: str
    what: str
    kind: str
    target: str
    data: str


_OWN = (
    Case("minutes", "2 years of a stock's minutes, trades and quotes", "own", "Minutes", "minute"),
    Case("many-minutes", "350 stocks' minutes, 8 days", "own", "ManyMinutes", "many"),
    Case("seconds", "10 days of a stock's seconds", "own", "Seconds", "second"),
    Case("ticks", "3 days of a stock's ticks", "own", "Ticks", "tick"),
    Case("daily-rotation", "10 years of days of 500 stocks", "own", "DailyRotation", "daily"),
    Case("ribbon", "50 delayed daily averages, a year of minutes", "own", "Ribbon", "minute"),
    Case("consolidators", "4 consolidators of the user's, a year of minutes", "own", "Consolidators", "minute"),
    Case("history", "two histories each day, a year of minutes", "own", "HistoryEachDay", "minute"),
    Case("scheduled-events", "600 events a day, a year of minutes", "own", "ScheduledEvents", "minute"),
    Case("orders", "100,000 market orders, a year of minutes", "own", "Orders", "minute"),
    Case("coarse", "7,000 stocks to choose from each day, 250 chosen", "own", "Coarse", "coarse"),
)

_LEAN = ("BasicTemplateBenchmark", "ScheduledEventsBenchmark", "IndicatorRibbonBenchmark")


def all_cases(project: Path, lean: Path | None) -> list[Case]:
    """The set: what the package brings along, a project's strategies, and LEAN's own where there is a checkout.

    Args:
        project: a folder with `algorithms/` and `data/`, as this repository is; others have only the rest.
        lean: a checkout of LEAN, whose benchmarks run on its `Data`.

    Raises:
        UsageError: it is none.
    """
    cases = [Case("start-up", "5 days of minutes, from the process's start to its exit", "start", "", "minute"), *_OWN]
    samples = sorted((project / "algorithms").glob("*/main.py")) if (project / "data").is_dir() else []
    for file in samples:
        name = file.parent.name
        cases.append(Case(name, "sample strategy", "file", str(file.absolute()), str((project / "data").absolute())))
    if lean is not None:
        cases += _of_lean(lean)
    return cases


def _of_lean(lean: Path) -> list[Case]:
    folder, data = lean / "Algorithm.Python" / "Benchmarks", lean / "Data"
    if not folder.is_dir() or not data.is_dir():
        raise UsageError(f"{lean} is not a LEAN checkout: it has no Algorithm.Python/Benchmarks or no Data")
    files = [(name, (folder / f"{name}.py").absolute()) for name in _LEAN]
    return [Case(name, "LEAN's, on LEAN's Data", "file", str(f), str(data.absolute())) for name, f in files]


def chosen(cases: Sequence[Case], only: Sequence[str]) -> list[Case]:
    """Those that are named, all when none is.

    Raises:
        UsageError: a name that is none.
    """
    names = [case.name for case in cases]
    for name in only:
        if name not in names:
            raise UsageError(f"there is no benchmark '{name}'; there are {', '.join(names)}")
    return [case for case in cases if not only or case.name in only]
