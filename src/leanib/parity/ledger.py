"""The parity ledger, docs/PARITY.md."""

from __future__ import annotations

from collections.abc import Sequence

from leanib.parity.compare import compare
from leanib.parity.expectations import Expectation
from leanib.parity.runner import Outcome

__all__ = ["ledger_text"]

_LONGEST = 110


def ledger_text(expectations: Sequence[Expectation], outcomes: Sequence[Outcome], version: str) -> str:
    """The ledger as Markdown. `version` names the LEAN checkout."""
    rows, matches = [], 0
    for expectation, outcome in sorted(zip(expectations, outcomes, strict=True), key=lambda pair: pair[0].name):
        differences = compare(expectation, outcome)
        matches += not differences
        wrong = sum(difference.what in expectation.statistics for difference in differences)
        right = len(expectation.statistics) - wrong
        first = "" if not differences else _cell(str(differences[0]))
        mark = "yes" if not differences else "no"
        rows.append(f"| {expectation.name} | {mark} | {right}/{len(expectation.statistics)} | {first} |")
    head = f"""# Parity with LEAN

LEAN's own Python regression algorithms, untouched, on LEAN's own data, run by the embedded engine and compared with the
answers in their C# twins: status, every statistic with the hash of the order list, and the numbers of data points.
LEAN is {version}. Made by `leanib parity --lean CHECKOUT`; not edited by hand.

**{matches} of {len(rows)} match in everything.**

| algorithm | match | statistics | first difference |
|---|---|--:|---|
"""
    return head + "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    text = " ".join(text.split()).replace("|", "\\|")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
