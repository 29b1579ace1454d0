"""System.Decimal's arithmetic with Python's decimal, and the conversions LEAN makes at the border to Python.

LEAN keeps money in System.Decimal: 96 bits and at most 28 decimals, so 28 to 29 significant digits, half-even rounding,
the scale kept (`1.0` is not `1.00`).
Importing this module sets the decimal context of the main thread accordingly.
"""

from __future__ import annotations

import decimal
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from math import frexp, ulp

__all__ = [
    "ONE",
    "ZERO",
    "AdjustedPrice",
    "cast_double",
    "ceiling",
    "decimal_text",
    "discretely_round_by",
    "floor",
    "json_decimal",
    "middle",
    "normalize",
    "round_decimal",
    "round_to_significant_digits",
    "smart_rounding",
    "to_decimal",
    "to_float",
    "truncate",
]

# With Emin=0 the smallest step is 10 ** (0 - 28): no result has more than 28 decimals.
CONTEXT = decimal.Context(prec=29, rounding=ROUND_HALF_EVEN, Emin=0)
decimal.setcontext(CONTEXT)

ZERO = Decimal(0)
ONE = Decimal(1)
_THOUSAND = Decimal(1000)
_SEVEN_DIGITS = decimal.Context(prec=7, rounding=ROUND_HALF_EVEN)


def to_decimal(value: float | str | Decimal) -> Decimal:
    """The number behind a value from Python: all digits that Python writes, as LEAN's bridge to Python reads it."""
    if type(value) is float:
        exact = _known.get(value)
        return _remember(value) if exact is None else exact
    if isinstance(value, Decimal):
        return value
    if isinstance(value, float):  # numpy's float64 derives from float
        return to_decimal(float(value))
    if isinstance(value, str):
        return Decimal(value)
    return Decimal(int(value)) if int(value) == value else to_decimal(float(value))


def cast_double(value: float | str | Decimal) -> Decimal:
    """.NET's `(decimal)double`, 15 significant digits, for what C# has computed as a double or taken as one.

    .NET scales the double to fifteen digits before the point, in doubles, and rounds half to even what comes of that:
    0.1756650091315715, a bit below, becomes 0.175665009131572 (`Decimal.DecCalc.VarDecFromR8`).
    What is too large for a decimal, or no number, keeps its text's digits: whoever calls says what becomes of it.
    """
    if not isinstance(value, float):
        return to_decimal(value)
    size = abs(float(value))
    if not size < _MOST_DECIMAL:
        return _from_text(format(float(value), ".15g"))
    # the exponent times log10(2), in 65,536ths
    power = 14 - (frexp(size)[1] * 19728 >> 16)
    power = min(power, 28)
    if power == -1 and size < 1e15:
        power = 0
    scaled = size * _TENS[power] if power >= 0 else size / _TENS[-power]
    if scaled < 1e14 and power < 28:
        scaled *= 10
        power += 1
    whole = round(scaled)
    while power > 0 and not whole % 10:
        if not whole:
            return ZERO
        whole //= 10
        power -= 1
    if power < 0:
        whole, power = whole * 10**-power, 0
    exact = Decimal(-whole if value < 0 else whole)
    return exact.scaleb(-power) if power else exact


def to_float(value: Decimal) -> float:
    """.NET's `(double)decimal`: the 96 bits as a double, divided by the power of ten, both rounded on the way."""
    text = str(value)
    if len(text) <= _EXACT_LENGTH:  # all digits fit a double: one rounding, as Python's
        return float(text)
    whole, _, decimals = format(value, "f").partition(".")
    high, low = divmod(abs(int(whole + decimals)), _TWO_TO_64)
    result = (low + high * float(_TWO_TO_64)) / float(f"1e{len(decimals)}")
    return -result if text[0] == "-" else result


class AdjustedPrice(float):
    """A price to which a factor has given more digits than a float holds, with the decimal that it stands for."""

    __slots__ = ("exact",)

    exact: Decimal

    @classmethod
    def of(cls, exact: Decimal) -> AdjustedPrice:
        """The float of a decimal, as .NET makes it."""
        price = cls(to_float(exact))
        price.exact = exact
        return price


def middle(bid: float, ask: float) -> float:
    """The middle of two prices as decimals have it: of 1.38660 and 1.38661 it is 1.386605, not 1.3866049999999999.

    Prices that a factor has given more digits keep them, and those that know their decimals give the middle of these.
    """
    if type(bid) is AdjustedPrice and type(ask) is AdjustedPrice:
        return to_float((bid.exact + ask.exact) / 2)
    exact = (bid + ask) / 2
    short = float(f"{exact:.15g}")
    return short if abs(short - exact) <= ulp(exact) else exact


_TENS = [float(f"1e{power}") for power in range(29)]
_MOST_DECIMAL = 2.0**96
_TWO_TO_64 = 1 << 64
#: fifteen digits and a point
_EXACT_LENGTH = 16

# The same prices and settings are converted again and again, and looking one up takes a tenth of converting it.
_known: dict[float, Decimal] = {0.0: ZERO}
_MOST_KNOWN = 20_000


def _remember(value: float) -> Decimal:
    exact = _from_text(repr(value))
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
        _known[0.0] = ZERO
    _known[value] = exact
    return exact


def _from_text(text: str) -> Decimal:
    exact = Decimal(text)
    if text[-2:] == ".0":
        return Decimal(text[:-2])
    return exact if "e" not in text else Decimal(format(exact, "f"))


def normalize(value: Decimal) -> Decimal:
    """Without trailing zeros after the point, and never in exponent form (`Extensions.Normalize`)."""
    return _without_exponent(value.normalize()) if value else ZERO


def _without_exponent(normalized: Decimal) -> Decimal:
    whole = normalized.quantize(ONE)
    return whole if whole == normalized else normalized


def round_decimal(value: Decimal, places: int) -> Decimal:
    """`Math.Round(value, places)`: half to even; a value with fewer decimals keeps its scale."""
    try:
        rounded = value.quantize(_quantum(places))
    except InvalidOperation:
        # Too long a number to have that many places: one that has fewer stays as it is.
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent >= -places:
            return value
        raise
    # Equal numbers are ordered by their scale: the one with more decimals comes first. Asking for the exponent instead
    # takes five times as long, for as_tuple() makes a tuple of the digits.
    return rounded if rounded != value or value.compare_total_mag(rounded) < ZERO else value


@cache
def _quantum(places: int) -> Decimal:
    return ONE.scaleb(-places)


@cache
def _power_of_ten(exponent: int) -> Decimal:
    return Decimal(10) ** exponent


def round_to_significant_digits(value: Decimal, digits: int) -> Decimal:
    """`Extensions.RoundToSignificantDigits`: half to even at that many digits, kept as decimals of the scaled value."""
    if not value:
        return ZERO
    scale = _power_of_ten(value.adjusted() + 1)
    return scale * round_decimal(value / scale, digits)


def smart_rounding(value: Decimal) -> Decimal:
    """`Extensions.SmartRounding`: above 1000 four decimals, else seven significant digits."""
    if not value:
        return ZERO
    if value <= _THOUSAND:
        return _without_exponent(_SEVEN_DIGITS.normalize(value))
    rounded = round_decimal(value, 4)
    return rounded if rounded != value else _without_exponent(value.normalize())


def truncate(value: Decimal) -> Decimal:
    """Towards zero, to an integer."""
    return value.to_integral_value(ROUND_DOWN)


def floor(value: Decimal) -> Decimal:
    """Towards minus infinity, to an integer."""
    return value.to_integral_value(ROUND_FLOOR)


def ceiling(value: Decimal) -> Decimal:
    """Towards plus infinity, to an integer."""
    return value.to_integral_value(ROUND_CEILING)


def discretely_round_by(value: Decimal, quanta: Decimal) -> Decimal:
    """`Extensions.DiscretelyRoundBy`: the nearest multiple of quanta, halves away from zero."""
    return (value / quanta).to_integral_value(ROUND_HALF_UP) * quanta if quanta else value


def decimal_text(value: Decimal) -> str:
    """`decimal.ToString(InvariantCulture)`: plain digits, the scale kept, never an exponent, no minus before zero."""
    if value is ZERO:
        return "0"
    text = str(value)  # a third of what format() takes, and the same unless there is an exponent
    return text if value and "E" not in text else format(value or abs(value), "f")


def short_text(value: Decimal) -> str:
    """A number for a `__repr__`: ten digits at most, nothing behind them."""
    return format(float(value), ".10g")


def json_decimal(value: Decimal) -> str:
    """A decimal as Newtonsoft's JSON writes it: always with a point (`1` becomes `1.0`), the scale kept."""
    text = decimal_text(value)
    return text if "." in text else text + ".0"
