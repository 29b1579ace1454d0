"""Alpha models: they make insights of data."""

from leanib.engine.framework.alphas.base import AlphaModel, CompositeAlphaModel, NullAlphaModel
from leanib.engine.framework.alphas.constant import ConstantAlphaModel
from leanib.engine.framework.alphas.crosses import EmaCrossAlphaModel, MacdAlphaModel, RsiAlphaModel
from leanib.engine.framework.alphas.historical_returns import HistoricalReturnsAlphaModel
from leanib.engine.framework.alphas.pairs import BasePairsTradingAlphaModel, PearsonCorrelationPairsTradingAlphaModel

__all__ = [
    "AlphaModel",
    "BasePairsTradingAlphaModel",
    "CompositeAlphaModel",
    "ConstantAlphaModel",
    "EmaCrossAlphaModel",
    "HistoricalReturnsAlphaModel",
    "MacdAlphaModel",
    "NullAlphaModel",
    "PearsonCorrelationPairsTradingAlphaModel",
    "RsiAlphaModel",
]
