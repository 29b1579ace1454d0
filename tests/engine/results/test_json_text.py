"""Result files have the form of LEAN's."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

from leanib.engine.charting import CandlestickSeries, Chart, ScatterChartPoint, Series, SeriesType
from leanib.engine.charting.colors import Color
from leanib.engine.results.json_text import camel_case, charts_json, figures_json, iso_time, json_parts, to_json
from leanib.engine.statistics import PortfolioStatistics

NOON = datetime(2013, 10, 7, 12)


def test_decimals_keep_their_scale_and_whole_numbers_get_a_point():
    """Newtonsoft writes 1.0 for 1 and 1.50 for 1.50."""
    assert (
        to_json({"a": Decimal("1.50"), "b": Decimal(1), "c": 2, "d": 0.1}, indent=0)
        == '{"a": 1.50,"b": 1.0,"c": 2,"d": 0.1}'
    )


def test_the_text_is_json_whatever_is_in_it():
    """Nested values, times, durations and nothing survive a parser."""
    value = {NOON: [NOON, timedelta(hours=1), None, True, "ü\n"], "empty": {}, "list": []}
    assert json.loads(to_json(value)) == {
        "2013-10-07T12:00:00Z": ["2013-10-07T12:00:00Z", "01:00:00", None, True, "ü\n"],
        "empty": {},
        "list": [],
    }


def test_the_parts_of_a_text_are_the_text():
    """An iterator is a list of items that are made as they are written, and may be empty."""
    value = {"a": {"b": {"c": [1, {"d": 2}]}, "e": {}}, "f": [], "g": Decimal("1.50")}
    lists = {"h": {"i": [{"j": 1}, 2], "k": []}}
    late = {"h": {"i": iter(lists["h"]["i"]), "k": iter(())}}
    assert "".join(json_parts({**value, **late})) == to_json({**value, **lists})


def test_times_have_a_fraction_only_when_they_have_one():
    """As in LEAN's files."""
    assert iso_time(NOON + timedelta(milliseconds=250)) == "2013-10-07T12:00:00.25Z"


def test_figures_are_texts_with_four_decimals_in_camel_case():
    """LEAN's JsonRoundingConverter writes decimals as strings."""
    text = figures_json(PortfolioStatistics(sharpe_ratio=Decimal("8.85443"), drawdown_recovery=3), level=1)
    figures = json.loads(text)
    assert (figures["sharpeRatio"], figures["alpha"], figures["drawdownRecovery"]) == ("8.8544", "0", 3)
    assert to_json({"figures": text}) == to_json({"figures": figures})
    assert camel_case("value_at_risk_99") == "valueAtRisk99"


def test_a_chart_has_candles_as_five_numbers_and_points_as_two():
    """The form that LEAN's own reader takes."""
    chart = Chart("Mine")
    candles = CandlestickSeries("Candles", 1)
    candles.add_point(NOON, 1, 2, 0.5, 1.5)
    line = Series("Line", SeriesType.LINE, "%", Color.RED)
    line.add_point(NOON, 1234.56789)
    scatter = Series("Dots", SeriesType.SCATTER, 0)
    scatter.values.append(ScatterChartPoint(NOON, 7, "seven"))
    for series in (candles, line, scatter):
        chart.add_series(series)
    drawn = json.loads(to_json(charts_json([chart])))["Mine"]["series"]
    assert drawn["Candles"]["values"] == [[1381147200, 1.0, 2.0, 0.5, 1.5]]
    assert drawn["Line"] == {
        "name": "Line",
        "unit": "%",
        "index": 0,
        "seriesType": 0,
        "values": [[1381147200, 1234.5679]],
        "color": "#FF0000",
        "scatterMarkerSymbol": "none",
    }
    assert drawn["Dots"]["values"] == [{"x": 1381147200, "y": 7.0, "tooltip": "seven"}]


def test_a_candle_cuts_off_the_part_of_a_second_that_a_point_rounds():
    """As LEAN's do, at the times that ticks have."""
    chart = Chart("Mine")
    late = NOON + timedelta(milliseconds=600)
    candles, line = CandlestickSeries("Candles", 0), Series("Line", SeriesType.LINE, 1)
    candles.add_point(late, 1, 2, 0.5, 1.5)
    line.add_point(late, 1)
    for series in (candles, line):
        chart.add_series(series)
    drawn = json.loads(to_json(charts_json([chart])))["Mine"]["series"]
    assert (drawn["Candles"]["values"][0][0], drawn["Line"]["values"][0][0]) == (1381147200, 1381147201)
    assert (candles.values[0].long_time, line.values[0].x) == (1381147200, 1381147201)


def test_series_of_a_chart_are_ordered_by_index_then_points_then_sum():
    """Equal lengths are told apart by what the points add up to; a gap adds nothing."""
    chart = Chart("Mine")
    for name, index, values in (("b", 0, (3, None)), ("a", 0, (1, 1)), ("short", 0, (9,)), ("first", -1, (5, 5, 5))):
        series = Series(name, SeriesType.LINE, index)
        for hour, value in enumerate(values):
            series.add_point(NOON + timedelta(hours=hour), value)
        chart.add_series(series)
    assert list(json.loads(to_json(charts_json([chart])))["Mine"]["series"]) == ["first", "short", "a", "b"]


def test_a_time_with_its_zone_is_written_as_lean_writes_it():
    """What an algorithm sees carries UTC; in a file it ends with Z and nothing else."""
    from datetime import datetime

    from leanib.engine.results.json_text import iso_time
    from leanib.engine.timezones.utc_time import UtcDateTime

    naive = datetime(2013, 10, 7, 13, 31)
    assert iso_time(UtcDateTime.of(naive)) == iso_time(naive) == "2013-10-07T13:31:00Z"
