"""What an option is worth when it is exercised (`Common/Util/OptionPayoff.cs`, `Option.cs`)."""

from __future__ import annotations

from decimal import Decimal

from leanib.engine.numbers import ZERO
from leanib.engine.symbols import OptionRight

__all__ = ["exercise_quantity", "intrinsic_value", "is_auto_exercised", "out_of_the_money_amount", "payoff"]

_ONE_CENT = Decimal("0.01")


def payoff(underlying_price: Decimal, strike: Decimal, right: OptionRight) -> Decimal:
    """How far in the money, negative for out of it; the strike in the underlying's scale."""
    return underlying_price - strike if right is OptionRight.CALL else strike - underlying_price


def intrinsic_value(underlying_price: Decimal, strike: Decimal, right: OptionRight) -> Decimal:
    """The payoff, or nothing."""
    return max(ZERO, payoff(underlying_price, strike, right))


def out_of_the_money_amount(underlying_price: Decimal, strike: Decimal, right: OptionRight) -> Decimal:
    """How far out of the money, or nothing."""
    return max(ZERO, -payoff(underlying_price, strike, right))


def is_auto_exercised(underlying_price: Decimal, strike: Decimal, right: OptionRight) -> bool:
    """Whether it is exercised at expiry: from a cent on."""
    return intrinsic_value(underlying_price, strike, right) >= _ONE_CENT


def exercise_quantity(order_quantity: Decimal, contract_unit_of_trade: Decimal | int, right: OptionRight) -> Decimal:
    """The signed quantity of the underlying that an exercise order brings; the order of who is long is negative."""
    return (-order_quantity if right is OptionRight.CALL else order_quantity) * contract_unit_of_trade
