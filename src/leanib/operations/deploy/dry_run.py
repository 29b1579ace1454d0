"""Does the algorithm import and run? A backtest on what data there is, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from leanib.operations.findings import Finding, Verdict

__all__ = ["check_algorithm"]

_DEADLINE = 300.0
_NAME = "algorithm"
_ALGORITHM_ERROR, _USAGE = 1, 2


def check_algorithm(root: Path, project: str, deadline: float = _DEADLINE) -> Finding:
    """Runs `leanib backtest` and judges by its exit code; results are thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "leanib", "backtest", project, "--json", "--no-report", "--output", folder]
        try:
            done = subprocess.run(  # noqa: S603 - our own words
                words,
                cwd=root,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=deadline,
                check=False,
            )
        except subprocess.TimeoutExpired:
            text = f"the dry backtest did not end within {deadline:g} s: the algorithm imports, the rest is unproven"
            return Finding(_NAME, Verdict.WARNING, text, "dry-run-unfinished", f"leanib backtest {project}")
    if done.returncode == 0:
        return Finding(_NAME, Verdict.OK, f"{project} imports and passes a dry backtest")
    return _failed(project, done.returncode, _last_line(done.stderr))


def _failed(project: str, code: int, last: str) -> Finding:
    remedy = f"leanib backtest {project}"
    if code == _USAGE and last.startswith("leanib: no data for"):
        text = f"imports, but cannot be tried: {last.removeprefix('leanib: ')}"
        return Finding(_NAME, Verdict.WARNING, text, "dry-run-without-data", remedy)
    if "NotSupportedError" in last or "is not supported" in last:
        text = f"the embedded engine cannot try it: {last}"
        return Finding(_NAME, Verdict.WARNING, text, "dry-run-not-supported", f"lean backtest {project}")
    fault = "algorithm-fails" if code == _ALGORITHM_ERROR else "algorithm-not-runnable"
    return Finding(_NAME, Verdict.ERROR, f"fails in a dry backtest: {last}", fault, remedy)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
