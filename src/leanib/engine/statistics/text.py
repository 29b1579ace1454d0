"""Numbers as .NET writes them in the invariant culture: the spelling of LEAN's statistics depends on it."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from leanib.engine.numbers import ZERO, cast_double

__all__ = ["double_text", "money_text", "percent_text", "round_double", "safe_decimal_cast", "time_span_text"]

_CENT = Decimal("0.01")
_SMALLEST = Decimal("1e-28")
_MAX_DECIMAL = Decimal(2**96 - 1)


def round_double(value: float, places: int) -> float:
    """`Math.Round(double, places)`: scaled, rounded half to even, scaled back; keeps the sign of zero."""
    if not math.isfinite(value) or abs(value) >= 1e16:
        return value
    power = 10.0**places
    return math.copysign(abs(round(value * power) / power), value)


def double_text(value: float) -> str:
    """`double.ToString()`: the shortest digits that read back the same; `E+15` from 1e15 on."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    magnitude = len(digits) + exponent - 1
    if value and not -5 < magnitude < 15:
        text = "".join(map(str, digits))
        mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
        return f"{'-' if sign else ''}{mantissa}E{'+' if magnitude > 0 else '-'}{abs(magnitude):02d}"
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")


def money_text(value: Decimal) -> str:
    """Format `N2`: two decimals, half away from zero, thousands separated."""
    return f"{value.quantize(_CENT, ROUND_HALF_UP):,f}"


def percent_text(value: Decimal) -> str:
    """Format `P`: a fraction as `1.69 %`."""
    return money_text(value * 100) + " %"


def safe_decimal_cast(value: float) -> Decimal:
    """`(decimal)double` within the range of System.Decimal; ValueError when the value is not finite."""
    if 1e-13 <= abs(value) < 1e28:  # far from the limits, as nearly all
        return cast_double(float(value))
    if not math.isfinite(value):
        raise ValueError(f"a non-finite number ({value}) cannot become a decimal")
    number = cast_double(float(value))
    if abs(number) > _MAX_DECIMAL:
        return _MAX_DECIMAL.copy_sign(number)
    if abs(number) < _SMALLEST:
        return ZERO
    return number.quantize(_SMALLEST).normalize() if abs(number) < Decimal("1e-13") else number


def time_span_text(span: timedelta) -> str:
    """`TimeSpan.ToString()`: `[-][d.]hh:mm:ss[.fffffff]`."""
    size = abs(span)
    days, seconds, fraction = size.days, size.seconds, size.microseconds
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return (
        ("-" if span.days < 0 else "") + (f"{days}." if days else "") + text + (f".{fraction:06d}0" if fraction else "")
    )
