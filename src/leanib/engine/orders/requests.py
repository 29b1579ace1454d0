"""What is asked of an order: submit, update, cancel (`Common/Orders/*OrderRequest.cs`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from leanib.engine.naming import LeanObject, readable
from leanib.engine.numbers import ZERO, decimal_text, smart_rounding, to_decimal
from leanib.engine.numbers.exact import ExactDecimal, FloatView, OptionalFloatView
from leanib.engine.orders.combo import ComboLegLimitOrder, ComboLimitOrder, ComboMarketOrder, GroupOrderManager
from leanib.engine.orders.enums import (
    OrderRequestStatus,
    OrderRequestType,
    OrderResponseErrorCode,
    OrderStatus,
    OrderType,
)
from leanib.engine.orders.order import Order
from leanib.engine.orders.order_kinds import (
    LimitIfTouchedOrder,
    LimitOrder,
    MarketOnCloseOrder,
    MarketOnOpenOrder,
    MarketOrder,
    OptionExerciseOrder,
    StopLimitOrder,
    StopMarketOrder,
    TrailingStopOrder,
)
from leanib.engine.orders.properties import OrderProperties
from leanib.engine.orders.response import OrderResponse
from leanib.engine.orders.text import time_text
from leanib.engine.symbols import SecurityType, Symbol, SymbolCache
from leanib.engine.timezones.utc_time import UtcView

__all__ = [
    "CancelOrderRequest",
    "OrderRequest",
    "SubmitOrderRequest",
    "UpdateOrderFields",
    "UpdateOrderRequest",
    "create_order",
]


class OrderRequest(LeanObject):
    """Base of the requests. `time` is UTC."""

    order_request_type: ClassVar[OrderRequestType]
    time = UtcView()

    def __init__(self, time: datetime, order_id: int, tag: str | None) -> None:
        self.time = time
        self.order_id = order_id
        self.tag = tag
        self.response = OrderResponse.UNPROCESSED
        self.status = OrderRequestStatus.UNPROCESSED

    def set_response(self, response: OrderResponse, status: OrderRequestStatus = OrderRequestStatus.ERROR) -> None:
        """Note the answer; an error sets the status to error whatever is given."""
        self.status = OrderRequestStatus.ERROR if response.is_error else status
        self.response = response

    def __str__(self) -> str:
        status = self.status.lean_name
        return f"{time_text(self.time)} UTC: Order: ({self.order_id}) - {self.tag or ''} Status: {status}"

    __repr__ = readable


_PRICE_NAMES = ("stop_price", "limit_price", "trigger_price", "trailing_amount", "trailing_as_percentage")
_OTHER_NAMES = ("time", "tag", "properties", "group_order_manager", "asynchronous")


def _named_arguments(arguments: tuple[Any, ...]) -> dict[str, Any]:
    """Positional arguments by name: prices up to the time, the rest after it."""
    prices = next((n for n, value in enumerate(arguments) if isinstance(value, datetime)), len(arguments))
    rest = zip(_OTHER_NAMES, arguments[prices:], strict=False)
    return dict(zip(_PRICE_NAMES, arguments[:prices], strict=False)) | dict(rest)


class SubmitOrderRequest(OrderRequest):
    """Asks for a new order; prices that the kind of order does not use are zero."""

    order_request_type = OrderRequestType.SUBMIT

    quantity_decimal = ExactDecimal()
    limit_price_decimal = ExactDecimal()
    stop_price_decimal = ExactDecimal()
    trigger_price_decimal = ExactDecimal()
    trailing_amount_decimal = ExactDecimal()
    quantity = FloatView()
    limit_price = FloatView()
    stop_price = FloatView()
    trigger_price = FloatView()
    trailing_amount = FloatView()

    def __init__(
        self,
        order_type: OrderType,
        security_type: SecurityType,
        symbol: Symbol | str,
        quantity: Decimal | float,
        *arguments: Any,
        **named: Any,
    ) -> None:
        """Prices as positions come before `time`, in LEAN's order; all that follows may be named.

        `(..., [stop_price, limit_price, [trigger_price, [trailing_amount, trailing_as_percentage,]]] time, tag,
        properties, group_order_manager, asynchronous)`
        """
        given = _named_arguments(arguments) | named
        super().__init__(given["time"], int(OrderResponseErrorCode.UNABLE_TO_FIND_ORDER), given.get("tag", ""))
        self.order_type = order_type
        self.security_type = security_type
        self.symbol = SymbolCache.get_symbol(symbol) if isinstance(symbol, str) else symbol
        self.quantity_decimal = to_decimal(quantity)
        self.limit_price_decimal = to_decimal(given.get("limit_price", ZERO))
        self.stop_price_decimal = to_decimal(given.get("stop_price", ZERO))
        self.trigger_price_decimal = to_decimal(given.get("trigger_price", ZERO))
        self.trailing_amount_decimal = to_decimal(given.get("trailing_amount", ZERO))
        self.trailing_as_percentage: bool = given.get("trailing_as_percentage", False)
        self.order_properties: OrderProperties | None = given.get("properties")
        self.group_order_manager: GroupOrderManager | None = given.get("group_order_manager")
        self.asynchronous: bool = given.get("asynchronous", False)

    def set_order_id(self, order_id: int) -> None:
        """Give the order its number."""
        self.order_id = order_id

    def __str__(self) -> str:
        return (
            f"{time_text(self.time)} UTC: Submit Order: ({self.order_id}) - {create_order(self)} {self.tag or ''} "
            f"Status: {self.status.lean_name} Async: {self.asynchronous}"
        )

    __repr__ = readable


class UpdateOrderFields(LeanObject):
    """What an update changes; None leaves a field as it is."""

    quantity: Decimal | float | None
    limit_price: Decimal | float | None
    stop_price: Decimal | float | None
    trigger_price: Decimal | float | None
    trailing_amount: Decimal | float | None
    tag: str | None

    def __init__(
        self,
        quantity: Decimal | float | None = None,
        limit_price: Decimal | float | None = None,
        stop_price: Decimal | float | None = None,
        trigger_price: Decimal | float | None = None,
        trailing_amount: Decimal | float | None = None,
        tag: str | None = None,
    ) -> None:
        self.quantity = quantity
        self.limit_price = limit_price
        self.stop_price = stop_price
        self.trigger_price = trigger_price
        self.trailing_amount = trailing_amount
        self.tag = tag


def _optional(value: Decimal | float | None) -> Decimal | None:
    return None if value is None else to_decimal(value)


class UpdateOrderRequest(OrderRequest):
    """Asks to change an open order."""

    order_request_type = OrderRequestType.UPDATE

    quantity = OptionalFloatView()
    limit_price = OptionalFloatView()
    stop_price = OptionalFloatView()
    trigger_price = OptionalFloatView()
    trailing_amount = OptionalFloatView()

    def __init__(self, time: datetime, order_id: int, fields: UpdateOrderFields) -> None:
        super().__init__(time, order_id, fields.tag)
        self.quantity_decimal = _optional(fields.quantity)
        self.limit_price_decimal = _optional(fields.limit_price)
        self.stop_price_decimal = _optional(fields.stop_price)
        self.trigger_price_decimal = _optional(fields.trigger_price)
        self.trailing_amount_decimal = _optional(fields.trailing_amount)

    def is_allowed_for_closed_order(self) -> bool:
        """Whether only the tag changes."""
        return all(value is None for _, value in self._prices()) and self.quantity_decimal is None

    def _prices(self) -> tuple[tuple[str, Decimal | None], ...]:
        return (
            ("LimitPrice", self.limit_price_decimal),
            ("StopPrice", self.stop_price_decimal),
            ("TrailingAmount", self.trailing_amount_decimal),
            ("TriggerPrice", self.trigger_price_decimal),
        )

    def __str__(self) -> str:
        updates = [] if self.quantity_decimal is None else [f"Quantity: {decimal_text(self.quantity_decimal)}"]
        updates += [f"{n}: {decimal_text(smart_rounding(v))}" for n, v in self._prices() if v is not None]
        return (
            f"{time_text(self.time)} UTC: Update Order: ({self.order_id}) - {', '.join(updates)} {self.tag or ''} "
            f"Status: {self.status.lean_name}"
        )

    __repr__ = readable


class CancelOrderRequest(OrderRequest):
    """Asks to cancel an open order."""

    order_request_type = OrderRequestType.CANCEL

    def __str__(self) -> str:
        status = self.status.lean_name
        return f"{time_text(self.time)} UTC: Cancel Order: ({self.order_id}) - {self.tag or ''} Status: {status}"

    __repr__ = readable


_PLAIN = {
    OrderType.MARKET: MarketOrder,
    OrderType.MARKET_ON_OPEN: MarketOnOpenOrder,
    OrderType.MARKET_ON_CLOSE: MarketOnCloseOrder,
    OrderType.OPTION_EXERCISE: OptionExerciseOrder,
}
_COMBO = (OrderType.COMBO_MARKET, OrderType.COMBO_LIMIT, OrderType.COMBO_LEG_LIMIT)


def create_order(request: SubmitOrderRequest) -> Order:
    """The new order that a request asks for (`Order.CreateOrder`)."""
    order = _create_combo_leg(request) if request.order_type in _COMBO else _create_single(request)
    order.status = OrderStatus.NEW
    order.id = request.order_id
    return order


def _create_single(r: SubmitOrderRequest) -> Order:
    tag, properties = r.tag or "", r.order_properties
    if r.order_type in _PLAIN:
        return _PLAIN[r.order_type](r.symbol, r.quantity_decimal, r.time, tag, properties)
    match r.order_type:
        case OrderType.LIMIT:
            return LimitOrder(r.symbol, r.quantity_decimal, r.limit_price_decimal, r.time, tag, properties)
        case OrderType.STOP_MARKET:
            return StopMarketOrder(r.symbol, r.quantity_decimal, r.stop_price_decimal, r.time, tag, properties)
        case OrderType.STOP_LIMIT:
            stop, limit = r.stop_price_decimal, r.limit_price_decimal
            return StopLimitOrder(r.symbol, r.quantity_decimal, stop, limit, r.time, tag, properties)
        case OrderType.LIMIT_IF_TOUCHED:
            trigger, limit = r.trigger_price_decimal, r.limit_price_decimal
            return LimitIfTouchedOrder(r.symbol, r.quantity_decimal, trigger, limit, r.time, tag, properties)
        case OrderType.TRAILING_STOP:
            stop, trail = r.stop_price_decimal, r.trailing_amount_decimal
            as_percentage = r.trailing_as_percentage
            return TrailingStopOrder(r.symbol, r.quantity_decimal, stop, trail, as_percentage, r.time, tag, properties)
    raise ValueError(f"unknown order type {r.order_type.lean_name}")


def _create_combo_leg(r: SubmitOrderRequest) -> Order:
    group, tag, properties = r.group_order_manager, r.tag or "", r.order_properties
    assert group is not None
    if r.order_type is OrderType.COMBO_MARKET:
        return ComboMarketOrder(r.symbol, r.quantity_decimal, r.time, group, tag, properties)
    kind = ComboLimitOrder if r.order_type is OrderType.COMBO_LIMIT else ComboLegLimitOrder
    return kind(r.symbol, r.quantity_decimal, r.limit_price_decimal, r.time, group, tag, properties)
