"""Runs other people's algorithm files as they are, and says of each whether it could run and whether it did."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leanib.parity.wild_rules import COMPLETED, algorithm_files, judge, why_not

__all__ = ["WildRun", "run_wild", "wild_summary"]


#: how many times the seconds of CPU a run may take on the clock
_PATIENCE = 5


@dataclass(frozen=True)
class WildRun:
    """What became of a file: `runs`, `fails` or `could not run`, with the reason and, of a failure, the traceback."""

    file: Path
    verdict: str
    reason: str = ""
    seconds: float = 0.0
    traceback: str = ""


def run_wild(
    folder: Path, data: Path, jobs: int, deadline: float, finished: Callable[[WildRun], None]
) -> list[WildRun]:
    """Run every algorithm file below a folder on a data folder, each in a process of its own, `jobs` at a time.

    The deadline is in seconds of CPU.
    """

    def run(file: Path) -> WildRun:
        reason = why_not(file)
        outcome = WildRun(file, "could not run", reason) if reason else _run(file, data, deadline)
        finished(outcome)
        return outcome

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return list(pool.map(run, algorithm_files(folder)))


def _run(file: Path, data: Path, deadline: float) -> WildRun:
    started = time.monotonic()
    request = {"file": str(file), "data": str(data), "deadline": deadline}
    command = [sys.executable, "-m", "leanib.parity.wild_worker", json.dumps(request)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE * deadline, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return WildRun(file, "fails", f"still running after {_PATIENCE * deadline:g} s", _PATIENCE * deadline)
    seconds = time.monotonic() - started
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return WildRun(file, "fails", f"still running after {deadline:g} s of CPU", seconds)
    try:
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        last = (done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"])[-1]
        return WildRun(file, "fails", f"crash: {last}", seconds, done.stderr)
    verdict, reason = judge(answer)
    return WildRun(file, verdict, reason, seconds, answer.get("traceback", ""))


def wild_summary(runs: Sequence[WildRun]) -> list[str]:
    """How many could run and did, and why the others could not."""
    counts = Counter(run.verdict for run in runs)
    could = counts[COMPLETED] + counts["fails"]
    share = f" ({counts[COMPLETED] / could:.1%})" if could else ""
    reasons = Counter(run.reason.partition(":")[0] for run in runs if run.verdict == "could not run")
    return [
        f"{len(runs)} files; LEAN could run {could} of them on this data; {counts[COMPLETED]} run{share}",
        *(f"  could not run, {reason}: {count}" for reason, count in reasons.most_common()),
    ]
