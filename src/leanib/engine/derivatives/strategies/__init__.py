"""Option strategies: what they are made of, and finding them in positions."""

from leanib.engine.derivatives.strategies.definitions import OptionStrategyDefinition, OptionStrategyDefinitions
from leanib.engine.derivatives.strategies.factories import OptionStrategies
from leanib.engine.derivatives.strategies.matcher import OptionStrategyMatcher
from leanib.engine.derivatives.strategies.positions import OptionPosition
from leanib.engine.derivatives.strategies.strategy import OptionLegData, OptionStrategy, UnderlyingLegData

__all__ = [
    "OptionLegData",
    "OptionPosition",
    "OptionStrategies",
    "OptionStrategy",
    "OptionStrategyDefinition",
    "OptionStrategyDefinitions",
    "OptionStrategyMatcher",
    "UnderlyingLegData",
]
