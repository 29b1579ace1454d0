"""Whether the best point stands alone: what is good in one place only is mostly luck there."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leanib.operations.optimize.space import Parameter, Point, Target

__all__ = ["Peak", "look_around"]

_LEAST = 2
_REACH = 0.15
"""Share of a range within which a point counts as near, where the grid's own neighbours were not tried."""
_HALF = 0.5


@dataclass(frozen=True)
class Peak:
    """The best point and what is around it.

    Attributes:
        neighbours: How many points near it have a value.
        support: How much of the best's distance from the middle of all values its neighbours' middle keeps: 1 is a
            plateau, 0 a lonely peak. None where too few were tried.
    """

    neighbours: int
    support: float | None

    @property
    def is_lonely(self) -> bool:
        """Whether the neighbours keep less than half of it."""
        return self.support is not None and self.support < _HALF

    @property
    def words(self) -> str:
        """For people."""
        if self.support is None:
            return "whether the best stands alone is not known: too few points near it were tried"
        kept = f"its {self.neighbours} neighbours keep {max(self.support, 0.0):.0%} of what sets it apart from the rest"
        if self.is_lonely:
            return f"the best is a lonely peak: {kept}; a small change of the parameters, or of the market, loses it"
        return f"the best stands on a plateau: {kept}"


def look_around(
    best: Point, values: Mapping[str, tuple[Point, float]], parameters: Sequence[Parameter], target: Target
) -> Peak:
    """Compares the best point with those near it.

    Args:
        best: The point.
        values: Every point that has a value, by its text.
        parameters: The ranges.
        target: Which direction is good.
    """
    others = [(point, value) for text, (point, value) in values.items() if text != best.text]
    near = [value for point, value in others if _near(best, point, parameters)]
    if len(near) < _LEAST or len(others) <= len(near):
        return Peak(len(near), None)
    sign = 1.0 if target.larger else -1.0
    top = sign * values[best.text][1]
    middle = statistics.median(sign * value for _, value in others)
    if top <= middle:
        return Peak(len(near), 1.0)
    return Peak(len(near), (statistics.median(sign * value for value in near) - middle) / (top - middle))


def _near(best: Point, point: Point, parameters: Sequence[Parameter]) -> bool:
    """Whether no parameter is further away than a step, or than a small share of a fine range."""
    return all(
        abs(one.number_of(point.parameters[one.name]) - one.number_of(best.parameters[one.name]))
        <= max(1, round(_REACH * (one.count - 1)))
        for one in parameters
    )
