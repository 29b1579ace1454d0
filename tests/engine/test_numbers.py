"""Decimals round as System.Decimal does, and keep the scale that it keeps."""

import pickle
import random
from decimal import Decimal, InvalidOperation

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leanib.engine.numbers import (
    AdjustedPrice,
    cast_double,
    decimal_text,
    json_decimal,
    middle,
    normalize,
    round_decimal,
    smart_rounding,
    to_decimal,
    to_float,
)

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


@pytest.mark.parametrize(
    ("value", "bridge", "cast"),
    [
        (0.1 + 0.2, "0.30000000000000004", "0.3"),
        (17.51097379738672, "17.51097379738672", "17.5109737973867"),
        (3.0, "3", "3"),
        (1e-7, "0.0000001", "0.0000001"),
        (1e22, "10000000000000000000000", "10000000000000000000000"),
    ],
)
def test_a_float_from_python_keeps_all_its_digits_and_a_double_of_csharp_fifteen(value, bridge, cast):
    """The bridge to Python reads what `repr` writes; `(decimal)double` cuts."""
    assert format(to_decimal(value), "f") == bridge
    assert format(cast_double(value), "f") == cast


@pytest.mark.parametrize(
    ("exact", "seen"),
    [
        # 24000000000000002 becomes 2.4e16 before it is divided: Python's own conversion keeps the 2
        ("0.0024000000000000002", 0.0024),
        ("145.352377726", 145.352377726),
        ("-145.35237772600", -145.352377726),
        ("79228162514264337593543950335", 7.922816251426434e28),
        ("0.0000000000000000000000000001", 1e-28),
    ],
)
def test_python_sees_a_decimal_as_dotnet_converts_it(exact, seen):
    """All bits become a double, then the point is set."""
    assert to_float(Decimal(exact)) == seen


def test_the_middle_of_two_prices_is_the_decimal_one():
    """Floats alone would end in ...4999."""
    assert (1.38660 + 1.38661) / 2 != 1.386605
    assert middle(1.38660, 1.38661) == 1.386605


def test_results_have_at_most_28_decimals_and_29_digits():
    """A fee of a tiny value is cut, a long quotient keeps the 29th digit that 96 bits have room for."""
    assert str(Decimal(2) / Decimal(30_000)) == "0.0000666666666666666666666667"
    assert str(Decimal(100) / 3) == "33.333333333333333333333333333"


def test_the_middle_of_prices_with_many_digits_keeps_them():
    """A continuous future's are products with a factor of 28 digits; those of a file are decimals of a few."""
    assert middle(1510.0177223561593, 1510.0177223561597) == 1510.0177223561595
    assert middle(1.38660, 1.38661) == 1.386605


def test_the_middle_of_adjusted_prices_is_that_of_their_decimals():
    """Two floats do not tell which of their neighbours it is next to: in a third of cases it is another one."""
    factor, draw, differing = Decimal("1.1416783285164213784"), random.Random(14), 0
    for _ in range(500):
        bid = Decimal(draw.randrange(1, 30_000)) / 10 * factor
        ask = bid + Decimal(draw.randrange(1, 9)) / 10 * factor
        found = middle(AdjustedPrice.of(bid), AdjustedPrice.of(ask))
        assert found == to_float((bid + ask) / 2)
        differing += found != middle(to_float(bid), to_float(ask))
    assert differing > 100


def test_an_adjusted_price_is_a_float_to_everybody_else():
    """It compares, prints, converts and adds as one, and a copy or an array has nothing of the decimal."""
    price = AdjustedPrice.of(Decimal("1512.586167983088251"))
    plain = 1512.5861679830882
    assert (price, repr(price), str(price), price + 1) == (plain, repr(plain), str(plain), plain + 1)
    assert to_decimal(price) == to_decimal(plain)
    assert (type(float(price)), type(price + 1), np.array([price]).dtype) == (float, float, np.float64)
    copied = pickle.loads(pickle.dumps(price))
    assert (copied, copied.exact) == (plain, price.exact)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1756650091315715, "0.175665009131572"),  # as LEAN logged it: a tie once it is scaled
        (0.05361645953213785, "0.0536164595321378"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (100.0, "100"),
        (1234567890123456789.0, "1234567890123460000"),
        (1e15, "1000000000000000"),
        (123456789012345.6, "123456789012346"),
        (3e-29, "0"),
        (1.25e-20, "0.0000000000000000000125"),
        (0.0, "0"),
    ],
)
def test_a_double_is_cast_with_nets_rounding(value: float, expected: str):
    """Fifteen digits, found by scaling the double, and without zeros at the end."""
    assert decimal_text(cast_double(value)) == expected


def test_a_double_without_a_decimal_is_left_to_who_asks():
    """.NET throws an OverflowException; callers here clamp, or refuse in their own words."""
    assert (cast_double(8e28), cast_double(-1e30)) == (Decimal("8e28"), Decimal("-1e30"))
    assert cast_double(float("-inf")) == Decimal("-Infinity")
    assert cast_double(float("nan")).is_nan()


@given(st.floats(1e-6, 1e12))
def test_a_cast_double_is_within_half_a_step_of_fifteen_digits(value: float):
    """Whichever way a tie goes."""
    assert cast_double(value) == pytest.approx(Decimal(value), rel=Decimal("5.1e-15"))
