"""Time rules give LEAN's UTC times."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from leanib.engine.dotnet import ArgumentException
from leanib.engine.timezones import TimeZones

WINTER = datetime(2020, 1, 2)
SUMMER = datetime(2020, 7, 1)


def test_at_is_local_time(world):
    """9:30 in New York is 14:30 UTC in winter and 13:30 in summer."""
    assert world.times(world.schedule.time_rules.at(9, 30), WINTER, SUMMER) == ["14:30", "13:30"]
    assert world.times(world.schedule.time_rules.at(timedelta(hours=9.5)), WINTER) == ["14:30"]


def test_at_takes_a_time_zone(world):
    """The zone may follow the time of day."""
    assert world.times(world.schedule.time_rules.at(9, 30, TimeZones.UTC), WINTER) == ["09:30"]


def test_after_market_open_and_before_close(world):
    """Relative to the symbol's exchange, on its trading days only; the early close is known."""
    rules = world.schedule.time_rules
    assert world.times(rules.after_market_open(world.spy, 10), WINTER, datetime(2020, 1, 4)) == ["14:40"]
    assert world.times(rules.before_market_close("SPY", 10), WINTER, datetime(2020, 11, 27)) == ["20:50", "17:50"]
    assert rules.after_market_open(world.spy, 10).name == f"{world.spy}: 10 min after MarketOpen"


def test_extended_hours(world):
    """The extended market opens at 4:00 and closes at 20:00."""
    rules = world.schedule.time_rules
    assert world.times(rules.after_market_open(world.spy, 0, True), WINTER) == ["09:00"]
    assert world.times(rules.before_market_close(world.spy, 0, True), WINTER) == ["01:00"]


def test_without_a_symbol_the_first_open_and_the_last_close_count(world):
    """US equities' hours stand in when there is no other exchange."""
    assert world.times(world.schedule.time_rules.before_market_open(5), WINTER) == ["14:25"]
    assert world.times(world.schedule.time_rules.after_market_close(5), WINTER) == ["21:05"]


def test_every_runs_all_day(world):
    """From midnight, an interval apart."""
    assert world.times(world.schedule.time_rules.every(timedelta(hours=6)), WINTER) == [
        "05:00",
        "11:00",
        "17:00",
        "23:00",
    ]


def test_every_needs_a_positive_interval(world):
    """Zero would never end."""
    with pytest.raises(ArgumentException, match="can not be zero or less"):
        world.schedule.time_rules.every(timedelta(0))


def test_now_is_the_clock(world):
    """Whatever the date, the time is the present."""
    assert world.times(world.schedule.time_rules.now, SUMMER) == ["05:00"]
