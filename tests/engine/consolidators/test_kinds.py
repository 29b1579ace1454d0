"""Consolidators of ticks and quotes, identity, chains, and a user's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.consolidators import (
    FilteredIdentityDataConsolidator,
    IdentityDataConsolidator,
    PythonConsolidator,
    QuoteBarConsolidator,
    SequentialConsolidator,
    TickConsolidator,
    TickQuoteBarConsolidator,
    TradeBarConsolidator,
)
from leanib.engine.market import Bar, QuoteBar, Tick, TradeBar
from leanib.engine.symbols import Symbol, TickType

MONDAY = datetime(2020, 6, 1, 9, 30)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def _trade(symbol: Symbol, at: datetime, price: float, quantity: float) -> Tick:
    tick = Tick()
    tick.symbol, tick.time, tick.value, tick.quantity, tick.tick_type = symbol, at, price, quantity, TickType.TRADE
    return tick


def _quote(symbol: Symbol, at: datetime, bid: float, ask: float) -> Tick:
    tick = Tick()
    tick.symbol, tick.time, tick.tick_type = symbol, at, TickType.QUOTE
    tick.bid_price, tick.ask_price, tick.bid_size, tick.ask_size = bid, ask, 5, 6
    tick.value = (bid + ask) / 2
    return tick


def test_trades_make_bars_and_quotes_do_not(spy: Symbol, collect: Callable[..., list[Any]]) -> None:
    """TickConsolidator takes the trades of a minute; the bar is emitted with the first tick after it."""
    consolidator = TickConsolidator(MINUTE)
    found = collect(consolidator)
    for tick in (
        _trade(spy, MONDAY, 10, 1),
        _quote(spy, MONDAY + SECOND, 1, 99),
        _trade(spy, MONDAY + 2 * SECOND, 12, 2),
        _trade(spy, MONDAY + MINUTE, 11, 4),
    ):
        consolidator.update(tick)
    [bar] = found
    assert (type(bar), bar.open, bar.high, bar.low, bar.close, bar.volume) == (TradeBar, 10, 12, 10, 12, 3)


def test_quotes_make_quote_bars(spy: Symbol, collect: Callable[..., list[Any]]) -> None:
    """TickQuoteBarConsolidator keeps the bid's and the ask's extremes and the last sizes."""
    consolidator = TickQuoteBarConsolidator(MINUTE)
    found = collect(consolidator)
    for tick in (_quote(spy, MONDAY, 10, 11), _quote(spy, MONDAY + SECOND, 9, 12), _quote(spy, MONDAY + MINUTE, 1, 2)):
        consolidator.update(tick)
    [bar] = found
    assert (bar.bid.open, bar.bid.low, bar.bid.close) == (10, 9, 9)
    assert (bar.ask.open, bar.ask.high, bar.ask.close) == (11, 12, 12)
    assert (bar.last_bid_size, bar.last_ask_size) == (5, 6)


def test_quote_bars_make_quote_bars(spy: Symbol, collect: Callable[..., list[Any]]) -> None:
    """Two minutes of quotes in one bar, which the third minute ends."""
    consolidator = QuoteBarConsolidator(2 * MINUTE)
    found = collect(consolidator)
    for k, (bid, ask) in enumerate([(10, 11), (12, 14), (1, 2)]):
        consolidator.update(
            QuoteBar(MONDAY + k * MINUTE, spy, Bar(bid, bid, bid, bid), 1, Bar(ask, ask, ask, ask), 2, MINUTE)
        )
    [bar] = found
    assert (bar.open, bar.close, bar.bid.high, bar.ask.high) == (10.5, 13, 12, 14)
    assert bar.period == 2 * MINUTE


def test_identity_passes_each_time_once(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """Data of the same time is passed once."""
    consolidator: Any = IdentityDataConsolidator()
    found = collect(consolidator)
    consolidator.update(minute(MONDAY, 1))
    consolidator.update(minute(MONDAY, 2))
    consolidator.update(minute(MONDAY + MINUTE, 3))
    assert [bar.close for bar in found] == [1, 3]


def test_a_filter(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """Only what the predicate accepts is passed."""
    consolidator: Any = FilteredIdentityDataConsolidator(lambda bar: bar.close > 1)
    found = collect(consolidator)
    consolidator.update(minute(MONDAY, 1))
    consolidator.update(minute(MONDAY + MINUTE, 3))
    assert [bar.close for bar in found] == [3]


def test_one_after_another(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """Two by two, then two by two: four bars make one."""
    consolidator = SequentialConsolidator(TradeBarConsolidator(2), TradeBarConsolidator(2))
    found = collect(consolidator)
    for k in range(4):
        consolidator.update(minute(MONDAY + k * MINUTE, k + 1))
    [bar] = found
    assert (bar.open, bar.close, bar.volume) == (1, 4, 40)


def test_a_users_consolidator(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """A class derived from PythonConsolidator needs no call of our constructor."""

    class EverySecond(PythonConsolidator):
        def __init__(self) -> None:
            self.count = 0

        def update(self, data: Any) -> None:
            self.count += 1
            if self.count % 2 == 0:
                self.on_data_consolidated(data)

        def scan(self, time: datetime) -> None:
            """Nothing."""

    consolidator = EverySecond()
    found = collect(consolidator)
    for k in range(4):
        consolidator.update(minute(MONDAY + k * MINUTE, k))
    assert [bar.close for bar in found] == [1, 3]
    assert consolidator.consolidated is found[-1]


def test_bars_are_not_ticks(minute: Callable[..., Any]) -> None:
    """A consolidator of ticks refuses bars, and says what it wants."""
    consolidator = TickConsolidator(MINUTE)
    assert consolidator.input_type is Tick
    with pytest.raises(Exception, match="Received type of TradeBar"):
        consolidator.update(minute(MONDAY, 1))
