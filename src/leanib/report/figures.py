"""What the report shows, computed from a result in LEAN's JSON form and from what else is known of the run.

Times of day are the algorithm's, told as milliseconds as if they were since 1970 in UTC, which is what the page's
charts take; rates are in percent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from leanib.report.candles import Candles
from leanib.report.curves import Points, WallClock, drawdown, points_of, rebased
from leanib.report.details import RunDetails
from leanib.report.periods import Day, closed_days, daily_changes, monthly_returns, sample_times
from leanib.report.returns import drawdown_table, monthly_list, rolling
from leanib.report.text import statistic_text
from leanib.report.trading import closed_trades, event_rows, exposure, fills_by_symbol, order_rows
from leanib.report.user_charts import user_charts

__all__ = ["report_data"]

_MOST_SYMBOLS = 30


def report_data(result: Mapping[str, Any], details: RunDetails | None = None) -> dict[str, Any]:
    """Everything that the page draws."""
    known = details or RunDetails()
    charts, configuration = result.get("charts") or {}, result.get("algorithmConfiguration") or {}
    currency = str(configuration.get("accountCurrency") or "USD")
    samples = sample_times(charts)
    clock = WallClock(samples)
    equity = points_of(charts, "Strategy Equity", "Equity")
    days = closed_days(equity, samples, _start_date(configuration), _start_value(result))
    return {
        "currency": currency,
        **_curves(charts, equity, clock, known),
        **_periods(days, charts, configuration, clock),
        "exposure": _exposure(result, charts, equity, clock, currency),
        "prices": _prices(known, fills_by_symbol(result.get("orders") or {}), clock),
        "userCharts": user_charts(charts, clock),
        "trades": closed_trades(result, clock),
        "orders": order_rows((result.get("orders") or {}).values(), clock),
        "orderCount": len(result.get("orders") or {}),
        "events": event_rows(known.order_events, clock),
        "statistics": _texts(result.get("statistics") or {}, currency),
        "runtime": result.get("runtimeStatistics") or {},
        **_told(known, configuration),
    }


def _start_date(configuration: Mapping[str, Any]) -> date | None:
    text = str(configuration.get("startDate") or "")[:10]
    return date.fromisoformat(text) if text else None


def _start_value(result: Mapping[str, Any]) -> float:
    """What LEAN's net profit is measured from; 0 when the result does not say."""
    statistics = (result.get("totalPerformance") or {}).get("portfolioStatistics") or {}
    return float(statistics.get("startEquity") or 0)


def _texts(statistics: Mapping[str, str], currency: str) -> dict[str, str]:
    return {name: statistic_text(name, value, currency) for name, value in statistics.items()}


def _curves(charts: Mapping[str, Any], equity: Points, clock: WallClock, known: RunDetails) -> dict[str, Any]:
    benchmark = rebased(points_of(charts, "Benchmark", "Benchmark"), equity)
    return {
        "equity": clock.columns(equity),
        "benchmark": clock.columns(benchmark),
        "benchmarkName": known.benchmark,
        "drawdown": clock.columns(drawdown(equity)),
    }


def _periods(
    days: Sequence[Day], charts: Mapping[str, Any], configuration: Mapping[str, Any], clock: WallClock
) -> dict[str, Any]:
    trading_days = int(configuration.get("tradingDaysPerYear") or 252)
    calendar = monthly_returns(days)
    found = rolling(days, _benchmark_days(days, points_of(charts, "Benchmark", "Benchmark")), trading_days)
    return {
        "monthly": calendar,
        "months": monthly_list(calendar),
        "returns": [round(value * 100, 4) for _, value in daily_changes(days)],
        "drawdowns": drawdown_table(days),
        "rolling": {**found, "x": [clock.local(time) for time in found["x"]]},
    }


def _benchmark_days(days: Sequence[Day], benchmark: Points) -> list[Day]:
    """The benchmark's value as each of the strategy's days closed; none when it has no value."""
    values = {time: value for time, value in benchmark if value}
    return [Day(day.date, day.time, values[day.time]) for day in days if day.time in values]


def _exposure(
    result: Mapping[str, Any], charts: Mapping[str, Any], equity: Points, clock: WallClock, currency: str
) -> dict[str, Any]:
    names = (charts.get("Exposure") or {}).get("series") or {}
    sampled = {name: points_of(charts, "Exposure", name) for name in names}
    return {name: clock.columns(points, 3) for name, points in exposure(result, equity, sampled, currency).items()}


def _prices(known: RunDetails, fills: Mapping[str, Points], clock: WallClock) -> list[dict[str, Any]]:
    """The symbols traded most: candles, or a line of sampled prices, or of the fills' own."""
    result: list[dict[str, Any]] = []
    for symbol in list(fills)[:_MOST_SYMBOLS]:
        candles = known.candles.get(symbol)
        if candles is not None:
            result.append({"symbol": symbol, "candles": _candle_columns(candles)})
            continue
        sampled = [(round(time * 1000), price) for time, price in known.prices.get(symbol) or [] if price]
        result.append({"symbol": symbol, "line": clock.columns(sampled or fills[symbol])})
    return result


def _candle_columns(candles: Candles) -> dict[str, Any]:
    prices = {name: getattr(candles, name) for name in ("open", "high", "low", "close")}
    return {"step": candles.step, "x": candles.time.tolist(), **{k: v.round(6).tolist() for k, v in prices.items()}}


def _told(known: RunDetails, configuration: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "timeZone": known.time_zone,
        "parameters": {str(k): str(v) for k, v in (configuration.get("parameters") or {}).items()},
        "log": list(known.log),
        "logOmitted": known.log_omitted,
        "code": [{"name": file.name, "sha256": file.sha256, "text": file.text} for file in known.code],
        "missing": list(known.missing),
        "missingCount": known.missing_count,
        "dataNotes": list(known.data_notes),
    }
