"""`self.universe`: ready-made universes (`Algorithm/UniverseDefinitions.cs`)."""
from __future__ import annotations

from typing import Any

from leanib.engine.market.universe import UNCHANGED
from leanib.engine.naming import LeanObject

__all__ = ["UniverseDefinitions"]


class UniverseDefinitions(LeanObject):
    """Makes universes for an algorithm."""

    UNCHANGED = UNCHANGED

    def __init__(self, algorithm: Any) -> None:
        self._algorithm = algorithm
