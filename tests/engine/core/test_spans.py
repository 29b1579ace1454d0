"""Hourly and daily trade bars as columns: the same as point by point, whatever file, calendar and firm bring."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from tests.engine.core.both_ways import check
from tests.engine.core.conftest import Market

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.core.run import open_scope
from leanib.engine.exchanges import MarketHoursDatabase
from leanib.engine.feeds.block_stream import BlockSubscription
from leanib.engine.feeds.data_feed import FileSystemDataFeed
from leanib.engine.feeds.span_block import SpanBlock
from leanib.engine.feeds.subscription import SubscriptionCollection
from leanib.engine.market import Slice, SubscriptionDataConfig, TradeBar
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.securities.data_filter import SecurityDataFilter
from leanib.engine.symbols import DataNormalizationMode, Resolution, SecurityType, Symbol
from leanib.engine.symbols import Market as Markets
from leanib.engine.timezones import TimeZones

FIRST, LAST = datetime(2014, 2, 20), datetime(2014, 12, 31)
"""With changes of the clocks, holidays and two early closes."""


def _days(rng: random.Random, density: float) -> list[datetime]:
    """Days with data: most weekdays, holidays too, and now and then a Saturday."""
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days)]
    return [day for day in days if rng.random() < (density if day.weekday() < 5 else 0.03)]


def _row(rng: random.Random, time: datetime) -> str:
    price = rng.randrange(90_000, 110_000)
    return f"{time:%Y%m%d %H:%M},{price},{price + 500},{price - 500},{price + 100},{rng.choice((0, 100, 300))}"


def write(market: Market, rng: random.Random, resolution: Resolution, ticker: str, days: list[datetime]) -> None:
    """A file of rows, some of them out of hours; now and then one off the grid."""
    if resolution is Resolution.DAILY:
        rows = [_row(rng, day) for day in days]
    else:
        off = timedelta(minutes=30) if rng.random() < 0.15 else timedelta(0)
        times = [day + timedelta(hours=hour) for day in days for hour in range(6, 20)]
        times = [time + (off if rng.random() < 0.02 else timedelta(0)) for time in times if rng.random() < 0.8]
        rows = [_row(rng, time) for time in times]
    market.write_zip(f"equity/usa/{resolution.name.lower()}/{ticker}.zip", rows)


def seen(market: Market, settings: dict[str, Any], as_columns: bool) -> tuple[list[Any], list[bool]]:
    """What a stream gives, point by point, and whether each came out of a block."""
    open_scope(market.folder)
    symbol = Symbol.create("ABC", SecurityType.EQUITY, Markets.USA)
    zone = TimeZones.NEW_YORK
    config = SubscriptionDataConfig(
        *(TradeBar, symbol, settings["resolution"], zone, zone, settings["filled"], settings["extended"]),
        data_normalization_mode=settings["mode"],
    )
    hours = MarketHoursDatabase.from_data_folder().get_entry(symbol, [TradeBar]).exchange_hours
    security: Any = SimpleNamespace(
        symbol=symbol, exchange=SimpleNamespace(hours=hours), data_filter=SecurityDataFilter()
    )
    start, end = zone.to_utc(settings["start"]), zone.to_utc(settings["end"])
    first = start - settings["warm_up"] if settings["warm_up"] else start
    request = SubscriptionRequest(False, None, security, config, first, end)
    algorithm: Any = SimpleNamespace(
        settings=SimpleNamespace(daily_precise_end_time=settings["strict"], warmup_resolution=None),
        is_warming_up=bool(settings["warm_up"]),
        start_date=settings["start"],
        time_zone=zone,
    )
    feed = FileSystemDataFeed(algorithm, SubscriptionCollection())
    feed._subscriptions.fill_forward_resolution = settings["pace"]
    feed._subscriptions.freeze(True)
    if not as_columns:
        feed._comes_in_spans = lambda _request: False  # type: ignore[method-assign]
    stream = feed.create_subscription(request)
    assert isinstance(stream, BlockSubscription) is as_columns
    found, blocks = [], []
    while stream.move_next():
        point: Any = stream.current
        bar = (point.open, point.high, point.low, point.close, point.volume) if type(point) is TradeBar else str(point)
        found.append(
            (
                *(stream.emit_time, type(point), point.time, point.end_time, point.symbol.value, bar),
                *(point.is_fill_forward, config.mapped_symbol, config.price_scale_factor_decimal),
                config.sum_of_dividends,
            )
        )
        blocks.append(isinstance(getattr(stream, "block", None), SpanBlock))
    return found, blocks


def _settings(rng: random.Random, resolution: Resolution) -> dict[str, Any]:
    start = FIRST + timedelta(days=rng.randrange(60), hours=rng.choice((0, 0, 11)))
    return {
        "resolution": resolution,
        "filled": rng.random() < 0.8,
        "extended": rng.random() < 0.3,
        "strict": rng.random() < 0.7,
        "mode": rng.choice((DataNormalizationMode.ADJUSTED, DataNormalizationMode.RAW)),
        "pace": rng.choice((timedelta(days=1), timedelta(hours=1)))
        if resolution is Resolution.HOUR
        else timedelta(days=1),
        "start": start,
        "end": start + timedelta(days=rng.choice((40, 150, 250)), hours=rng.choice((0, 12)), microseconds=-1),
        "warm_up": rng.choice((timedelta(0), timedelta(days=rng.randrange(1, 40)))),
    }


@pytest.mark.parametrize("resolution", [Resolution.DAILY, Resolution.HOUR])
@pytest.mark.parametrize("seed", range(12))
def test_any_stream_is_the_same_as_columns(market: Market, resolution: Resolution, seed: int) -> None:
    """Times, prices, what is filled forward, corporate events, ticker and factor: at each point the same."""
    rng = random.Random(seed)
    days = _days(rng, rng.choice((0.4, 0.9, 1.0)))
    renamed = rng.choice((None, datetime(2014, 7, 9)))
    gone = rng.choice((datetime(2050, 12, 31), datetime(2014, 10, 1)))
    if renamed is None:
        market.map_file("abc", "20140102,abc,Q", f"{gone:%Y%m%d},abc,Q")
        write(market, rng, resolution, "abc", days)
    else:
        market.map_file("abc", "20140102,old,Q", f"{renamed:%Y%m%d},old,Q", f"{gone:%Y%m%d},abc,Q")
        write(market, rng, resolution, "old", [day for day in days if day <= renamed])
        write(market, rng, resolution, "abc", [day for day in days if day > renamed])
    events = ["20140403,0.97,0.5,10", "20140612,0.98,0.5,10", "20140613,0.98,1,10", "20140829,0.99,1,10"]
    market.factor_file("abc", *rng.sample(events, rng.randrange(5)))
    for _ in range(3):
        settings = _settings(rng, resolution)
        by_points, _ = seen(market, settings, as_columns=False)
        as_columns, blocks = seen(market, settings, as_columns=True)
        assert as_columns == by_points, settings
        assert len(by_points) < 20 or settings["start"] >= gone or any(blocks), settings


class Daily(QCAlgorithm):
    """Stocks by the day, held and sold, with a warm-up, an indicator, longer bars and a benchmark by the hour."""

    log_lines = 0

    def initialize(self) -> None:
        self.set_start_date(2014, 4, 1)
        self.set_end_date(2014, 11, 28)
        self.set_cash(100_000)
        self.set_benchmark("HRS")
        self.set_warm_up(timedelta(days=20))
        self.averages = [self.sma(self.add_equity(ticker, Resolution.DAILY).symbol, 5) for ticker in ("ABC", "DEF")]
        self.consolidate("ABC", timedelta(days=4), lambda bar: self.log(f"{self.time} {bar}"))
        self.schedule.on(self.date_rules.week_start(), self.time_rules.at(11, 0), self.trade)

    def trade(self) -> None:
        if not self.is_warming_up:
            self.set_holdings("ABC" if self.time.day % 2 else "DEF", 0.4)
            self.limit_order("DEF", -5, 10.2)

    def on_data(self, data: Slice) -> None:
        self.log(f"{self.time} {[str(bar) for bar in data.bars.values()]} {self.averages} {self.portfolio.cash}")

    def on_order_event(self, order_event: Any) -> None:
        self.log(f"{self.time} {order_event}")


@pytest.mark.parametrize("seed", range(3))
def test_an_algorithm_by_the_day(market: Market, seed: int) -> None:
    """Days alone go in stretches, with the same charts, orders and log."""
    rng = random.Random(seed)
    for ticker in ("abc", "def"):
        write(market, rng, Resolution.DAILY, ticker, _days(rng, 0.95))
        market.map_file(ticker)
    write(market, rng, Resolution.HOUR, "hrs", _days(rng, 1.0))
    market.map_file("hrs")
    market.factor_file("abc", "20140612,0.98,0.5,10", "20140903,0.99,1,10")
    check(market, Daily, least=500)
