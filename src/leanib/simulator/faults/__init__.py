"""Everything that can go wrong with a Gateway, on request.

Each fault is a method of `Faults`; the same names work in scenario files, on the command line and over the control API
(`Faults.inject`). `clear` ends all of them.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.errors import UsageError
from leanib.simulator.clock import SECOND_US, Timer, to_us
from leanib.simulator.faults.data import DataFaults
from leanib.simulator.faults.executions import ExecutionFaults
from leanib.simulator.faults.orders import OrderFaults
from leanib.simulator.faults.routine import RoutineFaults
from leanib.simulator.faults.wire import Rule, WireFaults

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway
    from leanib.simulator.protocol.fields import Reader
    from leanib.simulator.protocol.ids import Request
    from leanib.simulator.session import Session


class Faults(RoutineFaults, OrderFaults, ExecutionFaults, DataFaults, WireFaults):
    """All faults of one simulator."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._timers: list[Timer] = []
        self._init_connection()
        self._init_link()
        self._init_orders()
        self._init_executions()
        self._init_data()
        self._init_wire()

    def clear(self) -> None:
        """End every fault and forget the scheduled ones; what was held is delivered."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self.clear_connection()
        self.clear_link()
        self.clear_orders()
        self.clear_executions()
        self.clear_data()
        self.clear_wire()

    def at(self, when: datetime | float, name: str, **settings: Any) -> Timer:
        """Schedule a fault: `when` is a moment (naive means UTC) or seconds from now on the simulator's clock."""
        self._check(name, settings)
        clock = self.gateway.clock
        moment = to_us(when) if isinstance(when, datetime) else clock.now_us() + round(when * SECOND_US)
        timer = clock.call_at(moment, lambda: self.inject(name, **settings))
        self._timers.append(timer)
        return timer

    def inject(self, name: str, **settings: Any) -> Any:
        """Call a fault by name; raises UsageError for a name or settings that do not exist."""
        method = self._check(name, settings)
        words = ", ".join(f"{key}={value!r}" for key, value in settings.items())
        self.gateway.note(f"fault {name}({words})")
        return method(**settings)

    @classmethod
    def names(cls) -> dict[str, str]:
        """Every fault with the first line of its description."""
        return {
            name: (inspect.getdoc(method) or "").split("\n")[0]
            for name, method in inspect.getmembers(cls, inspect.isfunction)
            if getattr(method, "is_fault", False)
        }

    def holds_request(self, session: Session, payload: bytes) -> bool:
        """Does a fault keep this message from being seen (now, or ever)?"""
        if not self.gateway.desk.link_up and self._needs_link(payload):
            self._held.append((session, payload))
            return True
        return self._holds_order(session, payload) or self._loses_request(session, payload)

    def refuses(self, session: Session, kind: Request | None, reader: Reader) -> bool:
        """Does a fault answer this request instead of the Gateway?"""
        return self._refused_by_link(session, kind, reader) or self._rejects_order(session, kind, reader)

    def _check(self, name: str, settings: dict[str, Any]) -> Callable[..., Any]:
        method = getattr(self, name, None)
        if not getattr(method, "is_fault", False):
            raise UsageError(f"there is no fault {name!r}; choose one of {', '.join(self.names())}")
        try:
            inspect.signature(method).bind(**settings)  # type: ignore[arg-type]
        except TypeError as problem:
            raise UsageError(f"fault {name}: {problem}; it takes {inspect.signature(method)}") from None  # type: ignore[arg-type]
        for key, value in settings.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise UsageError(f"fault {name}: {key} = {value} is no number")
        return method  # type: ignore[return-value]


__all__ = ["Faults", "Rule"]
