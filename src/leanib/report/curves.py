"""The curves of a run, out of the charts of a result in LEAN's JSON form.

A point is a time, in milliseconds since 1970 (UTC), and a value.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["DAY", "Points", "WallClock", "drawdown", "points_of", "rebased"]

Points = list[tuple[int, float]]

DAY = 86_400_000
"""Milliseconds of a day."""
_HALF_A_DAY = DAY // 2


def points_of(charts: Mapping[str, Any], chart: str, series: str) -> Points:
    """The points of a series; of a candle, its close. None where the chart has no such series."""
    found = ((charts.get(chart) or {}).get("series") or {}).get(series) or {}
    return [(int(v[0]) * 1000, float(v[-1])) for v in found.get("values") or [] if v[-1] is not None]


def rebased(points: Points, equity: Points) -> Points:
    """The benchmark as if the start of the equity had been put into it; empty when it has no value."""
    base = next((value for _, value in points if value), 0.0)
    if not base or not equity:
        return []
    return [(time, value / base * equity[0][1]) for time, value in points if value]


def drawdown(equity: Points) -> Points:
    """Percent below the highest value so far."""
    result: Points = []
    peak = -math.inf
    for time, value in equity:
        peak = max(peak, value)
        result.append((time, (value / peak - 1) * 100 if peak > 0 else 0.0))
    return result


class WallClock:
    """Turns UTC into the algorithm's own time, which LEAN's results do not name.

    Args:
        samples: When the daily samples were taken (milliseconds since 1970, UTC, ascending): midnights of the
            algorithm's time zone, but for the last one. Without any, times stay UTC.
    """

    def __init__(self, samples: Sequence[int]) -> None:
        self._midnights = list(samples[:-1])

    def local(self, time: int) -> int:
        """The wall clock at a UTC time, as if it were milliseconds since 1970."""
        if not self._midnights:
            return time
        index = min(bisect_left(self._midnights, time), len(self._midnights) - 1)
        late = self._midnights[index] % DAY
        return time + (DAY - late if late > _HALF_A_DAY else -late)

    def columns(self, points: Iterable[tuple[int, float]], digits: int = 6) -> dict[str, list[float]]:
        """Points as the page takes them: x (the wall clock) and y."""
        listed = list(points)
        return {"x": [self.local(time) for time, _ in listed], "y": [round(value, digits) for _, value in listed]}
