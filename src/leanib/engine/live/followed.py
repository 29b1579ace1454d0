"""What a live run knows of one of its orders at IB."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from leanib.engine.numbers import ZERO
from leanib.engine.orders.order import Order
from leanib.ib import FillRecord, OrderRecord

__all__ = ["Followed"]


@dataclass
class Followed:
    """An order of the algorithm and how far it has been told of it.

    Attributes:
        ref: Its reference at IB, of a combo's leg with the leg's place.
        told: The fills that the algorithm knows.
        filled: How much these are, signed.
        submitted: Whether the algorithm knows that IB has it.
        changing_since: When a change was sent that IB has not answered.
        message: IB's last word that was told.
        latest: The order and its fills as they were last heard of.
        waiting_since: Since when a fill waits for its commission.
        unpaid: Fills that were told without one.
    """

    order: Order
    ref: str
    told: set[str] = field(default_factory=set)
    filled: Decimal = ZERO
    submitted: bool = False
    changing_since: datetime | None = None
    message: str = ""
    latest: tuple[OrderRecord, list[FillRecord]] | None = None
    waiting_since: datetime | None = None
    unpaid: set[str] = field(default_factory=set)
