"""Orders whose legs fill together or not at all (`Common/Orders/ComboOrder.cs`, `GroupOrderManager.cs`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ONE, ZERO, normalize, to_decimal
from leanib.engine.numbers.exact import ExactDecimal, FloatView
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.order import Order, direction_of
from leanib.engine.orders.order_kinds import bounded_value
from leanib.engine.orders.properties import OrderProperties
from leanib.engine.symbols import Symbol

if TYPE_CHECKING:
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.orders.requests import UpdateOrderRequest
    from leanib.engine.orders.traded import TradedSecurity

__all__ = [
    "ComboLegLimitOrder",
    "ComboLimitOrder",
    "ComboMarketOrder",
    "ComboOrder",
    "GroupOrderManager",
    "Leg",
    "greatest_common_divisor",
    "group_orders",
]


class GroupOrderManager(LeanObject):
    """What the legs of one combo order share."""

    quantity_decimal = ExactDecimal()
    quantity = FloatView()
    limit_price_decimal = ExactDecimal()
    limit_price = FloatView()

    def __init__(
        self, leg_count: int, quantity: Decimal | float, limit_price: Decimal | float = ZERO, id: int = 0
    ) -> None:
        self.id = id
        self.count = leg_count
        self.quantity_decimal = to_decimal(quantity)
        self.limit_price_decimal = to_decimal(limit_price)
        self.order_ids: List[int] = List()

    def add_order_id(self, order_id: int) -> None:
        """Remember a leg's id, once."""
        if order_id not in self.order_ids:
            self.order_ids.append(order_id)

    @property
    def direction(self) -> OrderDirection:
        """Whether the combo as a whole is bought or sold."""
        return direction_of(self.quantity_decimal)

    @property
    def absolute_quantity(self) -> float:
        """How many times the legs' ratios are traded."""
        return abs(self.quantity)


class Leg(LeanObject):
    """One leg of a combo order: symbol, signed ratio, and a limit price of its own or None."""

    def __init__(self, symbol: Symbol, quantity: int, order_price: float | None = None) -> None:
        self.symbol = symbol
        self.quantity = quantity
        self.order_price = order_price

    @classmethod
    def create(cls, symbol: Symbol, quantity: int, limit_price: float | None = None) -> Leg:
        """A leg."""
        return cls(symbol, quantity, limit_price)


class ComboOrder(Order):
    """Base of the legs of combo orders; the quantity is the leg's ratio times the group's quantity."""

    def __init__(
        self,
        symbol: Symbol,
        quantity: Decimal | float,
        time: datetime,
        group_order_manager: GroupOrderManager,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        super().__init__(symbol, quantity, time, tag, properties, group_order_manager)

    @property
    def group(self) -> GroupOrderManager:
        """The group this leg belongs to."""
        assert self.group_order_manager is not None
        return self.group_order_manager

    @property
    def quantity_decimal(self) -> Decimal:
        """The exact signed quantity of this leg."""
        return normalize(self._ratio * self.group.quantity_decimal)

    @quantity_decimal.setter
    def quantity_decimal(self, value: Decimal) -> None:
        self._ratio = value / self.group.quantity_decimal

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        """Take over the tag; a quantity changes the whole group."""
        if request.order_id != self.id:
            raise ArgumentException("Attempted to apply updates to the incorrect order!")
        if request.tag is not None:
            self.tag = request.tag
        if request.quantity_decimal is not None:
            self.group.quantity_decimal = request.quantity_decimal


class ComboMarketOrder(ComboOrder):
    """A leg that fills at the market together with the others."""

    order_type = OrderType.COMBO_MARKET


class ComboLimitOrder(ComboOrder):
    """A leg of a combo with one limit on the sum of the legs."""

    order_type = OrderType.COMBO_LIMIT

    def __init__(
        self,
        symbol: Symbol,
        quantity: Decimal | float,
        limit_price: Decimal | float,
        time: datetime,
        group_order_manager: GroupOrderManager,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        super().__init__(symbol, quantity, time, group_order_manager, tag, properties)
        self.group.limit_price_decimal = to_decimal(limit_price)

    def _quote_value(self, security: TradedSecurity) -> Decimal:
        return bounded_value(self.quantity_decimal, self.group.limit_price_decimal, security.price_decimal)

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        """Take over tag, and for the group quantity and limit price."""
        super().apply_update_order_request(request)
        if request.limit_price_decimal is not None:
            self.group.limit_price_decimal = request.limit_price_decimal


class ComboLegLimitOrder(ComboOrder):
    """A leg of a combo with a limit of its own."""

    order_type = OrderType.COMBO_LEG_LIMIT
    limit_price_decimal = ExactDecimal()
    limit_price = FloatView()

    def __init__(
        self,
        symbol: Symbol,
        quantity: Decimal | float,
        limit_price: Decimal | float,
        time: datetime,
        group_order_manager: GroupOrderManager,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        super().__init__(symbol, quantity, time, group_order_manager, tag, properties)
        self.limit_price_decimal = to_decimal(limit_price)

    def _quote_value(self, security: TradedSecurity) -> Decimal:
        return bounded_value(self.quantity_decimal, self.limit_price_decimal, security.price_decimal)

    def write_prices(self, event: OrderEvent) -> None:
        """The leg's limit."""
        event.limit_price_decimal = self.limit_price_decimal

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        """Take over tag, the group's quantity and this leg's limit price."""
        super().apply_update_order_request(request)
        if request.limit_price_decimal is not None:
            self.limit_price_decimal = request.limit_price_decimal


def group_orders(order: Order, find: Callable[[int], Order | None]) -> list[Order] | None:
    """The order with all other legs of its group by id, or None while some are missing (`TryGetGroupOrders`)."""
    manager = order.group_order_manager
    if manager is None:
        return [order]
    orders = [order]
    for order_id in manager.order_ids:
        if order_id != order.id:
            other = find(order_id)
            if other is None:
                return None
            orders.append(other)
    return sorted(orders, key=lambda leg: leg.id) if len(orders) == manager.count else None


def greatest_common_divisor(values: Iterable[Decimal | int]) -> Decimal:
    """The largest whole number that divides all (`Extensions.GreatestCommonDivisor`)."""
    result = math.gcd(*[int(value) for value in values])
    return Decimal(result) if result else ONE
