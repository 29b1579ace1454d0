"""What a fill model is given and gives (`FillModelParameters.cs`, `Fill.cs`, `Prices.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.dotnet.collections import List
from leanib.engine.market import Bar, BaseData, KeyValuePair
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import to_decimal
from leanib.engine.numbers.exact import ExactDecimal, FloatView

if TYPE_CHECKING:
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.traded import TradedSecurity

__all__ = ["Fill", "FillModelParameters", "Prices", "SecuritiesForOrders"]


class SecuritiesForOrders(LeanObject):
    """The securities of a group of orders by order id; iterates over pairs with `key` and `value`, as .NET's does."""

    def __init__(self, pairs: list[tuple[Order, TradedSecurity]]) -> None:
        self._pairs = sorted(pairs, key=lambda pair: pair[0].id) if len(pairs) > 1 else pairs

    def __iter__(self) -> Iterator[KeyValuePair]:
        return iter([KeyValuePair(order, security) for order, security in self._pairs])

    def __len__(self) -> int:
        return len(self._pairs)

    def __getitem__(self, order: Order) -> TradedSecurity:
        first, security = self._pairs[0]
        if first is order:  # an order without a group
            return security
        return next(security for other, security in self._pairs if other.id == order.id)

    def items(self) -> List[tuple[Order, TradedSecurity]]:
        """Orders with their securities, by order id."""
        return List(self._pairs)

    @property
    def keys(self) -> List[Order]:
        """The orders."""
        return List(order for order, _ in self._pairs)

    @property
    def values(self) -> List[TradedSecurity]:
        """The securities."""
        return List(security for _, security in self._pairs)


class FillModelParameters(LeanObject):
    """An order, its security, how old prices may be, and the orders that must fill together with it."""

    def __init__(
        self,
        security: TradedSecurity,
        order: Order,
        config_provider: Any,
        stale_price_time_span: timedelta,
        securities_for_orders: SecuritiesForOrders,
        on_order_updated: Callable[[Order], object] | None = None,
    ) -> None:
        self.security = security
        self.order = order
        self.config_provider = config_provider
        self.stale_price_time_span = stale_price_time_span
        self.securities_for_orders = securities_for_orders
        self.on_order_updated: Callable[[Order], object] = on_order_updated or (lambda _: None)


class Fill(LeanObject):
    """The events a fill model answers with: one, or one for each leg."""

    def __init__(self, order_events: OrderEvent | list[OrderEvent]) -> None:
        self._order_events = list(order_events) if isinstance(order_events, (list, tuple)) else [order_events]

    def __iter__(self) -> Iterator[OrderEvent]:
        return iter(self._order_events)

    def __len__(self) -> int:
        return len(self._order_events)


class Prices(LeanObject):
    """The prices an order may fill at; times in the exchange's zone. Zeros mean the current price."""

    current_decimal = ExactDecimal()
    open_decimal = ExactDecimal()
    high_decimal = ExactDecimal()
    low_decimal = ExactDecimal()
    close_decimal = ExactDecimal()
    current = FloatView()
    open = FloatView()
    high = FloatView()
    low = FloatView()
    close = FloatView()

    def __init__(
        self,
        time: datetime,
        end_time: datetime,
        current: Decimal | float,
        open: Decimal | float = 0.0,
        high: Decimal | float = 0.0,
        low: Decimal | float = 0.0,
        close: Decimal | float = 0.0,
    ) -> None:
        self.time = time
        self.end_time = end_time
        self.current_decimal = to_decimal(current)
        self.open_decimal = to_decimal(open or current)
        self.high_decimal = to_decimal(high or current)
        self.low_decimal = to_decimal(low or current)
        self.close_decimal = to_decimal(close or current)

    @classmethod
    def of_bar(cls, data: BaseData, bar: Bar | Any) -> Prices:
        """The prices of a bar, or of one side of a quote bar, at the times of the data."""
        return cls(data.time, data.end_time, bar.close, bar.open, bar.high, bar.low, bar.close)
