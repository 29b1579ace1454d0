"""What reaches an algorithm: fill-forward, market hours, scaling, corporate events, warm-up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.market import DelistingType, Slice, SplitType
from leanib.engine.symbols import DataNormalizationMode, Resolution

MONDAY = datetime(2014, 6, 2)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Recorder(QCAlgorithm):
    """Notes every bar of XYZ: time of the slice, close, whether it is filled forward."""

    options: ClassVar[dict[str, Any]] = {}
    days = 1

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(MONDAY + (self.days - 1) * DAY)
        self.set_benchmark(lambda _time: 1)
        self.set_up()
        self.seen: list[tuple[datetime, float, bool]] = []

    def set_up(self) -> None:
        self.xyz = self.add_equity("XYZ", Resolution.MINUTE, **self.options)

    def on_data(self, data: Slice) -> None:
        if data.bars.contains_key("XYZ"):
            bar = data.bars["XYZ"]
            self.seen.append((self.time, bar.close, bar.is_fill_forward))


def _record(market: Any, **members: Any) -> Recorder:
    run = market.run(type("Run", (Recorder,), members))
    assert isinstance(run.algorithm, Recorder)
    return run.algorithm


def test_gaps_are_filled_with_the_last_bar_until_the_close(market: Any) -> None:
    """Minutes without trades repeat the minute before, from the first trade to the close of the last day."""
    market.minutes("xyz", MONDAY, {0: 10.0, 3: 13.0})
    seen = _record(market).seen
    first = MONDAY + timedelta(hours=9, minutes=31)
    assert seen[:5] == [
        (first, 10.0, False),
        (first + MINUTE, 10.0, True),
        (first + 2 * MINUTE, 10.0, True),
        (first + 3 * MINUTE, 13.0, False),
        (first + 4 * MINUTE, 13.0, True),
    ]
    assert (len(seen), seen[-1]) == (390, (MONDAY + timedelta(hours=16), 13.0, True))


def test_nothing_is_filled_when_that_is_asked_for(market: Any) -> None:
    """Without fill-forward an algorithm sees what is in the file."""
    market.minutes("xyz", MONDAY, {0: 10.0, 3: 13.0})
    assert [close for _, close, _ in _record(market, options={"fill_forward": False}).seen] == [10.0, 13.0]


def test_the_first_minute_is_filled_from_before_the_open(market: Any) -> None:
    """Trades before the open are not seen in regular hours, but fill the first minutes when those have none."""
    market.minutes("xyz", MONDAY, {-90: 8.0, -30: 9.0, 2: 12.0, 450: 99.0})
    seen = _record(market).seen
    assert [(close, filled) for _, close, filled in seen[:3]] == [(9.0, True), (9.0, True), (12.0, False)]
    assert seen[-1][1] == 12.0


def test_extended_hours_show_the_whole_day(market: Any) -> None:
    """With extended market hours the bars run from 4:00 to 20:00."""
    market.minutes("xyz", MONDAY, {-330: 8.0, 0: 10.0})
    seen = _record(market, options={"extended_market_hours": True}).seen
    assert (seen[0][0], seen[-1][0]) == (MONDAY + timedelta(hours=4, minutes=1), MONDAY + timedelta(hours=20))
    assert len(seen) == 16 * 60


def test_the_finest_subscription_sets_the_pace_of_daily_bars(market: Any) -> None:
    """A daily bar is repeated every minute once something is subscribed to by the minute."""

    def set_up(self: Recorder) -> None:
        self.add_equity("XYZ", Resolution.DAILY)
        self.add_equity("ABC", Resolution.MINUTE)

    market.days("xyz", MONDAY, [10.0, 11.0])
    market.minutes("abc", MONDAY, {0: 1.0})
    seen = _record(market, set_up=set_up, days=2).seen
    close = MONDAY + timedelta(hours=16)
    assert seen[0] == (close, 10.0, False)
    assert seen[1] == (close + timedelta(hours=17, minutes=31), 10.0, True)
    assert seen[-1] == (close + DAY, 11.0, False)


@pytest.mark.parametrize(
    ("mode", "closes"),
    [
        (DataNormalizationMode.RAW, [100.0, 50.0, 50.0]),
        (DataNormalizationMode.ADJUSTED, [49.0, 49.0, 50.0]),
        (DataNormalizationMode.SPLIT_ADJUSTED, [50.0, 50.0, 50.0]),
        (DataNormalizationMode.TOTAL_RETURN, [50.0, 50.0, 51.0]),
    ],
)
def test_prices_are_scaled_as_asked(market: Any, mode: DataNormalizationMode, closes: list[float]) -> None:
    """A split of two for one on Tuesday and a dividend of 2 % on Wednesday show in each mode as in LEAN."""

    def set_up(self: Recorder) -> None:
        self.add_equity("XYZ", Resolution.DAILY, data_normalization_mode=mode)

    market.days("xyz", MONDAY, [100.0, 50.0, 50.0])
    market.map_file("xyz")
    market.factor_file("xyz", "19980102,0.98,0.5,0", "20140602,0.98,0.5,100", "20140603,0.98,1,50")
    assert [close for _, close, _ in _record(market, set_up=set_up, days=3).seen] == pytest.approx(closes)


class EventRecorder(Recorder):
    """Also notes splits, dividends, delistings and changes of ticker, with the day."""

    def initialize(self) -> None:
        self.events: list[Any] = []
        super().initialize()

    def set_up(self) -> None:
        self.add_equity("XYZ", Resolution.DAILY, data_normalization_mode=DataNormalizationMode.RAW)

    def on_splits(self, splits: Any) -> None:
        self.events += [(self.time.day, split.type, split.split_factor) for split in splits.values()]

    def on_dividends(self, dividends: Any) -> None:
        self.events += [(self.time.day, dividend.distribution) for dividend in dividends.values()]

    def on_delistings(self, delistings: Any) -> None:
        self.events += [(self.time.day, delisting.type) for delisting in delistings.values()]

    def on_symbol_changed_events(self, symbols_changed: Any) -> None:
        self.events += [(self.time.day, event.old_symbol, event.new_symbol) for event in symbols_changed.values()]


def _events(market: Any, days: int, **members: Any) -> EventRecorder:
    run = market.run(type("Run", (EventRecorder,), {"days": days, **members}))
    assert isinstance(run.algorithm, EventRecorder)
    return run.algorithm


def test_splits_are_announced_and_holdings_follow(market: Any) -> None:
    """The warning comes on the day before, the split on its day; raw holdings double and cost half each."""
    market.days("xyz", MONDAY - 3 * DAY, [100.0, 100.0, 50.0, 50.0])
    market.map_file("xyz")
    market.factor_file("xyz", "19980102,1,0.5,0", "20140603,1,0.5,100")

    class Holder(EventRecorder):
        def set_up(self) -> None:
            super().set_up()
            self.schedule.on(
                self.date_rules.on(MONDAY), self.time_rules.at(10, 0), lambda: self.market_order("XYZ", 10)
            )
            self.securities["XYZ"].set_market_price(self.get_last_known_price("XYZ"))

    run = market.run(type("Run", (Holder,), {"days": 3}))
    algorithm: Any = run.algorithm
    assert algorithm.events == [(3, SplitType.WARNING, 0.5), (4, SplitType.SPLIT_OCCURRED, 0.5)]
    assert algorithm.portfolio["XYZ"].quantity == 20


def test_a_dividend_is_paid_in_raw_mode(market: Any) -> None:
    """It is announced on its ex-date with the amount that follows from the price factors."""
    market.days("xyz", MONDAY, [100.0, 98.0])
    market.map_file("xyz")
    market.factor_file("xyz", "19980102,0.98,1,0", "20140602,0.98,1,100")
    assert _events(market, 2).events == [(3, 2.0)]


def test_a_change_of_ticker_switches_the_file(market: Any) -> None:
    """From the day after the map file's row data come from the new ticker's file, under the same symbol."""
    market.map_file("xyz", "19980102,old,Q", "20140602,old,Q", "20501231,xyz,Q")
    market.days("old", MONDAY, [10.0, 666.0])
    market.days("xyz", MONDAY, [666.0, 11.0, 12.0])
    algorithm = _events(market, 3)
    assert algorithm.events == [(3, "OLD", "XYZ")]
    assert [close for _, close, _ in algorithm.seen] == [10.0, 11.0, 12.0]


def test_a_delisted_stock_is_warned_of_sold_and_gone(market: Any) -> None:
    """On the last day comes the warning, on the next day the delisting; data end, the security is removed."""
    market.map_file("xyz", "19980102,xyz,Q", "20140603,xyz,Q")
    market.days("xyz", MONDAY, [10.0, 11.0, 12.0, 13.0])
    market.days("abc", MONDAY, [1.0] * 4)

    def set_up(self: Any) -> None:
        EventRecorder.set_up(self)
        self.add_equity("ABC", Resolution.DAILY)

    algorithm = _events(market, 4, set_up=set_up)
    assert algorithm.events == [(3, DelistingType.WARNING), (4, DelistingType.DELISTED)]
    assert [close for _, close, _ in algorithm.seen] == [10.0, 11.0]
    assert algorithm.securities["XYZ"].is_delisted
    assert [symbol.value for symbol in list(algorithm.securities.keys())] == ["ABC"]


def test_warm_up_comes_before_the_start_and_ends_with_it(market: Any) -> None:
    """Three daily bars come before the start date while `is_warming_up`; then on_warmup_finished is called once."""

    class Warm(Recorder):
        def set_up(self) -> None:
            self.add_equity("XYZ", Resolution.DAILY)
            self.set_warm_up(3)
            self.states: list[bool] = []
            self.finished: list[datetime] = []

        def on_data(self, data: Slice) -> None:
            super().on_data(data)
            self.states.append(self.is_warming_up)

        def on_warmup_finished(self) -> None:
            self.finished.append(self.time)

    market.days("xyz", MONDAY - 10 * DAY, [float(price) for price in range(10, 19)])
    algorithm: Any = market.run(type("Run", (Warm,), {"days": 2})).algorithm
    assert algorithm.states == [True, True, True, False, False]
    assert [close for _, close, _ in algorithm.seen] == [13.0, 14.0, 15.0, 16.0, 17.0]
    assert algorithm.finished == [MONDAY]
