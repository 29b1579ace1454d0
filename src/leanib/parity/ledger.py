"""The parity ledger, docs/PARITY.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from leanib.parity.compare import compare, matching_statistics
from leanib.parity.expectations import Expectation
from leanib.parity.logs import LogMatch, log_summary, numpy_remark
from leanib.parity.runner import NO_DOWNLOAD, NOT_SUPPORTED, Outcome

__all__ = ["ledger_text"]

_LONGEST = 110


def ledger_text(
    expectations: Sequence[Expectation],
    outcomes: Sequence[Outcome],
    version: str,
    logs: Mapping[str, LogMatch] | None = None,
) -> str:
    """The ledger as Markdown. `version` names the LEAN checkout; `logs` are compared ones by the algorithms' names."""
    rows = sorted((_row(*pair) for pair in zip(expectations, outcomes, strict=True)), key=lambda row: row.name)
    matching, differing, unsupported = ([row for row in rows if row.mark == mark] for mark in _MARKS)
    return f"""# Parity with LEAN

LEAN's own Python regression algorithms, untouched, on LEAN's own data, run by the embedded engine and compared with the
answers in their C# twins: status, every statistic with the hash of the order list, and the numbers of data points.
LEAN is {version}. Made by `leanib parity --lean CHECKOUT`; not edited by hand.

**{len(matching)} of {len(rows)} match in everything.** {len(unsupported)} need what the embedded engine does not have
and says so (see [limitations](limitations.md)); {len(differing)} differ.
{"" if logs is None else _logs(logs)}
## Differing

Where data are named that the run asked for and the checkout does not have (or the internet would), LEAN itself does not
reproduce the answer from a checkout either; of the others the cause is named, or ours.

{_causes(differing)}
## Matching

{_table(matching, "")}
## Not supported

{_table(unsupported, "what the engine says")}"""


_MARKS = ("match", "differs", "not supported")


def _logs(logs: Mapping[str, LogMatch]) -> str:
    """What came of comparing the logs."""
    named = "".join(f"| {name} | {match.equal}/{match.lines} |\n" for name, match in logs.items() if not match.is_whole)
    table = f"\n| log that differs | lines |\n|---|--:|\n{named}" if named else ""
    remark = numpy_remark()
    return f"""
Of those that match, logs that LEAN wrote were compared line by line, but for times of the clock and the speed in the
last line: **{log_summary(logs)}.**{f" In this run {remark}." if remark else ""}
{table}"""


class _Row(NamedTuple):
    name: str
    mark: str
    statistics: str
    remark: str
    cause: str = ""


def _row(expectation: Expectation, outcome: Outcome) -> _Row:
    differences = compare(expectation, outcome)
    total = len(expectation.statistics)
    if not differences:
        return _Row(expectation.name, "match", f"{total}/{total}", "")
    if outcome.status == NOT_SUPPORTED:
        return _Row(expectation.name, "not supported", "", _cell(outcome.error.partition(": ")[2]))
    right = matching_statistics(expectation, outcome)
    cause = _cause(expectation.name, outcome)
    return _Row(expectation.name, "differs", f"{right}/{total}", _cell(str(differences[0])), cause)


#: causes that no run tells: read in LEAN's sources
_KNOWN = {
    "CallbackCommandRegressionAlgorithm": "LEAN's test sends it commands from outside while it runs",
    "HistoryAuxiliaryDataRegressionAlgorithm": "it needs futures",
    "StringToSymbolImplicitConversionRegressionAlgorithm": (
        "LEAN subscribes to the unknown ticker, and counts one point of it; the engine refuses the order and goes on"
    ),
}


def _cause(name: str, outcome: Outcome) -> str:
    """Why an answer differs, as far as the run itself tells."""
    if NO_DOWNLOAD in outcome.error or any(NO_DOWNLOAD in line for line in outcome.missing):
        return "it asks the internet"
    if name in _KNOWN:
        return _KNOWN[name]
    if package := _PACKAGE.search(outcome.error):
        return f"this run lacked the package {package[1]}"
    # Figures that mean nothing without a benchmark follow from missing files; they are no cause beside others.
    lacking = [line for line in outcome.missing if not line.startswith("the benchmark ")] or list(outcome.missing)
    if lacking:
        first = next(filter(_FILE.search, lacking), lacking[0])
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        file = _FILE.search(first)
        return _cell(f"the checkout lacks: {file[1] if file else first.partition(' (')[0]}{more}")
    return "ours; not found yet"


#: the file that a line about missing data ends with
_FILE = re.compile(r"\((\S+/\S+)\)$")
_PACKAGE = re.compile(r"imports ([\w.]+), which is not installed")


def _causes(rows: Sequence[_Row]) -> str:
    head = "| algorithm | statistics | first difference | cause |\n|---|--:|---|---|\n"
    return head + "".join(f"| {row.name} | {row.statistics} | {row.remark} | {row.cause} |\n" for row in rows)


def _table(rows: Sequence[_Row], remark: str) -> str:
    if not rows:
        return "None.\n"
    head = f"| algorithm | statistics | {remark} |\n|---|--:|---|\n"
    return head + "".join(f"| {row.name} | {row.statistics} | {row.remark} |\n" for row in rows)


def _cell(text: str) -> str:
    text = " ".join(text.split()).replace("|", "\\|")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
