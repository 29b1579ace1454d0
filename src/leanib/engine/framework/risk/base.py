"""What every risk management model is (`Algorithm/Risk`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from leanib.engine.framework.portfolio_target import PortfolioTarget
from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.market.universe import SecurityChanges

__all__ = ["CompositeRiskManagementModel", "NullRiskManagementModel", "RiskManagementModel"]


class RiskManagementModel(LeanObject):
    """Overrides targets: define `manage_risk`."""

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> Iterable[PortfolioTarget]:
        """New targets, or none: the targets that take their place."""
        raise NotImplementedError("Types deriving from 'RiskManagementModel' must implement the 'manage_risk' method.")

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Securities were added or removed."""


class NullRiskManagementModel(RiskManagementModel):
    """Overrides nothing."""

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> Iterable[PortfolioTarget]:
        """Nothing."""
        return []


class CompositeRiskManagementModel(RiskManagementModel):
    """Several models, each on the targets that the last one left."""

    def __init__(self, *risk_management_models: Any) -> None:
        if len(risk_management_models) == 1 and isinstance(risk_management_models[0], (list, tuple)):
            risk_management_models = tuple(risk_management_models[0])
        if not risk_management_models:
            raise ValueError("Must specify at least 1 risk management model for the CompositeRiskManagementModel")
        self._models = list(risk_management_models)

    def add_risk_management(self, risk_management_model: object) -> None:
        """One more model."""
        self._models.append(risk_management_model)

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> Iterable[PortfolioTarget]:
        """The targets after all models."""
        for model in self._models:
            first: dict[Any, PortfolioTarget] = {}
            for target in (*model.manage_risk(algorithm, targets), *targets):
                first.setdefault(target.symbol, target)
            targets = list(first.values())
        return targets

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Tell all models."""
        for model in self._models:
            model.on_securities_changed(algorithm, changes)
