"""JSON as LEAN's result files have it: numbers with their scale, dates in ISO form, series on one line each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from leanib.engine.charting import BaseSeries, Candlestick, Chart, ScatterChartPoint, Series, SeriesType
from leanib.engine.numbers import ZERO, json_decimal, round_decimal
from leanib.engine.run.statistics.text import double_text, time_span_text

__all__ = ["camel_case", "charts_json", "figures_json", "iso_time", "to_json"]

_ROUNDED_DECIMALS = 4


class RawJson(str):
    """Text that is JSON already."""

    __slots__ = ()


def iso_time(time: datetime) -> str:
    """`2013-10-07T13:31:00Z`, with a fraction only when there is one."""
    text = time.strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{time.microsecond:06d}".rstrip("0") if time.microsecond else "") + "Z"


def camel_case(name: str) -> str:
    """`average_win_rate` to `averageWinRate`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def to_json(value: Any, indent: int = 2, level: int = 0) -> str:
    """A value as indented JSON; `RawJson` goes in as it is."""
    if isinstance(value, RawJson):
        return value
    if isinstance(value, Mapping):
        items = [f"{json.dumps(_key(key))}: {to_json(item, indent, level + 1)}" for key, item in value.items()]
        return _block("{", items, "}", indent, level)
    if isinstance(value, (list, tuple, set, frozenset)):
        return _block("[", [to_json(item, indent, level + 1) for item in value], "]", indent, level)
    return _scalar(value)


def _block(opening: str, items: list[str], closing: str, indent: int, level: int) -> str:
    if not items:
        return opening + closing
    if not indent:
        return opening + ",".join(items) + closing
    space = "\n" + " " * (indent * (level + 1))
    return opening + space + ("," + space).join(items) + "\n" + " " * (indent * level) + closing


def _key(key: Any) -> str:
    return iso_time(key) if isinstance(key, datetime) else str(key)


def _scalar(value: Any) -> str:
    if isinstance(value, Decimal):
        return json_decimal(value)
    if isinstance(value, datetime):
        return f'"{iso_time(value)}"'
    if isinstance(value, timedelta):
        return f'"{time_span_text(value)}"'
    if isinstance(value, Enum):
        return _scalar(value.value)
    if isinstance(value, float):
        text = double_text(value)
        return text if "." in text or "E" in text else text + ".0"
    return json.dumps(value)


def figures_json(figures: Any) -> dict[str, Any]:
    """A statistics object as LEAN writes it: decimals as text with at most four decimals."""
    return {camel_case(name): _figure(value) for name, value in vars(figures).items()}


def _figure(value: Any) -> Any:
    return format(round_decimal(value, _ROUNDED_DECIMALS), "f") if isinstance(value, Decimal) else value


def charts_json(charts: Iterable[Chart]) -> dict[str, Any]:
    """Charts by name, each series as one line of JSON."""
    return {chart.name: _chart(chart) for chart in charts}


def _chart(chart: Chart) -> dict[str, Any]:
    ordered = sorted(chart.series.values(), key=lambda series: (series.index, len(series.values), _total(series)))
    result: dict[str, Any] = {
        "name": chart.name,
        "chartType": 0,
        "series": {series.name: _series(series) for series in ordered},
    }
    if chart.symbol is not None:
        result["symbol"] = str(chart.symbol)
    if chart.legend_disabled:
        result["legendDisabled"] = True
    return result


def _total(series: BaseSeries) -> Decimal:
    return sum((point.y or ZERO for point in series.values if hasattr(point, "y")), ZERO)


def _series(series: BaseSeries) -> RawJson:
    head = {"name": series.name, "unit": series.unit, "index": series.index, "seriesType": int(series.series_type)}
    optional = {"zIndex": series.z_index, "indexName": series.index_name, "tooltip": series.tooltip}
    head.update({key: value for key, value in optional.items() if value is not None})
    points = series.values
    if isinstance(series, Series) and series.series_type == SeriesType.PIE:
        total = series.consolidate_chart_points()
        points = [] if total is None else [total]
    parts = [json.dumps(head, separators=(",", ":"))[:-1], f'"values":[{",".join(map(_point, points))}]']
    if isinstance(series, Series):
        parts.append(f'"color":"{series.color.hex}"')
        parts.append(f'"scatterMarkerSymbol":"{series.scatter_marker_symbol.value}"')
    return RawJson(",".join(parts) + "}")


def _point(point: Any) -> str:
    if isinstance(point, Candlestick):
        values = (point.open, point.high, point.low, point.close)
        return f"[{point.long_time},{','.join(map(_number, values))}]"
    if isinstance(point, ScatterChartPoint):
        tooltip = f',"tooltip":{json.dumps(point.tooltip)}' if point.tooltip else ""
        return f'{{"x":{point.x},"y":{_number(point.y)}{tooltip}}}'
    return f"[{point.x},{_number(point.y)}]"


def _number(value: Decimal | float | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, Decimal):
        return json_decimal(value)
    text = repr(value)
    return _scalar(value) if "e" in text else text
