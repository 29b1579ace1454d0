"""What can be changed of an open order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from leanib.errors import UsageError
from leanib.ib.combos import LEG_PRICES
from leanib.ib.exercises import is_exercise
from leanib.ib.journal import Terms

__all__ = ["Change"]


_LIMITED = ("LMT", "STP LMT", "LIT", "LOC", "TRAIL LIMIT")
_TRIGGERED = ("STP", "STP LMT", "MIT", "LIT")


@dataclass(frozen=True)
class Change:
    """What to change of an order; None leaves it.

    Attributes:
        quantity: In all, what has filled included.
        limit_price: In the contract's currency.
        stop_price: Trigger of a stop, stop-limit or touched order.
        trail_amount: Distance of a trailing stop that trails by an amount.
        trail_percent: The same of one that trails by a percentage.
        leg_prices: The limits of all legs of a combination that has one for each, in their order.

    Raises:
        UsageError: The quantity or a distance is not positive.
    """

    quantity: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_amount: Decimal | None = None
    trail_percent: Decimal | None = None
    leg_prices: tuple[Decimal, ...] | None = None

    def __post_init__(self) -> None:
        if self.quantity is not None and self.quantity <= 0:
            raise UsageError(f"the new quantity must be positive, not {self.quantity}; to give the order up, cancel it")
        for distance in (self.trail_amount, self.trail_percent):
            if distance is not None and distance <= 0:
                raise UsageError(f"a trailing distance must be positive, not {distance}")

    def misfit(self, terms: Mapping[str, Any]) -> str:
        """Why an order with these terms has nothing that could be changed so; empty when it has."""
        kind = str(terms.get("orderType", ""))
        if is_exercise(terms):
            return "an exercise is not changed"
        in_percent = "trailingPercent" in terms
        if problem := self._leg_misfit(len(terms.get(LEG_PRICES, ()))):
            return problem
        if self.limit_price is not None and kind not in _LIMITED:
            return f"an order of type {kind} has no limit price"
        if self.stop_price is not None and kind not in _TRIGGERED:
            hint = "; its distance is changed with a trailing distance" if kind.startswith("TRAIL") else ""
            return f"an order of type {kind} has no stop price{hint}"
        if (self.trail_amount or self.trail_percent) is not None and not kind.startswith("TRAIL"):
            return f"an order of type {kind} does not trail"
        if self.trail_amount is not None and in_percent:
            return "the order trails by a percentage: give the distance in percent"
        if self.trail_percent is not None and not in_percent:
            return "the order trails by an amount: give the distance as an amount"
        return ""

    def _leg_misfit(self, count: int) -> str:
        """The same, for limits of `count` legs that the order has."""
        if self.leg_prices is None:
            has_none = count and self.limit_price is not None
            return "the order has a limit for each of its legs, none of the whole" if has_none else ""
        if not count:
            return "the order has no limits of single legs"
        given = len(self.leg_prices)
        return "" if given == count else f"the order has {count} legs, and {given} limits are given"

    def applied(self, old: Terms) -> Terms:
        """The terms that are asked for."""
        return Terms(self.quantity or old.quantity, self.terms(dict(old.fields)))

    def terms(self, old: dict[str, Any]) -> dict[str, Any]:
        """The order's terms with the changed prices."""
        trigger = self.stop_price if self.stop_price is not None else self.trail_amount
        changed = {"lmtPrice": self.limit_price, "auxPrice": trigger, "trailingPercent": self.trail_percent}
        after = {**old, **{name: str(price) for name, price in changed.items() if price is not None}}
        return after if self.leg_prices is None else after | {LEG_PRICES: [str(price) for price in self.leg_prices]}
