"""What each day, month and year of a run earned, by the algorithm's own calendar.

LEAN samples a run once a day, at midnight in the algorithm's time zone and once more at the end: a sample closes the
day before it. A result names no time zone; the first sample, taken as the start date begins, tells it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

__all__ = ["Day", "closed_days", "daily_changes", "monthly_returns", "sample_times"]

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1)
_FARTHEST_WEST = timedelta(hours=-12)
_SATURDAY = 5

Points = Sequence[tuple[int, float]]


@dataclass(frozen=True)
class Day:
    """A day of the algorithm's calendar: when it was closed (milliseconds since 1970, UTC) and what was there then."""

    date: date
    time: int
    value: float


def closed_days(equity: Points, samples: Sequence[int], start: date | None, start_value: float) -> list[Day]:
    """The start (the day before the first, with the value that the run began with) and each day of the run.

    Args:
        equity: milliseconds since 1970 (UTC) and portfolio value, in order of time.
        samples: when LEAN took its daily samples, in the same unit; without them, midnights of UTC.
        start: the algorithm's start date; without one, its time zone is taken for UTC.
        start_value: 0 when it is not known: then what the first point of the equity shows.
    """
    if not equity:
        return []
    times = [time for time, _ in equity]
    samples = samples or _utc_midnights(times)
    offset = _utc_offset(samples[0], start)
    first = _nearest_day(samples[0], offset)
    days = [Day(first - _DAY, samples[0], start_value or equity[0][1])]
    if start is not None and first > start:  # the start itself was not sampled: the first sample closes a day already
        days = [
            Day(first - 2 * _DAY, times[0], days[0].value),
            Day(first - _DAY, samples[0], _at(equity, times, samples[0])),
        ]
    # A sample closes the day that the one before it began, at whatever hour the run ended.
    for begins, ends in pairwise(samples):
        days.append(Day(_nearest_day(begins, offset), ends, _at(equity, times, ends)))
    return days


def _utc_midnights(times: Sequence[int]) -> list[int]:
    """Midnights from the first time's day on; the last is the last time itself."""
    day = round(_DAY.total_seconds() * 1000)
    midnights = list(range(times[0] // day * day, times[-1], day))
    return [*midnights, times[-1]]


def _utc_offset(first_sample: int, start: date | None) -> timedelta:
    """From UTC to the algorithm's time, near enough to name a day (daylight saving aside)."""
    if start is None:
        return timedelta(0)
    offset = datetime(start.year, start.month, start.day) - (_EPOCH + timedelta(milliseconds=first_sample))
    while offset < _FARTHEST_WEST:
        offset += _DAY
    return offset


def _nearest_day(time: int, offset: timedelta) -> date:
    """The day that begins with a sample of midnight, which daylight saving moves by an hour."""
    return (_EPOCH + timedelta(milliseconds=time) + offset + _DAY / 2).date()


def _at(equity: Points, times: Sequence[int], time: int) -> float:
    return equity[max(bisect_right(times, time) - 1, 0)][1]


def daily_changes(days: Sequence[Day]) -> list[tuple[int, float]]:
    """When each day closed and its return; a weekend without a change is left out: most markets are closed then."""
    changes = [(day, day.value / before.value - 1) for before, day in pairwise(days) if before.value]
    return [(day.time, change) for day, change in changes if change or day.date.weekday() < _SATURDAY]


def monthly_returns(days: Sequence[Day]) -> dict[str, Any]:
    """Percent by year (rows, latest first) and month; None where nothing was traded; the year's own in column 13.

    All months, and all years, compound to what the run earned.
    """
    ends: dict[tuple[int, int], float] = {(day.date.year, day.date.month): day.value for day in days[1:]}
    if not ends:
        return {"years": [], "rows": []}
    rows: dict[int, list[float | None]] = {
        year: [None] * 13 for year in sorted({year for year, _ in ends}, reverse=True)
    }
    before = before_year = days[0].value
    current = next(iter(ends))[0]
    for (year, month), value in ends.items():
        if year != current:
            current, before_year = year, before
        rows[year][month - 1] = _percent(value, before)
        rows[year][12] = _percent(value, before_year)
        before = value
    return {"years": [str(year) for year in rows], "rows": list(rows.values())}


def _percent(value: float, before: float) -> float | None:
    return round((value / before - 1) * 100, 3) if before else None


def sample_times(charts: Mapping[str, Any]) -> list[int]:
    """When a result's daily samples were taken: those of the daily return, or else of the benchmark."""
    for chart, name in (("Strategy Equity", "Return"), ("Benchmark", "Benchmark")):
        series = ((charts.get(chart) or {}).get("series") or {}).get(name) or {}
        if values := series.get("values"):
            return [int(value[0]) * 1000 for value in values]
    return []
