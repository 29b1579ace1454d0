"""Samples that are taken when a stretch is over are those that would have been taken on the way."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from tests.engine.core.both_ways import check
from tests.engine.core.conftest import Market

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.core.stretch_samples import StretchSamples
from leanib.engine.market import Slice
from leanib.engine.symbols import Resolution

FIRST = datetime(2014, 3, 3)
DAYS = 190


class Silent(QCAlgorithm):
    """Two stocks by the day, one of them short, traded each month; a benchmark by the hour, and no `on_data`."""

    def initialize(self) -> None:
        self.set_start_date(2014, 3, 20)
        self.set_end_date(2014, 11, 14)
        self.set_cash(100_000)
        self.set_benchmark("HRS")
        self.held = [self.add_equity(ticker, Resolution.DAILY).symbol for ticker in ("ABC", "DEF")]
        self.schedule.on(self.date_rules.month_start("ABC"), self.time_rules.midnight, self.trade)
        self.set_up()

    def set_up(self) -> None:
        """What comes on top."""

    def trade(self) -> None:
        for symbol, part in zip(self.held, (0.4, -0.3), strict=True):
            self.set_holdings(symbol, part + self.time.month / 100)


class Talking(Silent):
    """Says and plots something now and then, in an order that the samples decide, and asks for its statistics."""

    def set_up(self) -> None:
        self.schedule.on(self.date_rules.every_day("DEF"), self.time_rules.at(11, 30), self.look)

    def on_data(self, slice: Slice) -> None:
        if self.time.day % 3 == 0:
            self.log(f"data {self.time} {len(slice.bars)}")
            self.plot("Mine", "Value", self.portfolio.total_portfolio_value)
        if self.time.day % 5 == 0:
            self.debug(f"debug {self.time}")

    def look(self) -> None:
        if self.time.day % 4 == 0:
            self.error(f"look {self.time} {self.portfolio['ABC'].price}")
        if self.time.day == 17:
            self.set_runtime_statistic("Net", self.statistics.summary.get("Net Profit", ""))
            self.log(str(self.statistics.summary.get("Drawdown")))


class Warmed(Silent):
    """Begins with a warm-up and an indicator that it makes ready."""

    def set_up(self) -> None:
        self.set_warm_up(timedelta(days=14))
        self.average = self.sma("ABC", 6, Resolution.DAILY)

    def on_warmup_finished(self) -> None:
        self.log(f"warm at {self.time}: {self.average} {self.average.is_ready}")


class OwnBenchmark(Silent):
    """A benchmark that is a function of the user's is asked when its time has come."""

    def set_up(self) -> None:
        self.set_benchmark(self.look)

    def look(self, time: datetime) -> float:
        self.log(f"asked for {time} at {self.utc_time}: {self.securities['ABC'].price}")
        return 100 + time.day


@pytest.fixture
def stocks(market: Market) -> Market:
    """Stocks by the day with splits and dividends, and one by the hour that, as an index, has no volume."""
    rng = random.Random(7)
    days = [FIRST + timedelta(days=number) for number in range(DAYS + 80)]
    days = [day for day in days if day.weekday() < 5]
    for ticker in ("abc", "def"):
        prices = [rng.randrange(90_000, 110_000) for _ in days]
        rows = [f"{d:%Y%m%d} 00:00,{p},{p + 900},{p - 700},{p + 100},1000" for d, p in zip(days, prices, strict=True)]
        market.write_zip(f"equity/usa/daily/{ticker}.zip", rows)
        market.map_file(ticker)
    hours = [day + timedelta(hours=hour) for day in days for hour in range(9, 16)]
    rows = [f"{time:%Y%m%d %H:%M}," + ",".join([f"{rng.randrange(40_000, 50_000)}"] * 4) + ",0" for time in hours]
    market.write_zip("equity/usa/hour/hrs.zip", rows)
    market.map_file("hrs")
    market.factor_file("abc", "20140612,0.98,0.5,10", "20140903,0.99,1,10")
    return market


@pytest.mark.parametrize("algorithm", [Silent, Talking, Warmed, OwnBenchmark])
def test_the_same_charts_orders_and_log(
    stocks: Market, algorithm: type[QCAlgorithm], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where samples wait, and where a function of the user's keeps them from it."""
    waited = []
    note = StretchSamples.note_day

    def noted(self: StretchSamples, time: datetime, done: int) -> None:
        waited.append(time)
        note(self, time, done)

    monkeypatch.setattr(StretchSamples, "note_day", noted)
    check(stocks, algorithm, least=100)
    assert bool(waited) is (algorithm is not OwnBenchmark)
