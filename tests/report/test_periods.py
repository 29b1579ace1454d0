"""Days, months and years are the algorithm's own, and compound to what the run earned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import prod
from zoneinfo import ZoneInfo

import pytest

from leanib.report.periods import closed_days, daily_changes, monthly_returns

ZONES = ("America/New_York", "UTC", "Asia/Tokyo", "Australia/Sydney", "Pacific/Honolulu")


def _run(zone: str, first: date, days: int, skipped: int = 0, ends_at: float = 16.0):
    """Samples at each local midnight and at the end's hour; day number n closes at 100 + n."""
    midnights = [datetime(first.year, first.month, first.day) + timedelta(days=n) for n in range(days)]
    moments = [*midnights, midnights[-1] + timedelta(hours=ends_at)]
    utc = [moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for moment in moments]
    samples = [round(moment.timestamp() * 1000) for moment in utc]
    equity = [(time, 100.0 + number) for number, time in enumerate(samples)]
    return equity[skipped:], samples[skipped:]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("ends_at", [0.5, 16.0, 24.0])
def test_a_sample_at_midnight_closes_the_day_before_it(zone: str, ends_at: float) -> None:
    """In any zone, across both changes of the clock, whenever the last day ends."""
    first = date(2012, 1, 1)
    days = closed_days(*_run(zone, first, 366, ends_at=ends_at), first, 100.0)
    assert [day.date for day in days] == [first + timedelta(days=number - 1) for number in range(367)]
    assert [day.value for day in days] == [100.0 + number for number in range(367)]


@pytest.mark.parametrize("zone", ZONES)
def test_a_start_that_was_not_sampled_is_not_lost(zone: str) -> None:
    """The first sample then closes the first day, measured from what the run began with."""
    first = date(2012, 1, 30)
    equity, samples = _run(zone, first, 4, skipped=1)
    days = closed_days(equity, samples, first, 100.0)
    assert [day.date for day in days[1:]] == [first + timedelta(days=number) for number in range(4)]
    assert monthly_returns(days)["rows"][0][:2] == [2.0, round((104 / 102 - 1) * 100, 3)]


def test_the_first_day_counts_and_everything_compounds_to_the_net_profit() -> None:
    """The product of the months, and that of the years, is the end over the start."""
    first = date(2011, 11, 15)
    days = closed_days(*_run("America/New_York", first, 500), first, 100.0)
    table = monthly_returns(days)
    months = [cell for row in table["rows"] for cell in row[:12] if cell is not None]
    years = [row[12] for row in table["rows"]]
    assert table["years"] == ["2013", "2012", "2011"]
    assert table["rows"][2][10] == 16.0  # the 15th to the 30th of November: sixteen days closed
    for rates in (months, years):
        assert prod(1 + rate / 100 for rate in rates) == pytest.approx(600 / 100, rel=1e-3)


def test_a_result_without_samples_or_start_is_taken_by_days_of_utc() -> None:
    """Nothing is lost, the days are those of UTC."""
    start = round(datetime(2020, 1, 1, 12, tzinfo=UTC).timestamp() * 1000)
    equity = [(start + 3_600_000 * hour, 100.0 + hour) for hour in range(48)]
    days = closed_days(equity, [], None, 0)
    assert [day.date.day for day in days] == [31, 1, 2, 3]
    assert days[-1].value == 147.0
    assert closed_days([], [], None, 0) == []
    assert monthly_returns([]) == {"years": [], "rows": []}


def test_weekends_without_a_change_are_no_days_of_return() -> None:
    """The distribution of returns is that of days on which something could change."""
    first = date(2012, 1, 2)  # a Monday
    equity, samples = _run("UTC", first, 7)
    flat = [(time, 100.0) for time, _ in equity]
    assert len(daily_changes(closed_days(flat, samples, first, 0))) == 5
    assert len(daily_changes(closed_days(equity, samples, first, 0))) == 7
