"""How and where an algorithm runs (`Common/AlgorithmMode.cs`, `DeploymentTarget.cs`)."""

from __future__ import annotations

from leanib.engine.naming import LeanEnum

__all__ = ["AlgorithmMode", "DeploymentTarget"]


class AlgorithmMode(LeanEnum):
    """What a run is for."""

    LIVE = 0
    OPTIMIZATION = 1
    BACKTESTING = 2
    RESEARCH = 3


class DeploymentTarget(LeanEnum):
    """Where a run takes place."""

    CLOUD_PLATFORM = 0
    LOCAL_PLATFORM = 1
    PRIVATE_CLOUD_PLATFORM = 2
