"""Slippage models: by how much a fill is worse than the market."""

from leanib.engine.orders.slippage.market_impact import MarketImpactSlippageModel
from leanib.engine.orders.slippage.models import (
    AlphaStreamsSlippageModel,
    ConstantSlippageModel,
    NullSlippageModel,
    SlippageModel,
    VolumeShareSlippageModel,
)

__all__ = [
    "AlphaStreamsSlippageModel",
    "ConstantSlippageModel",
    "MarketImpactSlippageModel",
    "NullSlippageModel",
    "SlippageModel",
    "VolumeShareSlippageModel",
]
