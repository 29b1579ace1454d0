"""What is known of all contracts of an option or a future: on a day by file, at a time by data."""

from leanib.engine.derivatives.chains.chain import (
    FuturesChain,
    FuturesChains,
    FuturesContracts,
    OptionChain,
    OptionChains,
    OptionContracts,
)
from leanib.engine.derivatives.chains.contracts import FuturesContract, OptionContract
from leanib.engine.derivatives.chains.files import read_universe_file, universe_path
from leanib.engine.derivatives.chains.universe_data import BaseChainUniverseData, FutureUniverse, OptionUniverse

__all__ = [
    "BaseChainUniverseData",
    "FutureUniverse",
    "FuturesChain",
    "FuturesChains",
    "FuturesContract",
    "FuturesContracts",
    "OptionChain",
    "OptionChains",
    "OptionContract",
    "OptionContracts",
    "OptionUniverse",
    "read_universe_file",
    "universe_path",
]
