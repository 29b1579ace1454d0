"""Indicators made of indicators."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.indicators import (
    FilteredIdentity,
    IndicatorDataPoint,
    IndicatorExtensions,
    Maximum,
    Minimum,
    RateOfChange,
    SimpleMovingAverage,
)

NOON = datetime(2020, 1, 1, 12)


def _feed(values: list[float], *indicators: Any) -> None:
    for index, value in enumerate(values):
        for indicator in indicators:
            indicator.update(NOON + timedelta(days=index), value)


@pytest.mark.parametrize(("operation", "expected"), [("plus", 12.0), ("minus", 6.0), ("times", 27.0), ("over", 3.0)])
def test_two_indicators_with_an_operator(operation: str, expected: float) -> None:
    """The composite of max 9 and min 3 follows both, and is updated once for each pair."""
    high, low = Maximum(3), Minimum(3)
    composite = getattr(IndicatorExtensions, operation)(high, low)
    heard = []
    composite.updated += lambda _, point: heard.append(point.time)
    _feed([3, 9, 5], high, low)
    assert composite.current.value == expected
    assert composite.is_ready
    assert heard == [NOON + timedelta(days=k) for k in range(3)]


def test_a_number_in_place_of_an_indicator() -> None:
    """An indicator times a constant."""
    average = SimpleMovingAverage(1)
    half = IndicatorExtensions.times(average, 0.5)
    _feed([8], average)
    assert half.current.value == 4.0


def test_a_division_by_zero_keeps_the_value() -> None:
    """Where there is no answer, the composite stays as it was."""
    first, second = SimpleMovingAverage(1), SimpleMovingAverage(1)
    ratio = IndicatorExtensions.over(first, second)
    first.update(NOON, 6.0)
    second.update(NOON, 3.0)
    first.update(NOON + timedelta(days=1), 6.0)
    second.update(NOON + timedelta(days=1), 0.0)
    assert ratio.current.value == 2.0


def test_one_fed_by_another() -> None:
    """`of` feeds the second once the first is ready; `sma` makes such an average."""
    change = RateOfChange(1)
    smooth = IndicatorExtensions.of(SimpleMovingAverage(2), change)
    same = IndicatorExtensions.sma(change, 2)
    _feed([1, 2, 6], change)
    assert smooth.current.value == same.current.value == 1.5
    assert smooth.is_ready


def test_an_average_weighed_by_another_indicator() -> None:
    """Prices 10 and 20 with weights 1 and 3 have the mean 17.5."""
    price, weight = SimpleMovingAverage(1), SimpleMovingAverage(1)
    mean = IndicatorExtensions.weighted_by(price, weight, 2)
    for day, (value, heavy) in enumerate([(10, 1), (20, 3)]):
        price.update(NOON + timedelta(days=day), value)
        weight.update(NOON + timedelta(days=day), heavy)
    assert mean.current.value == 17.5


def test_a_filter_lets_values_through() -> None:
    """A value that the filter refuses leaves the last one."""
    even = FilteredIdentity("even", lambda data: data.value % 2 == 0)
    for day, value in enumerate([4, 5]):
        even.update(IndicatorDataPoint(NOON + timedelta(days=day), value))
    assert even.current.value == 4
