"""Buying power: what an account may hold, and what an order needs."""

from leanib.engine.securities.buying_power.cash import CashBuyingPowerModel
from leanib.engine.securities.buying_power.extensions import BuyingPowerModelExtensions
from leanib.engine.securities.buying_power.model import BuyingPowerModel
from leanib.engine.securities.buying_power.models import (
    ConstantBuyingPowerModel,
    NullBuyingPowerModel,
    PatternDayTradingMarginModel,
    SecurityMarginModel,
)
from leanib.engine.securities.buying_power.parameters import (
    BuyingPower,
    BuyingPowerParameters,
    GetMaximumOrderQuantityForDeltaBuyingPowerParameters,
    GetMaximumOrderQuantityForTargetBuyingPowerParameters,
    GetMaximumOrderQuantityResult,
    HasSufficientBuyingPowerForOrderParameters,
    HasSufficientBuyingPowerForOrderResult,
    InitialMargin,
    InitialMarginParameters,
    InitialMarginRequiredForOrderParameters,
    MaintenanceMargin,
    MaintenanceMarginParameters,
    ReservedBuyingPowerForPosition,
    ReservedBuyingPowerForPositionParameters,
)

__all__ = [
    "BuyingPower",
    "BuyingPowerModel",
    "BuyingPowerModelExtensions",
    "BuyingPowerParameters",
    "CashBuyingPowerModel",
    "ConstantBuyingPowerModel",
    "GetMaximumOrderQuantityForDeltaBuyingPowerParameters",
    "GetMaximumOrderQuantityForTargetBuyingPowerParameters",
    "GetMaximumOrderQuantityResult",
    "HasSufficientBuyingPowerForOrderParameters",
    "HasSufficientBuyingPowerForOrderResult",
    "InitialMargin",
    "InitialMarginParameters",
    "InitialMarginRequiredForOrderParameters",
    "MaintenanceMargin",
    "MaintenanceMarginParameters",
    "NullBuyingPowerModel",
    "PatternDayTradingMarginModel",
    "ReservedBuyingPowerForPosition",
    "ReservedBuyingPowerForPositionParameters",
    "SecurityMarginModel",
]
