"""Date rules choose LEAN's days."""

from __future__ import annotations

from datetime import datetime

import pytest

from leanib.engine.dotnet import ArgumentOutOfRangeException
from leanib.engine.exchanges.market_hours import DayOfWeek


def test_every_day_with_a_symbol_skips_weekends_and_holidays(world):
    """Trading days are those on which the symbol's exchange opens."""
    days = world.dates(world.schedule.date_rules.every_day(world.spy), end=datetime(2020, 1, 7))
    assert days == ["01-02", "01-03", "01-06", "01-07"]


def test_every_day_without_a_symbol_is_every_calendar_day(world):
    """Without an exchange nothing is skipped."""
    assert len(world.dates(world.schedule.date_rules.every_day())) == 366


def test_month_start_of_a_symbol_is_the_first_trading_day(world):
    """The first of the month, moved to the next trading day."""
    rule = world.schedule.date_rules.month_start(world.spy)
    assert world.dates(rule, end=datetime(2020, 4, 30)) == ["01-02", "02-03", "03-02", "04-01"]
    assert rule.name == "SPY: MonthStart"


def test_month_start_without_a_symbol_is_the_first_plus_the_offset(world):
    """Days are counted on the calendar."""
    rule = world.schedule.date_rules.month_start(4)
    assert world.dates(rule, end=datetime(2020, 2, 29)) == ["01-05", "02-05"]
    assert rule.name == "MonthStart+4"


def test_month_end_counts_back_from_the_last_trading_day(world):
    """`month_end(symbol, 1)` is the last trading day but one."""
    rule = world.schedule.date_rules.month_end(world.spy, 1)
    assert world.dates(rule, end=datetime(2020, 3, 31)) == ["01-30", "02-27", "03-30"]
    assert rule.name == "SPY: MonthEnd-1"


def test_an_offset_beyond_the_month_stays_in_the_month(world):
    """The boundary is the month's last trading day."""
    rule = world.schedule.date_rules.month_start(world.spy, 30)
    assert world.dates(rule, end=datetime(2020, 2, 29)) == ["01-31", "02-28"]


def test_week_start_is_monday_or_the_next_trading_day(world):
    """A week begins on Monday; the week of New Year begins on Monday of the year before."""
    rule = world.schedule.date_rules.week_start(world.spy)
    assert world.dates(rule, end=datetime(2020, 1, 14)) == ["01-06", "01-13"]


def test_week_end_without_a_symbol_is_friday(world):
    """Counted back from Friday."""
    assert world.dates(world.schedule.date_rules.week_end(1), end=datetime(2020, 1, 10)) == ["01-02", "01-09"]


def test_quarters_and_years(world):
    """First trading days of quarters and of the year."""
    rules = world.schedule.date_rules
    assert world.dates(rules.quarter_start(world.spy)) == ["01-02", "04-01", "07-01", "10-01"]
    assert world.dates(rules.year_end(world.spy), end=datetime(2020, 12, 31)) == ["12-31"]
    assert world.dates(rules.year_start(world.spy)) == ["01-02"]


def test_every_takes_days_of_the_week(world):
    """`every(monday, friday)` in the order of the calendar."""
    rule = world.schedule.date_rules.every(DayOfWeek.FRIDAY, DayOfWeek.MONDAY)
    assert world.dates(rule, end=datetime(2020, 1, 10)) == ["01-03", "01-06", "01-10"]


def test_on_takes_dates_or_numbers(world):
    """`on(2020, 1, 5)` and `on(datetime, datetime)`."""
    rules = world.schedule.date_rules
    assert world.dates(rules.on(2020, 1, 5)) == ["01-05"]
    assert world.dates(rules.on(datetime(2020, 1, 5, 12), datetime(2020, 3, 1))) == ["01-05", "03-01"]


def test_today_and_tomorrow_follow_the_clock(world):
    """They are asked late, so the answer is that of the moment."""
    world.set_date_time(datetime(2020, 6, 1, 3))
    assert world.dates(world.schedule.date_rules.today) == ["05-31"]
    assert world.dates(world.schedule.date_rules.tomorrow) == ["06-01"]


def test_too_large_an_offset_is_refused(world):
    """The error names the rule and the range."""
    with pytest.raises(ArgumentOutOfRangeException, match="Offset must be between 0 and 30"):
        world.schedule.date_rules.month_start(world.spy, 31)


def test_rules_answer_to_pascal_case(world):
    """LEAN's C# names work as well."""
    assert world.schedule.DateRules.MonthStart(world.spy, 1).Name == "SPY: MonthStart+1"
