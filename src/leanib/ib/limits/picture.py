"""What the limits look at: the account's position and working orders in one contract, and what they are worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

__all__ = ["Intent", "Market", "Picture", "Side", "WorkingOrder", "harm"]

Side = Literal["BUY", "SELL"]
ZERO = Decimal(0)


@dataclass(frozen=True)
class WorkingOrder:
    """One order that may still fill, whoever placed it.

    Attributes:
        key: What tells it from all others of the account: our reference, or IB's permanent id.
        remaining: The most that may still fill; positive.
        prices: The prices that it names itself: limit, trigger.
        parent: The key of the order that it is attached to: it can fill only as far as that one has.
        group: Orders of one group cancel each other: only one of them fills.
    """

    key: str
    side: Side
    remaining: Decimal
    prices: tuple[Decimal, ...] = ()
    parent: str = ""
    group: str = ""

    @property
    def dearest(self) -> Decimal:
        """The largest of its own prices, whatever its sign; 0 without any."""
        return max((abs(price) for price in self.prices), default=ZERO)


@dataclass(frozen=True)
class Market:
    """What the market pays for the contract.

    Attributes:
        prices: Every price that counts: both sides of the book, the last trade; in the quoted unit, possibly negative.
        margin: Share by which they may be worse, as for delayed prices.
        bid: One side of the book, None where there is none.
        ask: The other.
    """

    prices: tuple[Decimal, ...]
    margin: Decimal = ZERO
    bid: Decimal | None = None
    ask: Decimal | None = None

    def entry(self, side: Side) -> Decimal:
        """About what an order at the market would be filled at."""
        found = self.ask if side == "BUY" else self.bid
        return found if found is not None else self.prices[0]

    def worst(self, own: Iterable[Decimal] = ()) -> Decimal:
        """The price at which a unit is worth most, whatever its sign: of the market's and an order's own."""
        return max([abs(price) * (1 + self.margin) for price in self.prices] + [abs(price) for price in own])


@dataclass(frozen=True)
class Picture:
    """The account in one contract at one moment; None where something is not known.

    Attributes:
        position: Signed quantity held.
        working: Every order of the account in the contract that may still fill, the intended one not among them.
        market: Prices; None without any, and `no_market` says why and which way out there is.
        point_value: What one unit gains in the contract's currency when the quoted price rises by 1.
        rate: What one unit of that currency is worth in the account's base currency; `no_rate` says why nobody knows.
        is_pair: A currency pair: its quantity is money, of which `pair_rate` is the worth of one unit in the base
            currency, where that is known.
        daily_pnl: Profit of the day in the base currency.
        sent_last_minute: How many orders all programs sent in the last minute.
    """

    position: Decimal | None
    working: tuple[WorkingOrder, ...] = ()
    market: Market | None = None
    no_market: str = "no price is known"
    point_value: Decimal = Decimal(1)
    rate: Decimal | None = Decimal(1)
    no_rate: str = ""
    is_pair: bool = False
    pair_rate: Decimal | None = None
    daily_pnl: Decimal | None = None
    sent_last_minute: int = 0


@dataclass(frozen=True)
class Intent:
    """What is about to be sent: a new order, or an order as a change would make it.

    Attributes:
        order: The order with what may still fill of it.
        quantity: Its whole quantity, what has filled included.
        legs: The orders attached to it.
        replaces: The order as it works now, when this is a change; it leaves the picture.
        names: The names under which a list of allowed symbols may have the contract.
    """

    order: WorkingOrder
    quantity: Decimal
    names: frozenset[str]
    legs: tuple[WorkingOrder, ...] = ()
    replaces: WorkingOrder | None = None

    @property
    def sign(self) -> int:
        """1 when buying, -1 when selling."""
        return 1 if self.order.side == "BUY" else -1

    @property
    def lessens(self) -> bool:
        """Whether it is a change that asks for no more, and at no larger price, than what works already."""
        old, new = self.replaces, self.order
        return old is not None and new.remaining <= old.remaining and new.dearest <= old.dearest


@dataclass
class _Sum:
    quantity: Decimal = ZERO
    members: list[tuple[Decimal, WorkingOrder]] = field(default_factory=list)


def harm(working: Iterable[WorkingOrder], side: Side) -> list[tuple[Decimal, WorkingOrder]]:
    """How much of each order on one side may fill, at the worst, as if nothing on the other side did.

    Of orders that cancel each other the largest counts, as do the orders attached to one parent. Attached orders do
    not count as far as their parent has still to fill: without it they cannot.
    """
    everything = list(working)
    parents = {order.key: order.remaining for order in everything if order.side != side}
    found: list[tuple[Decimal, WorkingOrder]] = []
    largest: dict[str, WorkingOrder] = {}
    for order in everything:
        if order.side != side or order.remaining <= 0:
            continue
        together = f"attached to {order.parent}" if order.parent else order.group and f"group {order.group}"
        if not together:
            found.append((order.remaining, order))
        elif together not in largest or order.remaining > largest[together].remaining:
            largest[together] = order
    for order in largest.values():
        waits_for = parents.get(order.parent, ZERO) if order.parent else ZERO
        if order.remaining > waits_for:
            found.append((order.remaining - waits_for, order))
    return found
