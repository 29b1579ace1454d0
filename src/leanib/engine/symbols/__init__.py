"""Symbols: what identifies a security, and the enumerations that describe it."""

from leanib.engine.enums import (
    AccountType,
    AlgorithmStatus,
    CashBookUpdateType,
    DataMappingMode,
    DataNormalizationMode,
    DelistingType,
    MarketDataType,
    OptionRight,
    OptionStyle,
    PositionSide,
    Resolution,
    SecurityType,
    SettlementType,
    SplitType,
    SubscriptionTransportMedium,
    TickType,
)
from leanib.engine.symbols.currencies import Currencies
from leanib.engine.symbols.definitions import SecurityDefinition, SecurityDefinitionSymbolResolver
from leanib.engine.symbols.futures import Futures
from leanib.engine.symbols.globals import Globals, PerRun, RunScope
from leanib.engine.symbols.map_files import MapFile, MapFileProvider, MapFileResolver, MapFileRow
from leanib.engine.symbols.market import Market
from leanib.engine.symbols.security_identifier import DEFAULT_DATE, SecurityIdentifier
from leanib.engine.symbols.symbol import Symbol
from leanib.engine.symbols.symbol_cache import SymbolCache

__all__ = [
    "DEFAULT_DATE",
    "AccountType",
    "AlgorithmStatus",
    "CashBookUpdateType",
    "Currencies",
    "DataMappingMode",
    "DataNormalizationMode",
    "DelistingType",
    "Futures",
    "Globals",
    "MapFile",
    "MapFileProvider",
    "MapFileResolver",
    "MapFileRow",
    "Market",
    "MarketDataType",
    "OptionRight",
    "OptionStyle",
    "PerRun",
    "PositionSide",
    "Resolution",
    "RunScope",
    "SecurityDefinition",
    "SecurityDefinitionSymbolResolver",
    "SecurityIdentifier",
    "SecurityType",
    "SettlementType",
    "SplitType",
    "SubscriptionTransportMedium",
    "Symbol",
    "SymbolCache",
    "TickType",
]
