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

__all__ = [
    "Bar",
    "BaseData",
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
]
