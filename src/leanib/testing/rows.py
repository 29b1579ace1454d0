"""What tests give as bars, quotes and strikes, as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from leanib.errors import UsageError

__all__ = ["Bar", "Quote", "bar_of", "quote_of", "strikes_of"]

Bar = float | Sequence[float]
"""A close (then all four prices), or open, high, low, close, or these and the volume."""
Quote = Sequence[float]
"""Bid and ask."""


def bar_of(bar: Bar, volume: float) -> tuple[float, ...]:
    """Open, high, low, close and volume; UsageError where it is none."""
    values = (bar,) * 4 if isinstance(bar, int | float | Fraction) else tuple(bar)
    numbers = tuple(float(value) for value in values)
    if len(numbers) == 4:
        numbers += (float(volume),)
    if len(numbers) != 5:
        raise UsageError(f"a bar is a close, or open, high, low, close, or these and a volume; not {bar}")
    opening, high, low, close, _ = numbers
    if not low <= min(opening, close) <= max(opening, close) <= high or low <= 0:
        raise UsageError(f"in the bar {bar} the high or the low is not the extreme, or a price is not positive")
    return numbers


def quote_of(quote: Quote, size: float) -> tuple[float, ...]:
    """Bid and ask, each with its size; UsageError where it is none."""
    if len(quote) != 2:
        raise UsageError(f"a quote is a bid and an ask; not {quote}")
    bid, ask = (float(value) for value in quote)
    if not 0 < bid <= ask:
        raise UsageError(f"in the quote {quote} the ask is below the bid, or a price is not positive")
    return (bid,) * 4 + (float(size),) + (ask,) * 4 + (float(size),)


def strikes_of(strikes: Iterable[float]) -> tuple[Decimal, ...]:
    """In order; UsageError where one is no positive price, or there is none."""
    found = sorted({Decimal(str(strike)) for strike in strikes})
    if not found or not all(strike.is_finite() and strike > 0 for strike in found):
        raise UsageError(f"strikes are positive prices, not {[float(strike) for strike in found]}")
    return tuple(found)
