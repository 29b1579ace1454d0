"""One benchmark in a process of its own: takes a JSON request, prints a JSON answer as its last line."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from leanib import collector
from leanib.benchmark.calibration import calibrate

__all__ = ["main"]


def main() -> int:
    """Run what the first argument asks for, with the calibration before and after it."""
    request: dict[str, Any] = json.loads(sys.argv[1])
    before = calibrate()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        answer = _start_up(request) if request["kind"] == "start" else _run(request, Path(folder))
    answer["calibration"] = min(before, calibrate())
    print()
    print(json.dumps(answer))
    return 0


def _run(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What a run takes where everything is imported already, and apart from it what the imports take."""
    before = time.process_time()
    with collector.paused():
        from leanib.benchmark import algorithms
        from leanib.engine.core.engine import Job, run_backtest
        from leanib.engine.lean.algorithm_file import load_algorithm

        if request["kind"] == "own":
            algorithm = getattr(algorithms, request["target"])
        else:
            algorithm = load_algorithm(Path(request["target"]))
    start, start_cpu = time.perf_counter(), time.process_time()
    job = Job(Path(request["data"]), destination=folder / "results", stretch=request["stretch"])
    run = run_backtest(algorithm, job)
    wall, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if run.error is not None:
        raise run.error
    return {
        "points": run.data_points + run.history_data_points,
        "orders": len(run.algorithm.transactions.get_orders()),
        "wall": wall,
        "cpu": cpu,
        "memory": peak / 1024,
        "imports": start_cpu - before,
        "results": run.seconds_of_results,
    }


def _start_up(request: dict[str, Any]) -> dict[str, Any]:
    from leanib.benchmark.algorithms import START_UP

    Path("main.py").write_text(START_UP, encoding="utf-8")
    command = [sys.executable, "-m", "leanib.cli.main", "backtest", "main.py", "--data-folder", request["data"]]
    command += ["--output", "results", "--no-report", "--json"] + ([] if request["stretch"] else ["--no-stretch"])
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - ourselves
    wall, after = time.perf_counter() - start, os.times()
    answer = json.loads(done.stdout)
    return {
        "points": answer["dataPoints"],
        "orders": int(answer["statistics"]["Total Orders"]),
        "wall": wall,
        "cpu": after.children_user + after.children_system - before.children_user - before.children_system,
        "memory": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    sys.exit(main())
