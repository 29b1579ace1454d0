"""Portfolio optimizers against conditions that the optimum must meet, and against closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from leanib.engine.framework import (
    MaximumSharpeRatioPortfolioOptimizer,
    MinimumVariancePortfolioOptimizer,
    RiskParityPortfolioOptimizer,
    UnconstrainedMeanVariancePortfolioOptimizer,
)


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
