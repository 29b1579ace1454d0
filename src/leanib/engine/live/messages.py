"""What the brokerage says, to the algorithm (`InteractiveBrokersBrokerage.cs`, HandleError; the message handler).

Codes have LEAN's types, with one difference: none of them ends the algorithm. What LEAN calls an error concerns a
request, which is stopped and told; the connection heals itself, and whoever trades through it is told when it is gone
and back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.brokerages.message_handler import DefaultBrokerageMessageHandler
from leanib.engine.brokerages.messages import BrokerageMessageEvent, BrokerageMessageType
from leanib.engine.live.bridge import Bridge
from leanib.ib import Alert, ConnectionState, IBConnectionManager, Severity

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["BrokerageMessages"]

#: never shown to an algorithm: the connection's own affairs, and answers to what has been given up
_SILENT = frozenset({300, 542, 1100, 1101, 1102, *range(2103, 2109), 2119, 2157, 2158, 10147, 10148})
_INFORMATION = frozenset({202, 399})
_NO_DATA = "no data"
_LONG_OUTAGE = timedelta(minutes=15)


class BrokerageMessages:
    """Passes on IB's messages, and the loss and return of the connection.

    Args:
        algorithm: Who is told.
        bridge: Leads to the algorithm's thread.
        services: The connection with its services.
    """

    def __init__(self, algorithm: QCAlgorithm, bridge: Bridge, services: IBConnectionManager) -> None:
        self._algorithm = algorithm
        self._bridge = bridge
        self._services = services
        self._default = DefaultBrokerageMessageHandler(algorithm)
        self._lost_at: datetime | None = None
        self._told_of_long = False
        self._listening = False

    def start(self) -> None:
        """Begins to listen; what came before concerned the start."""
        self._listening = True
        messages = self._services.connection.messages
        messages.error.connect(self._on_error)
        messages.state.connect(self._on_state)

    def stop(self) -> None:
        """Listens no more."""
        if self._listening:
            self._listening = False
            messages = self._services.connection.messages
            messages.error.disconnect(self._on_error)
            messages.state.disconnect(self._on_state)

    def _on_error(self, request: int, code: int, text: str) -> None:
        if code in _SILENT or (code == 162 and _NO_DATA in text.lower()):
            return
        serious = code < 1000 or 10000 <= code < 20000 or code in (2100, 2101, 2102, 2109, 2148)
        kinds = BrokerageMessageType
        kind = kinds.WARNING if serious and code not in _INFORMATION else kinds.INFORMATION
        self._post(BrokerageMessageEvent(kind, code, text))

    def _on_state(self, before: ConnectionState, after: ConnectionState) -> None:
        was, is_now = before.is_trading_ready, after.is_trading_ready
        if was and not is_now:
            self._post(BrokerageMessageEvent.disconnected(f"Interactive Brokers is not reached: {after.obstacle()}"))
        elif is_now and not was:
            self._post(BrokerageMessageEvent.reconnected("Interactive Brokers is reached again, all is reconciled"))

    def _post(self, message: BrokerageMessageEvent) -> None:
        self._bridge.post(lambda: self._handle(message))

    def _handle(self, message: BrokerageMessageEvent) -> None:
        """On the algorithm's thread: its handler, then its own methods; their errors are the algorithm's."""
        algorithm = self._algorithm
        if message.type is BrokerageMessageType.DISCONNECT:
            if self._lost_at is not None:
                return
            self._lost_at, self._told_of_long = self._bridge.now(), False
            algorithm.error(message.message)
        elif message.type is BrokerageMessageType.RECONNECT:
            if self._lost_at is None:
                return
            self._lost_at = None
            algorithm.debug(message.message)
        handler: Any = algorithm.brokerage_message_handler or self._default
        try:
            handler.handle_message(message)
            algorithm.on_brokerage_message(message)
        except Exception as error:
            algorithm.set_runtime_error(error, "Brokerage Message Handler")

    def check_outage(self, tell: Callable[[Alert], object]) -> None:
        """Tells a person of an outage that lasts: when the market is open, or is about to open."""
        if self._lost_at is None or self._told_of_long:
            return
        now = self._bridge.now()
        if now - self._lost_at >= _LONG_OUTAGE:
            self._told_of_long = True
            minutes = (now - self._lost_at).total_seconds() / 60
            tell(
                Alert(
                    Severity.CRITICAL,
                    "live-disconnected",
                    f"{self._algorithm.name} has been without Interactive Brokers for {minutes:.0f} minutes: positions "
                    "and orders stand as they were; the algorithm goes on as soon as the connection is back",
                )
            )
