"""Orders as a brokerage takes them: whole lots, prices on the tick (`BrokerageTransactionHandler.RoundOrderPrices`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.brokerages.rules import remove_locate_from_non_short_order
from leanib.engine.numbers import ZERO, decimal_text
from leanib.engine.orders.combo import ComboLegLimitOrder, ComboLimitOrder
from leanib.engine.orders.models import method_of
from leanib.engine.orders.order import Order
from leanib.engine.orders.order_kinds import (
    LimitIfTouchedOrder,
    LimitOrder,
    StopLimitOrder,
    StopMarketOrder,
    TrailingStopOrder,
)
from leanib.engine.securities.price_variation import GetMinimumPriceVariationParameters

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.securities import Security

__all__ = ["OrderRounding"]

#: the prices that each kind of order has, in the order in which they are rounded
_PRICES: tuple[tuple[type[Order], tuple[str, ...]], ...] = (
    (LimitOrder, ("limit_price",)),
    (StopMarketOrder, ("stop_price",)),
    (StopLimitOrder, ("limit_price", "stop_price")),
    (LimitIfTouchedOrder, ("limit_price", "trigger_price")),
    (ComboLegLimitOrder, ("limit_price",)),
)


class OrderRounding:
    """Rounds, and tells the algorithm the first time it changes something."""

    def __init__(self, algorithm: RunStrategy) -> None:
        self._algorithm = algorithm
        self._told_of_quantity = False
        self._told_of_price = False
        self._told_of_locate = False

    def round_quantity(self, order: Order, security: Security) -> None:
        """Cut the quantity to whole lots, towards zero."""
        lot = security.symbol_properties.lot_size_decimal
        rest = order.quantity_decimal % lot
        if not rest:
            return
        order.quantity_decimal = order.quantity_decimal - rest
        if not self._told_of_quantity:
            self._told_of_quantity = True
            self._algorithm.error(
                "Warning: Due to brokerage limitations, orders will be rounded to the nearest lot size of "
                f"{decimal_text(lot)}"
            )

    def round_prices(self, order: Order, security: Security, group: list[tuple[Order, Any]] | None) -> None:
        """Round the order's prices to the security's tick; a combo's common limit when all legs are there."""
        for kind, names in _PRICES:
            if isinstance(order, kind):
                for name in names:
                    self._round_attribute(order, name, security)
        if isinstance(order, TrailingStopOrder) and not order.trailing_as_percentage:
            self._round_attribute(order, "trailing_amount", security)
        if isinstance(order, ComboLimitOrder) and group is not None:
            increments = [_increment(leg_security, leg.price_decimal) for leg, leg_security in group]
            increment = min((step for step in increments if step > 0), default=ZERO)
            limit = order.group.limit_price_decimal
            order.group.limit_price_decimal = self._rounded(limit, increment, "limit_price")

    def drop_locate(self, order: Order, security: Security) -> None:
        """Take away a locate that does not belong on the order."""
        held = security.holdings.quantity_decimal
        without = remove_locate_from_non_short_order(order.properties, order.quantity_decimal, held)
        if without is None:
            return
        order.properties = without
        if not self._told_of_locate:
            self._told_of_locate = True
            self._algorithm.error(
                "Warning: The locate broker and locate reqd fields belong only on orders that open a short position, "
                "they were removed from the order."
            )

    def _round_attribute(self, order: Order, name: str, security: Security) -> None:
        price: Decimal = getattr(order, f"{name}_decimal")
        setattr(order, f"{name}_decimal", self._rounded(price, _increment(security, price), name))

    def _rounded(self, price: Decimal, increment: Decimal, name: str) -> Decimal:
        if increment <= 0:
            return price
        rounded = (price / increment).to_integral_value() * increment
        if rounded != price and not self._told_of_price:
            self._told_of_price = True
            label = "".join(word.title() for word in name.split("_"))
            self._algorithm.error(
                f"Warning: To meet brokerage precision requirements, order {label} was rounded to "
                f"{decimal_text(rounded)} from {decimal_text(price)}"
            )
        return rounded


def _increment(security: Security, price: Decimal) -> Decimal:
    get_variation = method_of(security.price_variation_model, "get_minimum_price_variation")
    increment: Decimal = get_variation(GetMinimumPriceVariationParameters(security, price))
    return increment
