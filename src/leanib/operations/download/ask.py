"""A chunk of days of one series, asked of IB, as columns by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leanib.data.columns import QuoteBarColumns, QuoteTickColumns, Times, TradeBarColumns, TradeTickColumns
from leanib.data.sources import Series
from leanib.ib.contracts import Instrument
from leanib.ib.history import BarSize, HistoryBar, HistoryService, HistoryTick, What
from leanib.operations.download.days import MarketDays

__all__ = ["ByDay", "Columns", "ask", "bar_size", "requests_of"]

Columns = TradeBarColumns | QuoteBarColumns | TradeTickColumns | QuoteTickColumns
ByDay = dict[dt.date, Columns]
_SIZES: dict[str, BarSize] = {"second": "1 secs", "minute": "1 min", "hour": "1 hour", "daily": "1 day"}
_PRICES = ("open", "high", "low", "close")
_SECONDS_A_REQUEST = 2000
_LEAST_TICK_REQUESTS = 5


def bar_size(series: Series) -> BarSize:
    """What is asked for. A day of a market around the clock is made of hours: IB's own ends at 17:00 New York."""
    around_the_clock = series.kind in {"forex", "crypto"}
    return "1 hour" if series.resolution == "daily" and around_the_clock else _SIZES[series.resolution]


def requests_of(series: Series, hours: float) -> int:
    """About how many requests a chunk needs, whose sessions last so many hours; of ticks the least."""
    sides = 2 if series.tick_type == "quote" else 1
    if series.resolution == "tick":
        return _LEAST_TICK_REQUESTS * sides
    if series.resolution == "second":
        return -int(-hours * 3600 // _SECONDS_A_REQUEST) * sides
    return sides


async def ask(
    history: HistoryService,
    instrument: Instrument,
    series: Series,
    days: Sequence[dt.date],
    market: MarketDays,
    progress: Callable[[dt.datetime], None] | None = None,
) -> ByDay:
    """What IB has of the days; a day that it has nothing of is not among them."""
    start, end = market.span(days[0])[0], market.span(days[-1])[1]
    if series.resolution == "daily":
        start = dt.datetime.combine(days[0], dt.time(), dt.UTC)
        end = dt.datetime.combine(days[-1], dt.time(), dt.UTC) + dt.timedelta(days=1)
    if series.resolution == "tick":
        kind = "BID_ASK" if series.tick_type == "quote" else "TRADES"
        ticks = await history.ticks(
            instrument, kind, start, end, regular_hours=market.regular_hours, progress=progress  # type: ignore[arg-type]
        )
        return _by_day(_tick_columns(ticks, series, market), days)

    async def bars(what: What) -> list[HistoryBar]:
        return await history.bars(
            instrument, bar_size(series), what, start, end, regular_hours=market.regular_hours, progress=progress
        )

    if series.tick_type == "trade":
        found = await bars("AGGTRADES" if series.kind == "crypto" else "TRADES")
        return _by_day(_trades(found, series, market), days)
    return _by_day(_quotes(await bars("BID"), await bars("ASK"), series, market), days)


def _times(moments: list[dt.datetime], series: Series, market: MarketDays) -> Times:
    """In the data time zone, at the start of the bar on the clock: the first hour of a stock's day began at 9:00."""
    zone = dt.UTC if series.resolution == "daily" and series.kind == "equity" else market.zone
    local = np.array([moment.astimezone(zone).replace(tzinfo=None) for moment in moments], dtype="datetime64[us]")
    unit = {"daily": "D", "hour": "h", "minute": "m"}.get(series.resolution, "s")
    times: Times = local.astype(f"datetime64[{unit}]").astype("datetime64[us]")
    return times


def _trades(bars: list[HistoryBar], series: Series, market: MarketDays) -> TradeBarColumns:
    columns = {name: np.array([getattr(bar, name) for bar in bars], dtype=np.float64) for name in _PRICES}
    volume = np.array([bar.volume for bar in bars], dtype=np.float64)
    times = _times([bar.start for bar in bars], series, market)
    if not len(times):
        return TradeBarColumns(times, **columns, volume=volume)
    starts = _starts(times)
    return TradeBarColumns(times[starts], **_joined(columns, starts), volume=np.add.reduceat(volume, starts))


def _quotes(bids: list[HistoryBar], asks: list[HistoryBar], series: Series, market: MarketDays) -> QuoteBarColumns:
    """Both sides by time; a side that IB does not tell is 0, which is LEAN's for absent. IB tells no sizes."""
    sides = {"bid": {bar.start: bar for bar in bids}, "ask": {bar.start: bar for bar in asks}}
    moments = sorted(set(sides["bid"]) | set(sides["ask"]))
    times = _times(moments, series, market)
    starts = _starts(times)
    columns: dict[str, NDArray[np.float64]] = {}
    for side, bars in sides.items():
        rows = [[getattr(bars[at], name) if at in bars else 0.0 for name in _PRICES] for at in moments]
        table = np.array(rows, dtype=np.float64).reshape(len(moments), len(_PRICES))
        prices = dict(zip(_PRICES, table.T, strict=True))
        joined = prices if len(starts) == len(moments) else _joined(prices, starts)
        columns |= {f"{side}_{name}": values for name, values in joined.items()}
    unsized = np.zeros(len(starts))
    return QuoteBarColumns(time=times[starts], **columns, bid_size=unsized, ask_size=unsized)


def _starts(times: Times) -> NDArray[np.intp]:
    """Where each bar's rows begin: hours of one day have one time."""
    return np.flatnonzero(np.concatenate([[True], times[1:] != times[:-1]])) if len(times) else np.empty(0, np.intp)


def _joined(prices: dict[str, NDArray[np.float64]], starts: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
    """Bars that have one time as one bar; a side's absent rows (0) count only where there are no others."""
    low = np.where(prices["low"] == 0, np.inf, prices["low"])
    lowest = np.minimum.reduceat(low, starts)
    ends = np.append(starts[1:], len(low)) - 1
    return {
        "open": prices["open"][starts],
        "high": np.maximum.reduceat(prices["high"], starts),
        "low": np.where(np.isinf(lowest), 0.0, lowest),
        "close": prices["close"][ends],
    }


def _tick_columns(ticks: list[HistoryTick], series: Series, market: MarketDays) -> TradeTickColumns | QuoteTickColumns:
    times = _times([tick.time for tick in ticks], series, market)
    count = len(ticks)
    flags, conditions = np.zeros(count, dtype=np.bool_), np.full(count, "0")
    exchanges = np.array([tick.exchange for tick in ticks], dtype=np.str_) if count else np.zeros(0, dtype="<U1")

    def column(name: str) -> Any:
        return np.array([getattr(tick, name) for tick in ticks], dtype=np.float64)

    if series.tick_type == "quote":
        sides = (column("price"), column("size"), column("ask"), column("ask_size"))
        return QuoteTickColumns(times, *sides, exchanges, conditions, flags)
    return TradeTickColumns(times, column("price"), column("size"), exchanges, conditions, flags)


def _by_day(columns: Columns, days: Sequence[dt.date]) -> ByDay:
    dates = columns.time.astype("datetime64[D]")
    found = {}
    for day in days:
        chosen = dates == np.datetime64(day)
        if chosen.any():
            found[day] = columns.part(chosen)
    return found
