"""The table of a whole run in docs/BENCHMARKS.md, between two marks."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from leanib.benchmark.cases import Case
from leanib.benchmark.runner import Measured
from leanib.errors import UsageError
from leanib.files import write_text

__all__ = ["has_place", "table", "write_table"]

_BEGIN, _END = "<!-- leanib benchmark -->", "<!-- /leanib benchmark -->"
_HEAD = "| benchmark | what | points | points a second | wall, s | CPU, s | cal | imports | results | peak, MB |"
_LINE = "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"


def table(cases: Sequence[Case], found: Mapping[str, Measured]) -> str:
    """The table, and the machine."""
    rows = [_row(case, found[case.name]) for case in cases]
    calibrations = [one.calibration for one in found.values()]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    machine = (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; "
        f"load {load:.1f} at the end; the calibration took {min(calibrations):.2f} to {max(calibrations):.2f} s of CPU."
    )
    return "\n".join([_HEAD, _LINE, *rows, "", machine])


def _row(case: Case, one: Measured) -> str:
    figures = (
        *(f"{one.points:,}", f"{one.points_a_second:,.0f}", f"{one.wall:.2f}", f"{one.cpu:.2f}"),
        *(f"{one.cal:.1f}", *_parts(one), f"{one.memory:.0f}"),
    )
    return f"| {case.name} | {case.what} | " + " | ".join(figures) + " |"


def _parts(one: Measured) -> tuple[str, str]:
    if not one.imports:
        return "", ""
    return f"{one.imports / one.calibration:.1f}", f"{one.results / one.calibration:.1f}"


def has_place(file: Path) -> bool:
    """Whether a file has the marks between which the table stands."""
    return file.is_file() and _BEGIN in file.read_text(encoding="utf-8")


def write_table(file: Path, text: str) -> None:
    """Put the table between the marks.

    Raises:
        UsageError: the file has none.
    """
    if not has_place(file):
        raise UsageError(f"{file} has no line '{_BEGIN}' to put the table behind")
    before, _, rest = file.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise UsageError(f"{file} has no line '{_END}' behind '{_BEGIN}'")
    write_text(file, f"{before}{_BEGIN}\n{text}\n{_END}{after}")
