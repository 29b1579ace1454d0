"""A security's exchange, which knows the time (`Common/Securities/SecurityExchange.cs` and its subclasses)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from leanib.engine.exchanges.exchange_hours import SecurityExchangeHours
from leanib.engine.exchanges.market_hours import DayOfWeek, LocalMarketHours, MarketHoursSegment
from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
from leanib.engine.exchanges.time_keeper import LocalTimeKeeper
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import Market, SecurityType
from leanib.engine.timezones import DateTimeZone

__all__ = ["EquityExchange", "OffExchange", "SecurityExchange"]

_TEN_MINUTES = timedelta(minutes=10)


class SecurityExchange(LeanNames):
    """An exchange: its hours, and the local time of the algorithm's clock."""

    __slots__ = ("_time_provider", "hours")

    trading_days_per_year = 365

    def __init__(self, exchange_hours: SecurityExchangeHours) -> None:
        self.hours = exchange_hours
        self._time_provider: LocalTimeKeeper | None = None

    @property
    def time_zone(self) -> DateTimeZone:
        """The exchange's time zone."""
        return self.hours.time_zone

    @property
    def local_time(self) -> datetime:
        """Now, in the exchange's time zone."""
        if self._time_provider is None:
            raise ValueError("the exchange has no clock yet; add the security to the algorithm first")
        return self._time_provider.local_time

    @property
    def exchange_open(self) -> bool:
        """Whether regular trading is on now."""
        return self.hours.is_open(self.local_time, False)

    @property
    def closing_soon(self) -> bool:
        """Whether regular trading is over in ten minutes."""
        return not self.hours.is_open(self.local_time + _TEN_MINUTES, False)

    def set_local_date_time_frontier_provider(self, time_provider: LocalTimeKeeper) -> None:
        """Gives the exchange its clock."""
        self._time_provider = time_provider

    def date_is_open(self, date_to_check: datetime, extended_market_hours: bool = False) -> bool:
        """Whether there is trading on that day."""
        return self.hours.is_date_open(date_to_check, extended_market_hours)

    def date_time_is_open(self, date_time: datetime) -> bool:
        """Whether regular trading is on at that local time."""
        return self.hours.is_open(date_time, False)

    def is_open_during_bar(self, bar_start_time: datetime, bar_end_time: datetime, is_extended: bool) -> bool:
        """Whether trading is on at any time of the bar."""
        return self.hours.is_open(bar_start_time, bar_end_time, is_extended)

    def is_closing_soon(self, minutes_to_close: int) -> bool:
        """Whether regular trading is over in that many minutes."""
        return not self.hours.is_open(self.local_time + timedelta(minutes=minutes_to_close), False)

    def set_market_hours(self, market_hours_segments: Iterable[MarketHoursSegment], *days: DayOfWeek) -> None:
        """Replaces the hours of those days, or of all days."""
        segments = list(market_hours_segments)
        week = dict(self.hours.market_hours)
        for day in days or DayOfWeek:
            week[day] = LocalMarketHours(day, segments)
        hours = self.hours
        self.hours = SecurityExchangeHours(hours.time_zone, hours.holidays, week, hours.early_closes, hours.late_opens)


class EquityExchange(SecurityExchange):
    """A stock exchange: 252 trading days a year; that of US equities unless hours are given."""

    __slots__ = ()

    trading_days_per_year = 252

    def __init__(self, exchange_hours: SecurityExchangeHours | None = None) -> None:
        if exchange_hours is None:
            database = MarketHoursDatabase.from_data_folder()
            exchange_hours = database.get_exchange_hours(Market.USA, None, SecurityType.EQUITY)
        super().__init__(exchange_hours)


class OffExchange(SecurityExchange):
    """Currencies, contracts for difference and indices: 313 trading days a year."""

    __slots__ = ()

    trading_days_per_year = 313
