"""The parts of a live run's result files (`Common/Packets/LiveResultPacket.cs`, `Common/Result.cs`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.charting import Chart
from leanib.engine.numbers import round_decimal
from leanib.engine.symbols import Currencies

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy

__all__ = ["cash_json", "holdings_json", "sampled", "since"]


def cash_json(algorithm: RunStrategy) -> dict[str, Any]:
    """The cash book by currency."""
    return {
        cash.symbol: {
            "symbol": cash.symbol,
            "amount": cash.amount_decimal,
            "conversionRate": cash.conversion_rate_decimal,
            "currencySymbol": Currencies.get_currency_symbol(cash.symbol),
            "valueInAccountCurrency": cash.value_in_account_currency_decimal,
        }
        for cash in algorithm.portfolio.cash_book.values()
    }


def holdings_json(algorithm: RunStrategy) -> dict[str, Any]:
    """What is held, by security identifier: LEAN's one-letter keys (`Common/Holding.cs`)."""
    result: dict[str, Any] = {}
    for security in algorithm.securities.values():
        holding = security.holdings
        if not holding.quantity_decimal:
            continue
        cost = abs(float(holding.absolute_holdings_cost))
        unrealized = round_decimal(holding.unrealized_profit_decimal, 2)
        symbol = security.symbol
        result[str(symbol.id)] = {
            "symbol": {"value": symbol.value, "id": str(symbol.id), "permtick": symbol.value},
            "a": holding.average_price_decimal,
            "q": holding.quantity_decimal,
            "p": security.price_decimal,
            "v": round_decimal(holding.holdings_value_decimal, 2),
            "u": unrealized,
            "up": round(100 * float(unrealized) / cost, 2) if cost else 0.0,
            "c": Currencies.get_currency_symbol(security.quote_currency.symbol),
            "r": security.quote_currency.conversion_rate_decimal,
        }
    return result


def since(charts: dict[str, Chart], moment: datetime) -> list[Chart]:
    """The charts with only the points from a moment (naive UTC) on; those without any are left out."""
    return [chart for chart in (_reduced(chart, moment, timedelta(0)) for chart in charts.values()) if chart.series]


def sampled(charts: dict[str, Chart], step: timedelta, moment: datetime = datetime(1, 1, 1)) -> list[Chart]:
    """The charts from a moment on with one point a step: the last of each."""
    return [chart for chart in (_reduced(chart, moment, step) for chart in charts.values()) if chart.series]


def _reduced(chart: Chart, moment: datetime, step: timedelta) -> Chart:
    reduced = chart.clone_empty()
    for series in chart.series.values():
        points = [point for point in series.values if point.time >= moment]
        if step and points:
            points = _last_of_each(points, step)
        if points:
            copy = series.clone(empty=True)
            copy.values = points
            reduced.add_series(copy)
    return reduced


def _last_of_each(points: list[Any], step: timedelta) -> list[Any]:
    kept: list[Any] = []
    bucket = None
    for point in points:
        number = (point.time - datetime(1970, 1, 1)) // step
        if kept and number == bucket:
            kept[-1] = point
        else:
            kept.append(point)
        bucket = number
    return kept
