"""The single orders (`Common/Orders/MarketOrder.cs`, `LimitOrder.cs`, `StopMarketOrder.cs` and so on)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, cast

from leanib.engine.naming import LeanType
from leanib.engine.numbers import ZERO, decimal_text, smart_rounding, to_decimal
from leanib.engine.numbers.exact import ExactDecimal, FloatView
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.order import Order
from leanib.engine.orders.properties import OrderProperties
from leanib.engine.symbols import Currencies, PerRun, Symbol

if TYPE_CHECKING:
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.orders.requests import UpdateOrderRequest
    from leanib.engine.orders.traded import TradedOption, TradedSecurity

__all__ = [
    "LimitIfTouchedOrder",
    "LimitOrder",
    "MarketOnCloseOrder",
    "MarketOnOpenOrder",
    "MarketOrder",
    "OptionExerciseOrder",
    "StopLimitOrder",
    "StopMarketOrder",
    "TrailingStopOrder",
    "bounded_value",
    "trailing_amount_text",
]


def bounded_value(quantity: Decimal, bound: Decimal, price: Decimal) -> Decimal:
    """Quantity times the price an order bound by a limit or stop is valued at."""
    if quantity < 0:
        return quantity * max(bound, price)
    return quantity * min(bound, price) if quantity > 0 else ZERO


def _money(order: Order, price: Decimal) -> str:
    return f"{Currencies.get_currency_symbol(order.price_currency)}{decimal_text(smart_rounding(price))}"


def trailing_amount_text(amount: Decimal, as_percentage: bool, currency_symbol: str) -> str:
    """`5.0%` or `$0.1`."""
    return f"{decimal_text(amount * 100)}%" if as_percentage else f"{currency_symbol}{decimal_text(amount)}"


class MarketOrder(Order):
    """Fills at the next price."""

    order_type = OrderType.MARKET


class MarketOnOpenOrder(Order):
    """Fills in the opening auction."""

    order_type = OrderType.MARKET_ON_OPEN


_DEFAULT_BUFFER = timedelta(minutes=15, seconds=30)
_BUFFER = PerRun(lambda: _DEFAULT_BUFFER)


class _SubmissionTimeBuffer(LeanType):
    """Makes `MarketOnCloseOrder.submission_time_buffer` settable on the class, by either of its names."""

    @property
    def submission_time_buffer(cls) -> timedelta:  # noqa: N805 - a metaclass
        """How long before the close a market-on-close order must be submitted."""
        return _BUFFER()

    @submission_time_buffer.setter
    def submission_time_buffer(cls, value: timedelta) -> None:  # noqa: N805 - a metaclass
        _BUFFER.set(value)

    SubmissionTimeBuffer = submission_time_buffer


class MarketOnCloseOrder(Order, metaclass=_SubmissionTimeBuffer):
    """Fills in the closing auction; `submission_time_buffer` before the close it is too late to submit one."""

    order_type = OrderType.MARKET_ON_CLOSE
    DEFAULT_SUBMISSION_TIME_BUFFER: ClassVar[timedelta] = _DEFAULT_BUFFER
    DefaultSubmissionTimeBuffer: ClassVar[timedelta] = DEFAULT_SUBMISSION_TIME_BUFFER


class OptionExerciseOrder(Order):
    """Exercise of a long option position, or assignment of a short one."""

    order_type = OrderType.OPTION_EXERCISE

    def _quote_value(self, security: TradedSecurity) -> Decimal:
        quantity = cast("TradedOption", security).get_exercise_quantity_decimal(self.quantity_decimal)
        return quantity * self.price_decimal / security.symbol_properties.contract_multiplier_decimal


class LimitOrder(Order):
    """Fills at a price or better."""

    order_type = OrderType.LIMIT
    limit_price_decimal = ExactDecimal()
    limit_price = FloatView()

    def __init__(
        self,
        symbol: Symbol,
        quantity: Decimal | float,
        limit_price: Decimal | float,
        time: datetime,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        super().__init__(symbol, quantity, time, tag, properties)
        self.limit_price_decimal = to_decimal(limit_price)

    @property
    def is_marketable(self) -> bool:
        """Whether the limit crossed the market when the order was submitted."""
        data = self.order_submission_data
        if data is None:
            return False
        if self.direction == OrderDirection.BUY:
            return self.limit_price_decimal >= data.ask_price_decimal
        return self.direction == OrderDirection.SELL and self.limit_price_decimal <= data.bid_price_decimal

    def _quote_value(self, security: TradedSecurity) -> Decimal:
        return bounded_value(self.quantity_decimal, self.limit_price_decimal, security.price_decimal)

    def write_prices(self, event: OrderEvent) -> None:
        """Its limit."""
        event.limit_price_decimal = self.limit_price_decimal

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        """Take over quantity, tag and limit price."""
        super().apply_update_order_request(request)
        if request.limit_price_decimal is not None:
            self.limit_price_decimal = request.limit_price_decimal

    def __str__(self) -> str:
        return f"{super().__str__()} at limit {_money(self, self.limit_price_decimal)}"


class StopMarketOrder(Order):
    """A market order once the price has reached the stop."""

    order_type = OrderType.STOP_MARKET
    stop_price_decimal = ExactDecimal()
    stop_price = FloatView()

    def __init__(
        self,
        symbol: Symbol,
        quantity: Decimal | float,
        stop_price: Decimal | float,
        time: datetime,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        super().__init__(symbol, quantity, time, tag, properties)
        self.stop_price_decimal = to_decimal(stop_price)

    def _quote_value(self, security: TradedSecurity) -> Decimal:
        return bounded_value(self.quantity_decimal, self.stop_price_decimal, security.price_decimal)

    def write_prices(self, event: OrderEvent) -> None:
        """Its stop."""
        event.stop_price_decimal = self.stop_price_decimal

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        """Take over quantity, tag and stop price."""
        super().apply_update_order_request(request)
        if request.stop_price_decimal is not None:
            self.stop_price_decimal = request.stop_price_decimal

    def __str__(self) -> str:
        return f"{super().__str__()} at stop {_money(self, self.stop_price_decimal)}"


class TrailingStopOrder(StopMarketOrder):
    """A stop that follows the market at a distance: an amount, or a share of the price."""

    order_type = OrderType.TRAILING_STOP
    trailing_amount_decimal = ExactDecimal()
    trailing_amount = FloatView()

    def __init__(
        self,
        symbol: Symbol,
        quantity: Decimal | float,
        stop_price: Decimal | float,
        trailing_amount: Decimal | float,
        trailing_as_percentage: bool,
        time: datetime,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        super().__init__(symbol, quantity, stop_price, time, tag, properties)
        self.trailing_amount_decimal = to_decimal(trailing_amount)
        self.trailing_as_percentage = trailing_as_percentage

    def get_default_tag(self) -> str:
        """Tells the distance."""
        return f"Trailing Amount: {self._trailing_text()}"

    def _trailing_text(self) -> str:
        symbol = Currencies.get_currency_symbol(self.price_currency)
        return trailing_amount_text(self.trailing_amount_decimal, self.trailing_as_percentage, symbol)

    def write_prices(self, event: OrderEvent) -> None:
        """Its stop and how far it trails."""
        super().write_prices(event)
        event.trailing_amount_decimal = self.trailing_amount_decimal

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        """Take over quantity, tag, stop price and trailing amount."""
        super().apply_update_order_request(request)
        if request.trailing_amount_decimal is not None:
            self.trailing_amount_decimal = request.trailing_amount_decimal

    def moved_stop_price(self, market_price: Decimal) -> Decimal | None:
        """The stop price that the market has pulled along, or None where it stays (`TryUpdateStopPrice`)."""
        distance = market_price - self.stop_price_decimal
        if self.direction != OrderDirection.SELL:
            distance = -distance
        amount = self.trailing_amount_decimal
        reference = market_price * amount if self.trailing_as_percentage else amount
        if distance <= reference:
            return None
        return self.calculate_stop_price(market_price, amount, self.trailing_as_percentage, self.direction)

    @staticmethod
    def calculate_stop_price(
        market_price: Decimal, trailing_amount: Decimal, as_percentage: bool, direction: OrderDirection
    ) -> Decimal:
        """The stop price at the full distance from the market."""
        amount = trailing_amount if direction == OrderDirection.BUY else -trailing_amount
        return market_price * (1 + amount) if as_percentage else market_price + amount

    def __str__(self) -> str:
        return f"{super().__str__()}. Trailing amount: {self._trailing_text()}"


class StopLimitOrder(Order):
    """A limit order once the price has reached the stop."""

    order_type = OrderType.STOP_LIMIT
    stop_price_decimal = ExactDecimal()
    stop_price = FloatView()
    limit_price_decimal = ExactDecimal()
    limit_price = FloatView()

    def __init__(
        self,
        symbol: Symbol,
        quantity: Decimal | float,
        stop_price: Decimal | float,
        limit_price: Decimal | float,
        time: datetime,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        super().__init__(symbol, quantity, time, tag, properties)
        self.stop_price_decimal = to_decimal(stop_price)
        self.limit_price_decimal = to_decimal(limit_price)
        self.stop_triggered = False

    def _quote_value(self, security: TradedSecurity) -> Decimal:
        return bounded_value(self.quantity_decimal, self.limit_price_decimal, security.price_decimal)

    def write_prices(self, event: OrderEvent) -> None:
        """Its stop and its limit."""
        event.stop_price_decimal = self.stop_price_decimal
        event.limit_price_decimal = self.limit_price_decimal

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        """Take over quantity, tag, stop and limit price."""
        super().apply_update_order_request(request)
        if request.stop_price_decimal is not None:
            self.stop_price_decimal = request.stop_price_decimal
        if request.limit_price_decimal is not None:
            self.limit_price_decimal = request.limit_price_decimal

    def __str__(self) -> str:
        stop, limit = _money(self, self.stop_price_decimal), _money(self, self.limit_price_decimal)
        return f"{super().__str__()} at stop {stop} limit {limit}"


class LimitIfTouchedOrder(Order):
    """A limit order once the price has touched the trigger."""

    order_type = OrderType.LIMIT_IF_TOUCHED
    trigger_price_decimal = ExactDecimal()
    trigger_price = FloatView()
    limit_price_decimal = ExactDecimal()
    limit_price = FloatView()

    def __init__(
        self,
        symbol: Symbol,
        quantity: Decimal | float,
        trigger_price: Decimal | float,
        limit_price: Decimal | float,
        time: datetime,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        super().__init__(symbol, quantity, time, tag, properties)
        self.trigger_price_decimal = to_decimal(trigger_price)
        self.limit_price_decimal = to_decimal(limit_price)
        self.trigger_touched = False

    def _quote_value(self, security: TradedSecurity) -> Decimal:
        return bounded_value(self.quantity_decimal, self.limit_price_decimal, security.price_decimal)

    def write_prices(self, event: OrderEvent) -> None:
        """Its trigger and its limit."""
        event.trigger_price_decimal = self.trigger_price_decimal
        event.limit_price_decimal = self.limit_price_decimal

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        """Take over quantity, tag, trigger and limit price."""
        super().apply_update_order_request(request)
        if request.trigger_price_decimal is not None:
            self.trigger_price_decimal = request.trigger_price_decimal
        if request.limit_price_decimal is not None:
            self.limit_price_decimal = request.limit_price_decimal

    def __str__(self) -> str:
        trigger, limit = _money(self, self.trigger_price_decimal), _money(self, self.limit_price_decimal)
        return f"{super().__str__()} at trigger {trigger} limit {limit}"
