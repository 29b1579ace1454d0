"""Execution models: they make orders of targets."""

from leanib.engine.framework.execution.base import ExecutionModel, ImmediateExecutionModel, NullExecutionModel
from leanib.engine.framework.execution.favorable import (
    SpreadExecutionModel,
    StandardDeviationExecutionModel,
    VolumeWeightedAveragePriceExecutionModel,
)

__all__ = [
    "ExecutionModel",
    "ImmediateExecutionModel",
    "NullExecutionModel",
    "SpreadExecutionModel",
    "StandardDeviationExecutionModel",
    "VolumeWeightedAveragePriceExecutionModel",
]
