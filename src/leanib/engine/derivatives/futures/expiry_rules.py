"""The rules by which the exchanges end trading in a future.

What LEAN's `FuturesExpiryFunctions.cs` writes out a contract at a time are these few rules: a day of the contract
month, the months that are listed, and a time of day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from leanib.engine.derivatives.futures.calendar import (
    FRIDAY,
    THURSDAY,
    WEDNESDAY,
    Holidays,
    add_business_days,
    add_months,
    is_business_day,
    last_day,
    last_weekday,
    nth_business_day,
    nth_last_business_day,
    nth_weekday,
    on_or_before,
)
from leanib.engine.derivatives.futures.cycles import FutureExpirationCycles

__all__ = ["ExpiryRule"]

Day = Callable[[datetime, Holidays], datetime]


@dataclass(frozen=True)
class ExpiryRule:
    """A day of the contract month; a month that is not listed stands for the next one that is."""

    day: Day
    months: tuple[int, ...] = FutureExpirationCycles.ALL_YEAR
    time_of_day: timedelta = timedelta(0)

    def at(self, hour: int, minute: int = 0) -> ExpiryRule:
        """With that time of day."""
        return replace(self, time_of_day=timedelta(hours=hour, minutes=minute))

    def listed_in(self, months: tuple[int, ...]) -> ExpiryRule:
        """With those months."""
        return replace(self, months=months)

    def expiry(self, time: datetime, holidays: Holidays) -> datetime:
        """When trading in the month's contract ends."""
        while time.month not in self.months:
            time = add_months(time, 1)
        return self.day(time, holidays) + self.time_of_day


def last_business_day(n: int = 1, months_before: int = 0) -> ExpiryRule:
    """The n-th business day from the end of the contract month, or of an earlier month."""
    return ExpiryRule(lambda time, holidays: nth_last_business_day(add_months(time, -months_before), n, holidays))


def business_day(n: int) -> ExpiryRule:
    """The n-th business day of the contract month."""
    return ExpiryRule(lambda time, holidays: nth_business_day(time, n, holidays))


def business_days_before(day_of_month: int, n: int = 1) -> ExpiryRule:
    """So many business days before a day of the contract month."""
    return ExpiryRule(
        lambda time, holidays: add_business_days(datetime(time.year, time.month, day_of_month), -n, holidays)
    )


def weekday(nth: int, day: int, days_before: int = 0) -> ExpiryRule:
    """The n-th Monday (0), Tuesday (1) ... less some days, or the business day before that."""
    return ExpiryRule(
        lambda time, holidays: on_or_before(nth_weekday(time, nth, day) - timedelta(days=days_before), holidays)
    )


def fixed_weekday(nth: int, day: int, days_before: int = 0) -> ExpiryRule:
    """The n-th such weekday less some days, holiday or not."""
    return ExpiryRule(lambda time, _: nth_weekday(time, nth, day) - timedelta(days=days_before))


def before_third_wednesday(business_days: int) -> ExpiryRule:
    """So many business days before the third Wednesday."""
    return ExpiryRule(
        lambda time, holidays: add_business_days(nth_weekday(time, 3, WEDNESDAY), -business_days, holidays)
    )


def final_weekday(day: int) -> ExpiryRule:
    """The month's last such weekday, or the business day before it."""
    return ExpiryRule(lambda time, holidays: on_or_before(last_weekday(time, day), holidays))


def before_twenty_fifth(n: int) -> ExpiryRule:
    """So many business days before the 25th of the month before, one more if that is none; the day itself for 0."""

    def day(time: datetime, holidays: Holidays) -> datetime:
        twenty_fifth = add_months(datetime(time.year, time.month, 25), -1)
        if not n:
            return on_or_before(twenty_fifth, holidays)
        return add_business_days(twenty_fifth, -n - (not is_business_day(twenty_fifth, holidays)), holidays)

    return ExpiryRule(day)


def _thirty_days_before_options(time: datetime) -> tuple[datetime, datetime]:
    third_friday = nth_weekday(add_months(time, 1), 3, FRIDAY)
    return third_friday - timedelta(days=30), third_friday


def volatility_index(time: datetime, holidays: Holidays) -> datetime:
    """VX: 30 days before the next month's third Friday; a day earlier if either is a holiday."""
    day, third_friday = _thirty_days_before_options(time)
    return day - timedelta(days=1) if day in holidays or third_friday in holidays else day


def mini_volatility_index(time: datetime, holidays: Holidays) -> datetime:
    """VXM: as VX, but on a business day."""
    day, third_friday = _thirty_days_before_options(time)
    return on_or_before(day - timedelta(days=third_friday in holidays), holidays)


def wednesday_closest_to_fifteenth(time: datetime, holidays: Holidays) -> datetime:
    """IBV: or the next business day."""
    second = nth_weekday(time, 2, WEDNESDAY)
    third = second + timedelta(days=7)
    day = second if abs(15 - second.day) <= abs(15 - third.day) else third
    return day if is_business_day(day, holidays) else add_business_days(day, 1, holidays)


def fifteenth_or_after(time: datetime, holidays: Holidays) -> datetime:
    """6R."""
    day = datetime(time.year, time.month, 15)
    return day if is_business_day(day, holidays) else add_business_days(day, 1, holidays)


def day_before_contract_month(time: datetime, holidays: Holidays) -> datetime:
    """6L: the business day before the day given, the first of the contract month."""
    return add_business_days(time, -1, holidays)


def brent(time: datetime, holidays: Holidays) -> datetime:
    """B: the last business day two months before; in December, the one before that."""
    month = add_months(time, -2)
    return nth_last_business_day(month, 2 if month.month == 12 else 1, holidays)


def lean_hogs(time: datetime, holidays: Holidays) -> datetime:
    """HE: the tenth business day of the contract month."""
    return add_business_days(datetime(time.year, time.month, 1) - timedelta(days=1), 10, holidays)


def feeder_cattle(time: datetime, holidays: Holidays) -> datetime:
    """GF: the last Thursday, in November the one before, with no holiday on it or the four weekdays before it."""
    day = last_weekday(time, THURSDAY)
    if time.month == 11:
        day -= timedelta(days=7)
    while not all(is_business_day(day - timedelta(days=before), holidays) for before in (0, 1, 2, 3, 6)):
        day -= timedelta(days=7)
    return day


def next_to_last_day(time: datetime, holidays: Holidays) -> datetime:
    """TW: the day before the month's last, or the business day before it."""
    return on_or_before(last_day(time) - timedelta(days=1), holidays)


def last_wednesday_eve(time: datetime, holidays: Holidays) -> datetime:
    """HRC: the business day before the last Wednesday."""
    return add_business_days(last_weekday(time, WEDNESDAY), -1, holidays)
