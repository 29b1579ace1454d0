"""QCAlgorithm and its parts."""

from leanib.engine.algorithm.algorithm import QCAlgorithm
from leanib.engine.algorithm.candlestick_patterns import CandlestickPatterns
from leanib.engine.algorithm.modes import AlgorithmMode, DeploymentTarget
from leanib.engine.algorithm.settings import AlgorithmSettings

__all__ = ["AlgorithmMode", "AlgorithmSettings", "CandlestickPatterns", "DeploymentTarget", "QCAlgorithm"]
