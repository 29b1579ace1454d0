"""What happened to an order (`Common/Orders/OrderEvent.cs`)."""

from __future__ import annotations

import copy
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast, overload

from leanib.engine.market.base_data import NO_TIME
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, decimal_text, smart_rounding
from leanib.engine.numbers.exact import ExactDecimal, FloatView, OptionalExactDecimal, OptionalFloatView
from leanib.engine.orders.enums import OrderDirection, OrderStatus, OrderType
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.orders.order_kinds import trailing_amount_text
from leanib.engine.orders.text import time_text
from leanib.engine.symbols import Currencies, Symbol
from leanib.engine.timezones.utc_time import UtcView, naive_utc

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.ticket import OrderTicket
    from leanib.engine.orders.traded import TradedOption, TradedSecurity

__all__ = ["OrderEvent"]


class OrderEvent(LeanObject):
    """One step in an order's life; quantities signed, fill price in the quote currency."""

    is_made_often = True

    utc_time = UtcView()
    fill_price_decimal = ExactDecimal(normalized=True)
    fill_quantity_decimal = ExactDecimal(normalized=True)
    quantity_decimal = ExactDecimal(normalized=True)
    limit_price_decimal = OptionalExactDecimal()
    stop_price_decimal = OptionalExactDecimal()
    trigger_price_decimal = OptionalExactDecimal()
    trailing_amount_decimal = OptionalExactDecimal()
    fill_price = FloatView()
    fill_quantity = FloatView()
    quantity = FloatView()
    limit_price = OptionalFloatView()
    stop_price = OptionalFloatView()
    trigger_price = OptionalFloatView()
    trailing_amount = OptionalFloatView()

    @overload
    def __init__(self, order: Order, utc_time: datetime, order_fee: OrderFee, message: str = "") -> None: ...

    @overload
    def __init__(
        self,
        order_id: int,
        symbol: Symbol,
        utc_time: datetime,
        status: OrderStatus,
        direction: OrderDirection,
        fill_price: Decimal | float,
        fill_quantity: Decimal | float,
        order_fee: OrderFee,
        message: str = "",
    ) -> None: ...

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.id = 0
        self.is_assignment = False
        self.is_in_the_money = False
        self.trailing_as_percentage: bool | None = None
        self.ticket: OrderTicket | None = None
        if not args or isinstance(args[0], int):
            self._set_all(*args, **kwargs)
        else:
            self._set_from_order(*args, **kwargs)

    def _set_all(
        self,
        order_id: int = 0,
        symbol: Symbol | None = None,
        utc_time: datetime | None = None,
        status: OrderStatus = OrderStatus.NEW,
        direction: OrderDirection = OrderDirection.BUY,
        fill_price: Decimal | float = ZERO,
        fill_quantity: Decimal | float = ZERO,
        order_fee: OrderFee = OrderFee.ZERO,
        message: str = "",
    ) -> None:
        self.order_id = order_id
        self.symbol = symbol if symbol is not None else Symbol.EMPTY
        self.utc_time = utc_time if utc_time is not None else NO_TIME
        self.status = status
        self.direction = direction
        self.fill_price_decimal = fill_price
        self.fill_price_currency = ""
        self.fill_quantity_decimal = fill_quantity
        self.quantity_decimal = ZERO
        self.order_fee = order_fee
        self.message = message

    def _set_from_order(self, order: Order, utc_time: datetime, order_fee: OrderFee, message: str = "") -> None:
        """An event without a fill, with the order's present status.

        A fill model makes one for every pending order in every time step; the exact attributes are set past their
        descriptors, which would convert what is a Decimal without trailing zeros already.
        """
        own = vars(self)
        own["_fill_price_decimal"] = own["_fill_quantity_decimal"] = ZERO
        own["_quantity_decimal"] = order.quantity_decimal
        self.order_id = order.id
        self.symbol = order.symbol
        own["_utc_time"] = naive_utc(utc_time)
        self.status = order.status
        self.direction = order.direction
        self.fill_price_currency = order.price_currency
        self.order_fee = order_fee
        self.message = message

    @property
    def absolute_fill_quantity_decimal(self) -> Decimal:
        """The exact filled quantity without its sign."""
        return abs(self.fill_quantity_decimal)

    @property
    def absolute_fill_quantity(self) -> float:
        """The filled quantity without its sign."""
        return abs(self.fill_quantity)

    def is_win(self, security: TradedSecurity, profit_loss: Decimal) -> bool:
        """Whether closing a position by this fill counts as a win (`Extensions.IsWin`).

        A profit does; an option that is exercised or assigned is judged against what it was worth in the money.
        """
        exercised = self.ticket is not None and self.ticket.order_type is OrderType.OPTION_EXERCISE
        if not self.symbol.asset.is_option or not exercised:
            return profit_loss > 0
        in_the_money = cast("TradedOption", security).in_the_money_amount_decimal(self.fill_quantity_decimal)
        if self.direction is OrderDirection.SELL:
            return self.is_in_the_money and abs(profit_loss) < in_the_money
        return not self.is_in_the_money or abs(profit_loss) > in_the_money

    def clone(self) -> OrderEvent:
        """A copy."""
        return copy.copy(self)

    def short_to_string(self) -> str:
        """The compact text."""
        parts = [f"{time_text(self.utc_time)} OID:{self.order_id} {self.symbol.value} {self.status.lean_name}"]
        parts.append(f" Q:{decimal_text(self.quantity_decimal)}")
        return "".join(parts + self._details(" FQ:", " FP:", " LP:", " SP:", " TA: ", " TP:", " OF:", " M:", " IA:"))

    def __str__(self) -> str:
        head = (
            f"Time: {time_text(self.utc_time)} OrderID: {self.order_id} EventID: {self.id} Symbol: "
            f"{self.symbol.value} Status: {self.status.lean_name} Quantity: {decimal_text(self.quantity_decimal)}"
        )
        labels = (" FillQuantity: ", " FillPrice: ", " LimitPrice: ", " StopPrice: ", " TrailingAmount: ")
        return head + "".join(self._details(*labels, " TriggerPrice: ", " OrderFee: ", " Message: ", " IsAssignment: "))

    __repr__ = __str__

    def _details(self, *labels: str) -> list[str]:
        """The parts that are there only when they say something, in LEAN's order."""
        quantity, fill, limit, stop, trailing, trigger, fee, message, assignment = labels
        currency = Currencies.get_currency_symbol(self.fill_price_currency)
        parts: list[str] = []
        if self.fill_quantity_decimal:
            parts.append(f"{quantity}{decimal_text(self.fill_quantity_decimal)}")
            parts.append(f"{fill}{currency}{decimal_text(smart_rounding(self.fill_price_decimal))}")
        if self.limit_price_decimal is not None:
            parts.append(f"{limit}{currency}{decimal_text(smart_rounding(self.limit_price_decimal))}")
        if self.stop_price_decimal is not None:
            parts.append(f"{stop}{currency}{decimal_text(smart_rounding(self.stop_price_decimal))}")
        if self.trailing_amount_decimal is not None:
            as_percentage = self.trailing_as_percentage or False
            parts.append(trailing + trailing_amount_text(self.trailing_amount_decimal, as_percentage, currency))
        if self.trigger_price_decimal is not None:
            parts.append(f"{trigger}{currency}{decimal_text(smart_rounding(self.trigger_price_decimal))}")
        if self.order_fee.value.amount_decimal:
            parts.append(f"{fee}{currency if fee == ' OF:' else ''}{self.order_fee}")
        if self.message:
            parts.append(f"{message}{self.message}")
        if self.symbol.asset.is_option:
            parts.append(f"{assignment}{self.is_assignment}")
        return parts
