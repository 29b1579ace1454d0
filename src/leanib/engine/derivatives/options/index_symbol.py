"""Options on indices by ticker (`Common/Securities/IndexOption/IndexOptionSymbol.cs`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from leanib.engine.derivatives.futures.calendar import FRIDAY, nth_weekday
from leanib.engine.naming import LeanNames
from leanib.engine.symbols import Market, Symbol
from leanib.engine.symbols.index_tickers import INDEX_OF_OPTION

__all__ = ["IndexOptionSymbol"]

_WEEKLY_AND_MONTHLY = frozenset({"NQX", "SPXW", "RUTW"})
_EXPIRE_A_DAY_LATER = frozenset({"SPX", "NDX", "VIX", "VIXW", "RUT"})


class IndexOptionSymbol(LeanNames):
    """Which index they are on, and how they are settled."""

    SUPPORTED_INDEX_OPTION_TICKERS = frozenset({"SPX", "NDX", "VIX", "RUT", *INDEX_OF_OPTION})

    @staticmethod
    def is_standard(symbol: Symbol) -> bool:
        """Whether it is a monthly contract; tickers with weeklies only have it on the third Friday."""
        if symbol.id.market != Market.USA or symbol.id.symbol not in _WEEKLY_AND_MONTHLY:
            return True
        return nth_weekday(symbol.id.date, 3, FRIDAY) == symbol.id.date

    @staticmethod
    def is_am_settled(symbol: Symbol) -> bool:
        """Whether the opening of the day of expiry settles it."""
        return symbol.id.symbol.upper() not in INDEX_OF_OPTION

    @staticmethod
    def is_index_option(ticker: str) -> bool:
        """Whether the ticker is one's."""
        return ticker.upper() in IndexOptionSymbol.SUPPORTED_INDEX_OPTION_TICKERS

    @staticmethod
    def map_to_underlying(index_option: str) -> str:
        """The index's ticker: SPX for SPXW."""
        return INDEX_OF_OPTION.get(index_option.upper(), index_option)

    @staticmethod
    def get_last_trading_date(ticker: str, expiration_date: datetime) -> datetime:
        """When trading ends in what expires on a day."""
        return expiration_date - timedelta(days=ticker in _EXPIRE_A_DAY_LATER)

    @staticmethod
    def get_expiry_date(ticker: str, last_trading_date: datetime) -> datetime:
        """When what is last traded on a day expires."""
        return last_trading_date + timedelta(days=ticker in _EXPIRE_A_DAY_LATER)

    # .NET's names have two capitals
    IsAMSettled = is_am_settled
