"""What exercising an option does (`Common/Orders/OptionExercise/DefaultExerciseModel.cs`).

A model is any object with `option_exercise(option, order)`, which gives the order's events.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.derivatives.options.value import exercise_quantity, is_auto_exercised
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, decimal_text
from leanib.engine.orders.enums import OrderStatus
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.orders.file_prices import exact_last_price
from leanib.engine.orders.order import direction_of
from leanib.engine.symbols import SettlementType

if TYPE_CHECKING:
    from leanib.engine.orders.order_kinds import OptionExerciseOrder
    from leanib.engine.securities.option import Option
    from leanib.engine.symbols import Symbol

__all__ = ["DefaultExerciseModel"]


class DefaultExerciseModel(LeanObject):
    """The option is gone; in the money the underlying comes at the strike, unless it is settled in cash."""

    def option_exercise(self, option: Option, order: OptionExerciseOrder) -> list[OrderEvent]:
        """One fill of the option at nothing, and one of the underlying."""
        underlying = option.underlying
        assert underlying is not None
        strike, right = option.scaled_strike_price_decimal, option.symbol.id.option_right
        in_the_money = is_auto_exercised(underlying.close_decimal, strike, right)
        assigned = in_the_money and option.holdings.is_short
        tag = ("Assigned" if assigned else "Automatic Exercise") if in_the_money else "OTM"
        text = f"{tag}. Underlying: {decimal_text(exact_last_price(underlying))}"
        first = _filled(option, order, option.symbol, ZERO, order.quantity_decimal, text)
        first.is_assignment, first.is_in_the_money = assigned, in_the_money
        if not in_the_money or option.exercise_settlement is not SettlementType.PHYSICAL_DELIVERY:
            return [first]
        quantity = exercise_quantity(order.quantity_decimal, option.contract_unit_of_trade, right)
        text = "Option Assignment" if assigned else "Option Exercise"
        second = _filled(option, order, underlying.symbol, option.strike_price_decimal, quantity, text)
        second.is_in_the_money = True
        return [first, second]


def _filled(
    option: Option, order: OptionExerciseOrder, symbol: Symbol, price: Decimal, quantity: Decimal, message: str
) -> OrderEvent:
    now = option.exchange.time_zone.to_utc(option.local_time)
    direction, status = direction_of(quantity), OrderStatus.FILLED
    return OrderEvent(order.id, symbol, now, status, direction, price, quantity, OrderFee.ZERO, message)
