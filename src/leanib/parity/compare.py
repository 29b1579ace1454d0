"""Compares a run with LEAN's answer, as LEAN's own regression test does (`Tests/AlgorithmRunner.cs`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from leanib.parity.expectations import Expectation
from leanib.parity.runner import Outcome

__all__ = ["Difference", "compare", "matching_statistics"]


class Difference(NamedTuple):
    """One thing that is not as LEAN has it; `actual` is None when it is missing."""

    what: str
    expected: str
    actual: str | None

    def __str__(self) -> str:
        return f"{self.what}: {self.actual if self.actual is not None else 'missing'} instead of {self.expected}"


def compare(expectation: Expectation, outcome: Outcome) -> list[Difference]:
    """The differences, in LEAN's order: status, statistics with the order list's hash, numbers of data points."""
    return list(_differences(expectation, outcome))


def matching_statistics(expectation: Expectation, outcome: Outcome) -> int:
    """How many of the expected statistics are as expected."""
    actual = outcome.statistics
    return sum(_plain(actual.get(name, "")) == _plain(value) for name, value in expectation.statistics.items())


def _differences(expectation: Expectation, outcome: Outcome) -> Iterator[Difference]:
    if outcome.status != expectation.status:
        yield Difference("status", expectation.status, outcome.error or outcome.status)
        if len(outcome.statistics) < 2:  # nothing but the hash of no orders
            return
    for name, value in expectation.statistics.items():
        actual = outcome.statistics.get(name)
        if actual is None or _plain(actual) != _plain(value):
            yield Difference(name, value, actual)
    counts = (
        ("data points", expectation.data_points, outcome.data_points),
        ("history data points", expectation.history_data_points, outcome.history_data_points),
    )
    for name, expected, count in counts:
        if expected is not None and expected != count:
            yield Difference(name, f"{expected:,}", None if count is None else f"{count:,}")


def _plain(value: str) -> str:
    """LEAN's test takes -0 for 0."""
    return "0" if value == "-0" else value
