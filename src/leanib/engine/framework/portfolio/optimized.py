"""Portfolios by optimization (`Algorithm.Framework/Portfolio/{MeanVarianceOptimization,RiskParity}*Model.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.enums import PortfolioBias
from leanib.engine.framework.insight import Insight
from leanib.engine.framework.portfolio.base import PortfolioConstructionModel
from leanib.engine.framework.portfolio.optimizers import (
    MinimumVariancePortfolioOptimizer,
    RiskParityPortfolioOptimizer,
)
from leanib.engine.framework.portfolio.returns import ReturnsSymbolData, form_returns_matrix, warm_up_returns
from leanib.engine.naming import to_pascal
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market.universe import SecurityChanges

__all__ = [
    "MeanVarianceOptimizationPortfolioConstructionModel",
    "RiskParityPortfolioConstructionModel",
    "run_optimizer",
]


def _require_magnitude(model: PortfolioConstructionModel, insight: Insight) -> bool:
    """Whether an insight has a magnitude; without one the algorithm stops."""
    if insight.magnitude is not None:
        return True
    base_of(model.algorithm).set_run_time_error(
        ValueError(
            f"{type(model).__name__} does not accept 'None' as Insight.magnitude. "
            f"Please checkout the selected Alpha Model specifications: {insight.source_model}"
        )
    )
    return False


def run_optimizer(optimizer: object, columns: list[Symbol], returns: Any, *moments: object) -> list[float]:
    """The weights; a user's optimizer gets the returns as a pandas frame."""
    method = getattr(optimizer, "optimize", None) or getattr(optimizer, to_pascal("optimize"))
    if not type(optimizer).__module__.startswith("leanib."):
        import pandas as pd

        returns = pd.DataFrame(returns, columns=[str(symbol.id) for symbol in columns])
    given = (*moments, None, None)[:2]
    return [float(weight) for weight in method(returns, *given)]


class _OptimizedModel(PortfolioConstructionModel):
    """Keeps the returns of its securities and lets an optimizer weigh them."""

    def __init__(
        self, rebalance: object, lookback: int, period: int, resolution: Resolution, optimizer: object
    ) -> None:
        super().__init__(rebalance)
        self.lookback, self.period, self.resolution = lookback, period, resolution
        self.optimizer = optimizer
        self._data: dict[Symbol, ReturnsSymbolData] = {}

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        """The optimizer's weights."""
        if not active_insights:
            return {}
        symbols = [insight.symbol for insight in active_insights]
        weights = run_optimizer(self.optimizer, symbols, form_returns_matrix(self._data, symbols))
        return {insight: self._allowed(weight) for insight, weight in zip(active_insights, weights, strict=False)}

    def _allowed(self, weight: float) -> float:
        return weight

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Follow the securities' returns."""
        super().on_securities_changed(algorithm, changes)
        for removed in changes.removed_securities:
            gone = self._data.pop(removed.symbol, None)
            if gone is not None:
                self._let_go(algorithm, gone)
        for added in changes.added_securities:
            if added.symbol not in self._data:
                self._data[added.symbol] = ReturnsSymbolData(added.symbol, self.lookback, self.period)
                self._follow(algorithm, self._data[added.symbol])
        if changes.added_securities:
            bars = self.lookback * self.period
            warm_up_returns(algorithm, self._data, changes.added_securities, bars, self.resolution)

    def _follow(self, algorithm: QCAlgorithm, data: ReturnsSymbolData) -> None:
        """A security came."""

    def _let_go(self, algorithm: QCAlgorithm, data: ReturnsSymbolData) -> None:
        """A security went."""


class MeanVarianceOptimizationPortfolioConstructionModel(_OptimizedModel):
    """The least variance for a target return, with the insights' magnitudes as the newest returns."""

    def __init__(
        self,
        rebalance: object = Resolution.DAILY,
        portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT,
        lookback: int = 1,
        period: int = 63,
        resolution: Resolution = Resolution.DAILY,
        target_return: float = 0.02,
        optimizer: object = None,
    ) -> None:
        self.portfolio_bias = portfolio_bias
        if optimizer is None:
            low = 0.0 if portfolio_bias is PortfolioBias.LONG else -1.0
            high = 0.0 if portfolio_bias is PortfolioBias.SHORT else 1.0
            optimizer = MinimumVariancePortfolioOptimizer(low, high, target_return)
        super().__init__(rebalance, lookback, period, resolution, optimizer)

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        """Whether its magnitude is valid; it becomes the newest return."""
        if not self.filter_invalid_insight_magnitude(self.algorithm, [insight]):
            return False
        own = self._data.get(insight.symbol)
        if own is None:
            return True
        if not _require_magnitude(self, insight):
            return False
        own.add(base_of(self.algorithm).time, insight.magnitude or 0.0)
        return True

    def _allowed(self, weight: float) -> float:
        sign = (weight > 0) - (weight < 0)
        return weight if self.portfolio_bias is PortfolioBias.LONG_SHORT or sign == int(self.portfolio_bias) else 0.0


class RiskParityPortfolioConstructionModel(_OptimizedModel):
    """Every security bears the same part of the risk."""

    def __init__(
        self,
        rebalance: object = Resolution.DAILY,
        portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT,
        lookback: int = 1,
        period: int = 252,
        resolution: Resolution = Resolution.DAILY,
        optimizer: object = None,
    ) -> None:
        if portfolio_bias is PortfolioBias.SHORT:
            raise ValueError("Long position must be allowed in RiskParityPortfolioConstructionModel.")
        super().__init__(rebalance, lookback, period, resolution, optimizer or RiskParityPortfolioOptimizer())

    def _follow(self, algorithm: QCAlgorithm, data: ReturnsSymbolData) -> None:
        base_of(algorithm).register_indicator(data.symbol, data.roc, self.resolution)

    def _let_go(self, algorithm: QCAlgorithm, data: ReturnsSymbolData) -> None:
        base_of(algorithm).unregister_indicator(data.roc)
