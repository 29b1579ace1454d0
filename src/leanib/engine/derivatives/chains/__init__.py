"""What is known of all contracts of an option or a future on a day."""

from leanib.engine.derivatives.chains.files import read_universe_file, universe_path
from leanib.engine.derivatives.chains.universe_data import BaseChainUniverseData, FutureUniverse, OptionUniverse

__all__ = ["BaseChainUniverseData", "FutureUniverse", "OptionUniverse", "read_universe_file", "universe_path"]
