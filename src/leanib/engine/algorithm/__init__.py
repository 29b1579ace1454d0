"""QCAlgorithm and its parts."""

from leanib.engine.algorithm.algorithm import QCAlgorithm
from leanib.engine.algorithm.modes import AlgorithmMode, DeploymentTarget
from leanib.engine.algorithm.settings import AlgorithmSettings

__all__ = ["AlgorithmMode", "AlgorithmSettings", "DeploymentTarget", "QCAlgorithm"]
