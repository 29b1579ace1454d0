"""What a brokerage may be told beyond the order itself (`Common/Orders/OrderProperties.cs`).

Each class lists its own members in `json_members`, in LEAN's order: they are part of the order's JSON and so of the
order list's hash.
"""

from __future__ import annotations

from typing import ClassVar

from leanib.engine.naming import LeanObject
from leanib.engine.orders.exchanges import Exchange
from leanib.engine.orders.time_in_force import TimeInForce

__all__ = ["OrderProperties"]


class OrderProperties(LeanObject):
    """Time in force and exchange; base of the brokerages' own."""

    json_members: ClassVar[tuple[str, ...]] = ()
    time_in_force: TimeInForce
    exchange: Exchange | None

    def __init__(self, exchange: Exchange | None = None, *, time_in_force: TimeInForce | None = None) -> None:
        self.time_in_force = time_in_force or TimeInForce.GOOD_TIL_CANCELED
        self.exchange = exchange

    def clone(self) -> OrderProperties:
        """A copy that may be changed."""
        copied = type(self).__new__(type(self))
        copied.__dict__.update(self.__dict__)  # what `copy.copy` does in the end: each order makes one
        return copied
