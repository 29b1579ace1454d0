"""Hourly and daily bars beside minutes are read ahead, and go in the same stretches; nothing else changes."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from tests.engine.core.both_ways import check
from tests.engine.core.test_stretches import MONDAY, Minutes, minutes  # noqa: F401 - a fixture

from leanib.engine.core.engine import Job, run_backtest
from leanib.engine.core.stretches import Stretches
from leanib.engine.market import Slice
from leanib.engine.symbols import DataNormalizationMode, Resolution


@pytest.fixture
def slow(minutes: Any) -> Any:  # noqa: F811
    """A stock by the hour and one by the day, which splits, pays, and changes its ticker."""
    rng, hours, days = random.Random(11), [], []
    for number in range(-30, 14):
        day = MONDAY + timedelta(days=number)
        if day.weekday() > 4:
            continue
        for hour in range(9, 16):
            price = 100_000 + rng.randrange(-3000, 3000)
            volume = rng.choice((0, 100, 200))
            if rng.random() < 0.9:
                hours.append(f"{day:%Y%m%d} {hour:02}:00,{price},{price + 900},{price - 800},{price + 100},{volume}")
        days.append(f"{day:%Y%m%d} 00:00,{400_000 + number * 500},450000,350000,{400_000 + number * 900},5000")
    minutes.write_zip("equity/usa/hour/hrs.zip", hours)
    minutes.map_file("hrs")
    minutes.write_zip("equity/usa/daily/day.zip", days)
    minutes.factor_file("day", "20140604,0.99,0.5,40", "20140609,0.98,1,40", "20500101,1,1,0")
    minutes.map_file("day")
    return minutes


class Mixed(Minutes):
    """Minutes, an hour and a day, each looked at, traded and made into longer bars."""

    filled = True
    mode = DataNormalizationMode.ADJUSTED

    def set_up(self) -> None:
        super().set_up()
        self.set_benchmark("HRS")
        self.add_equity("HRS", Resolution.HOUR, fill_forward=self.filled)
        self.add_equity("DAY", Resolution.DAILY, fill_forward=self.filled, data_normalization_mode=self.mode)
        self.averages = [self.sma("HRS", 3, Resolution.HOUR), self.ema("DAY", 2, Resolution.DAILY)]
        self.consolidate("HRS", timedelta(days=1), lambda bar: self.say("day of HRS", self.time, bar))
        self.consolidate("DAY", timedelta(days=3), lambda bar: self.say("days of DAY", self.time, bar))

    def step(self, data: Slice) -> None:
        for ticker in ("HRS", "DAY"):
            bar = data.bars.get(ticker)
            if bar is not None and not bar.is_fill_forward:
                self.say(self.time, bar, self.securities[ticker].price, self.averages)
        if self.steps % 200 == 0:
            self.say([config.mapped_symbol for config in self.subscription_manager.subscriptions])
        if self.steps == 400:
            self.market_order("HRS", 10)
            self.limit_order("HRS", -5, 10.5)
            self.stop_market_order("HRS", -5, 9.6)
            self.market_order("DAY", 20)
        if self.steps == 1500:
            self.liquidate()

    def on_splits(self, splits: Any) -> None:
        self.say(self.time, [str(split) for split in splits.values()])

    def on_dividends(self, dividends: Any) -> None:
        self.say(self.time, [str(dividend) for dividend in dividends.values()])

    def on_order_event(self, order_event: Any) -> None:
        self.say(self.time, order_event)


@pytest.mark.parametrize("filled", [True, False])
def test_hours_and_days_beside_minutes(slow: Any, filled: bool) -> None:
    """Bars, splits, dividends, orders, indicators and consolidators on them."""
    raw = DataNormalizationMode.RAW
    run = check(slow, type("Some", (Mixed,), {"filled": filled, "mode": raw}))
    assert run.algorithm.trade_builder.exact_trades


@pytest.mark.slow
def test_a_subscription_that_fills_finer(slow: Any) -> None:
    """What was read ahead is thrown away when bars are to be filled forward more often."""

    class Finer(Mixed):
        def set_up(self) -> None:
            super().set_up()
            self.set_end_date(MONDAY + timedelta(days=2))

        def step(self, data: Slice) -> None:
            super().step(data)
            if self.steps == 1000:
                self.add_equity("SPL", Resolution.SECOND)
            if self.steps == 600:
                self.remove_security("HRS")

    check(slow, Finer, least=500)


def test_the_benchmark_by_the_hour_ends_no_stretch(slow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day of minutes is one stretch although a bar of the benchmark comes each hour."""
    found, following = [], Stretches._next_stretch

    def counted(stretches: Stretches) -> Any:
        stretch = following(stretches)
        found.append(stretch)
        return stretch

    monkeypatch.setattr(Stretches, "_next_stretch", counted)

    class Benchmark(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.set_benchmark("HRS")

    run_backtest(Benchmark, Job(slow.folder, "it"))
    assert len([stretch for stretch in found if stretch is not None]) <= 12
