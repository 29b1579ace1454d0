"""Runs algorithms, each in a process of its own with a deadline.

The processes are forked from one that has imported the engine: three quarters of a short run would be imports.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from leanib.engine.configuration import parse_json
from leanib.parity.expectations import Expectation

__all__ = ["NOT_SUPPORTED", "NO_DOWNLOAD", "Outcome", "longest_first", "run_all"]

#: the status of a run that needs what the embedded engine does not have
NOT_SUPPORTED = "NotSupported"
#: in the words of the engine where it asks nobody on the internet
NO_DOWNLOAD = "does not download"
#: what the processes of runs are forked from has imported this
_WORKER = "leanib.parity.worker"


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
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([_WORKER])

    def run(expectation: Expectation) -> Outcome:
        outcome = _run(processes, expectation, settings, deadline)
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


def _run(
    processes: ForkServerContext, expectation: Expectation, settings: Mapping[str, Any], deadline: float
) -> Outcome:
    request = {
        **settings,
        "name": expectation.name,
        "file": str(expectation.source),
        "configuration": dict(expectation.configuration),
    }
    started = time.monotonic()
    with tempfile.NamedTemporaryFile(prefix="leanib-parity-", mode="r", errors="replace") as said:
        ours, theirs = processes.Pipe(duplex=False)
        process = processes.Process(target=_work, args=(request, theirs, said.name))
        process.start()
        theirs.close()
        with ours:
            answer = _answer(ours, deadline)
        if answer is None:
            process.kill()
        process.join()
        seconds = time.monotonic() - started
        if answer is None:
            return Outcome("Timeout", error=f"still running after {deadline:g} s", seconds=deadline)
        if not answer:
            text = said.read()
            errors = text.strip().splitlines() or [f"ended with code {process.exitcode}"]
            return Outcome("Crash", error=errors[-1], traceback=text, seconds=seconds)
    return Outcome(**answer, seconds=seconds)


def _work(request: Mapping[str, Any], answer: Connection, output: str) -> None:
    """In the process of the run."""
    from leanib.parity import worker

    answer.send(worker.run(request, Path(output)))


def _answer(connection: Connection, deadline: float) -> dict[str, Any] | None:
    """The answer of a run; empty when it ended without one, None when it goes on after the deadline."""
    try:
        if not connection.poll(deadline):
            return None
        answer: dict[str, Any] = connection.recv()
    except EOFError:
        return {}
    return answer
