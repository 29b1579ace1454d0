"""Choosing contracts of a chain: what `set_filter` takes."""

from leanib.engine.derivatives.filters.base import ContractSecurityFilterUniverse
from leanib.engine.derivatives.filters.contract_filter import ContractFilter, future_filter, no_contracts, option_filter
from leanib.engine.derivatives.filters.future import FutureFilterUniverse
from leanib.engine.derivatives.filters.option import OptionFilterUniverse

__all__ = [
    "ContractFilter",
    "ContractSecurityFilterUniverse",
    "FutureFilterUniverse",
    "OptionFilterUniverse",
    "future_filter",
    "no_contracts",
    "option_filter",
]
