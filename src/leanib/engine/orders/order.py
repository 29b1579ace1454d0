"""The order: what every kind has in common (`Common/Orders/Order.cs`)."""

from __future__ import annotations

import copy
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, decimal_text, normalize, to_decimal, to_float
from leanib.engine.numbers.exact import ExactDecimal, FloatView
from leanib.engine.orders.enums import OrderDirection, OrderStatus, OrderType
from leanib.engine.orders.properties import OrderProperties
from leanib.engine.orders.time_in_force import TimeInForce
from leanib.engine.symbols import DataNormalizationMode, SecurityType, Symbol
from leanib.engine.timezones.utc_time import UtcView

if TYPE_CHECKING:
    from leanib.engine.orders.combo import GroupOrderManager
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.orders.requests import UpdateOrderRequest
    from leanib.engine.orders.traded import TradedSecurity

__all__ = ["Order", "OrderSubmissionData", "direction_of"]


def direction_of(quantity: Decimal) -> OrderDirection:
    """Buy for a positive quantity, sell for a negative one."""
    if quantity > 0:
        return OrderDirection.BUY
    return OrderDirection.SELL if quantity < 0 else OrderDirection.HOLD


class OrderSubmissionData(LeanObject):
    """Bid, ask and last price when the order was submitted; the decimals' scale is part of the order list's hash."""

    is_made_often = True

    bid_price_decimal = ExactDecimal()
    ask_price_decimal = ExactDecimal()
    last_price_decimal = ExactDecimal()
    bid_price = FloatView()
    ask_price = FloatView()
    last_price = FloatView()

    def __init__(self, bid_price: Decimal | float, ask_price: Decimal | float, last_price: Decimal | float) -> None:
        self.bid_price_decimal = to_decimal(bid_price)
        self.ask_price_decimal = to_decimal(ask_price)
        self.last_price_decimal = to_decimal(last_price)

    def clone(self) -> OrderSubmissionData:
        """A copy."""
        return copy.copy(self)


class Order(LeanObject):
    """Base of all orders. Times are UTC; `quantity` is signed; `price` is what it was filled at."""

    is_made_often = True

    order_type: ClassVar[OrderType]

    price_decimal = ExactDecimal(normalized=True)
    price = FloatView()
    quantity = FloatView()
    time = UtcView()
    last_fill_time = UtcView()
    last_update_time = UtcView()
    canceled_time = UtcView()

    def __init__(
        self,
        symbol: Symbol,
        quantity: Decimal | float,
        time: datetime,
        tag: str = "",
        properties: OrderProperties | None = None,
        group_order_manager: GroupOrderManager | None = None,
    ) -> None:
        self._id = 0
        self._event_id = 0
        self.contingent_id = 0
        self.broker_id: List[str] = List()
        self.symbol = symbol
        self.price_decimal = ZERO
        self.price_currency = ""
        self.time = time
        self.last_fill_time = self.last_update_time = self.canceled_time = None
        self.status = OrderStatus.NONE
        self.tag = tag
        self.properties = properties if properties is not None else OrderProperties()
        self.order_submission_data: OrderSubmissionData | None = None
        self.group_order_manager = group_order_manager
        self.price_adjustment_mode = DataNormalizationMode.RAW
        self.quantity_decimal = to_decimal(quantity)

    @property
    def id(self) -> int:
        """The order's number in this run, from 1."""
        return self._id

    @id.setter
    def id(self, value: int) -> None:
        self._id = value
        if value and self.group_order_manager is not None:
            self.group_order_manager.add_order_id(value)

    @property
    def quantity_decimal(self) -> Decimal:
        """The exact signed quantity."""
        return self._quantity

    @quantity_decimal.setter
    def quantity_decimal(self, value: Decimal) -> None:
        self._quantity = normalize(value)

    @property
    def type(self) -> OrderType:
        """The kind of order."""
        return self.order_type

    @property
    def created_time(self) -> datetime:
        """When the order was made, UTC."""
        created: datetime = self.time
        return created

    @property
    def time_in_force(self) -> TimeInForce:
        """How long the order lives."""
        return self.properties.time_in_force

    @property
    def security_type(self) -> SecurityType:
        """The kind of security."""
        return self.symbol.id.security_type

    @property
    def direction(self) -> OrderDirection:
        """Buy, sell, or hold for a quantity of zero."""
        return direction_of(self.quantity_decimal)

    @property
    def absolute_quantity_decimal(self) -> Decimal:
        """The exact quantity without its sign."""
        return abs(self.quantity_decimal)

    @property
    def absolute_quantity(self) -> float:
        """The quantity without its sign."""
        return to_float(abs(self.quantity_decimal))

    @property
    def value_decimal(self) -> Decimal:
        """Exact quantity times price."""
        return self.quantity_decimal * self.price_decimal

    @property
    def value(self) -> float:
        """Quantity times price."""
        return to_float(self.value_decimal)

    @property
    def is_marketable(self) -> bool:
        """Whether the order would have filled at once when it was submitted."""
        return self.order_type in (OrderType.MARKET, OrderType.COMBO_MARKET)

    def get_value(self, security: TradedSecurity) -> float:
        """The order's value in the account's currency, at the price it would fill at."""
        return to_float(self.get_value_decimal(security))

    def get_value_decimal(self, security: TradedSecurity) -> Decimal:
        """Exact value in the account's currency, at the price it would fill at."""
        value = self._quote_value(security)
        return (
            value
            * security.quote_currency.conversion_rate_decimal
            * security.symbol_properties.contract_multiplier_decimal
        )

    def _quote_value(self, security: TradedSecurity) -> Decimal:
        """Quantity times price in the quote currency, without the contract multiplier."""
        return self.quantity_decimal * security.price_decimal

    def get_default_tag(self) -> str:
        """The tag an order gets that was given none."""
        return ""

    def get_new_id(self) -> int:
        """The number of the order's next event."""
        self._event_id += 1
        return self._event_id

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        """Take over what an update request changes."""
        if request.order_id != self.id:
            raise ArgumentException("Attempted to apply updates to the incorrect order!")
        if request.quantity_decimal is not None:
            self.quantity_decimal = request.quantity_decimal
        if request.tag is not None:
            self.tag = request.tag

    def write_prices(self, event: OrderEvent) -> None:
        """Tells an event about it the prices that this kind of order has."""

    def clone(self) -> Self:
        """A copy that shares nothing that changes; the event counter starts anew."""
        clone = copy.copy(self)
        clone.__dict__["_event_id"] = 0
        clone.broker_id = List(self.broker_id)
        clone.properties = self.properties.clone()
        return clone

    def __str__(self) -> str:
        tag = f": {self.tag}" if self.tag else ""
        plural = "" if self.quantity_decimal == 1 else "s"
        return (
            f"OrderId: {self.id} (BrokerId: {','.join(self.broker_id)}) {self.status.lean_name} "
            f"{self.order_type.lean_name} order for "
            f"{decimal_text(self.quantity_decimal)} unit{plural} of {self.symbol}{tag}"
        )

    __repr__ = __str__
