"""Runs benchmarks, each in a process of its own, and compares what they took with what they took before."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from leanib.benchmark.cases import Case
from leanib.benchmark.data import BenchmarkData
from leanib.errors import UsageError

__all__ = ["LOSS", "Measured", "compare", "measure", "read_measured", "write_measured"]

LOSS = 0.10
"""A benchmark that takes longer by more than this, in cal, has lost."""

_DEADLINE = 1800.0
_LOOKS = 3
"""So often a loss is looked at before it is called one: what else the machine does comes and goes."""


@dataclass(frozen=True)
class Measured:
    """What a benchmark took: seconds of the clock and of CPU, the calibration beside it, and megabytes at most.

    `cpu` is the run's, of which `results` seconds are for statistics and files; `imports`, of the engine and of the
    algorithm's file, come before it. Of a whole process (`start-up`) it is not told what of it is which: both are 0.
    """

    points: int
    orders: int
    wall: float
    cpu: float
    memory: float
    calibration: float
    imports: float = 0.0
    results: float = 0.0

    @property
    def cal(self) -> float:
        """The CPU time in units of the calibration, which machines can be compared by."""
        return self.cpu / self.calibration

    @property
    def points_a_second(self) -> float:
        """Data points, those of histories included, a second of CPU."""
        return self.points / self.cpu


def measure(case: Case, data: BenchmarkData, stretch: bool = True) -> Measured:
    """Run one.

    Raises:
        UsageError: it failed, with the last line that it said, or took longer than half an hour.
    """
    if case.kind != "file":
        data.make(case.data)
    folder = case.data if case.kind == "file" else str(data.folder.absolute())
    request = {"kind": case.kind, "target": case.target, "data": folder, "stretch": stretch}
    command = [sys.executable, "-m", "leanib.benchmark.worker", json.dumps(request)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, capture_output=True, text=True, timeout=_DEADLINE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"benchmark {case.name} took longer than {_DEADLINE / 60:.0f} minutes") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
        raise UsageError(f"benchmark {case.name} failed: {last}")
    return Measured(**json.loads(done.stdout.strip().splitlines()[-1]))


def compare(
    cases: Sequence[Case],
    found: dict[str, Measured],
    before: Mapping[str, Measured],
    again: Callable[[Case], Measured],
) -> list[str]:
    """A sentence for each that has lost more than `LOSS`, after further looks; `found` keeps the best of them.

    Raises:
        UsageError: there is nothing to compare with.
    """
    if not any(case.name in before for case in cases):
        raise UsageError("none of these benchmarks is in the file that --against names; write one with --output")
    losses = []
    for case in cases:
        old = before.get(case.name)
        if old is None:
            continue
        for _ in range(_LOOKS - 1):
            if found[case.name].cal <= old.cal * (1 + LOSS):
                break
            found[case.name] = min(found[case.name], again(case), key=lambda one: one.cal)
        now = found[case.name]
        if now.cal > old.cal * (1 + LOSS):
            losses.append(f"{case.name} takes {now.cal:.2f} cal, {now.cal / old.cal - 1:.0%} more than {old.cal:.2f}")
    return losses


def write_measured(file: Path, found: Mapping[str, Measured]) -> None:
    """Keep what was measured, for a later `--against`."""
    content = {name: asdict(one) for name, one in found.items()}
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_measured(file: Path) -> dict[str, Measured]:
    """What was kept.

    Raises:
        UsageError: the file is missing, or not what `--output` writes.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return {name: Measured(**one) for name, one in content.items()}
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}); write it with --output") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"{file} is not what `leanib benchmark --output` writes; write it anew") from error
