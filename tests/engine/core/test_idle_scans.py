"""Consolidators without a bar in the making are not looked at through gaps in the data; what is emitted stays."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from leanib.engine.consolidators import MarketHourAwareConsolidator, TradeBarConsolidator
from leanib.engine.consolidators.period import PeriodCountConsolidatorBase
from leanib.engine.core import subscription_manager
from leanib.engine.core.subscription_manager import SubscriptionManager
from leanib.engine.market import SubscriptionDataConfig, TradeBar
from leanib.engine.securities import TimeKeeper
from leanib.engine.symbols import Market, Resolution, SecurityType, Symbol, TickType
from leanib.engine.timezones import TimeZones

MONDAY = datetime(2014, 6, 2)
MINUTE = timedelta(minutes=1)
SPY = Symbol.create("SPY", SecurityType.EQUITY, Market.USA)


class _Own(TradeBarConsolidator):
    """A user's: looks at the time by itself."""

    looks = 0

    def scan(self, current_local_time: datetime) -> None:
        self.looks += 1
        super().scan(current_local_time)


def _bar(time: datetime) -> TradeBar:
    return TradeBar(time, SPY, 1.0, 2.0, 1.0, 2.0, 10.0, MINUTE)


def _manager(keeper: TimeKeeper) -> SubscriptionManager:
    zone = TimeZones.NEW_YORK
    configs = [SubscriptionDataConfig(TradeBar, SPY, Resolution.MINUTE, zone, zone)]
    manager = SubscriptionManager(keeper)
    service: Any = SimpleNamespace(subscriptions=configs, get_subscription_data_configs=lambda _symbol: configs)
    manager.set_data_manager(service)
    return manager


def test_nothing_is_looked_at_in_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A month without data costs fifty consolidators no look; a user's own is looked at each minute."""
    looks, scan = [], PeriodCountConsolidatorBase.scan

    def counted(consolidator: PeriodCountConsolidatorBase, time: datetime) -> None:
        looks.append(time)
        scan(consolidator, time)

    monkeypatch.setattr(PeriodCountConsolidatorBase, "scan", counted)
    keeper = TimeKeeper(MONDAY)
    manager = _manager(keeper)
    for _ in range(25):
        manager.add_consolidator(SPY, TradeBarConsolidator(timedelta(days=1)))
        aware = MarketHourAwareConsolidator(False, timedelta(hours=1), TradeBar, TickType.TRADE, False)
        manager.add_consolidator(SPY, aware)
    manager.scan_past_consolidators(MONDAY + timedelta(days=30), keeper.set_utc_date_time)
    assert not looks
    own = _Own(timedelta(days=1))
    manager.add_consolidator(SPY, own)
    keeper.set_utc_date_time(MONDAY + timedelta(days=30))
    manager.scan_past_consolidators(MONDAY + timedelta(days=30, hours=1), keeper.set_utc_date_time)
    assert own.looks == 59


def _emitted(seed: int) -> tuple[list[Any], list[datetime]]:
    """What consolidators emit, and when, over bars with gaps; a bar's handler feeds another consolidator by hand."""
    rng, emitted, keeper = random.Random(seed), [], TimeKeeper(MONDAY)  # type: ignore[var-annotated]
    manager = _manager(keeper)
    spans = [timedelta(minutes=rng.choice((2, 5, 30, 60, 1440))) for _ in range(6)]
    fed = TradeBarConsolidator(timedelta(minutes=3))
    consolidators = [fed, _Own(timedelta(minutes=7)), *(TradeBarConsolidator(span) for span in spans)]

    def on_bar(number: int, bar: TradeBar) -> None:
        emitted.append((number, keeper.utc_time, bar.time, bar.end_time, bar.volume))
        if number > 4:
            fed.update(_bar(TimeZones.NEW_YORK.to_local(keeper.utc_time)))

    for number, consolidator in enumerate(consolidators):
        consolidator.data_consolidated += lambda _, bar, number=number: on_bar(number, bar)
        if number != 3:
            manager.add_consolidator(SPY, consolidator)
    for _ in range(300):
        time = keeper.utc_time + MINUTE * rng.choice((1, 1, 1, 1, 2, 7, 61, 3000))
        manager.scan_past_consolidators(time, keeper.set_utc_date_time)
        keeper.set_utc_date_time(time)
        for consolidator in consolidators[1:]:
            if rng.random() < 0.9:
                consolidator.update(_bar(TimeZones.NEW_YORK.to_local(time) - MINUTE))
            consolidator.scan(TimeZones.NEW_YORK.to_local(time))
        if rng.random() < 0.1:
            manager.remove_consolidator(SPY, consolidators[2])
            manager.add_consolidator(SPY, consolidators[2])
    return emitted, sorted(scanned.scan_time for _, _, scanned in manager._scans if not scanned.disposed)


@pytest.mark.parametrize("seed", range(8))
def test_bars_come_as_if_everything_were_looked_at(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bars at the same times, and the same times to look next, with and without skipping."""
    found = _emitted(seed)
    monkeypatch.setattr(subscription_manager, "own_consolidator", lambda _consolidator: None)
    expected = _emitted(seed)
    assert found == expected
    assert len(found[0]) > 100
