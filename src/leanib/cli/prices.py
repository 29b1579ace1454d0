"""Prices as they are shown: with the instrument's own digits, and none of a price that somebody named is cut."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

__all__ = ["LEAST", "average", "price"]

LEAST = 2
"""Digits where the instrument's own are not known."""


def price(value: Any, digits: int = LEAST) -> str:
    """A price with at least that many digits after the point, and all that it has itself."""
    number = Decimal(str(value))
    return f"{number:,.{max(digits, _own(number))}f}"


def average(value: Any, digits: int = LEAST) -> str:
    """A computed price: two digits more than the instrument's at the most, six for one below ten."""
    number = Decimal(str(value))
    most = digits + 2 if abs(number) >= 10 else max(digits + 2, 6)
    return f"{number:,.{max(digits, min(most, _own(number)))}f}"


def _own(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
