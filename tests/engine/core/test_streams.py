"""The parts of the data feed by themselves: schedules, the pace of filling, consolidators' scans, missing sides."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from leanib.data.columns import OpenInterestColumns
from leanib.engine.core.subscription_manager import SubscriptionManager
from leanib.engine.dotnet.event import Event
from leanib.engine.feeds.price_files import PriceRows, fill_missing_sides
from leanib.engine.feeds.scheduled_points import on_schedule
from leanib.engine.feeds.subscription import SubscriptionCollection
from leanib.engine.market import Bar, BaseData, QuoteBar, SubscriptionDataConfig, TradeBar
from leanib.engine.market.calendars import convert_time
from leanib.engine.securities import TimeKeeper
from leanib.engine.symbols import Market, Resolution, SecurityType, Symbol
from leanib.engine.timezones import TimeZones
from leanib.errors import UsageError

MONDAY = datetime(2014, 6, 2)
DAY = timedelta(days=1)
SPY = Symbol.create("SPY", SecurityType.EQUITY, Market.USA)


def _point(day: int) -> BaseData:
    point = BaseData()
    point.symbol, point.time, point.value = SPY, MONDAY + day * DAY, float(day)
    return point


@pytest.mark.parametrize(
    ("days", "times", "emitted"),
    [
        ((0, 1, 2, 3), (1, 3), [(1, 1.0), (3, 3.0)]),
        ((0, 3), (1, 2, 3), [(1, 0.0), (2, 0.0), (3, 3.0)]),
        ((2, 3), (0, 1, 3), [(1, 2.0), (3, 3.0)]),
    ],
)
def test_scheduled_points(days: tuple[int, ...], times: tuple[int, ...], emitted: list[tuple[int, float]]) -> None:
    """At each time comes the latest point, repeated when there is none newer; before the first point nothing."""
    due = iter([MONDAY + time * DAY for time in times])
    found = list(on_schedule(iter([_point(day) for day in days]), due, MONDAY))
    assert [((point.end_time - MONDAY).days, point.value) for point in found if point is not None] == emitted


def _config(resolution: Resolution, is_internal_feed: bool = False) -> SubscriptionDataConfig:
    zone = TimeZones.NEW_YORK
    return SubscriptionDataConfig(TradeBar, SPY, resolution, zone, zone, is_internal_feed=is_internal_feed)


def _stream(config: SubscriptionDataConfig) -> Any:
    return SimpleNamespace(configuration=config, end_of_stream=False)


def test_the_finest_stream_that_is_not_internal_sets_the_pace() -> None:
    """Filled points come at the finest resolution that the user asked for; whoever fills is told of changes."""
    streams, changes = SubscriptionCollection(), []
    streams.fill_forward_resolution_changed = lambda old, new: changes.append((old, new))
    daily, minute = _config(Resolution.DAILY), _config(Resolution.MINUTE)
    streams.add(_stream(_config(Resolution.HOUR, is_internal_feed=True)))
    streams.add(_stream(daily))
    assert streams.fill_forward_resolution == DAY
    streams.add(_stream(minute))
    assert streams.fill_forward_resolution == timedelta(minutes=1)
    streams.remove(minute)
    assert streams.fill_forward_resolution == DAY
    assert len(changes) == 3
    assert not streams.add(_stream(daily))


class _Consolidator:
    """Emits a bar of ten minutes when it is scanned late enough."""

    input_type = output_type = TradeBar

    def __init__(self) -> None:
        self.data_consolidated = Event()
        self.working_data = TradeBar(MONDAY + timedelta(hours=9.5), SPY, period=timedelta(minutes=10))
        self.scans: list[datetime] = []

    def scan(self, local_time: datetime) -> None:
        self.scans.append(local_time)


def _manager(configs: list[SubscriptionDataConfig], keeper: TimeKeeper) -> SubscriptionManager:
    manager = SubscriptionManager(keeper)
    service: Any = SimpleNamespace(subscriptions=configs, get_subscription_data_configs=lambda _symbol: configs)
    manager.set_data_manager(service)
    return manager


def test_a_consolidator_is_scanned_when_its_bar_has_ended() -> None:
    """Without new data the bar that works is looked at when it ends, at that time, and then every minute."""
    keeper = TimeKeeper(MONDAY + timedelta(hours=13.5))
    manager, consolidator = _manager([_config(Resolution.MINUTE)], keeper), _Consolidator()
    manager.add_consolidator(SPY, consolidator)
    manager.scan_past_consolidators(MONDAY + timedelta(hours=13, minutes=42), keeper.set_utc_date_time)
    first = MONDAY + timedelta(hours=9, minutes=40)
    assert consolidator.scans == [first, first + timedelta(minutes=1)]
    manager.remove_consolidator(SPY, consolidator)
    manager.scan_past_consolidators(MONDAY + timedelta(hours=15), keeper.set_utc_date_time)
    assert len(consolidator.scans) == 2


def test_a_consolidator_needs_data_that_it_can_take() -> None:
    """Adding one for a symbol without data, or of another kind, is refused."""
    manager = _manager([_config(Resolution.MINUTE)], TimeKeeper(MONDAY))
    quotes: Any = SimpleNamespace(input_type=QuoteBar, output_type=QuoteBar)
    with pytest.raises(UsageError, match="Type mismatch found between consolidator and symbol"):
        manager.add_consolidator(SPY, quotes)
    with pytest.raises(UsageError, match="Please subscribe to this symbol"):
        manager.add_consolidator(Symbol.create("IBM", SecurityType.EQUITY, Market.USA), quotes)


def test_quotes_take_the_missing_side_from_the_quote_before() -> None:
    """A quote bar without an ask shows the last ask; the first one has none to take."""
    bid, ask = Bar(1, 1, 1, 1), Bar(2, 2, 2, 2)
    quotes = [QuoteBar(MONDAY, SPY, bid), QuoteBar(MONDAY, SPY, bid, 0, ask), QuoteBar(MONDAY, SPY, bid)]
    assert [quote.ask for quote in fill_missing_sides(quotes)] == [None, ask, ask]  # type: ignore[attr-defined]


def test_a_column_of_times_moves_to_another_zone_as_each_time_does() -> None:
    """Over both changes of the clocks, in both zones."""
    source, target = TimeZones.LONDON, TimeZones.NEW_YORK
    config = SubscriptionDataConfig(TradeBar, SPY, Resolution.HOUR, source, target)
    times = [datetime(2014, 3, 1) + timedelta(minutes=30 * n) for n in range(48 * 270)]
    column = np.array(times, dtype="datetime64[us]")
    rows = PriceRows(config, OpenInterestColumns(column, np.zeros(len(times))))
    assert rows.time.tolist() == [convert_time(time, source, target) for time in times]
