"""Which days are for business and what happens on them (`Common/TradingCalendar.cs`, `Common/TradingDay.cs`).

A day is a holiday when the exchange of any of the algorithm's securities is closed for one, or banks of the United
States are (QuantLib's calendar `UnitedStates(Settlement)`, which LEAN asks; weekends count there).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import ArgumentException, ArgumentNullException
from leanib.engine.naming import LeanEnum, LeanObject
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
    from leanib.engine.securities import SecurityManager

__all__ = ["TradingCalendar", "TradingDay", "TradingDayType"]

_MONDAY, _THURSDAY, _FRIDAY, _SATURDAY = 0, 3, 4, 5


class TradingDayType(LeanEnum):
    """What a day may be."""

    BUSINESS_DAY = 0
    PUBLIC_HOLIDAY = 1
    WEEKEND = 2
    OPTION_EXPIRATION = 3
    FUTURE_EXPIRATION = 4
    FUTURE_ROLL = 5
    SYMBOL_DELISTING = 6
    EQUITY_DIVIDENDS = 7
    ECONOMIC_EVENT = 8


_UNKNOWN = (TradingDayType.FUTURE_ROLL, TradingDayType.SYMBOL_DELISTING, TradingDayType.EQUITY_DIVIDENDS)


class TradingDay(LeanObject):
    """A day, and the algorithm's contracts that expire on it.

    Attributes:
        date: its midnight.
        public_holiday: whether it is one, as every day of a weekend is.
        future_rolls, symbol_delistings, equity_dividends: None, as LEAN leaves them.
    """

    future_rolls: list[Symbol] | None = None
    symbol_delistings: list[Symbol] | None = None
    equity_dividends: list[Symbol] | None = None

    def __init__(self, day: date, is_holiday: bool, expiring: list[Symbol]) -> None:
        self.date = datetime(day.year, day.month, day.day)
        self.weekend = day.weekday() >= _SATURDAY
        self.public_holiday = is_holiday
        self.business_day = not is_holiday and not self.weekend
        self.option_expirations = List(symbol for symbol in expiring if symbol.asset.is_option)
        self.future_expirations = List(symbol for symbol in expiring if symbol.asset.has_continuous_contract)

    def is_of(self, kind: TradingDayType) -> bool:
        """Whether it is such a day.

        Raises:
            ArgumentNullException: nobody knows rolls, delistings and dividends beforehand; LEAN ends there too.
        """
        if kind in _UNKNOWN:
            raise ArgumentNullException(
                f"the trading calendar knows no {kind.lean_name} days, LEAN's neither; "
                "ask for BUSINESS_DAY, PUBLIC_HOLIDAY, WEEKEND, OPTION_EXPIRATION or FUTURE_EXPIRATION"
            )
        answers: dict[TradingDayType, Any] = {
            TradingDayType.BUSINESS_DAY: self.business_day,
            TradingDayType.PUBLIC_HOLIDAY: self.public_holiday,
            TradingDayType.WEEKEND: self.weekend,
            TradingDayType.OPTION_EXPIRATION: self.option_expirations,
            TradingDayType.FUTURE_EXPIRATION: self.future_expirations,
        }
        return bool(answers.get(kind))


class TradingCalendar(LeanObject):
    """The days of an algorithm's securities."""

    def __init__(self, securities: SecurityManager, market_hours_database: MarketHoursDatabase) -> None:
        self._securities = securities
        self._database = market_hours_database

    def get_trading_day(self, day: datetime | date | None = None) -> TradingDay:
        """A day; without one, the day that it is in UTC."""
        day = self._securities.utc_time if day is None else day
        return next(self.get_trading_days(day, day))

    def get_trading_days(self, start: datetime | date, end: datetime | date) -> Iterator[TradingDay]:
        """All days from start to end, both included.

        Raises:
            ArgumentException: the end lies before the start.
        """
        first, last = _day(start), _day(end)
        if last + timedelta(days=1) < first:
            raise ArgumentException(f"the trading days end on {last:%Y-%m-%d}, before they start on {first:%Y-%m-%d}")
        return self._days(first, last)

    def get_days_by_type(
        self, type: TradingDayType, start: datetime | date, end: datetime | date
    ) -> Iterator[TradingDay]:
        """The days of a kind from start to end."""
        return (day for day in self.get_trading_days(start, end) if day.is_of(type))

    def _days(self, day: date, last: date) -> Iterator[TradingDay]:
        symbols = list(self._securities.keys())
        entries = [self._database.get_entry(s.id.market, s, s.security_type) for s in symbols]
        holidays = {holiday.date() for entry in entries for holiday in entry.exchange_hours.holidays}
        dated = [s for s in symbols if s.has_canonical()]
        while day <= last:
            expiring = [symbol for symbol in dated if symbol.id.date.date() == day]
            yield TradingDay(day, day in holidays or not is_bank_day(day), expiring)
            day += timedelta(days=1)


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def is_bank_day(day: date) -> bool:
    """Whether banks of the United States settle on a day (QuantLib's `UnitedStates::Settlement`)."""
    return day.weekday() < _SATURDAY and not _is_fixed_holiday(day) and not _is_nth_holiday(day)


#: (month, day) of holidays that move to the Monday after a Sunday and to the Friday before a Saturday
_FIXED = ((1, 1, 0), (6, 19, 2022), (7, 4, 0), (11, 11, 0), (12, 25, 0))


def _is_fixed_holiday(day: date) -> bool:
    near = {_MONDAY: 1, _FRIDAY: -1}.get(day.weekday(), 0)
    days = (day, day - timedelta(days=near))
    found = {(one.month, one.day): one.year for one in days}
    return any(found.get((month, number), -1) >= since for month, number, since in _FIXED)


#: month: (weekday, first day of the month on which it can be, the last, since)
_NTH = {
    1: (_MONDAY, 15, 21, 1983),  # Martin Luther King's birthday
    2: (_MONDAY, 15, 21, 1971),  # Washington's birthday
    5: (_MONDAY, 25, 31, 1971),  # Memorial Day
    9: (_MONDAY, 1, 7, 0),  # Labor Day
    10: (_MONDAY, 8, 14, 1971),  # Columbus Day
    11: (_THURSDAY, 22, 28, 0),  # Thanksgiving
}


def _is_nth_holiday(day: date) -> bool:
    if day.month not in _NTH:
        return False
    weekday, first, last, since = _NTH[day.month]
    return day.weekday() == weekday and first <= day.day <= last and day.year >= since
