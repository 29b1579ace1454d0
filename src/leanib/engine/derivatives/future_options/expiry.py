"""When options on futures expire (`Common/Securities/FutureOption/FuturesOptionsExpiryFunctions.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from leanib.engine.derivatives.futures.calendar import (
    FRIDAY,
    WEDNESDAY,
    Holidays,
    add_business_days,
    add_months,
    expiration_holidays,
    future_contract_month,
    nth_business_day,
    nth_last_business_day,
    nth_weekday,
    on_or_before,
)
from leanib.engine.derivatives.futures.expiry import future_expiry
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import Market, Symbol

__all__ = ["FuturesOptionsExpiryFunctions"]

Rule = Callable[[datetime, Holidays], datetime]


def _crude_oil(month: datetime, holidays: Holidays) -> datetime:
    """Seven business days before the 26th of the month before."""
    twenty_sixth = add_months(month, -1).replace(day=26)
    return add_business_days(twenty_sixth, -7, holidays)


def _natural_gas(month: datetime, holidays: Holidays) -> datetime:
    """The fourth last business day of the month before."""
    return nth_last_business_day(add_months(month, -1), 4, holidays)


def _bonds_and_grains(month: datetime, holidays: Holidays) -> datetime:
    """The Friday before the second last business day of the month before; holidays are skipped on the way."""
    day = nth_last_business_day(add_months(month, -1), 2, holidays) - timedelta(days=1)
    while day.weekday() != FRIDAY:
        day = add_business_days(day, -1, holidays)
    return day


def _metals(hour: int, minute: int) -> Rule:
    """The fourth last business day of the month before, on no Friday and not on the eve of a holiday."""

    def day(month: datetime, holidays: Holidays) -> datetime:
        day = _natural_gas(month, holidays)
        while day.weekday() == FRIDAY or day + timedelta(days=1) in holidays:
            day = add_business_days(day, -1, holidays)
        return day + timedelta(hours=hour, minutes=minute)

    return day


def _currencies(month: datetime, holidays: Holidays) -> datetime:
    """The second Friday before the third Wednesday, or the business day before."""
    return on_or_before(nth_weekday(month, 3, WEDNESDAY) - timedelta(days=12), holidays) + timedelta(hours=9)


def _live_cattle(month: datetime, holidays: Holidays) -> datetime:
    """The first Friday, or the business day before."""
    return on_or_before(nth_weekday(month, 1, FRIDAY), holidays) + timedelta(hours=13)


def _lean_hogs(month: datetime, holidays: Holidays) -> datetime:
    """The tenth business day."""
    return nth_business_day(month, 10, holidays)


def _lumber(month: datetime, holidays: Holidays) -> datetime:
    """The last business day of the month before."""
    return nth_last_business_day(add_months(month, -1), 1, holidays)


def _stock_indices(month: datetime, holidays: Holidays) -> datetime:
    """The third Friday, or the business day before."""
    return on_or_before(nth_weekday(month, 3, FRIDAY), holidays)


#: rules by market and the futures' tickers
_TABLE: tuple[tuple[Rule, str, str], ...] = (
    (_crude_oil, Market.NYMEX, "CL"),
    (_natural_gas, Market.NYMEX, "NG"),
    (_bonds_and_grains, Market.CBOT, "ZB ZC ZN TN UB ZO KE ZF ZS ZT ZW ZL ZM"),
    (_metals(12, 0), Market.COMEX, "HG"),
    (_metals(12, 30), Market.COMEX, "GC"),
    (_metals(12, 25), Market.COMEX, "SI"),
    (_currencies, Market.CME, "6A 6B 6C 6E 6J 6S 6N 6M EAD AJY ANE ECD"),
    (_live_cattle, Market.CME, "LE"),
    (_lean_hogs, Market.CME, "HE"),
    (_lumber, Market.CME, "LBR LBS"),
    (_stock_indices, Market.CME, "ES EMD NQ"),
    (_stock_indices, Market.CBOT, "YM"),
)
_RULES: dict[tuple[str, str], Rule] = {
    (market, ticker): rule for rule, market, tickers in _TABLE for ticker in tickers.split()
}


class FuturesOptionsExpiryFunctions(LeanNames):
    """When they expire, by the contract month of their future."""

    @staticmethod
    def futures_option_expiry(canonical_future_option_symbol: Symbol, future_contract_month: datetime) -> datetime:
        """The options' expiry, time of day included; that of the future where there is no rule.

        The symbol may be any option's on the future; the month is its first day.
        """
        future = canonical_future_option_symbol.underlying
        assert future is not None
        market, ticker = future.id.market, future.id.symbol
        rule = _RULES.get((market, ticker))
        if rule is None:
            return future_expiry(future)(future_contract_month)
        return rule(future_contract_month, expiration_holidays(market, ticker))

    @staticmethod
    def get_future_option_expiry_from_future_expiry(
        future_symbol: Symbol, canonical_future_option: Symbol | None = None
    ) -> datetime:
        """The expiry of the options on a futures contract."""
        canonical = canonical_future_option or Symbol.create_canonical_option(future_symbol.canonical)
        return FuturesOptionsExpiryFunctions.futures_option_expiry(canonical, future_contract_month(future_symbol))
