"""Margin models for particular accounts (`Common/Securities/*MarginModel.cs`, `ConstantBuyingPowerModel.cs` ...)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.numbers import ONE, to_decimal
from leanib.engine.securities.buying_power.model import BuyingPowerModel
from leanib.engine.securities.buying_power.parameters import (
    HasSufficientBuyingPowerForOrderParameters,
    HasSufficientBuyingPowerForOrderResult,
    InitialMargin,
    InitialMarginParameters,
    MaintenanceMargin,
    MaintenanceMarginParameters,
)

if TYPE_CHECKING:
    from leanib.engine.securities.security import Security

__all__ = [
    "ConstantBuyingPowerModel",
    "NullBuyingPowerModel",
    "PatternDayTradingMarginModel",
    "SecurityMarginModel",
]


class SecurityMarginModel(BuyingPowerModel):
    """A margin account with a fixed leverage."""


class PatternDayTradingMarginModel(SecurityMarginModel):
    """Higher leverage while the market is open: by default 4 then, and 2 when it is closed or closes in ten minutes."""

    def __init__(self, closed_market_leverage: Decimal | float = 2, open_market_leverage: Decimal | float = 4) -> None:
        super().__init__(open_market_leverage)
        self._closed_margin_correction_factor = to_decimal(open_market_leverage) / to_decimal(closed_market_leverage)

    def set_leverage(self, security: Security, leverage: Decimal | float) -> None:
        """Ignored: the leverages are given once."""

    def get_leverage(self, security: Security) -> float:
        """The leverage now."""
        return super().get_leverage(security) / float(self._correction(security))

    def get_initial_margin_requirement(self, parameters: InitialMarginParameters) -> InitialMargin:
        """What opening the position needs now."""
        margin = super().get_initial_margin_requirement(parameters).value_decimal
        return InitialMargin(margin * self._correction(parameters.security))

    def get_maintenance_margin(self, parameters: MaintenanceMarginParameters) -> MaintenanceMargin:
        """What the position ties up now."""
        margin = super().get_maintenance_margin(parameters).value_decimal
        return MaintenanceMargin(margin * self._correction(parameters.security))

    def _correction(self, security: Security) -> Decimal:
        exchange = security.exchange
        if exchange.exchange_open and not exchange.closing_soon:
            return ONE
        return self._closed_margin_correction_factor


class ConstantBuyingPowerModel(BuyingPowerModel):
    """A fixed margin per unit, in the account currency."""

    def __init__(self, margin_required_per_unit_in_account_currency: Decimal | float) -> None:
        super().__init__()
        self._margin_per_unit = to_decimal(margin_required_per_unit_in_account_currency)

    def set_leverage(self, security: Security, leverage: Decimal | float) -> None:
        """Ignored: the margin does not depend on it."""

    def get_initial_margin_requirement(self, parameters: InitialMarginParameters) -> InitialMargin:
        """Quantity times the constant."""
        return InitialMargin(parameters.quantity_decimal * self._margin_per_unit)

    def get_maintenance_margin(self, parameters: MaintenanceMarginParameters) -> MaintenanceMargin:
        """Quantity times the constant."""
        return MaintenanceMargin(parameters.absolute_quantity_decimal * self._margin_per_unit)


class NullBuyingPowerModel(BuyingPowerModel):
    """No margin: everything can be paid."""

    def get_maintenance_margin(self, parameters: MaintenanceMarginParameters) -> MaintenanceMargin:
        """Nothing."""
        return MaintenanceMargin(0)

    def has_sufficient_buying_power_for_order(
        self, parameters: HasSufficientBuyingPowerForOrderParameters
    ) -> HasSufficientBuyingPowerForOrderResult:
        """Always."""
        return parameters.sufficient()


BuyingPowerModel.NULL = BuyingPowerModel.Null = NullBuyingPowerModel()
