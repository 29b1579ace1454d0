"""What is done about a brokerage's messages (`Common/Brokerages/DefaultBrokerageMessageHandler.cs`).

Waiting for a lost connection is the work of whoever owns the connection; here a loss and a return are passed on to the
algorithm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.brokerages.messages import BrokerageMessageEvent, BrokerageMessageType
from leanib.engine.naming import LeanObject
from leanib.engine.orders.order import Order
from leanib.errors import LeanIBError

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy

__all__ = ["BrokerageError", "DefaultBrokerageMessageHandler", "NewBrokerageOrderNotificationEventArgs"]


class BrokerageError(LeanIBError):
    """The brokerage reports an error, or needs a person."""


class NewBrokerageOrderNotificationEventArgs(LeanObject):
    """An order that was not placed by the algorithm."""

    def __init__(self, order: Order) -> None:
        self.order = order


class DefaultBrokerageMessageHandler(LeanObject):
    """Tells the algorithm; an error ends it. Derive from it to decide on messages and on orders placed elsewhere."""

    def __init__(self, algorithm: RunStrategy) -> None:
        self._algorithm = algorithm
        self._told_of_orders = False

    def handle_message(self, message: BrokerageMessageEvent) -> None:
        """Pass a message on, by its type."""
        algorithm = self._algorithm
        match message.type:
            case BrokerageMessageType.INFORMATION:
                algorithm.debug(f"Brokerage Info: {message.message}")
            case BrokerageMessageType.WARNING:
                algorithm.error(f"Brokerage Warning: {message.message}")
            case BrokerageMessageType.ERROR:
                algorithm.set_runtime_error(BrokerageError(message.message), "Brokerage Error")
            case BrokerageMessageType.DISCONNECT:
                algorithm.on_brokerage_disconnect()
            case BrokerageMessageType.RECONNECT:
                algorithm.on_brokerage_reconnect()
            case BrokerageMessageType.ACTION_REQUIRED:
                algorithm.set_runtime_error(BrokerageError("Brokerage requires user action"), "Brokerage Disconnect")

    def handle_order(self, event_args: NewBrokerageOrderNotificationEventArgs) -> bool:
        """Whether the algorithm takes over an order placed elsewhere; by default none."""
        if not self._told_of_orders:
            self._told_of_orders = True
            brokerage_id = next(iter(event_args.order.broker_id), "")
            self._algorithm.error(
                f"Ignoring unrecognized order (BrokerId: {brokerage_id}). Please use 'SetBrokerageMessageHandler(...)' "
                "to set a custom brokerage message handler to optionally accept unknown orders."
            )
        return False
