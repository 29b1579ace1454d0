"""What an option on a future ties up (`Common/Securities/FutureOption/FuturesOptionsMarginModel.cs`)."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.derivatives.margin.future import FutureMarginModel
from leanib.engine.numbers import cast_double
from leanib.engine.securities.buying_power.parameters import (
    InitialMargin,
    InitialMarginParameters,
    MaintenanceMargin,
    MaintenanceMarginParameters,
)
from leanib.engine.symbols import OptionRight, PositionSide

if TYPE_CHECKING:
    from leanib.engine.securities.option import Option

__all__ = ["FuturesOptionsMarginModel"]

#: by right and side: how fast the margin grows towards the money, its maximum as a multiple of the future's, and by
#: what the future's price is multiplied to shift the curve
_CURVES = {
    (OptionRight.CALL, PositionSide.LONG): (Decimal("-7.8"), Decimal("1.20"), Decimal(1)),
    (OptionRight.PUT, PositionSide.LONG): (Decimal(9), Decimal(1), Decimal(1)),
    (OptionRight.CALL, PositionSide.SHORT): (Decimal(-4), Decimal(1), Decimal("1.5")),
    (OptionRight.PUT, PositionSide.SHORT): (Decimal("2.4"), Decimal("1.25"), Decimal("0.30")),
}


class FuturesOptionsMarginModel(FutureMarginModel):
    """The future's margin on a curve over the distance from the money."""

    def __init__(
        self, required_free_buying_power_percent: Decimal | float = 0, future_option: Option | None = None
    ) -> None:
        super().__init__(
            required_free_buying_power_percent, None if future_option is None else future_option.underlying
        )
        self._future_option = future_option

    @property
    def initial_overnight_margin_requirement_decimal(self) -> Decimal:
        """What opening a long contract needs."""
        return self._of_one(super().initial_overnight_margin_requirement_decimal)

    @property
    def maintenance_overnight_margin_requirement_decimal(self) -> Decimal:
        """What holding a long contract ties up."""
        return self._of_one(super().maintenance_overnight_margin_requirement_decimal)

    @property
    def initial_intraday_margin_requirement_decimal(self) -> Decimal:
        """What opening a long contract needs by day."""
        return self._of_one(super().initial_intraday_margin_requirement_decimal)

    @property
    def maintenance_intraday_margin_requirement_decimal(self) -> Decimal:
        """What holding a long contract ties up by day."""
        return self._of_one(super().maintenance_intraday_margin_requirement_decimal)

    def _of_one(self, requirement: Decimal) -> Decimal:
        return Decimal(self.get_margin_requirement(self._future_option, requirement))

    def get_initial_margin_requirement(self, parameters: InitialMarginParameters) -> InitialMargin:
        """What opening the position needs; signed like it."""
        quantity = parameters.quantity_decimal
        of_future = InitialMarginParameters(parameters.security.underlying, quantity)
        requirement = super().get_initial_margin_requirement(of_future).value_decimal
        return InitialMargin(self.get_margin_requirement(self._future_option, requirement, _side(quantity)))

    def get_maintenance_margin(self, parameters: MaintenanceMarginParameters) -> MaintenanceMargin:
        """What the position ties up."""
        quantity = parameters.quantity_decimal
        future = parameters.security.underlying
        of_future = MaintenanceMarginParameters.for_quantity_at_current_price(future, quantity)
        requirement = super().get_maintenance_margin(of_future).value_decimal
        return MaintenanceMargin(self.get_margin_requirement(self._future_option, requirement, _side(quantity)))

    @staticmethod
    def get_margin_requirement(
        option: Option | None, underlying_requirement: Decimal, position_side: PositionSide = PositionSide.LONG
    ) -> int:
        """The option's margin by its future's, in whole units of the currency; 0 while the future has no price."""
        assert option is not None
        assert option.underlying is not None
        price = option.underlying.price_decimal
        if not price:
            return 0
        growth, maximum, shift = _CURVES[option.right, position_side]
        price *= shift
        maximum *= underlying_requirement
        exponent = float(-growth * (option.scaled_strike_price_decimal - price) / price)
        try:
            denominator = math.e**exponent
        except OverflowError:
            return 0
        if not denominator:
            return int(maximum)
        return int(maximum / (1 + cast_double(denominator)))


def _side(quantity: Decimal) -> PositionSide:
    return PositionSide.LONG if quantity > 0 else PositionSide.SHORT
