"""Decimals round as System.Decimal does, and keep the scale that it keeps."""

from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leanib.engine.numbers import decimal_text, json_decimal, normalize, round_decimal, smart_rounding

DECIMALS = st.builds(
    lambda digits, scale: Decimal(digits).scaleb(-scale), st.integers(-(10**15), 10**15), st.integers(0, 12)
)


@given(DECIMALS, st.integers(0, 8))
def test_rounding_keeps_the_scale_of_a_number_with_fewer_decimals(value, places):
    """Only decimals beyond the places are rounded away, zeros among them."""
    exponent = value.as_tuple().exponent
    rounded = round_decimal(value, places)
    assert rounded.as_tuple().exponent == max(exponent, -places)
    assert abs(rounded - value) * 2 <= Decimal(1).scaleb(-places)


@given(DECIMALS)
def test_smart_rounding_keeps_seven_digits_or_four_decimals(value):
    """Above 1000 four decimals, else seven digits; no exponent, and no zeros at the end of a number not rounded."""
    rounded = smart_rounding(value)
    expected = value.quantize(Decimal("0.0001")) if value > 1000 else Decimal(f"{value:.6e}")
    assert rounded == expected
    assert "E+" not in str(rounded)


def test_a_number_rounded_above_1000_keeps_its_four_decimals():
    """As LEAN's does: zeros go only from what was not rounded."""
    texts = ["1234.50000001", "1234.5000", "100000", "999.99996", "-1234.56789", "0.00"]
    assert [str(smart_rounding(Decimal(text))) for text in texts] == [
        "1234.5000",
        "1234.5",
        "100000",
        "1000",
        "-1234.568",
        "0",
    ]


def test_a_number_too_long_for_the_places_stays_or_is_refused():
    """28 digits have no room for four decimals more."""
    long = Decimal(1234567890123456789012345678)
    assert round_decimal(long, 4) is long
    with pytest.raises(InvalidOperation):
        round_decimal(Decimal("Infinity"), 4)


def test_texts_have_no_exponent_and_zero_no_sign():
    """Small numbers and large ones are written out."""
    assert [decimal_text(Decimal(text)) for text in ("-0.00", "1E-9", "1E+3", "-1.50")] == [
        "0.00",
        "0.000000001",
        "1000",
        "-1.50",
    ]
    assert json_decimal(Decimal(5)) == "5.0"
    assert str(normalize(Decimal("1500.00"))) == "1500"
