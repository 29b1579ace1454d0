"""What an option's symbol says of its life (`Common/Securities/Option/OptionSymbol.cs`).

Times are naive, in the exchange's zone, unless they are said to be UTC.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from leanib.engine.assets import asset_of
from leanib.engine.derivatives.futures.calendar import FRIDAY, midnight
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.exchanges.exchange_hours import SecurityExchangeHours
from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import SecurityType, Symbol

__all__ = ["OptionSymbol"]

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_FRIDAY_EXPIRIES_FROM = datetime(2015, 2, 1)
_CLOSE_OF_INDEX_OPTIONS = timedelta(hours=15)


def exchange_hours(symbol: Symbol) -> SecurityExchangeHours:
    """The hours of the option's exchange."""
    return MarketHoursDatabase.from_data_folder().get_exchange_hours(symbol.id.market, symbol, symbol.security_type)


class OptionSymbol(LeanNames):
    """Standard and weekly contracts, last day of trading, settlement."""

    @staticmethod
    def is_standard(symbol: Symbol) -> bool:
        """Whether it expires at the end of the third week, be it the Thursday, Friday or Saturday."""
        date = symbol.id.date
        first_friday = 1 + (FRIDAY - date.replace(day=1).weekday()) % 7
        return first_friday + 12 < date.day < first_friday + 16

    @staticmethod
    def is_standard_contract(symbol: Symbol) -> bool:
        """The same under its older name."""
        return OptionSymbol.is_standard(symbol)

    @staticmethod
    def is_weekly(symbol: Symbol) -> bool:
        """Whether it expires on another Friday."""
        return not OptionSymbol.is_standard(symbol) and symbol.id.date.weekday() == FRIDAY

    @staticmethod
    def map_to_underlying(option_ticker: str, security_type: SecurityType) -> str:
        """The ticker of what options of a ticker are on: GC for OG, SPX for SPXW."""
        asset = asset_of(security_type)
        option = asset if asset.is_option or asset.option_kind is None else asset_of(asset.option_kind)
        return option.underlying_ticker(option_ticker.upper()) or option_ticker

    @staticmethod
    def get_last_day_of_trading(symbol: Symbol) -> datetime:
        """The day of expiry, or the last open day before it; until 2015 monthly contracts expired on Saturdays."""
        day = midnight(symbol.id.date)
        if day.weekday() == _SATURDAY and day < _FRIDAY_EXPIRIES_FROM and OptionSymbol.is_standard(symbol):
            day -= _ONE_DAY
        hours = exchange_hours(symbol)
        while not hours.is_date_open(day):
            day -= _ONE_DAY
        return day

    @staticmethod
    def get_settlement_date_time(symbol: Symbol) -> datetime:
        """When its value is settled: the last close, for index options the opening or three o'clock in Chicago."""
        expiry = OptionSymbol.get_expiration_date_time(symbol)
        return symbol.asset.settlement_time(symbol, expiry) if expiry.date() == symbol.id.date.date() else expiry

    @staticmethod
    def is_option_contract_expired(symbol: Symbol, current_time_utc: datetime) -> bool:
        """Whether it has expired by then (UTC); what is no option has not."""
        if not symbol.asset.is_option:
            return False
        now = exchange_hours(symbol).time_zone.to_local(current_time_utc)
        return now >= OptionSymbol.get_expiration_date_time(symbol)

    @staticmethod
    def get_expiration_date_time(symbol: Symbol) -> datetime:
        """The last close of the day of expiry or of the last open day before it, at the latest the next midnight."""
        if not symbol.asset.is_option:
            raise ArgumentException(f"The symbol {symbol} is not an option type")
        hours, date = exchange_hours(symbol), symbol.id.date
        day = date if hours.is_date_open(date) else hours.get_previous_trading_day(date)
        close = hours.get_last_daily_market_close(day, False)
        return min(close, midnight(date + _ONE_DAY))
