"""An order with its legs, and what they still have to protect; computed from the journal's records and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from leanib.ib.journal import OrderRecord, OrderStatus

__all__ = ["Bracket", "leg_name"]

_WORKING = (OrderStatus.PENDING, OrderStatus.SUBMITTED, OrderStatus.PARTIALLY_FILLED)
_STOPS = ("STP", "STP LMT", "TRAIL", "TRAIL LIMIT")


def leg_name(record: OrderRecord) -> str:
    """`stop-loss` or `take-profit`."""
    return "stop-loss" if record.terms.get("orderType") in _STOPS else "take-profit"


@dataclass(frozen=True)
class Bracket:
    """One order and the legs attached to it.

    Attributes:
        parent: The order whose position is protected.
        legs: As they were sent.
        given_up: References of the legs that we cancelled ourselves: they are not missed.
        closed_otherwise: What orders that closed the position in the legs' place have filled.
    """

    parent: OrderRecord
    legs: tuple[OrderRecord, ...]
    given_up: frozenset[str] = frozenset()
    closed_otherwise: Decimal = Decimal(0)

    @property
    def closed(self) -> Decimal:
        """What the legs, or orders in their place, have closed."""
        return sum((leg.filled for leg in self.legs), self.closed_otherwise)

    @property
    def exposed(self) -> Decimal:
        """What has filled and has not been closed again."""
        return max(Decimal(0), self.parent.filled - self.closed)

    @property
    def target(self) -> Decimal:
        """What is to be protected in all: all of an order that works, the filled part of one that is over."""
        return self.parent.filled if self.parent.status.is_final else max(self.parent.quantity, self.parent.filled)

    @property
    def left(self) -> Decimal:
        """What is still to be protected, now or when the order fills."""
        return max(Decimal(0), self.target - self.closed)

    def wanted(self, leg: OrderRecord) -> Decimal:
        """The quantity that a leg should have; what it has filled when nothing is left for it."""
        return leg.filled + self.left

    @property
    def misfits(self) -> list[OrderRecord]:
        """Legs that work with another quantity than they should have, and have no change on its way."""
        return [leg for leg in self.working if not leg.change and leg.quantity != self.wanted(leg)]

    @property
    def working(self) -> list[OrderRecord]:
        """The legs that are at IB or on their way."""
        return [leg for leg in self.legs if leg.status in _WORKING]

    @property
    def missing(self) -> list[OrderRecord]:
        """Legs that do not work though something is left to protect, and that we did not give up ourselves."""
        if not self.left:
            return []
        return [leg for leg in self.legs if leg.status not in _WORKING and leg.ref not in self.given_up]

    @property
    def never_sent(self) -> bool:
        """Whether its last leg, whose `transmit` releases all of it, did not reach IB: nothing of it can fill."""
        if self.parent.filled or self.parent.status not in (OrderStatus.PENDING, OrderStatus.UNKNOWN):
            return False
        last = self.legs[-1]
        return last.status in (OrderStatus.REJECTED, OrderStatus.UNKNOWN, OrderStatus.CANCELLED) and not last.filled

    def describe_missing(self) -> str:
        """What is missing, in a sentence without its end: legs, why, and what that leaves."""
        parent = self.parent
        lost = " and ".join(f"the {leg_name(leg)} {leg.ref} {_fate(leg)}" for leg in self.missing)
        if self.exposed:
            side = "held" if parent.action == "BUY" else "sold short"
            return f"{lost}: {self.exposed.normalize():f} {parent.symbol} of order {parent.ref} are {side} without it"
        return f"{lost}: what order {parent.ref} still fills of {parent.symbol} will be without it"


def _fate(leg: OrderRecord) -> str:
    word = {
        OrderStatus.FILLED: f"has closed {leg.filled.normalize():f} and no more",
        OrderStatus.REJECTED: "was refused",
        OrderStatus.CANCELLED: "was cancelled",
        OrderStatus.INACTIVE: "is inactive",
        OrderStatus.UNKNOWN: "has an unknown fate",
    }[leg.status]
    return f"{word} ({leg.message})" if leg.message and leg.status is not OrderStatus.FILLED else word
