"""Trades, performance and capacity figures, computed and written as LEAN does (`Common/Statistics`)."""

from leanib.engine.statistics.builder import AlgorithmPerformance, StatisticsBuilder, StatisticsResults
from leanib.engine.statistics.capacity import CapacityEstimate
from leanib.engine.statistics.measures import DrawdownMetrics, Statistics
from leanib.engine.statistics.metrics import PerformanceMetrics
from leanib.engine.statistics.portfolio import PortfolioStatistics
from leanib.engine.statistics.risk_free import (
    ConstantRiskFreeRateInterestRateModel,
    FuncRiskFreeRateInterestRateModel,
    InterestRateProvider,
    RiskFreeInterestRateModel,
)
from leanib.engine.statistics.trade import FillGroupingMethod, FillMatchingMethod, Trade, TradeDirection
from leanib.engine.statistics.trade_builder import TradeBuilder
from leanib.engine.statistics.trade_statistics import TradeStatistics

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
