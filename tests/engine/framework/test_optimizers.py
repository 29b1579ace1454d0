"""Portfolio optimizers against conditions that the optimum must meet, and against closed forms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from leanib.engine.framework import (
    BlackLittermanOptimizationPortfolioConstructionModel,
    Insight,
    InsightDirection,
    MaximumSharpeRatioPortfolioOptimizer,
    MinimumVariancePortfolioOptimizer,
    RiskParityPortfolioOptimizer,
    UnconstrainedMeanVariancePortfolioOptimizer,
)
from leanib.engine.framework.portfolio.returns import ReturnsSymbolData
from leanib.engine.symbols import Market, SecurityType, Symbol


@pytest.fixture
def returns() -> Any:
    """200 days of three securities with different means and spreads."""
    noise = np.random.default_rng(7).normal(size=(200, 3))
    noise -= noise.mean(axis=0)
    return 0.001 * np.array([1.0, 2.0, 0.5]) + noise @ np.array([[0.01, 0.002, 0], [0, 0.02, 0.003], [0, 0, 0.015]])


def test_minimum_variance_meets_its_constraints(returns: Any) -> None:
    """The weights add up to 1, reach the target return, stay in bounds, and no feasible neighbour is better."""
    optimizer = MinimumVariancePortfolioOptimizer(-1, 1, 0.001)
    weights = np.array(optimizer.optimize(returns))
    covariance, mean = np.cov(returns, rowvar=False), returns.mean(axis=0)
    assert weights.sum() == pytest.approx(1)
    assert weights @ mean == pytest.approx(0.001, abs=1e-8)
    step = np.cross(np.ones(3), mean)  # the only direction that keeps both sums
    for move in (1e-3 * step / np.linalg.norm(step), -1e-3 * step / np.linalg.norm(step)):
        assert (weights + move) @ covariance @ (weights + move) >= weights @ covariance @ weights


def test_the_best_sharpe_ratio_is_not_beaten(returns: Any) -> None:
    """None of a thousand long-only portfolios has a better ratio."""
    mean, covariance = returns.mean(axis=0), np.cov(returns, rowvar=False)

    def ratio(weights: Any) -> float:
        return float(weights @ mean / np.sqrt(weights @ covariance @ weights))

    weights = np.array(MaximumSharpeRatioPortfolioOptimizer(0, 1, 0).optimize(returns, mean, covariance))
    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= -1e-9
    others = np.random.default_rng(1).dirichlet(np.ones(3), 1000)
    assert ratio(weights) >= max(map(ratio, others)) - 1e-6


def test_risk_parity_shares_the_risk(returns: Any) -> None:
    """Every security contributes the same to the variance."""
    weights = np.array(RiskParityPortfolioOptimizer().optimize(returns))
    parts = weights * (np.cov(returns, rowvar=False) @ weights)
    assert parts == pytest.approx(np.full(3, parts.mean()), rel=1e-3)


def test_unconstrained_mean_variance(returns: Any) -> None:
    """The inverse of the covariance times the expected returns."""
    mean, covariance = returns.mean(axis=0), np.cov(returns, rowvar=False)
    weights = UnconstrainedMeanVariancePortfolioOptimizer().optimize(returns, mean, covariance)
    assert np.array(weights) == pytest.approx(np.linalg.solve(covariance, mean))


@pytest.mark.parametrize("bounds", [(-1.0, 1.0), (0.0, 1.0)])
def test_least_variances_are_those_of_a_search_over_all_sets_of_bounds(bounds: tuple[float, float]) -> None:
    """Three securities, thirty tables of returns: no point of a fine grid of all feasible weights is better."""
    low, high = bounds
    random = np.random.default_rng(11)
    for _ in range(30):
        table = random.normal(size=(63, 3)) * 0.02 + random.normal(size=3) * 0.002
        mean, covariance = table.mean(axis=0), np.cov(table, rowvar=False)
        target = float(random.dirichlet(np.ones(3)) @ mean)  # long-only weights reach it, so there is an answer
        weights = np.array(MinimumVariancePortfolioOptimizer(low, high, target).optimize(table))
        assert np.abs(weights).sum() == pytest.approx(1)
        weights = weights / weights.sum()  # as they were before the sum of their sizes was scaled to 1
        line = np.cross(np.ones(3), mean)
        line /= np.abs(line).max()
        points = weights + np.linspace(-2, 2, 4001)[:, None] * line
        feasible = points[((points >= low - 1e-9) & (points <= high + 1e-9)).all(axis=1)]
        best = np.einsum("ij,jk,ik->i", feasible, covariance, feasible).min()
        assert weights @ mean == pytest.approx(target, abs=1e-10)
        assert (weights >= low - 1e-9).all()
        assert (weights <= high + 1e-9).all()
        assert weights @ covariance @ weights <= best + 1e-12


def test_no_answer_gives_equal_weights() -> None:
    """More securities than days (LEAN's solver wants a positive definite matrix), a return out of reach, no gain."""
    random = np.random.default_rng(5)
    many, few = random.normal(size=(10, 30)), random.normal(size=(63, 3)) * 0.01
    assert MinimumVariancePortfolioOptimizer().optimize(many) == pytest.approx(np.full(30, 1 / 30))
    assert MinimumVariancePortfolioOptimizer(0, 1, 5.0).optimize(few) == pytest.approx(np.full(3, 1 / 3))
    falling = -np.abs(few)
    assert MaximumSharpeRatioPortfolioOptimizer(0, 1).optimize(falling) == pytest.approx(np.full(3, 1 / 3))


def _insight(ticker: str, magnitude: float | None, model: str = "a", direction: Any = InsightDirection.UP) -> Insight:
    symbol = Symbol.create(ticker, SecurityType.EQUITY, Market.USA)
    insight: Insight = Insight.price(symbol, timedelta(days=1), direction, magnitude)
    insight.source_model = model
    return insight


def test_black_litterman_gives_up_its_views_when_an_insight_has_no_magnitude() -> None:
    """No target and no error: LEAN's model looks at a magnitude that is not there, and takes it for no views."""
    model: Any = BlackLittermanOptimizationPortfolioConstructionModel()
    assert model.determine_target_percent([_insight("AAA", 0.1), _insight("BBB", None)]) == {}
    assert model.determine_target_percent([_insight("AAA", 0.1), _insight("BBB", 0.0, "b")]) == {}


def test_black_litterman_does_not_weigh_what_has_no_past() -> None:
    """One column of returns for two securities: LEAN's model ends there, and no weight goes to the wrong one."""
    model: Any = BlackLittermanOptimizationPortfolioConstructionModel()
    insights = [_insight("AAA", 0.1), _insight("BBB", 0.3)]
    known = model._data[insights[1].symbol] = ReturnsSymbolData(insights[1].symbol, 1, 63)
    for day in range(1, 9):
        known.update(datetime(2020, 1, day), 100.0 + day % 3)
    with pytest.raises(IndexError, match="there are no past prices of AAA to weigh it by"):
        model.determine_target_percent(insights)


def test_views_of_black_litterman_have_a_models_own_symbols_first() -> None:
    """Each model's row adds up its insights by the larger side; what it does not speak of follows as zeros."""
    model: Any = BlackLittermanOptimizationPortfolioConstructionModel()
    insights = [_insight("AAA", 0.1), _insight("BBB", 0.3, "b"), _insight("AAA", 0.2, "b", InsightDirection.DOWN)]
    rows, values = model.get_views(insights, [insights[0].symbol, insights[1].symbol])
    assert rows.tolist() == [pytest.approx([1.0, 0.0]), pytest.approx([1.0, -0.2 / 0.3])]
    assert values.tolist() == [0.1, 0.3]
