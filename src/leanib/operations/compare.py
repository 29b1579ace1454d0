"""Two backtests beside each other: statistics, the first order that differs, the equity curves.

The results may be LEAN's or the embedded engine's: both write the same files.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from leanib.report import find_result, read_result

__all__ = ["Comparison", "Divergence", "Row", "Run", "compare", "load_run", "number_of"]

_CONTEXT = 2
_ORDER_TEXTS = ("type", "status", "tag")
_ORDER_TIMES = ("time", "lastFillTime")
_ORDER_NUMBERS = ("quantity", "price", "value", "limitPrice", "stopPrice")

Points = dict[int, float]


@dataclass(frozen=True)
class Run:
    """What is compared of one result.

    Attributes:
        name: How the output calls it.
        orders: In order of their ids, as in the result file.
        equity: Seconds since 1970 (UTC) to the portfolio's value.
    """

    name: str
    file: Path
    statistics: Mapping[str, str]
    orders: list[Mapping[str, Any]]
    equity: Points


@dataclass(frozen=True)
class Row:
    """One figure of both; None where one has none."""

    name: str
    left: str | None
    right: str | None
    differs: bool


@dataclass(frozen=True)
class Divergence:
    """The first order that differs.

    Attributes:
        position: Its place in the list, from 0.
        fields: What differs, such as `quantity`; `missing` when one run has no such order.
        before: The orders just before, the same in both.
    """

    position: int
    fields: tuple[str, ...]
    left: Mapping[str, Any] | None
    right: Mapping[str, Any] | None
    before: list[Mapping[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """The outcome.

    Attributes:
        equity_gap: The largest difference of the equity at a common time, as a share of the larger value.
        gap_at: When that was, seconds since 1970 (UTC); None without a common time.
    """

    left: Run
    right: Run
    rows: list[Row]
    divergence: Divergence | None
    equity_gap: float
    gap_at: int | None
    tolerance: float

    @property
    def differs(self) -> bool:
        """Whether anything differs by more than the tolerance."""
        return any(row.differs for row in self.rows) or self.divergence is not None or self.equity_gap > self.tolerance


def load_run(path: Path) -> Run:
    """A result file, or the folder that holds it.

    Raises:
        UsageError: It is no result.
    """
    file = find_result(path)
    result = read_result(file)
    orders = sorted((result.get("orders") or {}).values(), key=lambda order: int(order["id"]))
    return Run(
        name=file.parent.name if path.is_dir() else file.stem,
        file=file,
        statistics=result.get("statistics") or {},
        orders=orders,
        equity=_equity(result.get("charts") or {}),
    )


def compare(left: Run, right: Run, tolerance: float = 0.0) -> Comparison:
    """Compares; numbers may differ by `tolerance` as a share of the larger one (0: not at all)."""
    gap, moment = _equity_gap(left.equity, right.equity)
    rows = list(_rows(left.statistics, right.statistics, tolerance))
    return Comparison(left, right, rows, _first_divergence(left, right, tolerance), gap, moment, tolerance)


def number_of(text: str) -> float | None:
    """The number in a statistic such as `-1.25%` or `$12,000.50`; None when it is none."""
    try:
        return float(text.replace("$", "").replace(",", "").replace("%", ""))
    except ValueError:
        return None


def _rows(left: Mapping[str, str], right: Mapping[str, str], tolerance: float) -> Iterator[Row]:
    for name in dict.fromkeys([*left, *right]):
        one, other = left.get(name), right.get(name)
        yield Row(name, one, other, one is None or other is None or not _same_text(str(one), str(other), tolerance))


def _same_text(left: str, right: str, tolerance: float) -> bool:
    if left == right:
        return True
    one, other = number_of(left), number_of(right)
    return one is not None and other is not None and _close(one, other, tolerance)


def _close(left: float, right: float, tolerance: float) -> bool:
    return left == right or math.isclose(left, right, rel_tol=tolerance, abs_tol=0.0)


def _first_divergence(left: Run, right: Run, tolerance: float) -> Divergence | None:
    for position in range(max(len(left.orders), len(right.orders))):
        one = left.orders[position] if position < len(left.orders) else None
        other = right.orders[position] if position < len(right.orders) else None
        fields = ("missing",) if one is None or other is None else tuple(_differing(one, other, tolerance))
        if fields:
            return Divergence(position, fields, one, other, left.orders[max(0, position - _CONTEXT) : position])
    return None


def _differing(left: Mapping[str, Any], right: Mapping[str, Any], tolerance: float) -> Iterator[str]:
    if left["symbol"].get("id") != right["symbol"].get("id"):
        yield "symbol"
    yield from (name for name in _ORDER_TEXTS if (left.get(name) or "") != (right.get(name) or ""))
    yield from (name for name in _ORDER_TIMES if _second(left.get(name)) != _second(right.get(name)))
    for name in _ORDER_NUMBERS:
        if not _close(float(left.get(name) or 0), float(right.get(name) or 0), tolerance):
            yield name


def _second(text: Any) -> datetime | None:
    """The nearest second: a live order fills some milliseconds after it was sent."""
    if not text:
        return None
    return (datetime.fromisoformat(str(text)) + timedelta(milliseconds=500)).replace(microsecond=0)


def _equity(charts: Mapping[str, Any]) -> Points:
    series = ((charts.get("Strategy Equity") or {}).get("series") or {}).get("Equity") or {}
    return {int(point[0]): float(point[-1]) for point in series.get("values") or [] if point[-1] is not None}


def _equity_gap(left: Points, right: Points) -> tuple[float, int | None]:
    """The largest gap and its time; a gap of 1 when the curves have no time in common and one of them has points."""
    common = sorted(left.keys() & right.keys())
    if not common:
        return (1.0 if left or right else 0.0), None
    gaps = [(abs(left[t] - right[t]) / (max(abs(left[t]), abs(right[t])) or 1.0), t) for t in common]
    return max(gaps, key=lambda gap: gap[0])
