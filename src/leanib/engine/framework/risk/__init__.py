"""Risk management models: they override targets."""

from leanib.engine.framework.risk.base import CompositeRiskManagementModel, NullRiskManagementModel, RiskManagementModel
from leanib.engine.framework.risk.limits import (
    MaximumDrawdownPercentPerSecurity,
    MaximumDrawdownPercentPortfolio,
    MaximumSectorExposureRiskManagementModel,
    MaximumUnrealizedProfitPercentPerSecurity,
    TrailingStopRiskManagementModel,
)

__all__ = [
    "CompositeRiskManagementModel",
    "MaximumDrawdownPercentPerSecurity",
    "MaximumDrawdownPercentPortfolio",
    "MaximumSectorExposureRiskManagementModel",
    "MaximumUnrealizedProfitPercentPerSecurity",
    "NullRiskManagementModel",
    "RiskManagementModel",
    "TrailingStopRiskManagementModel",
]
