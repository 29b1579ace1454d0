"""What the report shows, computed from a result in LEAN's JSON form.

Times are milliseconds since 1970 (UTC), which is what the page's charts take; rates are in percent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import mul
from typing import Any

from leanib.report.periods import closed_days, daily_changes, monthly_returns, sample_times

__all__ = ["PriceHistory", "report_data"]

#: a symbol's name and its prices in order of time: seconds since 1970 (UTC) and price
PriceHistory = Mapping[str, Sequence[tuple[float, float]]]

_ORDER_TYPES = (
    "Market",
    "Limit",
    "StopMarket",
    "StopLimit",
    "MarketOnOpen",
    "MarketOnClose",
    "OptionExercise",
    "LimitIfTouched",
    "ComboMarket",
    "ComboLimit",
    "ComboLegLimit",
    "TrailingStop",
)
_ORDER_STATES = {
    0: "New",
    1: "Submitted",
    2: "PartiallyFilled",
    3: "Filled",
    5: "Canceled",
    6: "None",
    7: "Invalid",
    8: "CancelPending",
    9: "UpdateSubmitted",
}
_OWN_CHARTS = {
    "Strategy Equity",
    "Benchmark",
    "Drawdown",
    "Exposure",
    "Capacity",
    "Portfolio Turnover",
    "Portfolio Margin",
    "Assets Sales Volume",
}
_MOST_ORDERS = 5000
_MOST_SYMBOLS = 30
_LINE_TYPES = {0: "line", 1: "scatter", 2: "candle", 3: "bar", 4: "scatter", 5: "line"}


def report_data(result: Mapping[str, Any], prices: PriceHistory | None = None) -> dict[str, Any]:
    """Everything that the page draws."""
    charts = result.get("charts") or {}
    equity = _closes(charts, "Strategy Equity", "Equity")
    configuration = result.get("algorithmConfiguration") or {}
    days = closed_days(equity, sample_times(charts), _start_date(configuration), _start_value(result))
    changes = daily_changes(days)
    trading_days = int(configuration.get("tradingDaysPerYear") or 252)
    fills = _fills(result.get("orders") or {})
    return {
        "equity": _columns(equity),
        "benchmark": _columns(_rebased(_points(charts, "Benchmark", "Benchmark"), equity)),
        "drawdown": _columns(_drawdown(equity)),
        "monthly": monthly_returns(days),
        "exposure": {name: _columns(points) for name, points in _exposure(charts).items()},
        "rollingSharpe": _rolling_sharpe(changes, trading_days),
        "returns": [round(value * 100, 4) for _, value in changes],
        "prices": _prices(prices or {}, fills),
        "orders": _order_rows((result.get("orders") or {}).values()),
        "orderCount": len(result.get("orders") or {}),
        "statistics": result.get("statistics") or {},
        "runtime": result.get("runtimeStatistics") or {},
        "userCharts": _user_charts(charts),
    }


Points = list[tuple[int, float]]


def _start_date(configuration: Mapping[str, Any]) -> date | None:
    text = str(configuration.get("startDate") or "")[:10]
    return date.fromisoformat(text) if text else None


def _start_value(result: Mapping[str, Any]) -> float:
    """What LEAN's net profit is measured from; 0 when the result does not say."""
    statistics = (result.get("totalPerformance") or {}).get("portfolioStatistics") or {}
    return float(statistics.get("startEquity") or 0)


def _points(charts: Mapping[str, Any], chart: str, series: str) -> Points:
    found = ((charts.get(chart) or {}).get("series") or {}).get(series) or {}
    return [(int(v[0]) * 1000, float(v[-1])) for v in found.get("values") or [] if v[-1] is not None]


_closes = _points  # a candle's last number is its close


def _columns(points: Iterable[tuple[int, float]]) -> dict[str, list[float]]:
    listed = list(points)
    return {"x": [time for time, _ in listed], "y": [round(value, 6) for _, value in listed]}


def _rebased(points: Points, equity: Points) -> Points:
    """The benchmark as if the start of the equity had been put into it."""
    base = next((value for _, value in points if value), 0.0)
    if not base or not equity:
        return []
    return [(time, value / base * equity[0][1]) for time, value in points if value]


def _drawdown(equity: Points) -> Points:
    result: Points = []
    peak = -math.inf
    for time, value in equity:
        peak = max(peak, value)
        result.append((time, (value / peak - 1) * 100 if peak > 0 else 0.0))
    return result


def _exposure(charts: Mapping[str, Any]) -> dict[str, Points]:
    """Long and short exposure in percent of the portfolio, by security type; series that are always 0 left out."""
    series = (charts.get("Exposure") or {}).get("series") or {}
    result = {}
    for name in series:
        points = [(time, value * 100) for time, value in _points(charts, "Exposure", name)]
        if any(value for _, value in points):
            result[name.replace(" Ratio", "")] = points
    return result


def _rolling_sharpe(changes: Points, trading_days: int) -> dict[str, Any]:
    """The Sharpe ratio (without a risk-free rate) over a window: half a year, or a third of a shorter run."""
    window = max(min(trading_days // 2, len(changes) // 3), 5)
    returns = [value for _, value in changes]
    points: Points = []
    for end in range(window, len(changes) + 1):
        values = returns[end - window : end]
        mean = sum(values) / window
        deviations = [value - mean for value in values]
        spread = math.sqrt(sum(map(mul, deviations, deviations)) / (window - 1))
        if spread > 1e-12:
            points.append((changes[end - 1][0], mean / spread * math.sqrt(trading_days)))
    return {"window": window, **_columns(points)}


def _fills(orders: Mapping[str, Any]) -> dict[str, list[tuple[int, float, float]]]:
    """Time, price and signed quantity of the filled orders, by symbol."""
    result: dict[str, list[tuple[int, float, float]]] = {}
    for order in orders.values():
        if order.get("status") in (2, 3) and order.get("lastFillTime"):
            symbol = order["symbol"]["value"]
            fill = (_milliseconds(order["lastFillTime"]), float(order["price"]), float(order["quantity"]))
            result.setdefault(symbol, []).append(fill)
    return result


def _milliseconds(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _prices(prices: PriceHistory, fills: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The symbols traded most: price, buys and sells. Without a price history, the fills' own prices."""
    result = []
    for symbol, trades in sorted(fills.items(), key=lambda item: -len(item[1]))[:_MOST_SYMBOLS]:
        history: Iterable[tuple[float, float]] = prices.get(symbol) or []
        line = [(round(time * 1000), price) for time, price in history if price]
        buys = [fill for fill in trades if fill[2] > 0]
        sells = [fill for fill in trades if fill[2] < 0]
        result.append(
            {
                "symbol": symbol,
                "price": _columns(line or [(time, price) for time, price, _ in trades]),
                "buys": _marks(buys),
                "sells": _marks(sells),
            }
        )
    return result


def _marks(fills: Iterable[tuple[int, float, float]]) -> dict[str, list[float]]:
    listed = list(fills)
    return {
        "x": [time for time, _, _ in listed],
        "y": [price for _, price, _ in listed],
        "quantity": [quantity for _, _, quantity in listed],
    }


def _order_rows(orders: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """Id, time, symbol, kind, quantity, price, value, state, tag; the first five thousand."""
    rows = []
    for order in list(orders)[:_MOST_ORDERS]:
        kind = int(order.get("type", 0))
        rows.append(
            [
                order["id"],
                order.get("lastFillTime") or order.get("createdTime") or order.get("time"),
                order["symbol"]["value"],
                _ORDER_TYPES[kind] if kind < len(_ORDER_TYPES) else str(kind),
                float(order["quantity"]),
                float(order["price"]),
                float(order["price"]) * float(order["quantity"]),
                _ORDER_STATES.get(int(order.get("status", 6)), "None"),
                order.get("tag") or "",
            ]
        )
    return rows


def _user_charts(charts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The charts that the algorithm plotted itself."""
    result = []
    for name, chart in charts.items():
        series = chart.get("series") or {}
        lines = [_line(item) for key, item in series.items() if name not in _OWN_CHARTS or _is_users(name, key)]
        lines = [line for line in lines if line["x"]]
        if lines:
            result.append({"name": name, "series": lines})
    return result


def _is_users(chart: str, series: str) -> bool:
    """Whether a series on one of LEAN's charts is the algorithm's."""
    return chart == "Strategy Equity" and series not in ("Equity", "Return")


def _line(series: Mapping[str, Any]) -> dict[str, Any]:
    kind = _LINE_TYPES.get(int(series.get("seriesType", 0)), "line")
    values = [v for v in series.get("values") or [] if not isinstance(v, dict)]
    values += [[v["x"], v["y"]] for v in series.get("values") or [] if isinstance(v, dict)]
    points = [v for v in values if v[-1] is not None]
    line: dict[str, Any] = {
        "name": series.get("name", ""),
        "kind": kind,
        "unit": series.get("unit", ""),
        "x": [int(v[0]) * 1000 for v in points],
        "y": [float(v[-1]) for v in points],
    }
    if kind == "candle":
        line |= {key: [float(v[i]) for v in points] for i, key in enumerate(("open", "high", "low", "close"), 1)}
    return line
