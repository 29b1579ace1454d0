"""Orders: what they are, their tickets, requests and events, and the models that fill and price them."""

from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.combo import (
    ComboLegLimitOrder,
    ComboLimitOrder,
    ComboMarketOrder,
    ComboOrder,
    GroupOrderManager,
    Leg,
)
from leanib.engine.orders.enums import (
    OrderDirection,
    OrderField,
    OrderPosition,
    OrderRequestStatus,
    OrderRequestType,
    OrderResponseErrorCode,
    OrderStatus,
    OrderType,
)
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.exchanges import Exchange
from leanib.engine.orders.hashing import order_list_hash
from leanib.engine.orders.order import Order, OrderSubmissionData
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
from leanib.engine.orders.properties import *  # noqa: F403
from leanib.engine.orders.properties import __all__ as _properties
from leanib.engine.orders.requests import (
    CancelOrderRequest,
    OrderRequest,
    SubmitOrderRequest,
    UpdateOrderFields,
    UpdateOrderRequest,
)
from leanib.engine.orders.response import OrderResponse
from leanib.engine.orders.sizing import OrderSizing
from leanib.engine.orders.ticket import OrderTicket
from leanib.engine.orders.time_in_force import TimeInForce

__all__ = [
    "CancelOrderRequest",
    "CashAmount",
    "ComboLegLimitOrder",
    "ComboLimitOrder",
    "ComboMarketOrder",
    "ComboOrder",
    "Exchange",
    "GroupOrderManager",
    "Leg",
    "LimitIfTouchedOrder",
    "LimitOrder",
    "MarketOnCloseOrder",
    "MarketOnOpenOrder",
    "MarketOrder",
    "OptionExerciseOrder",
    "Order",
    "OrderDirection",
    "OrderEvent",
    "OrderField",
    "OrderPosition",
    "OrderRequest",
    "OrderRequestStatus",
    "OrderRequestType",
    "OrderResponse",
    "OrderResponseErrorCode",
    "OrderSizing",
    "OrderStatus",
    "OrderSubmissionData",
    "OrderTicket",
    "OrderType",
    "StopLimitOrder",
    "StopMarketOrder",
    "SubmitOrderRequest",
    "TimeInForce",
    "TrailingStopOrder",
    "UpdateOrderFields",
    "UpdateOrderRequest",
    "order_list_hash",
]
__all__ += _properties
