"""What an option position ties up (`Common/Securities/Option/OptionMarginModel.cs`, `OptionInitialMargin.cs`).

A long option costs its premium. A short one ties up the premium and, for each contract, a tenth of the underlying's
value (puts: of the strike's), or a fifth (index options: fifteen hundredths) of the underlying's value less what it is
out of the money, if that is more.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, cast

from leanib.engine.derivatives.options.value import out_of_the_money_amount
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.exchanges.symbol_properties import SymbolProperties
from leanib.engine.numbers import ONE, ZERO
from leanib.engine.numbers.exact import FloatView
from leanib.engine.securities.buying_power.model import BuyingPowerModel
from leanib.engine.securities.buying_power.models import SecurityMarginModel
from leanib.engine.securities.buying_power.parameters import (
    InitialMargin,
    InitialMarginParameters,
    InitialMarginRequiredForOrderParameters,
    MaintenanceMargin,
    MaintenanceMarginParameters,
)
from leanib.engine.securities.fees import order_fee
from leanib.engine.symbols import OptionRight, SecurityType

if TYPE_CHECKING:
    from leanib.engine.securities import Security
    from leanib.engine.securities.option import Option

__all__ = ["OptionInitialMargin", "OptionMarginModel"]

_NAKED = Decimal("0.1")
_OUT_OF_THE_MONEY = {SecurityType.OPTION: Decimal("0.2")}
_OUT_OF_THE_MONEY_OTHERWISE = Decimal("0.15")


class OptionInitialMargin(InitialMargin):
    """What opening an option position needs: its value is that without the premium, and the premium if it is paid."""

    __slots__ = ("premium_decimal", "value_without_premium_decimal")

    premium = FloatView()
    value_without_premium = FloatView()

    def __init__(self, value: Decimal, premium: Decimal) -> None:
        super().__init__(value + max(premium, ZERO))
        self.premium_decimal = premium
        self.value_without_premium_decimal = value


class OptionMarginModel(SecurityMarginModel):
    """The margin of one option, by itself."""

    def __init__(self, required_free_buying_power_percent: Decimal | float = 0) -> None:
        BuyingPowerModel.__init__(self, 1, required_free_buying_power_percent)

    def get_leverage(self, security: Security) -> float:
        """Options are not bought on margin."""
        return 1.0

    def set_leverage(self, security: Security, leverage: Decimal | float) -> None:
        """Refused."""
        raise InvalidOperationException("Options are leveraged products and different leverage cannot be set by user")

    def get_initial_margin_required_for_order(
        self, parameters: InitialMarginRequiredForOrderParameters
    ) -> InitialMargin:
        """What an order needs with its fee; signed like it."""
        security, order = parameters.security, parameters.order
        fee = parameters.currency_converter.convert_to_account_currency(order_fee(security, order)).amount_decimal
        value = order.get_value_decimal(security)
        margin = value * _requirement(cast("Option", security), order.quantity_decimal, value)
        return InitialMargin(margin + _sign(margin) * fee)

    def get_maintenance_margin(self, parameters: MaintenanceMarginParameters) -> MaintenanceMargin:
        """What a short position ties up; a long one nothing."""
        if parameters.quantity_decimal >= 0:
            return MaintenanceMargin(0)
        requirement = _requirement(
            cast("Option", parameters.security), parameters.quantity_decimal, parameters.holdings_cost_decimal
        )
        return MaintenanceMargin(parameters.absolute_holdings_cost_decimal * requirement)

    def get_initial_margin_requirement(self, parameters: InitialMarginParameters) -> InitialMargin:
        """What opening the position needs, told with its premium; signed like it."""
        security, quantity = parameters.security, parameters.quantity_decimal
        value = (
            security.quote_currency.conversion_rate_decimal
            * security.symbol_properties.contract_multiplier_decimal
            * security.price_decimal
            * quantity
        )
        return OptionInitialMargin(
            ZERO if quantity >= 0 else value * _requirement(cast("Option", security), quantity, value), value
        )


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def _requirement(option: Option, quantity: Decimal, value: Decimal) -> Decimal:
    """The margin of a position as a multiple of its signed value."""
    underlying = option.underlying
    if not (value and option.close_decimal and option.strike_price_decimal and underlying is not None):
        return ZERO
    if not underlying.close_decimal:
        return ZERO
    if value > 0:
        return ONE
    return ONE + abs(quantity) * _naked_part(option, underlying.close_decimal, -value)


def _naked_part(option: Option, price: Decimal, absolute_value: Decimal) -> Decimal:
    """What one contract needs beside its premium, in the same unit; LEAN's order of the operations."""
    properties: SymbolProperties = option.symbol_properties
    units = Decimal(option.contract_unit_of_trade)
    assert option.underlying is not None
    multiplier_ratio: Decimal = (
        option.underlying.symbol_properties.contract_multiplier_decimal / properties.contract_multiplier_decimal
    )
    unit_value = absolute_value / units
    underlying_value = multiplier_ratio * units * ((price / properties.strike_multiplier_decimal) / unit_value)
    amount = out_of_the_money_amount(price, option.scaled_strike_price_decimal, option.right)
    out_of_the_money = multiplier_ratio * units * (amount / unit_value)
    strike_value = multiplier_ratio * units * (option.strike_price_decimal / unit_value)
    naked = _NAKED * (underlying_value if option.right is OptionRight.CALL else strike_value)
    share = _OUT_OF_THE_MONEY.get(option.type, _OUT_OF_THE_MONEY_OTHERWISE)
    return max(naked, share * underlying_value - out_of_the_money)
