"""Sums, products and quotients of System.Decimal where all of its digits are used.

A decimal has 96 bits and at most 28 decimals; what does not fit is rounded half to even, to 28 or 29 digits as the bits
allow. The module's functions cost more than Python's operators in this package's context, which round at 29 digits.
"""

from __future__ import annotations

import decimal
from decimal import ROUND_HALF_EVEN, Decimal

__all__ = ["divided", "plus", "times"]

_WIDE = decimal.Context(prec=90, rounding=ROUND_HALF_EVEN)
_BITS = Decimal(1 << 96)
_MOST_DECIMALS = 28
_ONE = Decimal(1)


def plus(one: Decimal, other: Decimal) -> Decimal:
    """The sum.

    Raises:
        OverflowError: it has more than 96 bits before the point; of products and quotients likewise.
    """
    return _fitting(_WIDE.add(one, other))


def times(one: Decimal, other: Decimal) -> Decimal:
    """The product; its decimals are those of both."""
    return _fitting(_WIDE.multiply(one, other))


def divided(one: Decimal, other: Decimal | int) -> Decimal:
    """The quotient; one that ends has as few decimals as it needs, but those of `one` less those of `other`.

    Raises:
        ZeroDivisionError: `other` is 0.
    """
    return _fitting(_WIDE.divide(one, Decimal(other)))


def _fitting(exact: Decimal) -> Decimal:
    exponent = exact.as_tuple().exponent
    assert isinstance(exponent, int)
    places = min(max(-exponent, 0), _MOST_DECIMALS, _MOST_DECIMALS - exact.adjusted())
    while places >= 0:
        short = _WIDE.quantize(exact, _ONE.scaleb(-places, _WIDE))
        if _WIDE.scaleb(abs(short), places) < _BITS:
            return short
        places -= 1
    raise OverflowError(f"{exact:.6g} has more than the 96 bits of a decimal")
