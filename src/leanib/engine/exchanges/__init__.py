"""What is known of markets: opening hours, clocks, and properties of symbols (currencies, lots, price steps)."""

from leanib.engine.exchanges.currency_pairs import CurrencyPair, CurrencyPairUtil, PairMatch
from leanib.engine.exchanges.database import SecurityDatabaseKey
from leanib.engine.exchanges.exchange import EquityExchange, OffExchange, SecurityExchange
from leanib.engine.exchanges.exchange_hours import SecurityExchangeHours
from leanib.engine.exchanges.market_hours import DayOfWeek, LocalMarketHours, MarketHoursSegment, MarketHoursState
from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase, MarketHoursEntry
from leanib.engine.exchanges.symbol_properties import SymbolProperties, SymbolPropertiesDatabase
from leanib.engine.exchanges.time_keeper import LocalTimeKeeper, TimeKeeper

__all__ = [
    "CurrencyPair",
    "CurrencyPairUtil",
    "DayOfWeek",
    "EquityExchange",
    "LocalMarketHours",
    "LocalTimeKeeper",
    "MarketHoursDatabase",
    "MarketHoursEntry",
    "MarketHoursSegment",
    "MarketHoursState",
    "OffExchange",
    "PairMatch",
    "SecurityDatabaseKey",
    "SecurityExchange",
    "SecurityExchangeHours",
    "SymbolProperties",
    "SymbolPropertiesDatabase",
    "TimeKeeper",
]
