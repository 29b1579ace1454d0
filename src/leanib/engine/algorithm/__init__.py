"""QCAlgorithm and its parts."""

from leanib.engine.algorithm.algorithm import QCAlgorithm
from leanib.engine.algorithm.candlestick_patterns import CandlestickPatterns
from leanib.engine.algorithm.modes import AlgorithmMode, DeploymentTarget

__all__ = ["AlgorithmMode", "CandlestickPatterns", "DeploymentTarget", "QCAlgorithm"]
