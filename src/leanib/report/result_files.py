"""Finds and reads the result file of a backtest, LEAN's as well as ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from leanib.errors import UsageError

__all__ = ["find_result", "read_missing_data", "read_result"]

_NOT_RESULTS = ("-summary", "-order-events", "_minute", "_10minute")


def find_result(path: Path) -> Path:
    """The `<id>.json` that a file or a folder of results means.

    Raises:
        UsageError: There is none, or several.
    """
    if path.is_file():
        return path
    if not path.is_dir():
        raise UsageError(f"{path} does not exist; give a result file or a folder of backtests/")
    found = [file for file in sorted(path.glob("*.json")) if _is_result(file)]
    if len(found) != 1:
        held = "no result file" if not found else f"{len(found)} result files"
        raise UsageError(f"{path} holds {held}; name the <id>.json that is meant")
    return found[0]


def _is_result(file: Path) -> bool:
    """Whether a file is a run's result; a live run has files of its days and hours beside it."""
    if file.stem.endswith(_NOT_RESULTS) or "_second_" in file.stem:
        return False
    return not file.name.startswith(("data-monitor-report", "config"))


def read_missing_data(file: Path) -> list[str]:
    """What the run of a result file lacked, a sentence each, as the embedded engine tells beside it."""
    beside = file.with_name("missing-data.txt")
    return beside.read_text(encoding="utf-8").splitlines() if beside.is_file() else []


def read_result(file: Path) -> dict[str, Any]:
    """A result file, parsed.

    Raises:
        UsageError: It is not the result of a backtest.
    """
    try:
        result = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise UsageError(f"{file} is not JSON ({error}); give the <id>.json of a backtest") from error
    if not isinstance(result, dict) or "charts" not in result:
        raise UsageError(f"{file} is not the result of a backtest; give the <id>.json, not another file")
    return result
