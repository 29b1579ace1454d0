"""Positions grouped into option strategies, and what the groups tie up."""

from leanib.engine.derivatives.positions.check import has_sufficient_buying_power
from leanib.engine.derivatives.positions.group import GroupPosition, StrategyGroup
from leanib.engine.derivatives.positions.model import OptionStrategyPositionGroupBuyingPowerModel
from leanib.engine.derivatives.positions.resolver import concerns_options, strategy_groups

__all__ = [
    "GroupPosition",
    "OptionStrategyPositionGroupBuyingPowerModel",
    "StrategyGroup",
    "concerns_options",
    "has_sufficient_buying_power",
    "strategy_groups",
]
