"""Charts and series take LEAN's constructors, names and roundings."""

from datetime import datetime
from decimal import Decimal

import pytest

from leanib.engine.charting import CandlestickSeries, Chart, ScatterMarkerSymbol, Series, SeriesType
from leanib.engine.charting.colors import Color

NOON = datetime(2013, 10, 7, 12)


def test_a_series_is_made_as_in_lean():
    """Type and index, or type, unit and colour."""
    by_index = Series("a", SeriesType.Bar, 2, "%")
    by_unit = Series("a", SeriesType.LINE, "%", Color.DodgerBlue)
    assert (by_index.index, by_index.unit) == (2, "%")
    assert (by_unit.index, by_unit.unit, by_unit.color.hex) == (0, "%", "#1E90FF")


def test_a_point_at_the_same_time_replaces_the_last():
    """The later value counts."""
    series = Series("a")
    series.AddPoint(NOON, 1.0)
    series.add_point(NOON, 2.0)
    assert [point.y for point in series.Values] == [Decimal(2)]


def test_values_are_rounded_to_seven_digits_or_four_decimals():
    """LEAN's SmartRounding: small numbers keep seven digits, those above a thousand four decimals."""
    series = Series("a")
    series.add_point(NOON, 1.23456789)
    assert series.values[0].y == Decimal("1.234568")


def test_updates_are_told_once():
    """get_updates gives what came since the last call."""
    chart = Chart("Mine")
    chart.add_series(Series("a"))
    chart.series["a"].add_point(NOON, 1)
    assert len(chart.get_updates().series["a"].values) == 1
    assert chart.get_updates().series["a"].values == []


def test_two_series_of_one_name_are_refused():
    """The chart would lose one."""
    chart = Chart("Mine")
    chart.add_series(Series("a"))
    with pytest.raises(ValueError, match="already has a series named 'a'"):
        chart.add_series(CandlestickSeries("a"))


def test_colours_have_dotnets_names():
    """In all spellings; others are refused."""
    assert Color.Red == Color.RED == Color.from_argb(255, 0, 0)
    assert Color.Empty.hex == ""
    with pytest.raises(AttributeError):
        Color.Reddish  # noqa: B018


@pytest.mark.usefixtures("as_engine")
def test_a_series_takes_the_number_of_a_marker_as_csharp_does():
    """0 is no marker, 4 the fifth; a number without a marker is refused when it is given."""
    plain, marked = (Series("Price", SeriesType.SCATTER, "%", Color.GREEN, number) for number in (0, 4))
    assert plain.scatter_marker_symbol is ScatterMarkerSymbol.NONE
    assert marked.scatter_marker_symbol is ScatterMarkerSymbol.TRIANGLE
    with pytest.raises(ValueError, match="9 is not a valid ScatterMarkerSymbol"):
        Series("Price", SeriesType.LINE, "%", Color.GREEN, 9)
