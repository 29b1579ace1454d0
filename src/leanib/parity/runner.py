"""Runs algorithms, each in a process of its own with a deadline."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leanib.engine.configuration import parse_json
from leanib.parity.expectations import Expectation

__all__ = ["NOT_SUPPORTED", "NO_DOWNLOAD", "Outcome", "longest_first", "run_all"]

#: the status of a run that needs what the embedded engine does not have
NOT_SUPPORTED = "NotSupported"
#: in the words of the engine where it asks nobody on the internet
NO_DOWNLOAD = "does not download"


@dataclass(frozen=True)
class Outcome:
    """What a run came to. `error` is the last line of what went wrong, if something did.

    `seconds` went by from the process's start to its end; `cpu_seconds` are its own, user's and system's.
    """

    status: str
    statistics: dict[str, str] = field(default_factory=dict)
    data_points: int | None = None
    history_data_points: int | None = None
    error: str = ""
    traceback: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    log: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def run_all(
    expectations: Sequence[Expectation],
    lean: Path,
    jobs: int,
    deadline: float,
    finished: Callable[[Expectation, Outcome], None],
) -> list[Outcome]:
    """Run all on the checkout's data, `jobs` at a time, each for at most `deadline` seconds.

    As in LEAN's own regression run, the parameters are those of its `Launcher/config.json` and the fundamental values
    are its test suite's. `finished` is called as the runs end. Those with the most data begin first, so that none is
    alone at the end; the outcomes are in the order of the expectations.
    """
    settings = {"lean": str(lean), "parameters": _parameters(lean)}

    def run(expectation: Expectation) -> Outcome:
        outcome = _run(expectation, settings, deadline)
        finished(expectation, outcome)
        return outcome

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        begun = {one.name: pool.submit(run, one) for one in longest_first(expectations)}
        return [begun[one.name].result() for one in expectations]


def longest_first(expectations: Sequence[Expectation]) -> list[Expectation]:
    """By the numbers of data points that LEAN expects, most first; those without a number before all."""
    return sorted(expectations, key=_points, reverse=True)


def _points(expectation: Expectation) -> float:
    if expectation.data_points is None:
        return float("inf")
    return expectation.data_points + (expectation.history_data_points or 0)


def _parameters(lean: Path) -> dict[str, str]:
    file = lean / "Launcher" / "config.json"
    if not file.is_file():
        return {}
    parameters = parse_json(file.read_text(encoding="utf-8-sig"), file).get("parameters", {})
    return {str(name): str(value) for name, value in parameters.items()}


def _run(expectation: Expectation, settings: Mapping[str, Any], deadline: float) -> Outcome:
    request = {
        **settings,
        "name": expectation.name,
        "file": str(expectation.source),
        "configuration": dict(expectation.configuration),
    }
    started = time.monotonic()
    try:
        process = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "leanib.parity.worker", json.dumps(request)],
            capture_output=True,
            text=True,
            timeout=deadline,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome("Timeout", error=f"still running after {deadline:g} s", seconds=deadline)
    return _outcome(process, time.monotonic() - started)


def _outcome(process: subprocess.CompletedProcess[str], seconds: float) -> Outcome:
    """The worker's last line of output is its answer; without one, the last line of its errors says why."""
    lines = process.stdout.strip().splitlines()
    try:
        answer: dict[str, Any] = json.loads(lines[-1])
    except (IndexError, ValueError):
        errors = process.stderr.strip().splitlines() or [f"ended with code {process.returncode}"]
        return Outcome("Crash", error=errors[-1], traceback=process.stderr, seconds=seconds)
    return Outcome(**answer, seconds=seconds)
