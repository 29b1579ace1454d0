"""Bars out of IB's messages, by LEAN's rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from ib_async import TickData
from tests.engine.live.world import DATA

from leanib.engine.core.run import open_scope
from leanib.engine.live.aggregation import Aggregator, TickHub
from leanib.engine.live.filling import LiveFillForward
from leanib.engine.market import QuoteBar, SubscriptionDataConfig, Tick, TradeBar
from leanib.engine.securities import MarketHoursDatabase
from leanib.engine.symbols import Market, Resolution, SecurityType, Symbol, TickType
from leanib.engine.timezones import TimeZones

OPEN = datetime(2013, 2, 25, 9, 30)
UTC_OPEN = OPEN + timedelta(hours=5)
NOBODY = lambda: None  # noqa: E731


@pytest.fixture(autouse=True)
def scope() -> Any:
    """The sample data's market hours."""
    found = open_scope(DATA)
    found.under_way = True
    yield
    found.under_way = False


def stream(kind: type[Any], resolution: Resolution, **options: Any) -> tuple[SubscriptionDataConfig, Any]:
    """A stream of AAPL, and its hours."""
    symbol = Symbol.create("AAPL", SecurityType.EQUITY, Market.USA)
    tick_type = TickType.QUOTE if kind is QuoteBar else TickType.TRADE
    zone = TimeZones.NEW_YORK
    config = SubscriptionDataConfig(kind, symbol, resolution, zone, zone, tick_type=tick_type, **options)
    return config, MarketHoursDatabase.from_data_folder().get_exchange_hours(Market.USA, symbol, SecurityType.EQUITY)


def trade(kind: int, price: float, size: float) -> TickData:
    """One of IB's messages: 4 a last price, 5 a last size, 1 and 2 bid and ask."""
    return TickData(datetime(2013, 2, 25), kind, price, size)


def hub_of(kind: type[Any], resolution: Resolution, strict: bool = False) -> tuple[TickHub, Aggregator]:
    """A hub with one stream."""
    config, hours = stream(kind, resolution)
    hub, aggregator = TickHub(NOBODY), Aggregator(config, hours, strict)
    assert hub.add("AAPL", aggregator)
    return hub, aggregator


def at(seconds: float) -> datetime:
    """So many seconds after the opening, in UTC."""
    return UTC_OPEN + timedelta(seconds=seconds)


def test_a_bar_ends_by_the_clock_or_by_the_first_trade_after_it() -> None:
    """Open, high, low, close and volume are the trades'; IB's echo of a size counts once."""
    hub, bars = hub_of(TradeBar, Resolution.MINUTE)
    for second, price, size in ((1, 100.0, 10), (20, 103.0, 5), (40, 99.0, 7), (59, 101.0, 3)):
        hub.on_messages("AAPL", [trade(4, price, size), trade(5, price, size)], at(second))
    assert hub.take(bars, OPEN + timedelta(seconds=59.9)) is None
    bar: Any = hub.take(bars, OPEN + timedelta(seconds=60))
    assert (bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume) == (OPEN, 100, 103, 99, 101, 25)
    hub.on_messages("AAPL", [trade(4, 102.0, 1), trade(5, 102.0, 1)], at(61))
    hub.on_messages("AAPL", [trade(5, 102.0, 4)], at(62))
    hub.on_messages("AAPL", [trade(4, 104.0, 2)], at(125))
    assert hub.ready
    second: Any = hub.take(bars, OPEN + timedelta(seconds=125))
    assert (second.time, second.close, second.volume) == (OPEN + timedelta(minutes=1), 102, 5)


def test_a_late_trade_is_dropped() -> None:
    """What belongs to a bar that is out changes nothing."""
    _, bars = hub_of(TradeBar, Resolution.MINUTE)
    bars.add(Tick(OPEN, bars.config.symbol, 100.0, tick_type=TickType.TRADE, quantity=1))
    bars.scan(OPEN + timedelta(minutes=1))
    assert bars.take() is not None
    bars.add(Tick(OPEN + timedelta(seconds=59), bars.config.symbol, 1.0, tick_type=TickType.TRADE, quantity=1))
    bars.scan(OPEN + timedelta(minutes=5))
    assert bars.take() is None


def test_a_quote_bar_opens_where_the_one_before_closed() -> None:
    """And a crossed quote is nobody's."""
    hub, bars = hub_of(QuoteBar, Resolution.MINUTE)
    hub.on_messages("AAPL", [trade(1, 100.0, 1), trade(2, 100.2, 1)], at(1))
    hub.on_messages("AAPL", [trade(1, 100.4, 1)], at(2))
    first: Any = hub.take(bars, OPEN + timedelta(minutes=1))
    assert (first.bid.high, first.ask.close) == (100.0, 100.2)
    hub.on_messages("AAPL", [trade(2, 100.6, 1)], at(61))
    second: Any = hub.take(bars, OPEN + timedelta(minutes=2))
    assert (second.bid.open, second.bid.close, second.ask.open, second.ask.close) == (100.0, 100.4, 100.2, 100.6)


def test_a_daily_bar_is_the_regular_session() -> None:
    """From the open to the close; trades before and after it are not its."""
    hub, bars = hub_of(TradeBar, Resolution.DAILY, strict=True)
    for seconds, price in ((-600, 1.0), (10, 100.0), (6.4 * 3600, 105.0), (6.6 * 3600, 2.0)):
        hub.on_messages("AAPL", [trade(4, price, 1)], at(seconds))
    bar: Any = hub.take(bars, OPEN + timedelta(hours=8))
    assert (bar.time, bar.end_time, bar.low, bar.close) == (OPEN, OPEN + timedelta(hours=6.5), 100, 105)


def test_a_slow_algorithm_keeps_the_newest_ticks() -> None:
    """A stream of ticks is bounded; what was dropped is counted."""
    config, hours = stream(Tick, Resolution.TICK)
    ticks = Aggregator(config, hours, strict=False)
    for n in range(200_005):
        ticks.add(Tick(OPEN, config.symbol, float(n), tick_type=TickType.TRADE, quantity=1))
    first = ticks.take()
    assert first is not None
    assert (first.value, ticks.dropped) == (5.0, 5)


def filling(resolution: Resolution, end: datetime) -> LiveFillForward:
    """A filler whose last bar ended then."""
    config, hours = stream(TradeBar, resolution)
    filler = LiveFillForward(config, hours, False, resolution.to_time_span)
    span = resolution.to_time_span()
    filler.previous = TradeBar(end - span, config.symbol, 1, 2, 0.5, 1.5, 10, span)
    return filler


def test_a_bar_that_does_not_come_is_filled_when_it_is_due() -> None:
    """At once within the day; at the open after 54 seconds; after a stall only the newest; never overnight."""
    noon = datetime(2013, 2, 25, 12, 0)
    filler = filling(Resolution.MINUTE, noon)
    assert filler.due(noon + timedelta(seconds=59)) is None
    filled: Any = filler.due(noon + timedelta(minutes=1))
    assert (filled.end_time, filled.close, filled.volume, filled.is_fill_forward) == (
        noon + timedelta(minutes=1), 1.5, 0, True,
    )  # fmt: skip
    assert filler.due(noon + timedelta(minutes=1)) is None
    stalled: Any = filler.due(noon + timedelta(minutes=30))
    assert stalled.end_time == noon + timedelta(minutes=30)
    overnight = filling(Resolution.MINUTE, datetime(2013, 2, 25, 16, 0))
    assert overnight.due(datetime(2013, 2, 26, 9, 30, 59)) is None
    assert overnight.due(datetime(2013, 2, 26, 9, 31, 30)) is None
    opened: Any = overnight.due(datetime(2013, 2, 26, 9, 31, 54))
    assert opened.end_time == datetime(2013, 2, 26, 9, 31)


def test_nothing_is_filled_before_there_was_anything() -> None:
    """No first bar, no fill-forward."""
    config, hours = stream(TradeBar, Resolution.MINUTE)
    assert LiveFillForward(config, hours, False, Resolution.MINUTE.to_time_span).due(OPEN) is None
