"""LEAN's static helpers around buying power models (`Common/Securities/BuyingPowerModelExtensions.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import to_decimal, to_float
from leanib.engine.securities.buying_power.answers import above_minimum_order_margin
from leanib.engine.securities.buying_power.parameters import (
    BuyingPowerParameters,
    GetMaximumOrderQuantityForTargetBuyingPowerParameters,
    GetMaximumOrderQuantityResult,
    HasSufficientBuyingPowerForOrderParameters,
    HasSufficientBuyingPowerForOrderResult,
    InitialMarginParameters,
    MaintenanceMarginParameters,
    ReservedBuyingPowerForPositionParameters,
    exact,
)

if TYPE_CHECKING:
    from leanib.engine.orders.enums import OrderDirection
    from leanib.engine.orders.order import Order
    from leanib.engine.securities.buying_power.model import BuyingPowerModel
    from leanib.engine.securities.portfolio import SecurityPortfolioManager
    from leanib.engine.securities.security import Security

__all__ = ["BuyingPowerModelExtensions"]


class BuyingPowerModelExtensions(LeanObject):
    """Ask a model without making the parameter objects; amounts are floats."""

    @staticmethod
    def get_reserved_buying_power_for_position(model: BuyingPowerModel, security: Security) -> float:
        """What the position ties up."""
        parameters = ReservedBuyingPowerForPositionParameters(security)
        return float(model.get_reserved_buying_power_for_position(parameters).absolute_used_buying_power)

    @staticmethod
    def has_sufficient_buying_power_for_order(
        model: BuyingPowerModel, portfolio: SecurityPortfolioManager, security: Security, order: Order
    ) -> HasSufficientBuyingPowerForOrderResult:
        """Whether the order can be paid."""
        parameters = HasSufficientBuyingPowerForOrderParameters(portfolio, security, order)
        result: HasSufficientBuyingPowerForOrderResult = model.has_sufficient_buying_power_for_order(parameters)
        return result

    @staticmethod
    def get_maximum_order_quantity_for_target_buying_power(
        model: BuyingPowerModel,
        portfolio: SecurityPortfolioManager,
        security: Security,
        target: Decimal | float,
        minimum_order_margin_portfolio_percentage: Decimal | float,
    ) -> GetMaximumOrderQuantityResult:
        """The largest order towards a fraction of the portfolio value."""
        parameters = GetMaximumOrderQuantityForTargetBuyingPowerParameters(
            portfolio, security, target, minimum_order_margin_portfolio_percentage
        )
        result: GetMaximumOrderQuantityResult = model.get_maximum_order_quantity_for_target_buying_power(parameters)
        return result

    @staticmethod
    def get_buying_power(
        model: BuyingPowerModel, portfolio: SecurityPortfolioManager, security: Security, direction: OrderDirection
    ) -> float:
        """What may be spent."""
        return to_float(exact(model.get_buying_power(BuyingPowerParameters(portfolio, security, direction))))

    @staticmethod
    def get_maintenance_margin(model: BuyingPowerModel, security: Security) -> float:
        """What the position ties up."""
        return to_float(exact(model.get_maintenance_margin(MaintenanceMarginParameters.for_current_holdings(security))))

    @staticmethod
    def get_initial_margin_requirement(model: BuyingPowerModel, security: Security, quantity: Decimal | float) -> float:
        """What opening a position of that quantity needs."""
        return to_float(exact(model.get_initial_margin_requirement(InitialMarginParameters(security, quantity))))

    @staticmethod
    def above_minimum_order_margin_portfolio_percentage(
        model: BuyingPowerModel,
        security: Security,
        quantity: Decimal | float,
        portfolio_manager: SecurityPortfolioManager,
        minimum_order_margin_portfolio_percentage: Decimal | float,
    ) -> bool:
        """Whether an order of that quantity is worth its fees."""
        minimum = to_decimal(minimum_order_margin_portfolio_percentage)
        if not minimum:
            return True
        margin = exact(model.get_initial_margin_requirement(InitialMarginParameters(security, quantity)))
        return above_minimum_order_margin(portfolio_manager, minimum, abs(margin))
