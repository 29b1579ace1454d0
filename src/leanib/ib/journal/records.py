"""What the journal holds: orders as asked for and as IB confirmed them, and fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

__all__ = ["FillRecord", "OrderRecord", "OrderStatus", "Terms"]


class OrderStatus(Enum):
    """Where an order stands."""

    PENDING = "pending"
    SUBMITTED = "submitted"
    PARTIALLY_FILLED = "partially filled"
    INACTIVE = "inactive"
    """IB holds the order and does not work it; it may come alive again."""
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is expected of the order."""
        return self in (OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED)


@dataclass(frozen=True)
class Terms:
    """What an order says: either what was asked for, or what IB told in its latest openOrder.

    Attributes:
        quantity: Shares, contracts or units of base currency; always positive.
        fields: Type, prices and time in force under IB's field names; prices as text.
        account: The account that IB holds it for; empty where only asked.
        parent_id: The order id of the parent at IB; 0 without.
    """

    quantity: Decimal
    fields: Mapping[str, Any] = field(default_factory=dict)
    account: str = ""
    parent_id: int = 0


@dataclass(frozen=True)
class OrderRecord:
    """One order as the journal holds it.

    Attributes:
        ref: Our own name for it, in IB's `orderRef`.
        account: The account it was sent for.
        action: BUY or SELL.
        asked: What we last asked for.
        confirmed: What IB last told that it holds; None until it has told.
        change: A change that IB has not answered: `intended` before the socket, `sent` behind it; empty without one.
        perm_id: IB's permanent id; 0 until IB has told it.
        parent_ref: The order this one is attached to.
        told_filled: The highest quantity that IB's statuses called filled.
        away: What filled and no execution tells of: filled while nobody listened, at a price that is not known.
        filled: Sum over its executions and what filled while away.
        average_price: Of its executions, None without any.
        message: IB's or our last word about it.
    """

    ref: str
    account: str
    con_id: int
    symbol: str
    contract: dict[str, Any]
    action: str
    asked: Terms
    client_id: int
    order_id: int
    created_at: datetime
    updated_at: datetime
    confirmed: Terms | None = None
    change: str = ""
    perm_id: int = 0
    parent_ref: str = ""
    status: OrderStatus = OrderStatus.PENDING
    told_filled: Decimal = Decimal(0)
    away: Decimal = Decimal(0)
    filled: Decimal = Decimal(0)
    average_price: Decimal | None = None
    commission: Decimal = Decimal(0)
    message: str = ""

    @property
    def holds(self) -> Terms:
        """What IB holds as far as is known: confirmed, or else asked."""
        return self.confirmed if self.confirmed is not None else self.asked

    @property
    def quantity(self) -> Decimal:
        """The quantity that holds."""
        return self.holds.quantity

    @property
    def terms(self) -> dict[str, Any]:
        """The terms that hold: type, prices and time in force, under IB's field names."""
        return dict(self.holds.fields)

    @property
    def most(self) -> Decimal:
        """The largest quantity that may fill in all: while a change is not answered, the larger of the two."""
        return max(self.quantity, self.asked.quantity) if self.change else self.quantity

    @property
    def remaining(self) -> Decimal:
        """The most that may still fill; 0 for an order that is over."""
        return Decimal(0) if self.status.is_final else max(Decimal(0), self.most - self.filled)

    def signed(self, quantity: Decimal) -> Decimal:
        """A quantity with the order's sign: positive when it buys."""
        return quantity if self.action == "BUY" else -quantity


@dataclass(frozen=True)
class FillRecord:
    """One execution. A correction has the same `base_id` as what it corrects and a higher suffix.

    What filled while nobody listened, so that no execution tells of it, is one fill of its order whose `exec_id` begins
    with `away:`; its price is None.
    """

    exec_id: str
    ref: str
    perm_id: int
    account: str
    con_id: int
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal | None
    time: datetime
    commission: Decimal | None = None
    commission_currency: str = ""

    @property
    def is_away(self) -> bool:
        """Whether it filled while away and no execution tells of it."""
        return self.exec_id.startswith("away:")

    @property
    def base_id(self) -> str:
        """The execution's id without its correction suffix."""
        return self.exec_id.rpartition(".")[0]

    @property
    def correction(self) -> int:
        """The correction suffix as a number."""
        suffix = self.exec_id.rpartition(".")[2]
        return int(suffix) if suffix.isdigit() else 0

    @property
    def signed_quantity(self) -> Decimal:
        """Positive when bought."""
        return self.quantity if self.side.upper().startswith("B") else -self.quantity
