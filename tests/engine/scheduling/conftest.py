"""A small world for schedules: New York equity hours and a clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from leanib.engine.exchanges.exchange_hours import SecurityExchangeHours
from leanib.engine.exchanges.market_hours import DayOfWeek, LocalMarketHours, MarketHoursSegment
from leanib.engine.scheduling import BacktestingRealTimeHandler, ScheduleManager
from leanib.engine.symbols import Market, SecurityType, Symbol
from leanib.engine.timezones import TimeZones


def equity_hours() -> SecurityExchangeHours:
    """Monday to Friday 9:30 to 16:00 in New York, closed on New Year's Day, early close on 2020-11-27."""
    segments = MarketHoursSegment.get_market_hours_segments(*(timedelta(hours=hours) for hours in (4, 9.5, 16, 20)))
    days = {day: LocalMarketHours(day, segments) for day in DayOfWeek if 1 <= day <= 5}
    days |= {day: LocalMarketHours.closed_all_day(day) for day in (DayOfWeek.SUNDAY, DayOfWeek.SATURDAY)}
    return SecurityExchangeHours(
        TimeZones.NEW_YORK,
        [datetime(2020, 1, 1), datetime(2021, 1, 1)],
        days,
        {datetime(2020, 11, 27): timedelta(hours=13)},
        {},
    )


class Securities(dict):
    """The securities with a clock, as much as schedules need."""

    utc_time = datetime(2020, 1, 1, 5)

    def interrupt(self) -> None:
        """No stretch of steps is ever under way here."""


class World:
    """An algorithm with one equity."""

    def __init__(self) -> None:
        self.spy = Symbol.create("SPY", SecurityType.EQUITY, Market.USA)
        self.hours = equity_hours()
        self.securities = Securities()
        exchange = SimpleNamespace(hours=self.hours, time_zone=self.hours.time_zone)
        self.securities[self.spy] = SimpleNamespace(
            symbol=self.spy,
            exchange=exchange,
            type=SecurityType.EQUITY,
            is_extended_market_hours=False,
            is_internal_feed=lambda: False,
        )
        database = SimpleNamespace(get_entry=lambda *_: SimpleNamespace(exchange_hours=self.hours))
        self.time_zone = TimeZones.NEW_YORK
        self.schedule = ScheduleManager(self, self.securities, self.time_zone, database)
        self.end_date = datetime(2020, 12, 31)
        self.said: list[str] = []

    @property
    def utc_time(self) -> datetime:
        return self.securities.utc_time

    @property
    def time(self) -> datetime:
        return self.time_zone.to_local(self.utc_time)

    def set_date_time(self, utc_time: datetime) -> None:
        self.securities.utc_time = utc_time

    def debug(self, text: str) -> None:
        self.said.append(text)

    def dates(self, rule, start: datetime = datetime(2020, 1, 1), end: datetime = datetime(2020, 12, 31)) -> list[str]:
        return [f"{day:%m-%d}" for day in rule.get_dates(start, end)]

    def times(self, rule, *days: datetime) -> list[str]:
        return [f"{time:%H:%M}" for time in rule.create_utc_event_times(days)]

    def handler(self) -> BacktestingRealTimeHandler:
        handler = BacktestingRealTimeHandler(self)
        handler.setup()
        return handler


@pytest.fixture
def world() -> World:
    """An algorithm at midnight of New Year 2020 in New York."""
    return World()
