"""Daily bars with the market's times, and tradable days."""

from datetime import datetime, timedelta

from leanib.engine.exchanges.market_hours import DayOfWeek, LocalMarketHours, MarketHoursSegment
from leanib.engine.market import TradeBar
from leanib.engine.market.calendars import (
    each_tradeable_day_in_time_zone,
    get_daily_calendar,
    get_next_daily_end_time,
    get_start_time_for_trade_bars,
    round_down,
    set_strict_end_times,
    use_strict_end_time,
)
from leanib.engine.securities import SecurityExchangeHours
from leanib.engine.symbols import Market, SecurityType, Symbol
from leanib.engine.timezones import TimeZones

DAY = timedelta(days=1)
FRIDAY = datetime(2020, 11, 27)
SPY = Symbol.create("SPY", SecurityType.EQUITY, Market.USA)
_SEGMENTS = MarketHoursSegment.get_market_hours_segments(*(timedelta(hours=h) for h in (4, 9.5, 16, 20)))
HOURS = SecurityExchangeHours(
    TimeZones.NEW_YORK,
    [datetime(2020, 11, 26)],
    {day: LocalMarketHours(day, _SEGMENTS) for day in DayOfWeek if 1 <= day <= 5},
    {FRIDAY.date(): timedelta(hours=13)},
    {},
)


def test_a_daily_bar_ends_with_an_early_close() -> None:
    """The day after Thanksgiving runs from 9:30 to 13:00."""
    bar = TradeBar(FRIDAY, SPY, 1, 1, 1, 1, 1, DAY)
    assert set_strict_end_times(bar, HOURS)
    assert (bar.time, bar.end_time) == (FRIDAY + timedelta(hours=9.5), FRIDAY + timedelta(hours=13))
    assert get_daily_calendar(FRIDAY + timedelta(hours=9.5), HOURS, False).period == timedelta(hours=3.5)


def test_only_daily_bars_of_exchanges_that_close_have_strict_ends() -> None:
    """Hourly bars, currency pairs and the setting turned off keep whole periods."""
    eurusd = Symbol.create("EURUSD", SecurityType.FOREX, Market.OANDA)
    always = SecurityExchangeHours.always_open(TimeZones.UTC)
    assert use_strict_end_time(True, SPY, DAY, HOURS)
    assert not use_strict_end_time(True, SPY, timedelta(hours=1), HOURS)
    assert not use_strict_end_time(False, SPY, DAY, HOURS)
    assert not use_strict_end_time(True, eurusd, DAY, HOURS)
    assert not use_strict_end_time(True, SPY, DAY, always)


def test_the_next_daily_end_skips_the_holiday() -> None:
    """On Wednesday evening the next daily bar ends on Friday at 13:00."""
    assert get_next_daily_end_time(SPY, datetime(2020, 11, 25, 18), HOURS) == FRIDAY + timedelta(hours=13)


def test_bars_are_counted_over_open_days() -> None:
    """Three daily bars before Monday are Tuesday's, Wednesday's and Friday's."""
    monday = datetime(2020, 11, 30)
    start = get_start_time_for_trade_bars(HOURS, monday, DAY, 3, False, TimeZones.NEW_YORK, True)
    assert start == datetime(2020, 11, 24)


def test_tradable_days_in_another_zone() -> None:
    """New York's Friday afternoon lies in Friday and, after 19:00, in Saturday in UTC; extended hours count."""
    days = each_tradeable_day_in_time_zone(HOURS, datetime(2020, 11, 24), datetime(2020, 11, 24), TimeZones.UTC)
    assert list(days) == [datetime(2020, 11, 24), datetime(2020, 11, 25)]


def test_rounding_down() -> None:
    """Times are rounded to multiples counted from the first day of the calendar; no interval, no rounding."""
    time = datetime(2020, 11, 24, 10, 44, 59)
    assert round_down(time, timedelta(minutes=15)) == datetime(2020, 11, 24, 10, 30)
    assert round_down(time, timedelta(0)) == time
