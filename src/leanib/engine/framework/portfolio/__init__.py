"""Portfolio construction models: they make targets of insights."""

from leanib.engine.framework.portfolio.base import NullPortfolioConstructionModel, PortfolioConstructionModel
from leanib.engine.framework.portfolio.black_litterman import BlackLittermanOptimizationPortfolioConstructionModel
from leanib.engine.framework.portfolio.mean_reversion import MeanReversionPortfolioConstructionModel
from leanib.engine.framework.portfolio.optimized import (
    MeanVarianceOptimizationPortfolioConstructionModel,
    RiskParityPortfolioConstructionModel,
)
from leanib.engine.framework.portfolio.optimizers import (
    IPortfolioOptimizer,
    MaximumSharpeRatioPortfolioOptimizer,
    MinimumVariancePortfolioOptimizer,
    RiskParityPortfolioOptimizer,
    UnconstrainedMeanVariancePortfolioOptimizer,
)
from leanib.engine.framework.portfolio.returns import ReturnsSymbolData
from leanib.engine.framework.portfolio.weighting import (
    AccumulativeInsightPortfolioConstructionModel,
    ConfidenceWeightedPortfolioConstructionModel,
    EqualWeightingPortfolioConstructionModel,
    InsightWeightingPortfolioConstructionModel,
    SectorWeightingPortfolioConstructionModel,
)

__all__ = [
    "AccumulativeInsightPortfolioConstructionModel",
    "BlackLittermanOptimizationPortfolioConstructionModel",
    "ConfidenceWeightedPortfolioConstructionModel",
    "EqualWeightingPortfolioConstructionModel",
    "IPortfolioOptimizer",
    "InsightWeightingPortfolioConstructionModel",
    "MaximumSharpeRatioPortfolioOptimizer",
    "MeanReversionPortfolioConstructionModel",
    "MeanVarianceOptimizationPortfolioConstructionModel",
    "MinimumVariancePortfolioOptimizer",
    "NullPortfolioConstructionModel",
    "PortfolioConstructionModel",
    "ReturnsSymbolData",
    "RiskParityPortfolioConstructionModel",
    "RiskParityPortfolioOptimizer",
    "SectorWeightingPortfolioConstructionModel",
    "UnconstrainedMeanVariancePortfolioOptimizer",
]
