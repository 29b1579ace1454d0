"""Data of a universe that selects only on some days (`Enumerators/ScheduledEnumerator.cs`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from leanib.engine.market import BaseData

__all__ = ["on_schedule"]


def on_schedule(
    points: Iterator[BaseData | None], times: Iterator[datetime], start: datetime
) -> Iterator[BaseData | None]:
    """At each scheduled time, the last point that ended by then; a point is repeated when nothing newer came.

    Scheduled times before `start`, and those before the first point, are passed over to the next one.
    """
    due = next((time for time in times if time >= start), None)
    upcoming: BaseData | None = next(points, None)
    candidate: BaseData | None = None
    emitted: BaseData | None = None
    while due is not None:
        while upcoming is not None and upcoming.end_time <= due:
            candidate, upcoming = upcoming, next(points, None)
        if candidate is None and emitted is not None:
            if upcoming is None:
                return
            candidate = emitted.clone(True)
        if candidate is None:
            if upcoming is None:
                return
            candidate, upcoming = upcoming, next(points, None)
            due = next(times, None)
            if due is None:
                return
            continue
        candidate.end_time = due
        candidate.time = min(candidate.time, due)
        emitted, candidate = candidate, None
        yield emitted
        due = next(times, None)
