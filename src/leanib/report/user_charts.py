"""The charts that the algorithm plotted itself, out of a result in LEAN's JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leanib.report.curves import WallClock

__all__ = ["user_charts"]

_OWN_CHARTS = {
    "Strategy Equity",
    "Benchmark",
    "Drawdown",
    "Exposure",
    "Capacity",
    "Portfolio Turnover",
    "Portfolio Margin",
    "Assets Sales Volume",
}
_LINE_TYPES = {0: "line", 1: "scatter", 2: "candle", 3: "bar", 4: "scatter", 5: "line"}


def user_charts(charts: Mapping[str, Any], clock: WallClock) -> list[dict[str, Any]]:
    """Each chart's name and series; charts without points are left out."""
    result = []
    for name, chart in charts.items():
        series = chart.get("series") or {}
        lines = [_line(item, clock) for key, item in series.items() if name not in _OWN_CHARTS or _is_users(name, key)]
        lines = [line for line in lines if line["x"]]
        if lines:
            result.append({"name": name, "series": lines})
    return result


def _is_users(chart: str, series: str) -> bool:
    """Whether a series on one of LEAN's charts is the algorithm's."""
    return chart == "Strategy Equity" and series not in ("Equity", "Return")


def _line(series: Mapping[str, Any], clock: WallClock) -> dict[str, Any]:
    kind = _LINE_TYPES.get(int(series.get("seriesType", 0)), "line")
    values = [[v["x"], v["y"]] if isinstance(v, dict) else v for v in series.get("values") or []]
    points = [v for v in values if v[-1] is not None]
    line: dict[str, Any] = {
        "name": series.get("name", ""),
        "kind": kind,
        "unit": series.get("unit", ""),
        "x": [clock.local(int(v[0]) * 1000) for v in points],
        "y": [float(v[-1]) for v in points],
    }
    if kind == "candle":
        line |= {key: [float(v[i]) for v in points] for i, key in enumerate(("open", "high", "low", "close"), 1)}
    return line
