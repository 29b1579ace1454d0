"""What the engine needs of a brokerage (`Common/Interfaces/IBrokerage.cs`, `Brokerages/Brokerage.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.naming import LeanObject

if TYPE_CHECKING:
    from leanib.engine.orders.cash_amount import CashAmount
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.orders.order import Order
    from leanib.engine.symbols import Symbol

__all__ = ["Brokerage", "OptionNotificationEventArgs"]


class OptionNotificationEventArgs(LeanObject):
    """The brokerage's position in an option after an exercise, an assignment or its expiry."""

    def __init__(self, symbol: Symbol, position: Decimal, tag: str | None = None) -> None:
        self.symbol = symbol
        self.position = position
        self.tag = tag


class Brokerage(LeanObject):
    """Base of the brokerages. It tells what happens by calling the functions in the lists `on_...`."""

    name = "Brokerage"

    def __init__(self) -> None:
        self.on_order_events: list[Callable[[list[OrderEvent]], object]] = []
        self.on_order_updated: list[Callable[[Order], object]] = []
        self.on_option_position_assigned: list[Callable[[OrderEvent], object]] = []
        self.on_option_notification: list[Callable[[OptionNotificationEventArgs], object]] = []
        self.on_delisting: list[Callable[[Symbol], object]] = []
        self.on_account_changed: list[Callable[[str, Decimal], object]] = []
        self.on_message: list[Callable[[Any], object]] = []

    @property
    def is_connected(self) -> bool:
        """Whether orders can be placed."""
        return True

    @property
    def account_instantly_updated(self) -> bool:
        """Whether cash is the brokerage's as soon as it reports it."""
        return False

    def place_order(self, order: Order) -> bool:
        """Take a new order; whether it was accepted."""
        raise NotImplementedError(f"{type(self).__name__} must define place_order")

    def update_order(self, order: Order) -> bool:
        """Change an order; whether that was accepted."""
        raise NotImplementedError(f"{type(self).__name__} must define update_order")

    def cancel_order(self, order: Order) -> bool:
        """Cancel an order; whether that was accepted."""
        raise NotImplementedError(f"{type(self).__name__} must define cancel_order")

    def get_open_orders(self) -> list[Order]:
        """The orders the brokerage still works on."""
        raise NotImplementedError(f"{type(self).__name__} must define get_open_orders")

    def get_account_holdings(self) -> list[Any]:
        """The positions the brokerage has."""
        raise NotImplementedError(f"{type(self).__name__} must define get_account_holdings")

    def get_cash_balance(self) -> list[CashAmount]:
        """The cash the brokerage has."""
        raise NotImplementedError(f"{type(self).__name__} must define get_cash_balance")

    def connect(self) -> None:
        """Become ready."""

    def disconnect(self) -> None:
        """Let go."""

    def emit_order_events(self, order_events: list[OrderEvent]) -> None:
        """Tell what happened to orders."""
        for handler in self.on_order_events:
            handler(order_events)

    def emit_order_event(self, order_event: OrderEvent) -> None:
        """Tell what happened to an order."""
        self.emit_order_events([order_event])

    def emit_option_notification(self, notification: OptionNotificationEventArgs) -> None:
        """Tell of an option position that is another one now."""
        for handler in self.on_option_notification:
            handler(notification)

    def emit_delisting(self, symbol: Symbol) -> None:
        """Tell that a security is no longer traded."""
        for handler in self.on_delisting:
            handler(symbol)
