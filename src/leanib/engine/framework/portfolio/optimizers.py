"""Optimizers of portfolio weights (`Algorithm.Framework/Portfolio/*PortfolioOptimizer.cs`).

Each has `optimize(historical_returns, expected_returns=None, covariance=None)`; returns are a table (a numpy array or a
pandas frame) with a column for each security; the answer is an array of weights.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from leanib.engine.framework.portfolio.quadratic import Constraints, minimize_quadratic
from leanib.engine.naming import LeanObject

__all__ = [
    "IPortfolioOptimizer",
    "MaximumSharpeRatioPortfolioOptimizer",
    "MinimumVariancePortfolioOptimizer",
    "RiskParityPortfolioOptimizer",
    "UnconstrainedMeanVariancePortfolioOptimizer",
]

Array = Any


class IPortfolioOptimizer(LeanObject):
    """What finds weights."""

    def optimize(self, historical_returns: Array, expected_returns: Array = None, covariance: Array = None) -> Array:
        """The weights of the securities."""
        raise NotImplementedError

    @staticmethod
    def _moments(returns: Array, expected: Array, covariance: Array) -> tuple[Array, Array]:
        """Expected returns and covariance; where they are not given, those of the returns."""
        if covariance is None:
            covariance = np.atleast_2d(np.cov(np.asarray(returns), rowvar=False))
        if expected is None:
            expected = np.asarray(returns).mean(axis=0)
        return np.asarray(expected, dtype=float), np.asarray(covariance, dtype=float)


class MinimumVariancePortfolioOptimizer(IPortfolioOptimizer):
    """The least variance for a target return; the absolute weights add up to 1."""

    def __init__(self, minimum_weight: float = -1.0, maximum_weight: float = 1.0, target_return: float = 0.02) -> None:
        self.minimum_weight = minimum_weight
        self.maximum_weight = maximum_weight
        self.target_return = target_return

    def optimize(self, historical_returns: Array, expected_returns: Array = None, covariance: Array = None) -> Array:
        """Weights between the bounds; equal ones when there is no solution."""
        expected, matrix = self._moments(historical_returns, expected_returns, covariance)
        size = len(matrix)
        equal, one = np.full(size, 1.0 / size), np.eye(size)
        low, high = np.full(size, self.minimum_weight), np.full(size, self.maximum_weight)
        rows = np.vstack([expected, np.ones(size), one, -one])
        bounds = np.concatenate([[self.target_return, 1.0], low, -high])
        weights = minimize_quadratic(matrix, Constraints(rows, bounds, 2))
        total = 0.0 if weights is None else np.abs(weights).sum()
        return weights / total if weights is not None and total and np.isfinite(total) else equal


class MaximumSharpeRatioPortfolioOptimizer(IPortfolioOptimizer):
    """The highest expected excess return for its volatility; the weights add up to 1."""

    def __init__(self, minimum_weight: float = -1.0, maximum_weight: float = 1.0, risk_free_rate: float = 0.0) -> None:
        self.minimum_weight = minimum_weight
        self.maximum_weight = maximum_weight
        self.risk_free_rate = risk_free_rate

    def optimize(self, historical_returns: Array, expected_returns: Array = None, covariance: Array = None) -> Array:
        """Weights between the bounds; equal ones when there is no solution, or no return to be had.

        With y = k w, k > 0, the best ratio is the least variance of y for an excess return of 1 (Charnes and Cooper).
        """
        expected, matrix = self._moments(historical_returns, expected_returns, covariance)
        excess = expected - self.risk_free_rate
        size = len(matrix)
        equal, one = np.full(size, 1.0 / size), np.eye(size)
        if not (np.any(excess > 0) if self.minimum_weight >= 0 else np.any(excess != 0)):
            return equal
        rows = np.vstack([excess, self.maximum_weight - one, one - self.minimum_weight])
        bounds = np.concatenate([[1.0], np.zeros(2 * size)])
        scaled = minimize_quadratic(matrix, Constraints(rows, bounds, 1))
        total = 0.0 if scaled is None else scaled.sum()
        return scaled / total if scaled is not None and total > 0 else equal


class RiskParityPortfolioOptimizer(IPortfolioOptimizer):
    """Weights with which every security bears its part of the risk."""

    def __init__(self, minimum_weight: float = 1e-05, maximum_weight: float = sys.float_info.max) -> None:
        self.minimum_weight = max(minimum_weight, 1e-05)
        self.maximum_weight = max(maximum_weight, minimum_weight)

    def optimize(self, historical_returns: Array, expected_returns: Array = None, covariance: Array = None) -> Array:
        """Weights that add up to 1, then cut at the bounds; `expected_returns` are parts of the risk, else equal."""
        _, matrix = self._moments(historical_returns, expected_returns, covariance)
        size = len(matrix)
        budget = np.full(size, 1.0 / size) if expected_returns is None else np.asarray(expected_returns)
        weights = self._newton(matrix, budget)
        return np.clip(weights / weights.sum(), self.minimum_weight, self.maximum_weight)

    @staticmethod
    def _newton(matrix: Array, budget: Array) -> Array:
        """Minimizes 1/2 x'Cx - b'log x by Newton's method."""
        size = len(matrix)
        if size == 1:
            return np.ones(1)
        weights = np.full(size, 1.0 / size)
        new, old, rounds = -np.inf, np.inf, 0
        while not abs(new - old) <= 1e-11 and rounds < 15000:
            old = new
            hessian = matrix + np.diag(budget / (weights * weights))
            weights = weights - np.linalg.inv(hessian) @ (matrix @ weights - budget / weights)
            with np.errstate(invalid="ignore"):
                new = float(0.5 * weights @ matrix @ weights - budget @ np.log(weights))
            rounds += 1
        return weights


class UnconstrainedMeanVariancePortfolioOptimizer(IPortfolioOptimizer):
    """Expected returns times the inverse of the covariance, whatever the weights add up to."""

    def optimize(self, historical_returns: Array, expected_returns: Array = None, covariance: Array = None) -> Array:
        """The weights."""
        expected, matrix = self._moments(historical_returns, expected_returns, covariance)
        return expected @ np.linalg.inv(matrix)
