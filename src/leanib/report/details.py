"""What a page shows of a run beside its result file: log, code, order events, data that was missing, candles."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leanib.report.candles import Candles
from leanib.report.result_files import read_missing_data

__all__ = ["RunDetails", "SourceFile", "details_beside", "read_source"]

_MOST_LOG_LINES = 5000
_MOST_MISSING = 500
_MOST_CODE_FILES = 40
_MOST_CODE = 200_000  # bytes of a file


@dataclass(frozen=True)
class SourceFile:
    """A file of the algorithm; `sha256` is of its bytes."""

    name: str
    sha256: str
    text: str


@dataclass(frozen=True)
class RunDetails:
    """Everything optional; what is empty is not shown.

    Attributes:
        prices: A symbol's name and its sampled prices: seconds since 1970 (UTC) and price.
        candles: By symbol; they win over `prices`.
        benchmark: What the strategy is held against.
        time_zone: IANA name of the algorithm's zone.
        log: A message a line.
        log_omitted: How many lines before these were left out.
        missing: The data files that were asked for and not there, as the data monitor writes them.
        missing_count: How many they are, `missing` may be fewer.
        data_notes: What was said of the data at the end of the run, a sentence each.
    """

    prices: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    candles: Mapping[str, Candles] = field(default_factory=dict)
    benchmark: str = ""
    time_zone: str = ""
    log: Sequence[str] = ()
    log_omitted: int = 0
    code: Sequence[SourceFile] = ()
    order_events: Sequence[Mapping[str, Any]] = ()
    missing: Sequence[str] = ()
    missing_count: int = 0
    data_notes: Sequence[str] = ()


def details_beside(result_file: Path) -> RunDetails:
    """What the other files of a run's folder tell, LEAN's or ours; a file that is not there leaves its part empty."""
    folder, name = result_file.parent, result_file.stem
    lines = _lines(folder / f"{name}-log.txt") or _lines(folder / "log.txt")
    missing = sorted({line for file in folder.glob("failed-data-requests-*.txt") for line in _lines(file)})
    return RunDetails(
        log=lines[-_MOST_LOG_LINES:],
        log_omitted=max(len(lines) - _MOST_LOG_LINES, 0),
        code=_code(folder / "code"),
        order_events=_events(folder / f"{name}-order-events.json"),
        missing=missing[:_MOST_MISSING],
        missing_count=len(missing),
        data_notes=read_missing_data(result_file),
    )


def read_source(file: Path, name: str = "") -> SourceFile:
    """A file of code as the page shows it; only the start of a very long one, the hash is of all."""
    content = file.read_bytes()
    text = content[:_MOST_CODE].decode("utf-8", errors="replace")
    if len(content) > _MOST_CODE:
        text += f"\n... {len(content) - _MOST_CODE:,} bytes more are not shown here"
    return SourceFile(name or file.name, hashlib.sha256(content).hexdigest(), text)


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text(encoding="utf-8", errors="replace").splitlines() if line]
    except OSError:
        return []


def _code(folder: Path) -> list[SourceFile]:
    files = [file for kind in ("*.py", "*.cs") for file in sorted(folder.rglob(kind))]
    return [read_source(file, str(file.relative_to(folder))) for file in files[:_MOST_CODE_FILES]]


def _events(file: Path) -> list[Mapping[str, Any]]:
    try:
        events = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []
