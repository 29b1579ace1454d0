"""Bars over spans of time, counts and calendar periods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.consolidators import Calendar, CalendarInfo, TradeBarConsolidator
from leanib.engine.symbols import Resolution

MONDAY = datetime(2020, 6, 1, 9, 30)
MINUTE = timedelta(minutes=1)


def test_a_time_span_closes_with_the_next_bar(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """Five minutes are emitted with the sixth bar (or by a scan); extremes and volume add up."""
    consolidator = TradeBarConsolidator(5 * MINUTE)
    found = collect(consolidator)
    for k, price in enumerate((10, 12, 8, 9, 11, 20)):
        assert not found
        consolidator.update(minute(MONDAY + k * MINUTE, price))
    [bar] = found
    assert (bar.open, bar.high, bar.low, bar.close, bar.volume) == (10, 12, 8, 11, 50)
    assert (bar.time, bar.end_time, bar.period) == (MONDAY, MONDAY + 5 * MINUTE, 5 * MINUTE)
    assert consolidator.consolidated is bar
    assert consolidator.working_data.close == 20


def test_a_gap_closes_the_bar_before_the_next_data(
    minute: Callable[..., Any], collect: Callable[..., list[Any]]
) -> None:
    """Data of a later period ends the working bar and begins one at its own rounded time."""
    consolidator = TradeBarConsolidator(5 * MINUTE)
    found = collect(consolidator)
    consolidator.update(minute(MONDAY, 10))
    consolidator.update(minute(MONDAY + 12 * MINUTE, 20))
    assert [(bar.time, bar.close) for bar in found] == [(MONDAY, 10)]
    assert consolidator.working_data.time == MONDAY + 10 * MINUTE


def test_a_scan_closes_what_time_has_passed(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """Without new data the bar is emitted once its period is over."""
    consolidator = TradeBarConsolidator(5 * MINUTE)
    found = collect(consolidator)
    consolidator.update(minute(MONDAY, 10))
    consolidator.scan(MONDAY + 4 * MINUTE)
    assert not found
    consolidator.scan(MONDAY + 5 * MINUTE)
    assert len(found) == 1


def test_a_count(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """Three bars make one, whatever their times."""
    consolidator = TradeBarConsolidator(3)
    found = collect(consolidator)
    for k in (0, 5, 40, 41):
        consolidator.update(minute(MONDAY + k * MINUTE, k + 1))
    [bar] = found
    assert (bar.open, bar.close, bar.volume) == (1, 41, 30)
    assert (bar.time, bar.end_time) == (MONDAY, MONDAY + 41 * MINUTE)


def test_whichever_comes_first(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """A count and a span: the count closes early, the span closes what the count leaves open."""
    consolidator = TradeBarConsolidator(3, 5 * MINUTE)
    found = collect(consolidator)
    for k in (0, 1, 2, 3):
        consolidator.update(minute(MONDAY + k * MINUTE, 1))
    assert [bar.volume for bar in found] == [30]
    consolidator.scan(MONDAY + 9 * MINUTE)
    assert [bar.volume for bar in found] == [30, 10]


def test_weeks_begin_on_monday(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """`Calendar.WEEKLY`: Friday's data belongs to the week that Monday began."""
    consolidator = TradeBarConsolidator(Calendar.WEEKLY)
    found = collect(consolidator)
    monday = datetime(2020, 6, 1)
    day = timedelta(days=1)
    for k in (2, 4, 7):
        consolidator.update(minute(monday + k * day, 1, period=day))
    [week] = found
    assert (week.time, week.end_time) == (monday, monday + 7 * day)
    assert week.volume == 20


def test_months(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """`Calendar.MONTHLY` spans the days that the month has."""
    consolidator = TradeBarConsolidator(Calendar.MONTHLY)
    found = collect(consolidator)
    day = timedelta(days=1)
    consolidator.update(minute(datetime(2020, 2, 10), 1, period=day))
    consolidator.update(minute(datetime(2020, 3, 2), 1, period=day))
    assert (found[0].time, found[0].end_time) == (datetime(2020, 2, 1), datetime(2020, 3, 1))


def test_a_user_function(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """A function from a time to the start and the length of its bar."""

    def from_half_past(time: datetime) -> CalendarInfo:
        start = time.replace(minute=30) if time.minute >= 30 else time.replace(minute=30) - timedelta(hours=1)
        return CalendarInfo(start, timedelta(hours=1))

    consolidator = TradeBarConsolidator(from_half_past)
    found = collect(consolidator)
    for k in (0, 59, 60):
        consolidator.update(minute(MONDAY + k * MINUTE, k + 1))
    [bar] = found
    assert (bar.time, bar.end_time, bar.volume) == (MONDAY, MONDAY + timedelta(hours=1), 20)


def test_a_start_time_shifts_the_periods(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """An hour that begins at half past."""
    consolidator = TradeBarConsolidator(timedelta(hours=1), timedelta(minutes=30))
    found = collect(consolidator)
    consolidator.update(minute(MONDAY, 1))
    consolidator.update(minute(MONDAY + 70 * MINUTE, 2))
    assert [bar.time for bar in found] == [MONDAY]
    assert consolidator.working_data.time == MONDAY + timedelta(hours=1)


def test_a_resolution_makes_a_consolidator() -> None:
    """`TradeBarConsolidator.from_resolution` takes the resolution's span."""
    assert TradeBarConsolidator.from_resolution(Resolution.HOUR).period == timedelta(hours=1)


def test_reset_forgets_the_working_bar(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """After reset nothing of the old bar is emitted."""
    consolidator = TradeBarConsolidator(2)
    found = collect(consolidator)
    consolidator.update(minute(MONDAY, 1))
    consolidator.reset()
    consolidator.update(minute(MONDAY + MINUTE, 2))
    assert not found


def test_two_securities_in_one_are_refused(minute: Callable[..., Any]) -> None:
    """One consolidator is for one security."""
    from leanib.engine.symbols import Market, SecurityType, Symbol

    consolidator = TradeBarConsolidator(3)
    consolidator.update(minute(MONDAY, 1))
    other = minute(MONDAY + MINUTE, 1)
    other.symbol = Symbol.create("IBM", SecurityType.EQUITY, Market.USA)
    with pytest.raises(Exception, match="single symbol"):
        consolidator.update(other)
