"""Futures: expiries, contract months, listings, the continuous future, margin requirements."""

from leanib.engine.derivatives.futures.calendar import FuturesExpiryUtilityFunctions
from leanib.engine.derivatives.futures.continuous import adjust_symbol_by_offset
from leanib.engine.derivatives.futures.cycles import FutureExpirationCycles
from leanib.engine.derivatives.futures.expiry import FuturesExpiryFunctions, future_expiry
from leanib.engine.derivatives.futures.factors import (
    ContractFactors,
    MappingContractFactorRow,
    normalize_price,
    price_factor,
    read_factors,
)
from leanib.engine.derivatives.futures.listings import FuturesListings
from leanib.engine.derivatives.futures.margins import FutureMarginTable, MarginRequirementsEntry
from leanib.engine.derivatives.futures.symbol import FutureSymbol

__all__ = [
    "ContractFactors",
    "FutureExpirationCycles",
    "FutureMarginTable",
    "FutureSymbol",
    "FuturesExpiryFunctions",
    "FuturesExpiryUtilityFunctions",
    "FuturesListings",
    "MappingContractFactorRow",
    "MarginRequirementsEntry",
    "adjust_symbol_by_offset",
    "future_expiry",
    "normalize_price",
    "price_factor",
    "read_factors",
]
