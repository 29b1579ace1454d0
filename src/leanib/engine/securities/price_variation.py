"""The smallest step of a price (`Common/Securities/*PriceVariationModel.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ONE, ZERO, to_decimal

if TYPE_CHECKING:
    from leanib.engine.securities.security import Security

__all__ = [
    "AdjustedPriceVariationModel",
    "EquityPriceVariationModel",
    "GetMinimumPriceVariationParameters",
    "SecurityPriceVariationModel",
]


class GetMinimumPriceVariationParameters(LeanObject):
    """The security, and the price whose step is asked for."""

    __slots__ = ("reference_price", "security")

    def __init__(self, security: Security, reference_price: Decimal | float) -> None:
        self.security = security
        self.reference_price = to_decimal(reference_price)


class SecurityPriceVariationModel(LeanObject):
    """The step that the symbol properties give."""

    def get_minimum_price_variation(self, parameters: GetMinimumPriceVariationParameters) -> Decimal:
        """The step, exactly."""
        return parameters.security.symbol_properties.minimum_price_variation_decimal


class EquityPriceVariationModel(SecurityPriceVariationModel):
    """A hundredth of a cent below one dollar (SEC rule 612), otherwise what the symbol properties give."""

    def get_minimum_price_variation(self, parameters: GetMinimumPriceVariationParameters) -> Decimal:
        """The step, exactly."""
        if not parameters.security.symbol.asset.has_sub_penny_steps:
            raise ValueError(f"EquityPriceVariationModel is for equities, not for {parameters.security.type.lean_name}")
        if parameters.reference_price < ONE:
            return Decimal("0.0001")
        return super().get_minimum_price_variation(parameters)


class AdjustedPriceVariationModel(LeanObject):
    """No step: adjusted prices have any number of decimals."""

    def get_minimum_price_variation(self, parameters: GetMinimumPriceVariationParameters) -> Decimal:
        """Zero."""
        return ZERO
