"""Indicators and consolidators that an algorithm asks for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.indicators import BollingerBands, IndicatorDataPoint, SimpleMovingAverage
from leanib.engine.market import TradeBar
from leanib.engine.symbols import Resolution
from leanib.errors import UsageError

MONDAY = datetime(2014, 6, 2)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Week(QCAlgorithm):
    """XYZ by the day, Wednesday to Friday, after two days of the past."""

    def initialize(self) -> None:
        self.set_start_date(MONDAY + 2 * DAY)
        self.set_end_date(MONDAY + 4 * DAY)
        self.set_benchmark(lambda _time: 1)
        self.add_equity("XYZ", Resolution.DAILY)
        self.set_up()

    def set_up(self) -> None:
        """What differs from test to test."""


@pytest.fixture
def week(market: Any) -> Any:
    """Five days of XYZ, 10 to 14."""
    market.days("xyz", MONDAY, [10.0, 11.0, 12.0, 13.0, 14.0])
    return market


def test_a_helper_makes_names_and_feeds(week: Any) -> None:
    """`self.sma` follows the security's closes; `self.SMA` is the same method."""

    class Average(Week):
        def set_up(self) -> None:
            self.average = self.sma("XYZ", 2)
            self.other = self.SMA("XYZ", 3)  # type: ignore[attr-defined]

    algorithm = week.run(Average).algorithm
    assert algorithm.average.name == "SMA(2,XYZ_day)"
    assert (algorithm.average.samples, algorithm.average.current.value) == (3, 13.5)
    assert algorithm.other.current.value == 13.0


def test_automatic_warm_up(week: Any) -> None:
    """With the setting an indicator is ready from the start, from the past."""

    class Warm(Week):
        def set_up(self) -> None:
            self.settings.automatic_indicator_warm_up = True
            self.average = self.sma("XYZ", 2)
            self.first = self.average.current.value

    assert week.run(Warm).algorithm.first == 10.5


def test_warm_up_by_hand(week: Any) -> None:
    """`warm_up_indicator` feeds the last bars of the past, and no more."""

    class Warm(Week):
        def set_up(self) -> None:
            self.average = SimpleMovingAverage(2)
            self.warm_up_indicator("XYZ", self.average)

    average = week.run(Warm).algorithm.average
    assert (average.is_ready, average.current.value, average.samples) == (True, 10.5, 2)


def test_a_selector_chooses_what_is_averaged(week: Any) -> None:
    """The volume in place of the close."""

    class Volumes(Week):
        def set_up(self) -> None:
            self.average = self.sma("XYZ", 2, Resolution.DAILY, lambda bar: bar.volume)

    assert week.run(Volumes).algorithm.average.current.value == 1000


def test_unregistered_indicators_stay_as_they_are(week: Any) -> None:
    """After `unregister_indicator` (or `deregister_indicator`) no data comes."""

    class Leaving(Week):
        def set_up(self) -> None:
            self.average = self.sma("XYZ", 1)
            self.unregister_indicator(self.average)

    assert week.run(Leaving).algorithm.average.samples == 0


def test_the_history_of_an_indicator(week: Any) -> None:
    """`indicator_history` replays the past into the indicator and lists its values."""

    class Looking(Week):
        def set_up(self) -> None:
            average = SimpleMovingAverage(1)
            self.values = [point.value for point in self.indicator_history(average, "XYZ", 2)]

    assert week.run(Looking).algorithm.values == [10.0, 11.0]


def test_points_of_an_indicators_history_have_leans_digits(week: Any) -> None:
    """A file's four decimals times a factor's eight, and no more where the factor is one; a sum keeps what it had once.

    What a selector gives is a float.
    """
    week.factor_file("xyz", "20140602,0.9231577,0.5,10")

    class Looking(Week):
        def set_up(self) -> None:
            history = self.indicator_history(BollingerBands("BB", 2, 2.0), "XYZ", 1)
            self.told = [str(history[0][name]) for name in ("current", "middle_band", "upper_band")]
            average = self.indicator_history(SimpleMovingAverage(1), "XYZ", 2)
            self.averages = [str(points.current) for points in average]
            chosen = self.indicator_history(SimpleMovingAverage(1), "XYZ", 1, Resolution.DAILY, lambda bar: bar.close)
            self.chosen = str(chosen[0].current)

    algorithm = week.run(Looking).algorithm
    assert [text.partition(" - ")[2] for text in algorithm.averages] == ["4.615788500000", "11.000000000000"]
    assert [text.partition(" - ")[2] for text in algorithm.told] == [
        "11.0000",
        "7.807894250000",
        "14.192105750000",
    ]
    assert algorithm.chosen == "2014-06-03T16:00:00 - 11"


def test_minutes_into_five_minutes(market: Any) -> None:
    """`consolidate` calls the handler at the bar's end, not with the data after it."""
    market.minutes("xyz", MONDAY, dict.fromkeys(range(12), 10.0))

    class Five(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(MONDAY)
            self.set_benchmark(lambda _time: 1)
            self.add_equity("XYZ", Resolution.MINUTE, fill_forward=False)
            self.bars: list[tuple[datetime, TradeBar]] = []
            self.consolidate("XYZ", 5 * MINUTE, self.on_bar)

        def on_bar(self, bar: TradeBar) -> None:
            self.bars.append((self.time, bar))

    bars = market.run(Five).algorithm.bars
    opening = MONDAY + timedelta(hours=9, minutes=30)
    assert [(bar.time, bar.volume) for _, bar in bars[:2]] == [(opening, 500), (opening + 5 * MINUTE, 500)]
    assert [time for time, _ in bars[:2]] == [opening + 5 * MINUTE, opening + 10 * MINUTE]


def test_a_consolidator_registered_twice_counts_once(week: Any) -> None:
    """Added by hand and again with its indicator, each bar still comes once."""

    class Twice(Week):
        def set_up(self) -> None:
            self.average = SimpleMovingAverage(1)
            consolidator = self.resolve_consolidator("XYZ", DAY)
            self.subscription_manager.add_consolidator("XYZ", consolidator)
            self.register_indicator("XYZ", self.average, consolidator)

    assert week.run(Twice).algorithm.average.samples == 3


def test_a_users_indicator_is_registered(week: Any) -> None:
    """A class that derives from nothing is fed with data points."""

    class Last:
        name, value, is_ready = "last", 0.0, False

        def update(self, data: IndicatorDataPoint) -> bool:
            self.value, self.is_ready = data.value, True
            return True

    class Mine(Week):
        def set_up(self) -> None:
            self.last = Last()
            self.register_indicator("XYZ", self.last, Resolution.DAILY)

    assert week.run(Mine).algorithm.last.value == 14.0


def test_an_unknown_security_is_named(week: Any) -> None:
    """An indicator of a security that was not added says so."""

    class Wrong(Week):
        def set_up(self) -> None:
            self.add_equity("XYZ")
            self.sma("NOPE", 2)

    with pytest.raises((UsageError, KeyError), match="NOPE"):
        week.run(Wrong)


def test_candlestick_patterns_have_helpers(week: Any) -> None:
    """`self.candlestick_patterns.doji(symbol)` is fed with bars; flat bars are dojis."""

    class Candles(Week):
        def set_up(self) -> None:
            self.doji = self.candlestick_patterns.doji("XYZ")
            self.star = self.candlestick_patterns.evening_star("XYZ", 0.4)

    algorithm = week.run(Candles).algorithm
    assert (algorithm.doji.name, algorithm.doji.samples) == ("DOJI(XYZ_day)", 3)
    assert algorithm.star.samples == 3
