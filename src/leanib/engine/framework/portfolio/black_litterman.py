"""Views on an equilibrium (`Algorithm.Framework/Portfolio/BlackLittermanOptimizationPortfolioConstructionModel.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.framework.enums import PortfolioBias
from leanib.engine.framework.insight import Insight
from leanib.engine.framework.past import past_points
from leanib.engine.framework.portfolio.base import PortfolioConstructionModel
from leanib.engine.framework.portfolio.optimized import run_optimizer
from leanib.engine.framework.portfolio.optimizers import MaximumSharpeRatioPortfolioOptimizer
from leanib.engine.framework.portfolio.returns import ReturnsSymbolData, form_returns_matrix
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market.universe import SecurityChanges

__all__ = ["BlackLittermanOptimizationPortfolioConstructionModel"]

Array = Any


class BlackLittermanOptimizationPortfolioConstructionModel(PortfolioConstructionModel):
    """Takes each alpha model's insights as a view, and mixes the views with the market's equilibrium."""

    def __init__(
        self,
        rebalance: object = Resolution.DAILY,
        portfolio_bias: PortfolioBias = PortfolioBias.LONG_SHORT,
        lookback: int = 1,
        period: int = 63,
        resolution: Resolution = Resolution.DAILY,
        risk_free_rate: float = 0.0,
        delta: float = 2.5,
        tau: float = 0.05,
        optimizer: object = None,
    ) -> None:
        super().__init__(rebalance)
        self.portfolio_bias = portfolio_bias
        self.lookback, self.period, self.resolution = lookback, period, resolution
        self.risk_free_rate, self.delta, self.tau = risk_free_rate, delta, tau
        low = 0.0 if portfolio_bias is PortfolioBias.LONG else -1.0
        high = 0.0 if portfolio_bias is PortfolioBias.SHORT else 1.0
        self.optimizer = optimizer or MaximumSharpeRatioPortfolioOptimizer(low, high, risk_free_rate)
        self._data: dict[Symbol, ReturnsSymbolData] = {}

    def should_create_target_for_insight(self, insight: Insight) -> bool:
        """Whether its magnitude is valid."""
        return bool(self.filter_invalid_insight_magnitude(self.algorithm, [insight]))

    def get_target_insights(self) -> List[Insight]:
        """The last active insight of each model and symbol."""
        active = self.algorithm.insights.get_active_insights(base_of(self.algorithm).utc_time)
        last: dict[tuple[str, Symbol], Insight] = {}
        for insight in filter(self.should_create_target_for_insight, active):
            key = (insight.source_model, insight.symbol)
            if key not in last or insight.generated_time_utc >= last[key].generated_time_utc:
                last[key] = insight
        return List(sorted(last.values(), key=lambda insight: insight.symbol))

    def determine_target_percent(self, active_insights: list[Insight]) -> dict[Insight, float]:
        """The optimizer's weights for the returns that the views imply."""
        symbols = list(dict.fromkeys(insight.symbol for insight in active_insights))
        views = self.get_views(active_insights, symbols)
        if views is None:
            return {}
        for insight in active_insights:
            own = self._data.get(insight.symbol)
            if own is not None:
                own.add(insight.generated_time_utc, insight.magnitude or 0.0)
        returns = form_returns_matrix(self._data, symbols)
        if returns.shape[1] < len(symbols):
            unknown = next(symbol for symbol in symbols if symbol not in self._data)
            raise IndexError(f"{type(self).__name__}: there are no past prices of {unknown.value} to weigh it by")
        expected, covariance = self.get_equilibrium_returns(returns)
        expected, covariance = self.apply_black_litterman_master_formula(expected, covariance, *views)
        weights = run_optimizer(self.optimizer, symbols, returns, expected, covariance)
        first: dict[Symbol, Insight] = {}
        for insight in active_insights:
            first.setdefault(insight.symbol, insight)
        return {first[symbol]: self._allowed(weight) for symbol, weight in zip(symbols, weights, strict=False)}

    def _allowed(self, weight: float) -> float:
        sign = (weight > 0) - (weight < 0)
        return weight if self.portfolio_bias is PortfolioBias.LONG_SHORT or sign == int(self.portfolio_bias) else 0.0

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Follow the securities' returns."""
        super().on_securities_changed(algorithm, changes)
        for removed in changes.removed_securities:
            self._data.pop(removed.symbol, None)
        zones = {added.symbol: added.exchange.time_zone for added in changes.added_securities}
        if zones:
            # Only what has a past is followed, by UTC, as the insights' times are.
            for point in past_points(algorithm, zones, self.lookback * self.period, self.resolution):
                own = self._data.get(point.symbol)
                if own is None:
                    own = self._data[point.symbol] = ReturnsSymbolData(point.symbol, self.lookback, self.period)
                own.update(zones[point.symbol].to_utc(point.end_time), point.value)

    def get_equilibrium_returns(self, returns: Array) -> tuple[Array, Array]:
        """The yearly returns for which equal weights are optimal, and the yearly covariance."""
        size = returns.shape[1]
        weights = np.full(size, 1.0 / size)
        covariance = np.atleast_2d(np.cov(returns, rowvar=False)) * 252
        annual_return = float(np.sum(((1 + returns.mean(axis=0)) ** 252 - 1) * weights))
        variance = float(weights @ covariance @ weights)
        aversion = (annual_return - self.risk_free_rate) / variance
        return aversion * covariance @ weights, covariance

    def get_views(self, insights: list[Insight], symbols: list[Symbol]) -> tuple[Array, Array] | None:
        """A row of weights and a return for each model.

        None, and so no targets, when an insight has no magnitude or a model no view: LEAN gives up all of them
        (`TryGetViews`). A row has its model's own symbols first and the others after them, as LEAN's has.
        """
        by_model: dict[str, dict[Symbol, float]] = {}
        for insight in insights:
            if insight.magnitude is None:
                return None
            own = by_model.setdefault(insight.source_model, {})
            own[insight.symbol] = int(insight.direction) * abs(insight.magnitude)
        rows, values = [], []
        for views in by_model.values():
            up = sum(view for view in views.values() if view > 0)
            total = max(up, -sum(view for view in views.values() if view < 0))
            if not total:
                return None
            rows.append([view / total for view in views.values()] + [0.0] * (len(symbols) - len(views)))
            values.append(total)
        return (np.array(rows), np.array(values)) if rows else None

    def apply_black_litterman_master_formula(
        self, expected: Array, covariance: Array, views: Array, values: Array
    ) -> tuple[Array, Array]:
        """The posterior returns and covariance."""
        scaled = self.tau * covariance
        omega = np.diag(np.diag(views @ scaled @ views.T))
        if np.linalg.det(omega) == 0:
            return expected, covariance
        gain = scaled @ views.T @ np.linalg.inv(views @ scaled @ views.T + omega)
        posterior = expected + gain @ (values - views @ expected)
        uncertainty = scaled - gain @ views @ scaled
        return posterior, (covariance + uncertainty) * self.delta
