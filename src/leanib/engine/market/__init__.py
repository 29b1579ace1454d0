"""Market data: points, bars, slices and what is subscribed to."""

from leanib.engine.market.bars import Bar, QuoteBar, TradeBar
from leanib.engine.market.base_data import BaseData, MarketDataType
from leanib.engine.market.config import SubscriptionDataConfig
from leanib.engine.market.dictionary import (
    DataDictionary,
    Delistings,
    Dividends,
    FuturesChains,
    KeyValuePair,
    MarginInterestRates,
    OptionChains,
    QuoteBars,
    Splits,
    SymbolChangedEvents,
    Ticks,
    TradeBars,
)
from leanib.engine.market.events import (
    Delisting,
    DelistingType,
    Dividend,
    MarginInterestRate,
    Split,
    SplitType,
    SymbolChangedEvent,
)
from leanib.engine.market.slice import Slice
from leanib.engine.market.tick import OpenInterest, Tick
from leanib.engine.market.universe import (
    BaseDataCollection,
    Schedule,
    SecurityChanges,
    Universe,
    UniverseManager,
    UniverseSettings,
    UserDefinedUniverse,
)

__all__ = [
    "Bar",
    "BaseData",
    "BaseDataCollection",
    "DataDictionary",
    "Delisting",
    "DelistingType",
    "Delistings",
    "Dividend",
    "Dividends",
    "FuturesChains",
    "KeyValuePair",
    "MarginInterestRate",
    "MarginInterestRates",
    "MarketDataType",
    "OpenInterest",
    "OptionChains",
    "QuoteBar",
    "QuoteBars",
    "Schedule",
    "SecurityChanges",
    "Slice",
    "Split",
    "SplitType",
    "Splits",
    "SubscriptionDataConfig",
    "SymbolChangedEvent",
    "SymbolChangedEvents",
    "Tick",
    "Ticks",
    "TradeBar",
    "TradeBars",
    "Universe",
    "UniverseManager",
    "UniverseSettings",
    "UserDefinedUniverse",
]
