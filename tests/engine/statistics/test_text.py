"""Numbers are spelt as .NET spells them."""

from datetime import timedelta
from decimal import Decimal

import pytest

from leanib.engine.statistics.text import (
    double_text,
    money_text,
    percent_text,
    round_double,
    safe_decimal_cast,
    time_span_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (8.854, "8.854"),
        (0.0, "0"),
        (-0.0, "-0"),
        (1e15, "1E+15"),
        (123456.5, "123456.5"),
        (1e-05, "1E-05"),
        (2.5e20, "2.5E+20"),
    ],
)
def test_doubles_have_their_shortest_digits_and_dotnets_exponents(value, text):
    """A double is written with the digits that read back the same, and E+15 from 1e15 on."""
    assert double_text(value) == text


def test_a_double_is_rounded_half_to_even_after_scaling():
    """Math.Round(double, 3) scales first: 1.0005 becomes 1000.4999... and rounds down; the sign of zero stays."""
    assert round_double(2.0625, 3) == 2.062
    assert round_double(0.1235, 3) == 0.124
    assert str(round_double(-0.0001, 3)) == "-0.0"


def test_money_rounds_half_away_from_zero_and_separates_thousands():
    """Format N2 is not banker's rounding."""
    assert money_text(Decimal("101691.925")) == "101,691.93"
    assert money_text(Decimal("-3.445")) == "-3.45"
    assert percent_text(Decimal("0.0169192")) == "1.69 %"


def test_a_cast_double_keeps_fifteen_digits_and_stays_in_range():
    """(decimal)double has 15 significant digits; what is too small becomes 0, what is too large the maximum."""
    assert safe_decimal_cast(0.1 + 0.2) == Decimal("0.3")
    assert safe_decimal_cast(1e-30) == 0
    assert safe_decimal_cast(1e40) == Decimal(2**96 - 1)
    with pytest.raises(ValueError, match="non-finite"):
        safe_decimal_cast(float("inf"))


def test_a_time_span_has_days_only_when_there_are_some():
    """TimeSpan.ToString(): [d.]hh:mm:ss[.fffffff]."""
    assert time_span_text(timedelta(hours=4, seconds=5)) == "04:00:05"
    assert time_span_text(timedelta(days=2, microseconds=1)) == "2.00:00:00.0000010"
    assert time_span_text(-timedelta(minutes=1)) == "-00:01:00"
