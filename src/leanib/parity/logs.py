"""Compares a run's log, line by line, with the one that LEAN wrote for the same algorithm."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from pathlib import Path

import numpy as np

from leanib.errors import UsageError
from leanib.parity.compare import compare
from leanib.parity.expectations import Expectation
from leanib.parity.runner import Outcome

__all__ = ["LogMatch", "compare_all_logs", "compare_logs", "log_summary", "numpy_remark", "read_recorded_log"]

#: the clock's share of the last line
_SPEED = re.compile(r"completed in [\d.,]+ seconds at [\d.,]+k data points per second")
#: the id of an insight or order, which LEAN draws anew in each run
_RANDOM_ID = re.compile(r"\b[0-9a-f]{32}\b")
#: what a difference has beside lines
_MARKS = ("---", "+++", "@@")
#: the recordings end here, within a line
_LONGEST = 20_000


@dataclass(frozen=True)
class LogMatch:
    """How many of LEAN's lines are ours too, in their order, and whether the logs are the same."""

    equal: int
    lines: int
    is_whole: bool
    differing: tuple[str, ...] = ()
    """The lines that are only LEAN's, marked with a minus, and those that are only ours, with a plus."""


def compare_all_logs(
    folder: Path, expectations: Sequence[Expectation], outcomes: Sequence[Outcome]
) -> dict[str, LogMatch]:
    """By the algorithm's name, of those that match in everything else and are recorded."""
    found = {}
    for expectation, outcome in zip(expectations, outcomes, strict=True):
        recorded = None if compare(expectation, outcome) else read_recorded_log(folder, expectation.name)
        if recorded is not None:
            found[expectation.name] = compare_logs(recorded, outcome.log)
    return found


def log_summary(matches: Mapping[str, LogMatch]) -> str:
    """How many logs are LEAN's, and how many of their lines."""
    whole = sum(match.is_whole for match in matches.values())
    equal, lines = sum(match.equal for match in matches.values()), sum(match.lines for match in matches.values())
    return f"{whole} of {len(matches)} logs are LEAN's, {equal:,} of {lines:,} lines"


def numpy_remark(version: str = np.__version__, features: Mapping[str, bool] | None = None) -> str:
    """What this numpy rounds otherwise than the one that LEAN's recordings were made with; nothing when it is that one.

    LEAN's image has numpy 1.26, which takes logarithms and powers on a processor with AVX-512 from Intel's vector
    library: its `log10(1324)` and `log10(1334)` are the float above the nearest one. Without AVX-512, or with
    `NPY_DISABLE_CPU_FEATURES=AVX512F`, the C library's are the nearest, as numpy 2's are with and without it.
    """
    if not version.startswith(_LEANS_NUMPY):
        return (
            f"numpy is {version}, LEAN's is {_LEANS_NUMPY}: the last digit of a logarithm may differ "
            "(pip install 'leanib[lean-image]')"
        )
    if not (_features() if features is None else features).get("AVX512F"):
        return "the processor has no AVX-512, or it is disabled for numpy: the last digit of a logarithm may differ"
    return ""


_LEANS_NUMPY = "1.26"


def _features() -> Mapping[str, bool]:
    core = getattr(np, "_core", None) or np.core
    found: Mapping[str, bool] = core._multiarray_umath.__cpu_features__
    return found


def read_recorded_log(folder: Path, name: str) -> list[str] | None:
    """The lines that LEAN wrote, from `<name>.json.gz` with an entry `log`; None when there is no recording.

    Raises:
        UsageError: the file is no recording.
    """
    file = folder / f"{name}.json.gz"
    if not file.is_file():
        return None
    try:
        text = json.loads(gzip.decompress(file.read_bytes()))["log"]
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file} is not a recording of a run ({error}); give a folder of them with --logs") from error
    return _lines(str(text))


def compare_logs(recorded: Sequence[str], ours: Sequence[str]) -> LogMatch:
    """Both without what only the clock says; a message of several lines counts as its lines.

    Of our log only as much counts as the recording has room for.
    """
    theirs, own = _comparable("\n".join(recorded)), _comparable("\n".join(ours))
    if len("\n".join(recorded)) >= _LONGEST:
        own = own[: len(theirs)]
        own[-1:] = [line[: len(theirs[-1])] for line in own[-1:]]
    if theirs == own:
        return LogMatch(len(theirs), len(theirs), is_whole=True)
    blocks = SequenceMatcher(None, theirs, own, autojunk=False).get_matching_blocks()
    differing = [line for line in unified_diff(theirs, own, lineterm="", n=0) if not line.startswith(_MARKS)]
    return LogMatch(sum(block.size for block in blocks), len(theirs), is_whole=False, differing=tuple(differing))


def _comparable(text: str) -> list[str]:
    return [_RANDOM_ID.sub("<id>", _SPEED.sub("completed", line)) for line in _lines(text)]


def _lines(text: str) -> list[str]:
    # the recordings were read with universal newlines: what an algorithm logs as \r\n is \n there
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")
