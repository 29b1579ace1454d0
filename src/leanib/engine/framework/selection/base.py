"""What every universe selection model is (`Algorithm/Selection`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = [
    "NEVER",
    "CompositeUniverseSelectionModel",
    "NullUniverseSelectionModel",
    "UniverseSelectionModel",
    "next_refresh_time",
]


NEVER = datetime(9999, 12, 31, 23, 59, 59)
"""When a model is asked again that wants to be asked once."""


class UniverseSelectionModel(LeanObject):
    """Makes universes: define `create_universes`, and `get_next_refresh_time_utc` to make them again later."""

    def get_next_refresh_time_utc(self) -> datetime:
        """When to make the universes again (UTC)."""
        return NEVER

    def create_universes(self, algorithm: QCAlgorithm) -> Iterable[Any]:
        """The universes."""
        raise NotImplementedError(
            "Types deriving from 'UniverseSelectionModel' must implement the 'create_universes' method."
        )


def next_refresh_time(model: UniverseSelectionModel) -> datetime:
    """When a model wants to make its universes again; never, unless it says so."""
    method = getattr(model, "get_next_refresh_time_utc", None) or getattr(model, "GetNextRefreshTimeUtc", None)
    when = NEVER if method is None else method()
    return when if isinstance(when, datetime) else datetime(when.year, when.month, when.day)


class NullUniverseSelectionModel(UniverseSelectionModel):
    """Makes no universes."""

    def create_universes(self, algorithm: QCAlgorithm) -> Iterable[Any]:
        """Nothing."""
        return []


class CompositeUniverseSelectionModel(UniverseSelectionModel):
    """Several models."""

    def __init__(self, *universe_selection_models: UniverseSelectionModel) -> None:
        if not universe_selection_models:
            raise ValueError("Must specify at least 1 universe selection model for the CompositeUniverseSelectionModel")
        self._models = list(universe_selection_models)
        self._was_called = False

    def add_universe_selection(self, universe_selection_model: UniverseSelectionModel) -> None:
        """One more model."""
        self._models.append(universe_selection_model)

    def get_next_refresh_time_utc(self) -> datetime:
        """The first of the models' times."""
        return min(next_refresh_time(model) for model in self._models)

    def create_universes(self, algorithm: QCAlgorithm) -> Iterable[Any]:
        """The universes of the models that are due."""
        for model in self._models:
            when = next_refresh_time(model)
            if not self._was_called or base_of(algorithm).utc_time >= when or when == NEVER:
                yield from model.create_universes(algorithm)
        self._was_called = True
