"""Orders, closed trades and exposure of a result in LEAN's JSON form. Times in are ISO 8601 UTC, out milliseconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from leanib.report.curves import Points, WallClock

__all__ = ["closed_trades", "event_rows", "exposure", "fills_by_symbol", "milliseconds", "order_rows"]

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
_STATES = {
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
_FILLED_WHOLE = 3
_WITH_FILLS = (2, _FILLED_WHOLE)
_EQUITY = 1
_MOST_ORDERS = 5000
_MOST_TRADES = 10000


def milliseconds(text: str) -> int:
    """An ISO time, taken as UTC when it names no zone."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def closed_trades(result: Mapping[str, Any], clock: WallClock) -> list[list[Any]]:
    """Symbol, side, quantity, entry time and price, exit time and price, profit, percent, fees, MAE, MFE, orders."""
    trades = ((result.get("totalPerformance") or {}).get("closedTrades")) or []
    return [_trade(trade, clock) for trade in trades[:_MOST_TRADES]]


def _trade(trade: Mapping[str, Any], clock: WallClock) -> list[Any]:
    symbols = trade.get("symbols") or [trade.get("symbol") or {}]
    entry, quantity, profit = float(trade["entryPrice"]), float(trade["quantity"]), float(trade["profitLoss"])
    exit_price = float(trade["exitPrice"])
    change = (exit_price / entry - 1) * 100 if entry else 0.0
    short = trade.get("direction") in (1, "short", "Short")
    return [
        ", ".join(str(symbol.get("value", "")) for symbol in symbols),
        "Short" if short else "Long",
        quantity,
        clock.local(milliseconds(trade["entryTime"])),
        entry,
        clock.local(milliseconds(trade["exitTime"])),
        exit_price,
        profit,
        round(-change if short else change, 4),
        float(trade.get("totalFees") or 0),
        float(trade.get("mae") or 0),
        float(trade.get("mfe") or 0),
        " ".join(str(number) for number in trade.get("orderIds") or []),
    ]


def order_rows(orders: Iterable[Mapping[str, Any]], clock: WallClock) -> list[list[Any]]:
    """Id, time, symbol, kind, quantity, price, value, state, tag; the first five thousand."""
    rows = []
    for order in list(orders)[:_MOST_ORDERS]:
        kind = int(order.get("type", 0))
        moment = order.get("lastFillTime") or order.get("createdTime") or order.get("time")
        price, quantity = float(order.get("price") or 0), float(order["quantity"])
        rows.append(
            [
                order["id"],
                clock.local(milliseconds(moment)) if moment else None,
                order["symbol"]["value"],
                _ORDER_TYPES[kind] if kind < len(_ORDER_TYPES) else str(kind),
                quantity,
                price,
                price * quantity,
                _STATES.get(int(order.get("status", 6)), "None"),
                order.get("tag") or "",
            ]
        )
    return rows


def event_rows(events: Iterable[Mapping[str, Any]], clock: WallClock) -> dict[str, list[list[Any]]]:
    """What happened to each order, by its id: time, state, quantity filled, price, fee, message."""
    result: dict[str, list[list[Any]]] = {}
    for event in events:
        rows = result.setdefault(str(event.get("orderId", "")), [])
        fee = event.get("orderFeeAmount")
        moment = event.get("time")
        rows.append(
            [
                clock.local(_event_time(moment)) if moment is not None else None,
                str(event.get("status", "")),
                float(event.get("fillQuantity") or 0),
                float(event.get("fillPrice") or 0),
                "" if fee is None else f"{float(fee):,.2f} {event.get('orderFeeCurrency') or ''}".strip(),
                str(event.get("message") or ""),
            ]
        )
    return result


def _event_time(moment: Any) -> int:
    """LEAN writes an event's time as seconds since 1970."""
    return milliseconds(moment) if isinstance(moment, str) else round(float(moment) * 1000)


def fills_by_symbol(orders: Mapping[str, Any]) -> dict[str, Points]:
    """Time (UTC) and price of the filled orders, by symbol, the most traded first."""
    result: dict[str, Points] = {}
    for order in orders.values():
        if order.get("status") in _WITH_FILLS and order.get("lastFillTime"):
            symbol = order["symbol"]["value"]
            result.setdefault(symbol, []).append((milliseconds(order["lastFillTime"]), float(order["price"])))
    return dict(sorted(result.items(), key=lambda item: -len(item[1])))


def exposure(
    result: Mapping[str, Any], equity: Points, sampled: Mapping[str, Points], currency: str
) -> dict[str, Points]:
    """Long and short holdings in percent of the portfolio.

    LEAN samples exposure at midnight, when a day trader holds nothing; so what the fills of a day make is put between
    those samples, valued at the fills' own prices. Only equities in the account's currency are, the rest is left to
    the samples.
    """
    steps = _steps(result.get("orders") or {}, equity, currency)
    merged = {
        name: sorted((dict(held) | dict(samples)).items())  # of one time the sample, of several fills the last
        for name, samples, held in zip(("Long", "Short"), _sides(sampled), steps, strict=True)
    }
    return {name: points for name, points in merged.items() if any(value for _, value in points)}


def _sides(sampled: Mapping[str, Points]) -> tuple[Points, Points]:
    """The samples of all kinds of securities added up, by side."""
    sums: tuple[dict[int, float], dict[int, float]] = ({}, {})
    for name, points in sampled.items():
        side = sums[1] if "Short" in name else sums[0]
        for time, value in points:
            side[time] = side.get(time, 0.0) + value * 100
    return sorted(sums[0].items()), sorted(sums[1].items())


def _steps(orders: Mapping[str, Any], equity: Points, currency: str) -> tuple[Points, Points]:
    """What was held after each fill, long and short."""
    fills = [
        (milliseconds(order["lastFillTime"]), _security(order), float(order["quantity"]), float(order["price"]))
        for order in orders.values()
        if order.get("status") == _FILLED_WHOLE and order.get("lastFillTime") and _is_plain(order, currency)
    ]
    held: dict[str, tuple[float, float]] = {}
    steps: tuple[Points, Points] = ([], [])
    times = [time for time, _ in equity]
    for time, symbol, quantity, price in sorted(fills, key=lambda fill: fill[0]):
        held[symbol] = (round(held.get(symbol, (0.0, 0.0))[0] + quantity, 8), price)
        portfolio = equity[max(bisect_right(times, time) - 1, 0)][1] if equity else 0.0
        if portfolio > 0:
            values = [amount * last / portfolio * 100 for amount, last in held.values()]
            steps[0].append((time, sum(value for value in values if value > 0)))
            steps[1].append((time, sum(value for value in values if value < 0)))
    return steps


def _security(order: Mapping[str, Any]) -> str:
    return str(order["symbol"].get("id") or order["symbol"]["value"])


def _is_plain(order: Mapping[str, Any], currency: str) -> bool:
    """Whether quantity times price is the order's value in the account's currency."""
    return order.get("securityType", _EQUITY) == _EQUITY and (order.get("priceCurrency") or currency) == currency
