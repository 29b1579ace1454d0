"""What all indicators share: updates, events, windows, arithmetic."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.indicators import (
    AverageTrueRange,
    ConstantIndicator,
    IndicatorDataPoint,
    PythonIndicator,
    RelativeStrengthIndex,
    SimpleMovingAverage,
)
from leanib.engine.indicators.python_indicator import as_indicator
from leanib.errors import UsageError

NOON = datetime(2020, 1, 1, 12)


def _fed(*values: float) -> SimpleMovingAverage:
    average = SimpleMovingAverage(2)
    for index, value in enumerate(values):
        average.update(NOON + timedelta(days=index), value)
    return average


def test_update_says_whether_the_indicator_is_ready() -> None:
    """An average of two is ready with the second value, and counts both."""
    average = SimpleMovingAverage(2)
    assert average.update(NOON, 1.0) is False
    assert average.update(NOON + timedelta(days=1), 3.0) is True
    assert (average.samples, average.current.value, average.is_ready) == (2, 2.0, True)
    assert average.current.time == NOON + timedelta(days=1)


def test_data_points_and_bars_update_alike(bars: list[Any]) -> None:
    """A value comes as (time, value), as a data point or as a bar's close."""
    by_value, by_point, by_bar = SimpleMovingAverage(3), SimpleMovingAverage(3), SimpleMovingAverage(3)
    for bar in bars[:5]:
        by_value.update(bar.end_time, bar.close)
        by_point.update(IndicatorDataPoint(bar.end_time, bar.close))
        by_bar.update(bar)
    assert by_value.current == by_point.current == by_bar.current


def test_bars_are_required_where_a_value_does_not_do() -> None:
    """LEAN's refusal of update(time, value) names the way out."""
    with pytest.raises(UsageError, match=r"update\(TradeBar\)"):
        AverageTrueRange(3).update(NOON, 1.0)


def test_the_past_is_refused_once_aloud(caplog: pytest.LogCaptureFixture) -> None:
    """An older data point changes nothing and is logged the first time."""
    average = _fed(1.0, 3.0)
    with caplog.at_level(logging.ERROR):
        average.update(NOON, 50.0)
        average.update(NOON, 60.0)
    assert (average.samples, average.current.value) == (2, 2.0)
    assert len([record for record in caplog.records if "forward only" in record.message]) == 1


def test_the_same_data_twice_counts_once() -> None:
    """The same object is taken once, another one for the same time again."""
    average = SimpleMovingAverage(2)
    point = IndicatorDataPoint(NOON, 1.0)
    average.update(point)
    average.update(point)
    assert average.samples == 1
    average.update(IndicatorDataPoint(NOON, 2.0))
    assert average.samples == 2


def test_handlers_hear_of_updates_until_they_leave() -> None:
    """`+=` and `-=` on `updated`; the handler gets the indicator and the new point."""
    heard = []

    def handler(sender: Any, point: IndicatorDataPoint) -> None:
        heard.append((sender, point.value))

    average = SimpleMovingAverage(1)
    average.updated += handler
    average.update(NOON, 5.0)
    average.updated -= handler
    average.update(NOON + timedelta(days=1), 6.0)
    assert heard == [(average, 5.0)]


def test_indexing_reaches_back() -> None:
    """`[0]` is current, `[1]` and `previous` the one before; an index beyond widens the window."""
    average = _fed(1.0, 3.0, 5.0)
    assert average[0].value == average.current.value == 4.0
    assert average[1].value == average.previous.value == 2.0
    assert average[3] is None
    assert average.window.size == 4


def test_indicators_calculate_like_numbers() -> None:
    """Comparisons and arithmetic with floats and with one another."""
    two, four = _fed(1.0, 3.0), _fed(3.0, 5.0)
    assert two < four <= 4 < 5
    assert four > 3.5
    assert (two + 1, 1 + two, two - four, 10 - two) == (3.0, 3.0, -2.0, 8.0)
    assert (two * four, 2 * two, four / two, 8 / two) == (8.0, 4.0, 2.0, 4.0)
    assert (float(two), -two, abs(-1 * two), round(two / 3, 2)) == (2.0, -2.0, 2.0, 0.67)


def test_a_name_is_made_when_none_is_given() -> None:
    """The name comes from the parameters; PascalCase members answer too."""
    assert RelativeStrengthIndex(14).name == "RSI(14)"
    assert SimpleMovingAverage("mine", 3).name == "mine"
    average: Any = _fed(1.0, 3.0)
    assert (average.Current.Value, average.IsReady, average.Samples) == (2.0, True, 2)


def test_lean_generics_are_accepted() -> None:
    """`ConstantIndicator[IndicatorDataPoint]` is how LEAN's Python names the class."""
    assert ConstantIndicator[IndicatorDataPoint]("five", 5).current.value == 5


def test_a_user_indicator_in_snake_case() -> None:
    """A class derived from PythonIndicator: its update's answer is readiness, its value becomes current."""

    class Twice(PythonIndicator):
        def __init__(self, name: str) -> None:
            self.name = name
            self.value = 0.0

        def update(self, data: Any) -> bool:
            self.value = 2 * data.value
            return self.samples > 1

    twice = Twice("twice")
    heard = []
    twice.updated += lambda _, point: heard.append(point.value)
    assert as_indicator(twice) is twice
    assert twice.push(IndicatorDataPoint(NOON, 4.0)) is False
    assert twice.push(IndicatorDataPoint(NOON + timedelta(days=1), 5.0)) is True
    assert (twice.name, twice.current.value, heard) == ("twice", 10.0, [8.0, 10.0])


def test_a_user_indicator_in_pascal_case_from_nothing() -> None:
    """A class with Update, Value and IsReady is wrapped, once."""

    class Last:
        def __init__(self) -> None:
            self.Name, self.Value, self.IsReady = "last", 0.0, False

        def Update(self, data: Any) -> None:  # noqa: N802
            self.Value, self.IsReady = data.value, True

    last = Last()
    wrapped = as_indicator(last)
    assert wrapped is as_indicator(last)
    assert wrapped.push(IndicatorDataPoint(NOON, 7.0)) is True
    assert (wrapped.name, wrapped.current.value) == ("last", 7.0)


def test_a_user_indicator_without_a_value_is_refused() -> None:
    """The message names the missing member."""

    class Useless:
        is_ready = True

        def update(self, data: Any) -> None:
            """Nothing."""

    with pytest.raises(NotImplementedError, match="value must be implemented"):
        as_indicator(Useless())
