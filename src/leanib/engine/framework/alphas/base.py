"""What every alpha model is (`Algorithm/Alphas`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from leanib.engine.framework.insight import Insight
from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market import Slice
    from leanib.engine.market.universe import SecurityChanges

__all__ = ["AlphaModel", "CompositeAlphaModel", "NullAlphaModel", "model_name"]


def model_name(model: object) -> str:
    """A model's own name, or its class's."""
    return getattr(model, "name", None) or getattr(model, "Name", None) or type(model).__name__


class AlphaModel(LeanObject):
    """Makes insights from data: define `update`, and `on_securities_changed` to follow securities."""

    name = ""

    def update(self, algorithm: QCAlgorithm, data: Slice) -> Iterable[Insight]:
        """New data: the insights they give."""
        raise NotImplementedError("Types deriving from 'AlphaModel' must implement the 'update' method.")

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Securities were added or removed."""


class NullAlphaModel(AlphaModel):
    """Makes no insights."""

    def update(self, algorithm: QCAlgorithm, data: Slice) -> Iterable[Insight]:
        """Nothing."""
        return []


class CompositeAlphaModel(AlphaModel):
    """Several models, one after the other."""

    def __init__(self, *alpha_models: AlphaModel) -> None:
        if not alpha_models:
            raise ValueError("Must specify at least 1 alpha model for the CompositeAlphaModel")
        self._models = list(alpha_models)

    def add_alpha(self, alpha_model: AlphaModel) -> None:
        """One more model."""
        self._models.append(alpha_model)

    def update(self, algorithm: QCAlgorithm, data: Slice) -> Iterable[Insight]:
        """The insights of all models."""
        for model in self._models:
            for insight in model.update(algorithm, data) or ():
                insight.source_model = insight.source_model or model_name(model)
                yield insight

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Tell all models."""
        for model in self._models:
            model.on_securities_changed(algorithm, changes)
