"""Optimizers of portfolio weights (`Algorithm.Framework/Portfolio/*PortfolioOptimizer.cs`).

Each has `optimize(historical_returns, expected_returns=None, covariance=None)`; returns are a table (a numpy array or a
pandas frame) with a column for each security; the answer is an array of weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np

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


def minimize_variance(covariance: Array, equalities: Array, values: Array, low: float, high: float) -> Array | None:
    """The weights of least variance within bounds that meet linear equalities; None when there are none.

    An active set method: solve with the equalities alone, then fix the weights that leave their bounds and free those
    whose multiplier says that they want back.
    """
    size = len(covariance)
    fixed: dict[int, float] = {}
    for _ in range(50 * size):
        weights, multipliers = _solve(covariance, equalities, values, fixed)
        if weights is None:
            return None
        outside = {i: max(low - weights[i], weights[i] - high) for i in range(size) if i not in fixed}
        worst = max(outside, key=lambda i: outside[i], default=None)
        if worst is not None and outside[worst] > 1e-12:
            fixed[worst] = low if weights[worst] < low else high
            continue
        gradient = covariance @ weights - equalities.T @ multipliers
        wrong = {i: (gradient[i] if bound == high else -gradient[i]) for i, bound in fixed.items()}
        release = max(wrong, key=lambda i: wrong[i], default=None)
        if release is None or wrong[release] <= 1e-12:
            return weights
        del fixed[release]
    return None


def _solve(covariance: Array, equalities: Array, values: Array, fixed: dict[int, float]) -> tuple[Array, Array]:
    """The stationary point with some weights fixed: (weights, multipliers), or (None, None)."""
    size = len(covariance)
    free = [i for i in range(size) if i not in fixed]
    weights = np.zeros(size)
    for i, bound in fixed.items():
        weights[i] = bound
    a, right = equalities[:, free], values - equalities @ weights
    if np.linalg.matrix_rank(np.column_stack([a, right]), tol=1e-10) > np.linalg.matrix_rank(a, tol=1e-10):
        return None, None
    count = len(equalities)
    system = np.block([[covariance[np.ix_(free, free)], -a.T], [a, np.zeros((count, count))]])
    pull = -(covariance[np.ix_(free, list(fixed))] @ np.array(list(fixed.values()))) if fixed else np.zeros(len(free))
    solution = np.linalg.lstsq(system, np.concatenate([pull, right]), rcond=None)[0]
    weights[free] = solution[: len(free)]
    return weights, solution[len(free) :]


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
        equal = np.full(size, 1.0 / size)
        equalities = np.vstack([expected, np.ones(size)])
        values = np.array([self.target_return, 1.0])
        weights = minimize_variance(matrix, equalities, values, self.minimum_weight, self.maximum_weight)
        if weights is None:
            return equal
        total = np.abs(weights).sum()
        return weights / total if total and np.isfinite(total) else equal


class MaximumSharpeRatioPortfolioOptimizer(IPortfolioOptimizer):
    """The highest expected excess return for its volatility; the weights add up to 1."""

    def __init__(self, minimum_weight: float = -1.0, maximum_weight: float = 1.0, risk_free_rate: float = 0.0) -> None:
        self.minimum_weight = minimum_weight
        self.maximum_weight = maximum_weight
        self.risk_free_rate = risk_free_rate

    def optimize(self, historical_returns: Array, expected_returns: Array = None, covariance: Array = None) -> Array:
        """Weights between the bounds; equal ones when there is no solution.

        Of the portfolios with the least variance for a return, the one with the best ratio: found by a search over that
        return, on which the ratio has a single peak.
        """
        expected, matrix = self._moments(historical_returns, expected_returns, covariance)
        excess = expected - self.risk_free_rate
        size = len(matrix)
        equal = np.full(size, 1.0 / size)
        if size == 1:
            return equal
        low, high = self._range(excess)
        best = equal
        for _ in range(6):
            grid = np.linspace(low, high, 41)
            weights = [(self._at(matrix, excess, target), target) for target in grid]
            found = [(self._ratio(w, excess, matrix), w, target) for w, target in weights if w is not None]
            if not found:
                return equal
            _, best, center = max(found, key=lambda row: row[0])
            step = (high - low) / 40
            low, high = max(low, center - step), min(high, center + step)
        return best

    def _at(self, matrix: Array, excess: Array, value: float) -> Array | None:
        equalities = np.vstack([excess, np.ones(len(matrix))])
        return minimize_variance(matrix, equalities, np.array([value, 1.0]), self.minimum_weight, self.maximum_weight)

    def _range(self, excess: Array) -> tuple[float, float]:
        """The lowest and the highest return within the bounds, with weights that add up to 1."""
        return -_extreme(-excess, self.minimum_weight, self.maximum_weight), _extreme(
            excess, self.minimum_weight, self.maximum_weight
        )

    @staticmethod
    def _ratio(weights: Array, excess: Array, matrix: Array) -> float:
        variance = float(weights @ matrix @ weights)
        return float(weights @ excess) / np.sqrt(variance) if variance > 0 else -np.inf


def _extreme(returns: Array, low: float, high: float) -> float:
    """The highest return: fill the best securities up to the bound while the weights add up to 1."""
    weights = np.full(len(returns), low)
    left = 1.0 - weights.sum()
    for i in np.argsort(-returns):
        step = min(high - low, left)
        weights[i] += step
        left -= step
    return float(weights @ returns)


class RiskParityPortfolioOptimizer(IPortfolioOptimizer):
    """Weights with which every security bears its part of the risk."""

    def __init__(self, minimum_weight: float = 1e-05, maximum_weight: float = np.finfo(float).max) -> None:
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
