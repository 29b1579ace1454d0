"""The comparison of two backtests as one HTML file that opens offline, in the report's style."""

from __future__ import annotations

from collections.abc import Iterable

from leanib.operations.compare import Comparison, Points
from leanib.report import asset, framed_page

__all__ = ["comparison_html"]


def comparison_html(comparison: Comparison, verdict: str, orders: Iterable[str]) -> str:
    """The page's text; `orders` are the lines that tell the first order that differs."""
    left, right = comparison.left, comparison.right
    names = _names(left.name, right.name)
    data = {
        "names": names,
        "verdict": verdict,
        "orders": list(orders),
        "rows": [[row.name, row.left, row.right, row.differs] for row in comparison.rows],
        "curves": [_curve(left.equity), _curve(right.equity)],
        "gap": _curve(_gap(left.equity, right.equity)),
    }
    return framed_page(f"{names[0]} and {names[1]}", asset("compare.html"), data, ("panels.js", "compare.js"))


def _names(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left != right else (f"{left} (A)", f"{right} (B)")


def _curve(points: Points) -> dict[str, list[float]]:
    times = sorted(points)
    return {"x": [time * 1000 for time in times], "y": [points[time] for time in times]}


def _gap(left: Points, right: Points) -> Points:
    """By how many percent the right curve lies above the left one."""
    return {time: (right[time] / left[time] - 1) * 100 for time in left.keys() & right.keys() if left[time]}
