"""Trades, performance and capacity figures, computed and written as LEAN does (`Common/Statistics`)."""

from leanib.engine.run.statistics.builder import AlgorithmPerformance, StatisticsBuilder, StatisticsResults
from leanib.engine.run.statistics.capacity import CapacityEstimate
from leanib.engine.run.statistics.measures import DrawdownMetrics, Statistics
from leanib.engine.run.statistics.metrics import PerformanceMetrics
from leanib.engine.run.statistics.portfolio import PortfolioStatistics
from leanib.engine.run.statistics.risk_free import (
    ConstantRiskFreeRateInterestRateModel,
    FuncRiskFreeRateInterestRateModel,
    InterestRateProvider,
    RiskFreeInterestRateModel,
)
from leanib.engine.run.statistics.trade import FillGroupingMethod, FillMatchingMethod, Trade, TradeDirection
from leanib.engine.run.statistics.trade_builder import TradeBuilder
from leanib.engine.run.statistics.trade_statistics import TradeStatistics

__all__ = [
    "AlgorithmPerformance",
    "CapacityEstimate",
    "ConstantRiskFreeRateInterestRateModel",
    "DrawdownMetrics",
    "FillGroupingMethod",
    "FillMatchingMethod",
    "FuncRiskFreeRateInterestRateModel",
    "InterestRateProvider",
    "PerformanceMetrics",
    "PortfolioStatistics",
    "RiskFreeInterestRateModel",
    "Statistics",
    "StatisticsBuilder",
    "StatisticsResults",
    "Trade",
    "TradeBuilder",
    "TradeDirection",
    "TradeStatistics",
]
