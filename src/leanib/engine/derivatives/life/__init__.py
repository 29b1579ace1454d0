"""Exercise, assignment and settlement of options and futures."""

from leanib.engine.derivatives.life.assignment import (
    DefaultOptionAssignmentModel,
    NullOptionAssignmentModel,
    OptionAssignmentParameters,
    OptionAssignmentResult,
)
from leanib.engine.derivatives.life.exercise import DefaultExerciseModel
from leanib.engine.derivatives.life.holding import FutureHolding
from leanib.engine.derivatives.life.portfolio_model import OptionPortfolioModel
from leanib.engine.derivatives.life.settlement import FutureSettlementModel

__all__ = [
    "DefaultExerciseModel",
    "DefaultOptionAssignmentModel",
    "FutureHolding",
    "FutureSettlementModel",
    "NullOptionAssignmentModel",
    "OptionAssignmentParameters",
    "OptionAssignmentResult",
    "OptionPortfolioModel",
]
