"""`leanib backtest --engine lean`: the same table and report, from the result files of LEAN's own engine."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import typer

from leanib.cli.terminal import print_statistics
from leanib.errors import ResultError, UsageError
from leanib.files import write_text
from leanib.operations.lean_backtest import LeanBacktest
from leanib.report import details_beside, find_result, read_result, report_html

__all__ = ["backtest_with_lean"]


def backtest_with_lean(run: LeanBacktest, *, as_json: bool, no_report: bool) -> None:
    """Runs it and shows what came out; exits with 1 when LEAN says that it failed."""
    if not (run.project / "main.py").is_file():
        raise UsageError(f"--engine lean runs project folders, and {run.project} has no main.py; name its folder")
    started, destination = time.perf_counter(), run.destination
    sys.stdout.flush()
    status = run.run(destination, stdout=sys.stderr if as_json else None)
    seconds = time.perf_counter() - started
    try:
        file = find_result(destination)
    except UsageError:
        if status:
            raise typer.Exit(1) from None
        raise
    result = read_result(file)
    report = None if no_report else _write_report(result, file, destination)
    if as_json:
        print(json.dumps(_as_json(result, file, report, seconds), indent=2))
    else:
        _print(result, destination, report, seconds)
    if status:
        raise typer.Exit(1)


def _write_report(result: dict[str, Any], file: Path, folder: Path) -> Path:
    report = folder / "report.html"
    name = (result.get("state") or {}).get("Name") or folder.name
    try:
        write_text(report, report_html(result, name, details_beside(file)))
    except OSError as error:
        # LEAN's container runs as root, and so may the folder's files be root's.
        raise ResultError(f"{report} could not be written ({error.strerror}); use --no-report") from error
    return report


def _as_json(result: dict[str, Any], file: Path, report: Path | None, seconds: float) -> dict[str, Any]:
    state = result.get("state") or {}
    return {
        "algorithm": file.stem,
        "status": state.get("Status", ""),
        "error": state.get("RuntimeError", ""),
        "statistics": result.get("statistics") or {},
        "runtimeStatistics": result.get("runtimeStatistics") or {},
        "seconds": round(seconds, 3),
        "output": str(file.parent),
        "report": None if report is None else str(report),
    }


def _print(result: dict[str, Any], folder: Path, report: Path | None, seconds: float) -> None:
    if result.get("statistics"):
        print_statistics(result["statistics"])
    print(f"{seconds:.2f} s from start to finish")
    print(f"results: {folder}")
    if report is not None:
        print(f"report:  {report}")
