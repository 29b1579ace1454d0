"""Who wants to hear what: one list of listeners an event, each kept apart from the others' mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

from ib_async import CommissionReport, Contract, Execution, Order, OrderState

from leanib.ib.logs import get_logger
from leanib.ib.state import ConnectionState

__all__ = ["Messages", "Signal"]

P = ParamSpec("P")


class Signal(Generic[P]):
    """An event. A listener that raises is logged with its traceback and does not keep the others from hearing."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._listeners: list[Callable[P, None]] = []

    def connect(self, listener: Callable[P, None]) -> None:
        """Adds a listener."""
        self._listeners.append(listener)

    def disconnect(self, listener: Callable[P, None]) -> None:
        """Removes a listener."""
        self._listeners.remove(listener)

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Tells every listener, in the order in which they came."""
        for listener in tuple(self._listeners):
            try:
                listener(*args, **kwargs)
            except Exception:
                get_logger().exception("listener failed", signal=self.name)


class Messages:
    """What the connection tells its services; the same object over all reconnections."""

    def __init__(self) -> None:
        self.state: Signal[[ConnectionState, ConnectionState]] = Signal("state")
        self.error: Signal[[int, int, str]] = Signal("error")
        self.open_order: Signal[[int, Contract, Order, OrderState]] = Signal("open_order")
        self.order_status: Signal[[int, str, float, float, int, int]] = Signal("order_status")
        self.execution: Signal[[Contract, Execution]] = Signal("execution")
        self.commission: Signal[[CommissionReport]] = Signal("commission")
