"""Universes over data: fundamentals, constituents, custom data, schedules."""

from leanib.engine.universes.constituents import (
    ConstituentsUniverse,
    ConstituentsUniverseData,
    ETFConstituentsUniverseFactory,
    ETFConstituentUniverse,
)
from leanib.engine.universes.func import FuncUniverse, ScheduledUniverse
from leanib.engine.universes.fundamental import (
    CoarseFundamentalUniverse,
    FineFundamentalFilteredUniverse,
    FundamentalFilteredUniverse,
    FundamentalUniverse,
    FundamentalUniverseFactory,
)
from leanib.engine.universes.fundamental_data import (
    CoarseFundamental,
    FineFundamental,
    Fundamental,
    FundamentalService,
)
from leanib.engine.universes.morningstar_codes import (
    MorningstarEconomySphereCode,
    MorningstarIndustryCode,
    MorningstarIndustryGroupCode,
    MorningstarSectorCode,
    StockType,
    StyleBox,
)

ETFConstituentData = ETFConstituentUniverse
Fundamentals = FundamentalUniverse

__all__ = [
    "CoarseFundamental",
    "CoarseFundamentalUniverse",
    "ConstituentsUniverse",
    "ConstituentsUniverseData",
    "ETFConstituentData",
    "ETFConstituentUniverse",
    "ETFConstituentsUniverseFactory",
    "FineFundamental",
    "FineFundamentalFilteredUniverse",
    "FuncUniverse",
    "Fundamental",
    "FundamentalFilteredUniverse",
    "FundamentalService",
    "FundamentalUniverse",
    "FundamentalUniverseFactory",
    "Fundamentals",
    "MorningstarEconomySphereCode",
    "MorningstarIndustryCode",
    "MorningstarIndustryGroupCode",
    "MorningstarSectorCode",
    "ScheduledUniverse",
    "StockType",
    "StyleBox",
]
