"""Names for orders: short enough for IB's orderRef, never the same twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable

__all__ = ["PREFIX", "new_reference"]

PREFIX = "leanib-"
_DIGITS = "0123456789abcdefghijkmnpqrstuvwxyz"


def new_reference(identity: Callable[[], uuid.UUID] | None = None) -> str:
    """A new order reference such as `leanib-3f9k2m8v1c0q`; `identity` makes it repeatable in tests."""
    number = (identity or uuid.uuid4)().int >> 64
    digits = []
    for _ in range(12):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return PREFIX + "".join(digits)
