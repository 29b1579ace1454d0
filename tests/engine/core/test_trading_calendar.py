"""Business days, weekends and holidays, as LEAN's calendar tells them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.securities.trading_calendar import TradingDayType, is_bank_day
from leanib.engine.symbols import Resolution

MONDAY, SUNDAY = datetime(2014, 4, 14), datetime(2014, 4, 20)


class _Days(QCAlgorithm):
    """Asks for the week of Good Friday 2014, without a security and with one."""

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(MONDAY)
        self.set_benchmark(lambda _time: 1)
        business = self.trading_calendar.get_days_by_type(TradingDayType.BUSINESS_DAY, MONDAY, SUNDAY)
        self.business = [day.date.day for day in business]
        self.add_equity("AAA", Resolution.DAILY)
        self.week = list(self.TradingCalendar.GetTradingDays(MONDAY, SUNDAY))
        self.expiring = list(self.trading_calendar.get_days_by_type(TradingDayType.OPTION_EXPIRATION, MONDAY, SUNDAY))
        with pytest.raises(ValueError, match="knows no FutureRoll days, LEAN's neither; ask for BUSINESS_DAY"):
            list(self.trading_calendar.get_days_by_type(TradingDayType.FUTURE_ROLL, MONDAY, SUNDAY))
        with pytest.raises(ValueError, match="end on 2014-01-01, before they start on 2014-02-01"):
            self.trading_calendar.get_trading_days(datetime(2014, 2, 1), datetime(2014, 1, 1))


def test_days_are_sorted_by_kind(market: Any) -> None:
    """Banks work on Good Friday, the exchange of a stock does not."""
    market.days("aaa", MONDAY, [10.0])
    algorithm = market.run(_Days).algorithm
    assert algorithm.business == [14, 15, 16, 17, 18]
    days = algorithm.week
    assert [day.business_day for day in days] == [True] * 4 + [False] * 3
    assert [day.public_holiday for day in days] == [False] * 4 + [True] * 3
    assert [day.weekend for day in days] == [False] * 5 + [True] * 2
    assert [day.Date for day in days] == [MONDAY + timedelta(days=number) for number in range(7)]
    assert algorithm.expiring == []


def test_bank_holidays_move_off_weekends() -> None:
    """2021 of the United States' banks, by the Federal Reserve's list; New Year's Day 2022 was kept the day before."""
    start = date(2021, 1, 1)
    closed = [start + timedelta(days=number) for number in range(365)]
    closed = [day for day in closed if day.weekday() < 5 and not is_bank_day(day)]
    dates = ["01-01", "01-18", "02-15", "05-31", "07-05", "09-06", "10-11", "11-11", "11-25", "12-24", "12-31"]
    assert [f"{day:%m-%d}" for day in closed] == dates
    assert not is_bank_day(date(2022, 6, 20))  # Juneteenth, a Sunday
    assert is_bank_day(date(2021, 6, 18))
