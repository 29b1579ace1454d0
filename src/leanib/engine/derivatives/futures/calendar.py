"""Business days of a month (`Common/Securities/Future/FuturesExpiryUtilityFunctions.cs`).

Days are naive datetimes; holidays are midnights. A business day is Monday to Friday and no holiday.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial

from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import SecurityType, Symbol
from leanib.engine.symbols.future_tickers import contract_month_delta

__all__ = [
    "FuturesExpiryUtilityFunctions",
    "Holidays",
    "add_business_days",
    "add_months",
    "future_contract_month",
    "is_business_day",
    "last_weekday",
    "nth_business_day",
    "nth_last_business_day",
    "nth_weekday",
    "on_or_before",
]

Holidays = Collection[datetime]

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
_ONE_DAY = timedelta(days=1)


def add_months(time: datetime, months: int) -> datetime:
    """The same day of a later month, or that month's last day where it has no such day."""
    years, month = divmod(time.month - 1 + months, 12)
    year = time.year + years
    return time.replace(year=year, month=month + 1, day=min(time.day, calendar.monthrange(year, month + 1)[1]))


def midnight(time: datetime) -> datetime:
    """The day's beginning."""
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


def last_day(month: datetime) -> datetime:
    """The month's last day."""
    return datetime(month.year, month.month, calendar.monthrange(month.year, month.month)[1])


def is_business_day(day: datetime, holidays: Holidays) -> bool:
    """Whether it is one (`NotHoliday`)."""
    return day.weekday() <= FRIDAY and midnight(day) not in holidays


def on_or_before(day: datetime, holidays: Holidays) -> datetime:
    """The day itself if it is a business day, else the last one before it."""
    while not is_business_day(day, holidays):
        day -= _ONE_DAY
    return day


def add_business_days(time: datetime, n: int, holidays: Holidays) -> datetime:
    """The n-th business day after the day, before it for a negative n. The time of day stays."""
    step = timedelta(days=-1 if n < 0 else 1)
    left = max(abs(n), 1)
    while left:
        time += step
        left -= is_business_day(time, holidays)
    return time


def nth_last_business_day(month: datetime, n: int, holidays: Holidays) -> datetime:
    """The month's n-th business day from its end."""
    day = last_day(month)
    if n > day.day:
        raise ArgumentException(f"Number of days ({n}) is larger than the size of month({day.day})")
    while True:
        n -= is_business_day(day, holidays)
        if n <= 0:
            return day
        day -= _ONE_DAY


def nth_business_day(month: datetime, nth: int, holidays: Holidays) -> datetime:
    """The month's n-th business day.

    LEAN counts a holiday at the month's beginning in a way of its own, which its expiries rely on.
    """
    if not 1 <= nth <= last_day(month).day:
        raise ArgumentException(f"Argument nthBusinessDay ({nth}) must be between 1 and the month's number of days")
    day = datetime(month.year, month.month, 1)
    counted = 1 if day.weekday() <= FRIDAY else 0
    is_first = True
    while counted < nth or not is_business_day(day, holidays):
        if day in holidays:
            if is_first and day.weekday() == FRIDAY:
                counted = 0
            day += _ONE_DAY
            counted += not is_first and day.weekday() <= FRIDAY
        else:
            day += _ONE_DAY
            counted += is_business_day(day, holidays)
        is_first = False
    return day


def nth_weekday(month: datetime, n: int, weekday: int) -> datetime:
    """The month's n-th such day of the week; Monday is 0."""
    if not 1 <= n <= 5:
        raise ArgumentException("'n' lower than 1 or greater than 5")
    first = datetime(month.year, month.month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
    if day.month != month.month:
        raise ArgumentException(f"there is no {n}th such weekday in {month:%Y-%m}")
    return day


def last_weekday(month: datetime, weekday: int) -> datetime:
    """The month's last such day of the week; Monday is 0."""
    day = last_day(month)
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def expiration_holidays(market: str, ticker: str) -> frozenset[datetime]:
    """The exchange's holidays and bank holidays, by the market hours database."""
    hours = MarketHoursDatabase.from_data_folder().get_exchange_hours(market, ticker, SecurityType.FUTURE)
    return frozenset(hours.holidays | hours.bank_holidays)


def future_contract_month(symbol: Symbol) -> datetime:
    """The first day of the month that the contract is named after; of a future option, its future's."""
    if symbol.asset.is_option:
        assert symbol.underlying is not None
        symbol = symbol.underlying
    first = midnight(symbol.id.date).replace(day=1)
    return add_months(first, contract_month_delta(symbol.id.symbol))


class FuturesExpiryUtilityFunctions(LeanNames):
    """The same under LEAN's names."""

    add_business_days = staticmethod(add_business_days)
    nth_last_business_day = staticmethod(nth_last_business_day)
    nth_business_day = staticmethod(nth_business_day)
    second_friday: Callable[[datetime], datetime] = staticmethod(partial(nth_weekday, n=2, weekday=FRIDAY))
    third_wednesday: Callable[[datetime], datetime] = staticmethod(partial(nth_weekday, n=3, weekday=WEDNESDAY))
    get_delta_between_contract_month_and_contract_expiry = staticmethod(contract_month_delta)
    get_future_contract_month = staticmethod(future_contract_month)

    @staticmethod
    def third_friday(time: datetime, contract: Symbol | None = None) -> datetime:
        """The month's third Friday; of a contract, the business day on or before it."""
        friday = nth_weekday(time, 3, FRIDAY)
        if contract is None:
            return friday
        if contract.asset.is_option:
            assert contract.underlying is not None
            contract = contract.underlying
        return on_or_before(friday, expiration_holidays(contract.id.market, contract.id.symbol))

    @staticmethod
    def nth_friday(time: datetime, n: int) -> datetime:
        """The month's n-th Friday."""
        return nth_weekday(time, n, FRIDAY)

    @staticmethod
    def last_thursday(time: datetime) -> datetime:
        """The month's last Thursday."""
        return last_weekday(time, THURSDAY)

    @staticmethod
    def last_friday(time: datetime) -> datetime:
        """The month's last Friday."""
        return last_weekday(time, FRIDAY)

    @staticmethod
    def not_holiday(time: datetime, holiday_list: Holidays) -> bool:
        """Whether it is a business day."""
        return is_business_day(time, holiday_list)
