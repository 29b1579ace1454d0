"""A finished run, and the texts of its files (`Common/Packets/BacktestResultPacket.cs`, `Common/Result.cs`)."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from leanib import __version__
from leanib.engine.charting import Chart
from leanib.engine.orders.hashing import order_list_hash
from leanib.engine.orders.serialization import order_event_json, order_json
from leanib.engine.orders.serialization import to_json as order_text
from leanib.engine.results.daily_charts import EQUITY, STRATEGY_EQUITY
from leanib.engine.results.json_text import RawJson, charts_json, figures_json, iso_time, json_parts, to_json
from leanib.engine.statistics import AlgorithmPerformance, StatisticsResults, Trade

if TYPE_CHECKING:
    from leanib.engine.core.parts import ToldStrategy

__all__ = ["ResultPacket", "ResultTexts", "figures_of", "result_texts"]

_MOST_DAYS_A_POINT = 7
_POINTS_A_DAY_OF_PERIOD = 100
_DEFAULT_TRADING_DAYS = 252


class ResultTexts(NamedTuple):
    """The three JSON files, each in parts that are made as they are written."""

    result: Iterator[str]
    summary: Iterator[str]
    order_events: Iterator[str]


@dataclass
class ResultPacket:
    """Everything that a run leaves behind. `algorithm` is None when it could not be initialized."""

    algorithm_id: str
    algorithm: ToldStrategy | None
    charts: dict[str, Chart]
    orders: list[Any]
    order_events: list[Any]
    profit_loss: dict[datetime, Decimal]
    statistics: StatisticsResults
    runtime_statistics: dict[str, str]
    state: dict[str, str]
    processing_time: float

    @property
    def order_list_hash(self) -> str:
        """LEAN's fingerprint of the order list."""
        return order_list_hash(self.orders)


def result_texts(packet: ResultPacket) -> ResultTexts:
    """The files of a run."""
    common = {
        "statistics": packet.statistics.summary,
        "runtimeStatistics": packet.runtime_statistics,
        "state": packet.state,
        "serverStatistics": {"Hostname": platform.node(), "LEAN Version": f"leanib {__version__}"},
        "algorithmConfiguration": _configuration(packet.algorithm),
    }
    total = packet.statistics.total_performance
    result = {
        "rollingWindow": {
            key: _performance(performance, [], 3) for key, performance in packet.statistics.rolling_performances.items()
        },
        "charts": charts_json(packet.charts.values()),
        "orders": _Orders(packet.orders),
        "profitLoss": packet.profit_loss,
        **common,
        "totalPerformance": _performance(total, total.closed_trades),
    }
    summary = {
        "charts": charts_json(_thinned(packet.charts)),
        **common,
        "totalPerformance": _performance(total, None),
    }
    return ResultTexts(json_parts(result), json_parts(summary), _order_events(packet))


class _Orders(Mapping[str, RawJson]):
    """The texts of orders by their numbers, made when they are asked for."""

    def __init__(self, orders: Iterable[Any]) -> None:
        self._orders = {str(order.id): order for order in orders}

    def __getitem__(self, key: str) -> RawJson:
        return RawJson(order_text(order_json(self._orders[key])))

    def __iter__(self) -> Iterator[str]:
        return iter(self._orders)

    def __len__(self) -> int:
        return len(self._orders)


def _order_events(packet: ResultPacket) -> Iterator[str]:
    mark = "["
    for event in packet.order_events:
        yield mark + order_text(order_event_json(event, packet.algorithm_id))
        mark = ","
    yield "]" if packet.order_events else "[]"


def figures_of(packet: ResultPacket) -> dict[str, Any]:
    """The figures of a run as its result file has them, without charts, orders and trades."""
    summary, total = packet.statistics.summary, packet.statistics.total_performance
    return {"statistics": dict(summary), "totalPerformance": json.loads(to_json(_performance(total, None)))}


def _performance(performance: AlgorithmPerformance, trades: list[Trade] | None, level: int = 2) -> dict[str, Any]:
    """The performance of a period; `level` says how deep in the file its figures stand."""
    result: dict[str, Any] = {
        "tradeStatistics": figures_json(performance.trade_statistics, level),
        "portfolioStatistics": figures_json(performance.portfolio_statistics, level),
    }
    if trades is not None:
        result["closedTrades"] = map(_trade, trades) if trades else []
    return result


def _trade(trade: Trade) -> dict[str, Any]:
    symbol = trade.symbol
    return {
        "id": trade.id,
        "symbols": [{"value": symbol.value, "id": str(symbol.id), "permtick": symbol.value}],
        "entryTime": trade.entry_time,
        "entryPrice": trade.entry_price,
        "direction": int(trade.direction),
        "quantity": trade.quantity,
        "exitTime": trade.exit_time,
        "exitPrice": trade.exit_price,
        "profitLoss": trade.profit_loss,
        "totalFees": trade.total_fees,
        "mae": trade.mae,
        "mfe": trade.mfe,
        "duration": trade.duration,
        "endTradeDrawdown": trade.end_trade_drawdown,
        "isWin": trade.is_win,
        "orderIds": sorted(trade.order_ids),
    }


def _configuration(algorithm: ToldStrategy | None) -> dict[str, Any]:
    if algorithm is None:
        return {"tradingDaysPerYear": _DEFAULT_TRADING_DAYS}
    return {
        "name": algorithm.name,
        "tags": sorted(algorithm.tags),
        "accountCurrency": algorithm.account_currency,
        "brokerage": int(algorithm.brokerage_name),
        "accountType": int(algorithm.brokerage_model.account_type),
        "parameters": dict(algorithm.get_parameters()),
        "outOfSampleMaxEndDate": None,
        "outOfSampleDays": 0,
        "startDate": iso_time(algorithm.start_date),
        "endDate": iso_time(algorithm.end_date),
        "tradingDaysPerYear": algorithm.settings.trading_days_per_year,
    }


def _thinned(charts: dict[str, Chart]) -> list[Chart]:
    """The equity chart alone, with a candle for at most every seventh day."""
    chart = charts.get(STRATEGY_EQUITY)
    if chart is None:
        return []
    points = chart.series[EQUITY].values
    days = min(_MOST_DAYS_A_POINT, len(points) // _POINTS_A_DAY_OF_PERIOD)
    series = chart.series[EQUITY].clone(empty=True)
    series.values = _every(points, timedelta(days=days)) if days > 1 else points
    thinned = chart.clone_empty()
    thinned.add_series(series)
    return [thinned]


def _every(points: list[Any], period: timedelta) -> list[Any]:
    """Candles merged over periods from the first point on."""
    merged: list[Any] = []
    limit = points[0].time
    for point in points:
        if point.time >= limit:
            merged.append(point.clone())
            limit = point.time + period
            continue
        last = merged[-1]
        if point.high > last.high:
            last.high = point.high
        if point.low < last.low:
            last.low = point.low
        last.close = point.close
    return merged
