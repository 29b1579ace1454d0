"""When short options are assigned early (`Common/Securities/Option/*OptionAssignment*.cs`).

A model is any object with `get_assignment(parameters)`, which answers None or a result.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.derivatives.options.value import exercise_quantity, payoff
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.numbers.exact import ExactDecimal, FloatView
from leanib.engine.orders.fees.fee_model import OrderFeeParameters
from leanib.engine.orders.order_kinds import MarketOrder, OptionExerciseOrder
from leanib.engine.symbols import OptionRight, OptionStyle, SettlementType

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.securities import Security
    from leanib.engine.securities.option import Option

__all__ = [
    "DefaultOptionAssignmentModel",
    "NullOptionAssignmentModel",
    "OptionAssignmentParameters",
    "OptionAssignmentResult",
]


class OptionAssignmentParameters(LeanObject):
    """The option that may be assigned: its security."""

    def __init__(self, option: Option) -> None:
        self.option = option


class OptionAssignmentResult(LeanObject):
    """How many contracts are assigned, and what the order is tagged with."""

    NULL: ClassVar[OptionAssignmentResult]
    Null: ClassVar[OptionAssignmentResult]
    quantity_decimal = ExactDecimal()
    quantity = FloatView()

    def __init__(self, quantity: Decimal | float, tag: str) -> None:
        self.quantity_decimal = to_decimal(quantity)
        self.tag = tag


OptionAssignmentResult.NULL = OptionAssignmentResult.Null = OptionAssignmentResult(0, "")


class NullOptionAssignmentModel(LeanObject):
    """No early assignment."""

    def get_assignment(self, parameters: OptionAssignmentParameters) -> OptionAssignmentResult:
        """None."""
        return OptionAssignmentResult.NULL


class DefaultOptionAssignmentModel(LeanObject):
    """Assigns deep in the money shortly before expiry, when exercising pays more than selling.

    American options from four days before on, European ones on their last day.
    """

    def __init__(
        self,
        required_in_the_money_percent: Decimal | float = Decimal("0.05"),
        prior_expiration: timedelta = timedelta(days=4),
    ) -> None:
        self._required = to_decimal(required_in_the_money_percent)
        self._prior_expiration = prior_expiration

    def get_assignment(self, parameters: OptionAssignmentParameters) -> OptionAssignmentResult:
        """All contracts, or none."""
        option = parameters.option
        if self._expires_soon(option) and self._is_deep_in_the_money(option) and _exercising_pays(option) > 0:
            held = abs(option.holdings.quantity_decimal)
            return OptionAssignmentResult(held, "Simulated option assignment before expiration")
        return OptionAssignmentResult.NULL

    def _expires_soon(self, option: Option) -> bool:
        identifier = option.symbol.id
        if identifier.option_style is OptionStyle.AMERICAN:
            return bool(identifier.date - option.local_time <= self._prior_expiration)
        return bool(identifier.date.date() == option.local_time.date())

    def _is_deep_in_the_money(self, option: Option) -> bool:
        assert option.underlying is not None
        price, right = option.underlying.close_decimal, option.symbol.id.option_right
        if not price:
            return False
        return bool(payoff(price, option.scaled_strike_price_decimal, right) / price > self._required)


def _fee(security: Security, order: Order) -> Decimal:
    fee: Decimal = security.fee_model.get_order_fee(OrderFeeParameters(security, order)).value.amount_decimal
    rate: Decimal = security.quote_currency.conversion_rate_decimal
    return fee * rate


def _utc(security: Security) -> Any:
    return security.exchange.time_zone.to_utc(security.local_time)


def _exercising_pays(option: Option) -> Decimal:
    """What the holder gains by exercising and selling the underlying, over selling the option at its bid.

    As in LEAN the contract's unit is in the quantity and once more in the proceeds: they win but for absurd bids.
    """
    underlying, held = option.underlying, option.holdings.quantity_decimal
    assert underlying is not None
    average = option.holdings.average_price_decimal
    rate: Decimal = option.quote_currency.conversion_rate_decimal
    multiplier = option.symbol_properties.contract_multiplier_decimal
    sold: Decimal = (option.bid_price_decimal - average) * -held * rate * multiplier
    sold -= _fee(option, MarketOrder(option.symbol, -held, _utc(option)))
    right, units = option.symbol.id.option_right, option.contract_unit_of_trade
    quantity = exercise_quantity(held, units, right)
    price = underlying.bid_price_decimal if right is OptionRight.CALL else underlying.ask_price_decimal
    exercised: Decimal = (
        (price - option.scaled_strike_price_decimal)
        * quantity
        * underlying.quote_currency.conversion_rate_decimal
        * units
    )
    exercised -= _closing_fee(option, quantity) + average * abs(held) * multiplier * rate
    return exercised - _fee(option, OptionExerciseOrder(option.symbol, abs(held), _utc(option))) - sold


def _closing_fee(option: Option, quantity: Decimal) -> Decimal:
    """The fee of selling what is delivered; cash settlement delivers nothing."""
    if option.exercise_settlement is not SettlementType.PHYSICAL_DELIVERY:
        return ZERO
    underlying = option.underlying
    assert underlying is not None
    return _fee(underlying, MarketOrder(underlying.symbol, -quantity, _utc(underlying)))
