"""Strictly convex quadratic programs, by the dual method of Goldfarb and Idnani (Mathematical Programming 27, 1983).

LEAN's portfolio optimizers use the same method (Accord's `GoldfarbIdnani`). The optimum of such a program is unique;
whether there is an answer at all is decided as there: a matrix that is not positive definite has none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["Constraints", "minimize_quadratic"]

Array = Any
_TINY = 1e-12


class Constraints(NamedTuple):
    """`rows @ x >= bounds`; of the first `equalities` rows, `==`."""

    rows: Array
    bounds: Array
    equalities: int


def minimize_quadratic(matrix: Array, constraints: Constraints) -> Array | None:
    """The x with the least x'Mx that meets the constraints; None without one, or when M is not positive definite."""
    try:
        inverse = np.linalg.inv(np.linalg.cholesky(matrix))
    except np.linalg.LinAlgError:
        return None
    search = _Search(inverse, constraints)
    for _ in range(50 * (len(matrix) + len(constraints.rows))):
        worst = search.most_violated()
        if worst is None:
            return search.x
        if not search.add(worst):
            return None
    return None


class _Search:
    """A point that is optimal for the active constraints, which are taken in one after another."""

    def __init__(self, inverse: Array, constraints: Constraints) -> None:
        self._inverse = inverse
        self._rows, self._bounds = constraints.rows, constraints.bounds
        self._equalities = constraints.equalities
        self._sizes = np.maximum(np.linalg.norm(self._rows, axis=1), _TINY)
        self._active: list[int] = []
        self._signs: list[float] = []
        self._multipliers = np.zeros(0)
        self.x = np.zeros(len(inverse))

    def most_violated(self) -> int | None:
        """The constraint that is missed by most; None when all are met."""
        slack = (self._rows @ self.x - self._bounds) / self._sizes
        slack[: self._equalities] = -np.abs(slack[: self._equalities])
        slack[self._active] = 0.0
        worst = int(np.argmin(slack))
        return worst if slack[worst] < -_TINY else None

    def add(self, index: int) -> bool:
        """Meet a constraint, and let go of those that stand in its way; False when it cannot be met."""
        slack = float(self._rows[index] @ self.x - self._bounds[index])
        sign = -1.0 if slack > 0 else 1.0
        normal, own = sign * self._rows[index], 0.0
        while True:
            step, pull = self._directions(normal)
            dual, leaving = self._longest(pull)
            gain = float(step @ normal)
            missing = float(sign * self._bounds[index] - normal @ self.x)
            primal = missing / gain if gain > _TINY * float(normal @ normal) * self._scale() else np.inf
            length = min(dual, primal)
            if not np.isfinite(length):
                return False
            if np.isfinite(primal):
                self.x = self.x + length * step
            self._multipliers = self._multipliers - length * pull
            own += length
            if length == primal:
                self._active.append(index)
                self._signs.append(sign)
                self._multipliers = np.append(self._multipliers, own)
                return True
            self._drop(leaving)

    def _scale(self) -> float:
        return float(np.max(np.abs(self._inverse)) ** 2)

    def _directions(self, normal: Array) -> tuple[Array, Array]:
        """How x moves toward the constraint, and how fast the active ones lose their hold."""
        target = self._inverse @ normal
        if not self._active:
            return self._inverse.T @ target, np.zeros(0)
        held = self._inverse @ (self._rows[self._active] * np.array(self._signs)[:, None]).T
        basis, triangle = np.linalg.qr(held)
        within = basis.T @ target
        return self._inverse.T @ (target - basis @ within), np.linalg.solve(triangle, within)

    def _longest(self, pull: Array) -> tuple[float, int]:
        """How far until an active inequality lets go, and which."""
        found = [
            (self._multipliers[place] / pull[place], place)
            for place, index in enumerate(self._active)
            if index >= self._equalities and pull[place] > _TINY
        ]
        return min(found, default=(np.inf, -1))

    def _drop(self, place: int) -> None:
        del self._active[place], self._signs[place]
        self._multipliers = np.delete(self._multipliers, place)
