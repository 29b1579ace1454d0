"""LEAN's decimals of indicators, against System.Decimal written in whole numbers."""

from __future__ import annotations

import copy
import math
import pickle
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leanib.engine import indicators as i
from leanib.engine.indicators.exact import ExactBar, ExactValues, exact_model
from leanib.engine.indicators.history import IndicatorRecorder
from leanib.engine.market import TradeBar
from leanib.engine.numbers import cast_double, decimal_text, to_float
from leanib.engine.numbers.system_decimal import divided, plus, times

_START = datetime(2020, 1, 2)
_BITS = 1 << 96


class Net:
    """A System.Decimal: a whole number below 2 ** 96 and a scale."""

    def __init__(self, number: int, scale: int) -> None:
        drop = max(scale - 28, 0)
        while abs(_half_even(Fraction(number, 10**drop))) >= _BITS:
            drop += 1
        assert drop <= scale
        self.number, self.scale = _half_even(Fraction(number, 10**drop)), scale - drop

    @staticmethod
    def of(value: Decimal) -> Net:
        exponent = int(value.as_tuple().exponent)
        return Net(int(value.scaleb(-exponent)), -exponent)

    def __add__(self, other: Net) -> Net:
        scale = max(self.scale, other.scale)
        return Net(self.number * 10 ** (scale - self.scale) + other.number * 10 ** (scale - other.scale), scale)

    def __neg__(self) -> Net:
        return Net(-self.number, self.scale)

    def __sub__(self, other: Net) -> Net:
        return self + -other

    def __mul__(self, other: Net) -> Net:
        return Net(self.number * other.number, self.scale + other.scale)

    def __truediv__(self, other: Net) -> Net:
        exact = Fraction(self.number * 10**other.scale, other.number * 10**self.scale)
        least = max(self.scale - other.scale, 0)
        for scale in range(least, 29):
            whole = exact * 10**scale
            if whole.denominator == 1 and abs(whole) < _BITS:
                return Net(int(whole), scale)
        longest = max(scale for scale in range(29) if abs(_half_even(exact * 10**scale)) < _BITS)
        return Net(_half_even(exact * 10**longest), longest)

    def __str__(self) -> str:
        digits = str(abs(self.number)).zfill(self.scale + 1)
        whole, rest = digits[: len(digits) - self.scale], digits[len(digits) - self.scale :]
        return ("-" if self.number < 0 else "") + whole + ("." + rest if rest else "")


def _half_even(value: Fraction) -> int:
    return round(value)


_DECIMALS = st.builds(
    lambda digits, scale: Decimal(digits).scaleb(-scale), st.integers(-(10**14), 10**14), st.integers(0, 14)
)


@given(_DECIMALS, _DECIMALS)
def test_sums_and_products_are_nets(one: Decimal, other: Decimal) -> None:
    """Scales are kept, and what does not fit is rounded."""
    assert decimal_text(plus(one, other)) == str(Net.of(one) + Net.of(other))
    assert decimal_text(times(one, other)) == str(Net.of(one) * Net.of(other))
    if abs(float(one) * float(one) * float(other)) < 7e28:
        assert decimal_text(times(times(one, one), other)) == str(Net.of(one) * Net.of(one) * Net.of(other))


@given(_DECIMALS, _DECIMALS.filter(bool))
def test_quotients_are_nets(one: Decimal, other: Decimal) -> None:
    """28 or 29 digits, or as few as the quotient needs."""
    assert decimal_text(divided(one, other)) == str(Net.of(one) / Net.of(other))


def test_digits_of_sums_products_and_quotients() -> None:
    """As .NET prints them."""
    assert str(divided(Decimal("2449.20154107000"), 20)) == "122.46007705350"
    assert str(divided(Decimal(100), Decimal(3))) == "33.333333333333333333333333333"
    assert str(divided(Decimal(6), Decimal("0.3"))) == "20"
    assert str(times(Decimal("0.908046889442744"), Decimal("2.0"))) == "1.8160937788854880"
    assert str(plus(Decimal("1.10"), Decimal("-1.1"))) == "0.00"
    assert str(times(Decimal(2**48), Decimal(2**48 - 1))) == str(2**96 - 2**48)
    with pytest.raises(ZeroDivisionError):
        divided(Decimal(1), 0)
    with pytest.raises(OverflowError, match="96 bits"):
        times(Decimal(2**48), Decimal(2**48))


def _bars(count: int, seed: int) -> list[TradeBar]:
    """A walk whose prices have eleven decimals, as a file's times a factor has."""
    draw, bars, cents = random.Random(seed), [], 15_000
    factor = Decimal("0.8460635")
    for number in range(count):
        cents += draw.randrange(-200, 201)
        low, high = sorted((cents - draw.randrange(100), cents + draw.randrange(100)))
        each = (cents, high, low, draw.randrange(low, high + 1))
        prices = [to_float(Decimal(price) / 100 * factor) for price in each]
        bars.append(TradeBar(_START + number * timedelta(days=1), None, *prices, 100.0, timedelta(days=1)))
    return bars


def _exact(bar: Any) -> ExactBar:
    factor, prices = Decimal("0.8460635"), (bar.high, bar.low, bar.close)
    return ExactBar(*((Decimal(price) / factor).quantize(Decimal("0.0001")) * factor for price in prices))


_MAKERS: list[Callable[[], Any]] = [
    lambda: i.Identity("x"),
    lambda: i.Sum("x", 5),
    lambda: i.SimpleMovingAverage("x", 7),
    lambda: i.Variance("x", 6),
    lambda: i.StandardDeviation("x", 6),
    lambda: i.Maximum("x", 4),
    lambda: i.Minimum("x", 4),
    lambda: i.Delay("x", 3),
    lambda: i.ExponentialMovingAverage("x", 5),
    lambda: i.ExponentialMovingAverage("x", 5, 0.25),
    lambda: i.WilderMovingAverage("x", 5),
    lambda: i.Momentum("x", 4),
    lambda: i.RateOfChange("x", 4),
    lambda: i.RateOfChangePercent("x", 4),
    lambda: i.TrueRange("x"),
    lambda: i.AverageTrueRange("x", 5),
    lambda: i.AverageTrueRange("x", 5, i.MovingAverageType.SIMPLE),
    lambda: i.BollingerBands("x", 8, 2.0),
    lambda: i.BollingerBands("x", 8, 2, i.MovingAverageType.EXPONENTIAL),
    lambda: i.DonchianChannel("x", 5, 7),
    lambda: i.KeltnerChannels("x", 6, 1.5),
]


def _recorded(indicator: Any, bars: list[TradeBar]) -> Any:
    recorder = IndicatorRecorder(indicator, _exact)
    indicator.updated += recorder.on_update
    for bar in bars:
        recorder.take(bar)
        indicator.push(bar)
    return recorder.history()


@pytest.mark.parametrize("make", _MAKERS)
def test_every_models_decimals_are_the_indicators_floats(make: Callable[[], Any]) -> None:
    """Of the indicator and of all its parts, up to what floats lose."""
    history = _recorded(make(), _bars(60, 3))
    assert len(history) > 40
    for points in history:
        for name, point in points._values.items():
            text = str(point).partition(" - ")[2]
            assert float(text) == pytest.approx(point.value, rel=1e-9, abs=1e-11), name
            assert text != f"{point.value:.15g}" or name == "current" or len(text) < 14 or "." in text


def test_averages_and_deviations_have_the_digits_of_net() -> None:
    """Worked out anew from each window with whole numbers; sums that go on from bar to bar have the same digits."""
    period, bars = 8, _bars(40, 5)
    closes = [Net.of(_exact(bar).value) for bar in bars]
    history = _recorded(i.BollingerBands("x", period, 2.0), bars)
    count, two = Net(period, 0), Net(20, 1)
    for place, points in enumerate(history, period):
        window = closes[place - period : place]
        total, squares = Net(0, 0), Net(0, 0)
        for close in window:
            total, squares = total + close, squares + close * close
        mean = total / count
        variance = squares / count - mean * mean
        deviation = Net.of(cast_double(math.sqrt(to_float(Decimal(str(variance))))))
        expected = {
            "current": window[-1],
            "middle_band": mean,
            "standard_deviation": deviation,
            "upper_band": mean + deviation * two,
            "lower_band": mean - deviation * two,
        }
        assert {name: str(points[name]).partition(" - ")[2] for name in expected} == {
            name: str(value) for name, value in expected.items()
        }


def test_exponential_averages_and_channels_have_the_digits_of_net() -> None:
    """Step by step, as LEAN's formulas stand."""
    bars = _bars(40, 6)
    exact = [_exact(bar) for bar in bars]
    factor = Net(20, 1) / Net(6, 0)
    current = sum((Net.of(bar.value) for bar in exact[1:5]), Net.of(exact[0].value)) / Net(5, 0)
    expected = [str(current)]
    for bar in exact[5:]:
        current = Net.of(bar.value) * factor + current * (Net(1, 0) - factor)
        expected.append(str(current))
    averages = _recorded(i.ExponentialMovingAverage("x", 5), bars)
    assert [str(one.current).partition(" - ")[2] for one in averages] == expected
    channel = _recorded(i.DonchianChannel("x", 5), bars)
    for place, points in enumerate(channel, 5):
        upper = max(bar.high for bar in exact[place - 5 : place])
        lower = min(bar.low for bar in exact[place - 5 : place])
        middle = (Net.of(upper) + Net.of(lower)) / Net(2, 0)
        assert [str(points[name]).partition(" - ")[2] for name in ("upper_band", "lower_band", "current")] == [
            decimal_text(upper),
            decimal_text(lower),
            str(middle),
        ]


def test_points_show_the_floats_digits_where_no_model_is() -> None:
    """An indicator without one, a subclass of a user's, and a point that was made by hand."""

    class Own(i.SimpleMovingAverage):
        def _next(self, data: Any) -> float:
            return super()._next(data) * 2

    for indicator in (i.HullMovingAverage("x", 4), Own("x", 4)):
        assert exact_model(indicator) is None
        point = _recorded(indicator, _bars(20, 1)).current[-1]
        assert str(point).endswith(f" - {point.value:.15g}")
    assert str(i.IndicatorDataPoint(_START, 1.50)) == "2020-01-02T00:00:00 - 1.5"


def test_a_point_of_a_history_can_be_copied_and_pickled() -> None:
    """A pickled one has the float alone."""
    point = _recorded(i.SimpleMovingAverage("x", 4), _bars(20, 1)).current[-1]
    assert str(copy.copy(point)) == str(point)
    again = pickle.loads(pickle.dumps(point))
    assert (again, str(again)) == (point, f"{point.time:%Y-%m-%dT%H:%M:%S} - {point.value:.15g}")


def test_nothing_is_computed_before_a_text_is_wanted() -> None:
    """Histories warm indicators up, and nobody reads most of their texts."""
    seen: list[ExactBar] = []
    model = exact_model(i.SimpleMovingAverage("x", 2))
    assert model is not None
    values = ExactValues(lambda bar: seen.append(bar) or model(bar), _exact)  # type: ignore[func-returns-value]
    for bar in _bars(5, 2):
        values.take(bar)
    assert (len(values), seen) == (5, [])
    assert values.of("current", 5) is not None
    assert len(seen) == 5
    assert values.of("upper_band", 5) is None
