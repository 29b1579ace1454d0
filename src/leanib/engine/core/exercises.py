"""What a brokerage's word about an option sets in motion (`BrokerageTransactionHandler.HandleOptionNotification`)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from leanib.engine.brokerages.brokerage import OptionNotificationEventArgs
from leanib.engine.core.submission_prices import submission_data
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.models import method_of
from leanib.engine.orders.order_kinds import OptionExerciseOrder

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.orders.order import Order
    from leanib.engine.securities import Security
    from leanib.engine.securities.option import Option

__all__ = ["OptionNotifications"]


class OptionNotifications:
    """Expired options go, assigned ones too: by an exercise order that the option's model answers."""

    def __init__(
        self,
        algorithm: RunStrategy,
        add_order: Callable[[Any], None],
        process: Callable[[list[OrderEvent]], None],
    ) -> None:
        """`add_order` takes in an order that the algorithm did not place, `process` what happened to it."""
        self._algorithm = algorithm
        self._add_order = add_order
        self._process = process

    def handle(self, notification: OptionNotificationEventArgs) -> None:
        """An option position is another one now."""
        from leanib.engine.derivatives.options import OptionSymbol

        security = self._algorithm.securities.find(notification.symbol)
        if security is None:
            return
        held: Decimal = security.holdings.quantity_decimal
        if OptionSymbol.is_option_contract_expired(notification.symbol, self._algorithm.utc_time):
            if not notification.position and held:
                self._exercise(security, -held, notification.tag)
        elif abs(notification.position) < abs(held):
            if held < 0:
                self._exercise(security, notification.position - held, notification.tag)
            else:
                self._fill_open_exercise(security)

    def _fill_open_exercise(self, security: Security) -> None:
        """A long position shrinks because the algorithm exercised."""
        for order in self._algorithm.transactions.get_open_orders(security.symbol):
            if order.order_type is OrderType.OPTION_EXERCISE:
                self._emit(cast("Option", security), order)
                return

    def fill(self, order: Order) -> None:
        """A brokerage has carried an exercise of the algorithm's out."""
        self._emit(cast("Option", self._algorithm.securities[order.symbol]), order)

    def _exercise(self, security: Security, quantity: Decimal, tag: str | None) -> None:
        order = OptionExerciseOrder(security.symbol, quantity, self._algorithm.utc_time)
        order.tag = cast("str", tag)  # LEAN's is null where nobody gave one
        order.order_submission_data = submission_data(security)
        order.price_currency = security.symbol_properties.quote_currency
        self._add_order(order)
        self._emit(cast("Option", security), order)

    def _emit(self, option: Option, order: Order) -> None:
        for event in list(method_of(option.option_exercise_model, "option_exercise")(option, order)):
            self._process([event])
            if event.is_assignment:
                if order.tag:
                    event.message = f"{event.message}. {order.tag}" if event.message else order.tag
                self._algorithm.on_assignment_order_event(event)
