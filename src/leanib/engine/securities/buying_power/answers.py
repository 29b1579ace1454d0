"""What buying power models answer, and LEAN's sentences for it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.numbers import decimal_text, normalize
from leanib.engine.securities.buying_power.parameters import (
    GetMaximumOrderQuantityForTargetBuyingPowerParameters,
    GetMaximumOrderQuantityResult,
    HasSufficientBuyingPowerForOrderParameters,
    HasSufficientBuyingPowerForOrderResult,
)

if TYPE_CHECKING:
    from leanib.engine.orders.ticket import OrderTicket
    from leanib.engine.securities.portfolio import SecurityPortfolioManager
    from leanib.engine.securities.security import Security

__all__ = [
    "above_minimum_order_margin",
    "compared",
    "less_than_a_lot",
    "not_converged",
    "nothing",
    "too_small_a_change",
    "zero_price_message",
]


def above_minimum_order_margin(
    portfolio: SecurityPortfolioManager, minimum_percentage: Decimal, absolute_margin: Decimal
) -> bool:
    """Whether an order is worth its fees; while the margin is overdrawn every order is."""
    value = portfolio.total_portfolio_value_decimal
    if value * minimum_percentage <= absolute_margin:
        return True
    return portfolio.margin_remaining_at(value) <= 0


def zero_price_message(security: Security) -> str:
    """What LEAN says when a security has no price yet."""
    return (
        f"{security.symbol}: The security does not have an accurate price as it has not yet received a bar of data. "
        "Before placing a trade (or using set_holdings) warm up your algorithm with set_warmup, or use "
        "slice.contains(symbol) to confirm the Slice object has price before using the data. Data does not "
        "necessarily all arrive at the same time so your algorithm should confirm the data is ready before using it. "
        "In live trading this can mean you do not have an active subscription to the asset class you're trying to "
        "trade. If using custom data make sure you've set the 'Value' property."
    )


def compared(
    parameters: HasSufficientBuyingPowerForOrderParameters, ticket: OrderTicket, free: Decimal, needed: Decimal
) -> HasSufficientBuyingPowerForOrderResult:
    """Whether what is not filled yet of an order can be paid from the free margin."""
    order = parameters.order
    size = abs(order.quantity_decimal)
    needed = (size - abs(ticket.quantity_filled_decimal)) / size * needed
    if abs(needed) <= free:
        return parameters.sufficient()
    return parameters.insufficient(
        f"Id: {order.id}, Initial Margin: {decimal_text(normalize(needed))}, "
        f"Free Margin: {decimal_text(normalize(free))}"
    )


def too_small_a_change(
    parameters: GetMaximumOrderQuantityForTargetBuyingPowerParameters, absolute_difference: Decimal
) -> GetMaximumOrderQuantityResult | None:
    """The answer for a change of the margin that is not worth its fees; None for a larger one."""
    portfolio = parameters.portfolio
    minimum = parameters.minimum_order_margin_portfolio_percentage_decimal
    if above_minimum_order_margin(portfolio, minimum, absolute_difference):
        return None
    portfolio.note_small_order_ignored()
    least = portfolio.total_portfolio_value_decimal * minimum
    reason = (
        f"The target order margin {decimal_text(absolute_difference)} is less than the minimum {decimal_text(least)}."
    )
    return nothing(parameters, reason)


def nothing(
    parameters: GetMaximumOrderQuantityForTargetBuyingPowerParameters, reason: str
) -> GetMaximumOrderQuantityResult:
    """No order, and why unless the asker wants silence."""
    return GetMaximumOrderQuantityResult(0, None if parameters.silence_non_error_reasons else reason, False)


def less_than_a_lot(security: Security, target_order_margin: Decimal) -> str:
    """Why a quantity became nothing."""
    lot = decimal_text(security.symbol_properties.lot_size_decimal)
    return (
        f"The order quantity is less than the lot size of {lot} and has been rounded to zero. "
        f"Target order margin {decimal_text(target_order_margin)}. "
    )


def not_converged(
    parameters: GetMaximumOrderQuantityForTargetBuyingPowerParameters, target: Decimal, fee: Decimal
) -> str:
    """What LEAN raises when orders and fees chase each other."""
    security = parameters.security
    return (
        f"GetMaximumOrderQuantityForTargetBuyingPower failed to converge on the target margin: {decimal_text(target)}; "
        f"security {security.symbol.id} at {security.close}, order fee {decimal_text(fee)}, "
        f"holdings {security.holdings}, target percentage {parameters.target_buying_power * 100}"
    )
