"""What can be changed of an open order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from leanib.errors import UsageError
from leanib.ib.journal import Terms

__all__ = ["Change"]


@dataclass(frozen=True)
class Change:
    """What to change of an order; None leaves it.

    Raises:
        UsageError: The quantity is not positive.
    """

    quantity: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None

    def __post_init__(self) -> None:
        if self.quantity is not None and self.quantity <= 0:
            raise UsageError(f"the new quantity must be positive, not {self.quantity}; to give the order up, cancel it")

    def applied(self, old: Terms) -> Terms:
        """The terms that are asked for."""
        return Terms(self.quantity or old.quantity, self.terms(dict(old.fields)))

    def terms(self, old: dict[str, Any]) -> dict[str, Any]:
        """The order's terms with the changed prices."""
        changed = {"lmtPrice": self.limit_price, "auxPrice": self.stop_price}
        return {**old, **{name: str(price) for name, price in changed.items() if price is not None}}
