"""JSON as LEAN's result files have it: numbers with their scale, dates in ISO form, series on one line each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from json.encoder import encode_basestring_ascii
from typing import Any

from leanib.engine.charting import (
    BaseSeries,
    Candlestick,
    Chart,
    ChartPoint,
    ScatterChartPoint,
    Series,
    SeriesType,
)
from leanib.engine.charting.charts import unix_seconds
from leanib.engine.numbers import ZERO, json_decimal, round_decimal
from leanib.engine.statistics.text import double_text, time_span_text
from leanib.engine.timezones.utc_time import naive_utc

__all__ = ["camel_case", "charts_json", "figures_json", "iso_time", "json_parts", "to_json"]

_ROUNDED_DECIMALS = 4


class RawJson(str):
    """Text that is JSON already."""

    __slots__ = ()


def iso_time(time: datetime) -> str:
    """`2013-10-07T13:31:00Z`, with a fraction only when there is one."""
    text = naive_utc(time).isoformat(timespec="seconds")
    return text + (f".{time.microsecond:06d}".rstrip("0") if time.microsecond else "") + "Z"


@cache
def camel_case(name: str) -> str:
    """`average_win_rate` to `averageWinRate`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def to_json(value: object, indent: int = 2, level: int = 0) -> str:
    """A value as indented JSON; `RawJson` goes in as it is."""
    write = _LEAVES.get(type(value))
    if write is not None:
        return write(value)
    if isinstance(value, Mapping):
        items = [f"{_key(key)}: {to_json(item, indent, level + 1)}" for key, item in value.items()]
        return _block("{", items, "}", indent, level)
    if isinstance(value, (list, tuple, set, frozenset)):
        return _block("[", [to_json(item, indent, level + 1) for item in value], "]", indent, level)
    return _scalar(value)


def json_parts(value: object, level: int = 0) -> Iterator[str]:
    """The text of `to_json`, part by part: of what is large no more than an item is in memory at a time.

    That is what stands in the object itself or in one of its members, and the items of an iterator, which is a list.
    """
    if isinstance(value, Iterator):
        yield from _stream("[", (("", item) for item in value), "]", level)
    elif isinstance(value, Mapping) and level <= 1:
        yield from _stream("{", ((f"{_key(key)}: ", item) for key, item in value.items()), "}", level)
    else:
        yield to_json(value, level=level)


def _stream(opening: str, items: Iterable[tuple[str, object]], closing: str, level: int) -> Iterator[str]:
    mark, space = opening, "\n" + "  " * (level + 1)
    for head, item in items:
        yield mark + space + head
        yield from json_parts(item, level + 1)
        mark = ","
    yield opening + closing if mark == opening else "\n" + "  " * level + closing


def _block(opening: str, items: list[str], closing: str, indent: int, level: int) -> str:
    if not items:
        return opening + closing
    if not indent:
        return opening + ",".join(items) + closing
    space = "\n" + " " * (indent * (level + 1))
    return opening + space + ("," + space).join(items) + "\n" + " " * (indent * level) + closing


def _key(key: object) -> str:
    return encode_basestring_ascii(iso_time(key) if isinstance(key, datetime) else str(key))


def _raw(text: str) -> str:
    return text


def _float_json(value: float) -> str:
    text = double_text(value)
    return text if "." in text or "E" in text else text + ".0"


#: the kinds of leaves that there are many of, told by their type alone; `_scalar` knows them all
_LEAVES: dict[type, Callable[[Any], str]] = {
    RawJson: _raw,
    str: encode_basestring_ascii,
    int: repr,
    float: _float_json,
    Decimal: json_decimal,
}


def _scalar(value: object) -> str:
    if isinstance(value, Decimal):
        return json_decimal(value)
    if isinstance(value, datetime):
        return f'"{iso_time(value)}"'
    if isinstance(value, timedelta):
        return f'"{time_span_text(value)}"'
    if isinstance(value, Enum):
        return _scalar(value.value)
    return _float_json(value) if isinstance(value, float) else json.dumps(value)


def figures_json(figures: object, level: int = 0) -> RawJson:
    """A statistics object as LEAN writes it: decimals as text with at most four decimals.

    `level` says how deep in the file its block stands.
    """
    values = vars(figures)
    return RawJson(_figures_form(tuple(values), level) % tuple(map(_figure, values.values())))


@cache
def _figures_form(names: tuple[str, ...], level: int) -> str:
    """The block of figures of these names, with a gap for each: a run of years has hundreds of such blocks."""
    return _block("{", [f"{_key(camel_case(name))}: %s" for name in names], "}", 2, level)


def _figure(value: object) -> str:
    if value is ZERO:  # as most figures of a window without trades
        return '"0"'
    if type(value) is not Decimal:
        return to_json(value)
    rounded = round_decimal(value, _ROUNDED_DECIMALS)
    text = str(rounded)  # a third of what format() takes, and the same unless there is an exponent
    return f'"{rounded:f}"' if "E" in text else f'"{text}"'


def charts_json(charts: Iterable[Chart]) -> dict[str, Any]:
    """Charts by name, each series as one line of JSON."""
    seconds = _Seconds()
    return {chart.name: _chart(chart, seconds) for chart in charts}


class _Seconds(dict[datetime, str]):
    """The text of a time in seconds since 1970: the series of a chart share their times."""

    def __missing__(self, time: datetime) -> str:
        text = self[time] = str(unix_seconds(time))
        return text


def _chart(chart: Chart, seconds: _Seconds) -> dict[str, Any]:
    result: dict[str, Any] = {
        "name": chart.name,
        "chartType": 0,
        "series": {series.name: _series(series, seconds) for series in _ordered(chart.series.values())},
    }
    if chart.symbol is not None:
        result["symbol"] = str(chart.symbol)
    if chart.legend_disabled:
        result["legendDisabled"] = True
    return result


def _ordered(chart_series: Collection[BaseSeries]) -> list[BaseSeries]:
    """By index, then by the number of points, then by their sum."""
    keys = {series.name: (series.index, len(series.values)) for series in chart_series}
    alike = Counter(keys.values())

    def key(series: BaseSeries) -> tuple[int, int, Decimal]:
        first = keys[series.name]
        return *first, _total(series) if alike[first] > 1 else ZERO

    return sorted(chart_series, key=key)


def _total(series: BaseSeries) -> Decimal:
    return sum([value for point in series.values if (value := getattr(point, "y", None))], ZERO)


def _series(series: BaseSeries, seconds: _Seconds) -> RawJson:
    head = {"name": series.name, "unit": series.unit, "index": series.index, "seriesType": int(series.series_type)}
    optional = {"zIndex": series.z_index, "indexName": series.index_name, "tooltip": series.tooltip}
    head.update({key: value for key, value in optional.items() if value is not None})
    points = series.values
    if isinstance(series, Series) and series.series_type == SeriesType.PIE:
        total = series.consolidate_chart_points()
        points = [] if total is None else [total]
    parts = [json.dumps(head, separators=(",", ":"))[:-1], f'"values":[{",".join(_points(points, seconds))}]']
    if isinstance(series, Series):
        parts.append(f'"color":"{series.color.hex}"')
        parts.append(f'"scatterMarkerSymbol":"{series.scatter_marker_symbol.value}"')
    return RawJson(",".join(parts) + "}")


def _points(points: Iterable[Any], seconds: _Seconds) -> Iterator[str]:
    value, number = None, "null"
    for point in points:
        if type(point) is not ChartPoint:
            yield _point(point, seconds)
            continue
        if point.y is not value:  # most days' points have the very value of the day before
            value = point.y
            number = _number(value)
        yield f"[{seconds[point.time]},{number}]"


def _point(point: Any, seconds: _Seconds) -> str:
    if isinstance(point, Candlestick):
        time = point.time.replace(microsecond=0) if point.time.microsecond else point.time
        opened, highest, lowest = _number(point.open), _number(point.high), _number(point.low)
        return f"[{seconds[time]},{opened},{highest},{lowest},{_number(point.close)}]"
    if isinstance(point, ScatterChartPoint):
        tooltip = f',"tooltip":{json.dumps(point.tooltip)}' if point.tooltip else ""
        return f'{{"x":{seconds[point.time]},"y":{_number(point.y)}{tooltip}}}'
    return f"[{seconds[point.time]},{_number(point.y)}]"


def _number(value: Decimal | float | None) -> str:
    if isinstance(value, Decimal):
        text = str(value)  # as `json_decimal`, without its calls: a run has a score of points a day
        if not value or "E" in text:
            return json_decimal(value)
        return text if "." in text else text + ".0"
    if value is None:
        return "null"
    text = repr(value)
    return _float_json(value) if "e" in text else text
