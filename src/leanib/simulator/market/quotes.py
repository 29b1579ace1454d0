"""The present quote of an instrument, in exact decimals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import SupportsFloat

from leanib.errors import UsageError

ZERO = Decimal(0)
Number = Decimal | int | float | str
#: What a pinned quote shows when no size is given: enough for any order.
PLENTY = Decimal(1_000_000)


def exact(value: Number | SupportsFloat) -> Decimal:
    """The decimal a person means by a float: 0.1 is 0.1. Raises UsageError for what is no number or not finite."""
    if value.__class__ is int:
        return Decimal(value)
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        raise UsageError(f"{value!r} is not a number") from None
    if not found.is_finite():
        raise UsageError(f"{value!r} is not a finite number")
    return found


@dataclass(slots=True)
class Quote:
    """Bid, ask, last trade and the statistics of the day; None where there is nothing (yet)."""

    bid: Decimal | None = None
    ask: Decimal | None = None
    last: Decimal | None = None
    bid_size: Decimal = ZERO
    ask_size: Decimal = ZERO
    last_size: Decimal = ZERO
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    close: Decimal | None = None
    volume: Decimal = ZERO
    time: int = 0
    fresh: bool = False  # does it tell of a trade?
    #: How much of the displayed sizes orders have taken since the quote was made.
    bid_taken: Decimal = ZERO
    ask_taken: Decimal = ZERO

    @property
    def mid(self) -> Decimal | None:
        """The middle of bid and ask, else the last price."""
        if self.bid is not None and self.ask is not None:
            return (self.bid + self.ask) / 2
        return self.last

    @property
    def mark(self) -> Decimal | None:
        """What positions are valued at: the last trade inside the market, else the nearer side, else the close."""
        last, bid, ask = self.last, self.bid, self.ask
        if last is None:
            return self.mid if self.mid is not None else self.close
        if bid is not None and last < bid:
            return bid
        return ask if ask is not None and last > ask else last

    def trade(self, price: Decimal, size: Decimal) -> None:
        """Take over a trade: last, volume and the day's range."""
        self.last, self.last_size, self.fresh = price, size, True
        self.volume += size
        if self.open is None:
            self.open = price
        self.high = price if self.high is None else max(self.high, price)
        self.low = price if self.low is None else min(self.low, price)
