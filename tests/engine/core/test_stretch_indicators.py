"""In a stretch, averages are worked out beforehand; whoever looks at them sees what he would see step by step."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.core.both_ways import check
from tests.engine.core.test_stretches import Minutes, minutes  # noqa: F401 - a fixture

from leanib.engine.core.stretch_consolidators import _AheadFeed
from leanib.engine.indicators import ExponentialMovingAverage, IndicatorBase, SimpleMovingAverage
from leanib.engine.indicators.running_sum import RunningSum
from leanib.engine.market import Slice
from leanib.engine.symbols import Resolution


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of indicators that took in a bar one by one, in stretches or not."""
    found: list[str] = []
    push = IndicatorBase.push

    def counted(indicator: IndicatorBase, data: Any) -> bool:
        found.append(indicator.name)
        return push(indicator, data)

    monkeypatch.setattr(IndicatorBase, "push", counted)
    return found


class Averages(Minutes):
    """Averages of both kinds over dense and sparse minutes."""

    def set_up(self) -> None:
        super().set_up()
        self.fast, self.slow = self.sma("ABC", 7, Resolution.MINUTE), self.ema("ABC", 40, Resolution.MINUTE)
        self.sparse, self.long = self.sma("XYZ", 12, Resolution.MINUTE), self.sma("ABC", 240, Resolution.MINUTE)

    def tell(self, average: Any) -> None:
        """What everybody sees of one."""
        self.say(average.current, average.samples, average.is_ready, average)

    def tell_all(self, average: Any) -> None:
        """And what lies behind it."""
        self.tell(average)
        window = average.window
        self.say(average.previous, average[1], list(window), window.samples, window.count)
        for consolidator in average.consolidators:
            self.say(consolidator.consolidated, consolidator.window.samples, consolidator.current)


def test_averages_that_are_only_looked_at(minutes: Any, pushed: list[str]) -> None:  # noqa: F811
    """The value and the count at each step; orders come of them."""

    class Crosses(Averages):
        def step(self, data: Slice) -> None:
            if self.steps % 5 == 0:
                self.tell(self.fast)
                self.tell(self.sparse)
            if self.steps % 7 == 0:
                self.tell(self.slow)
                self.tell(self.long)
            rising = self.fast.current.value > self.slow.current.value
            if self.long.is_ready and rising != self.portfolio.invested:
                self.market_order("ABC", 10 if rising else -10)

        def on_end_of_algorithm(self) -> None:
            for average in (self.fast, self.slow, self.sparse, self.long):
                self.tell_all(average)

    quick = check(minutes, Crosses)
    total, count = pushed.count("SMA(240)"), quick.algorithm.long.samples
    assert quick.algorithm.long.is_ready
    assert total < 2.2 * count, "one by one in two of the three runs only"
    assert len(quick.algorithm.transactions.get_orders()) > 20


def test_averages_that_are_looked_at_closely(minutes: Any) -> None:  # noqa: F811
    """Windows, consolidators, handlers and a second feeder, in the middle of a day."""

    class Looks(Averages):
        def set_up(self) -> None:
            super().set_up()
            self.heard: list[str] = []
            self.twice = self.sma("ABC", 9, Resolution.MINUTE)
            self.register_indicator("ABC", self.twice, Resolution.MINUTE)
            self.slow.window.size = 5

        def step(self, data: Slice) -> None:
            steps = self.steps
            self.tell(self.twice)
            if steps % 13 == 0:
                self.tell_all(self.fast)
            if steps % 101 == 0:
                self.tell_all(self.slow)
                self.say(self.slow.window.most_recently_removed)
            if steps == 600:
                self.slow.updated += lambda _sender, point: self.heard.append(str(point))
            if steps % 211 == 0 and self.long.is_ready:
                self.say(self.long.rolling_sum.current)

        def on_end_of_algorithm(self) -> None:
            self.say(len(self.heard), *self.heard[:5], *self.heard[-5:])
            for average in (self.fast, self.slow, self.sparse, self.long, self.twice):
                self.tell_all(average)

    quick = check(minutes, Looks)
    assert len(quick.algorithm.heard) > 100


def test_averages_that_are_changed_by_hand(minutes: Any) -> None:  # noqa: F811
    """Resets, own updates, feeders that come and go."""

    class Changes(Averages):
        def step(self, data: Slice) -> None:
            steps = self.steps
            if steps % 450 == 0:
                self.sparse.reset()
                self.tell_all(self.sparse)
            if steps % 333 == 0:
                self.fast.update(self.time, 60.0)
            if steps == 1500:
                self.deregister_indicator(self.long)
            if steps == 1600:
                self.register_indicator("ABC", self.long, Resolution.MINUTE)
            for consolidator in list(self.fast.consolidators) if steps == 1700 else ():
                consolidator.dispose()
            for consolidator in list(self.sparse.consolidators) if steps == 1900 else ():
                consolidator.reset()
                self.say(consolidator.consolidated, consolidator.window.count)
            if steps % 19 == 0:
                self.tell(self.fast)
                self.tell(self.long)

        def on_end_of_algorithm(self) -> None:
            for average in (self.fast, self.slow, self.sparse, self.long):
                self.tell_all(average)

    quick = check(minutes, Changes)
    assert quick.algorithm.fast.samples < 1800 < quick.algorithm.steps, "who is disposed of passes nothing on"


def test_a_users_own_average_is_fed_bar_by_bar(minutes: Any) -> None:  # noqa: F811
    """What a subclass makes of its data nobody knows beforehand."""

    class Doubled(SimpleMovingAverage):
        def _next(self, data: Any) -> float:
            return 2 * super()._next(data)

    class Own(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.doubled = Doubled("doubled", 5)
            self.register_indicator("ABC", self.doubled, Resolution.MINUTE)

        def step(self, data: Slice) -> None:
            if self.steps % 20 == 0:
                self.say(self.doubled.current)

    quick = check(minutes, Own)
    assert quick.algorithm.doubled.current.value > 60


def test_who_asks_for_more_ends_it(minutes: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """An average whose window is read goes on bar by bar, not from one guess to the next."""
    looks: list[Any] = []
    look = _AheadFeed._look_ahead

    def counted(feed: _AheadFeed, first: int | None) -> Any:
        looks.append(first)
        return look(feed, first)

    monkeypatch.setattr(_AheadFeed, "_look_ahead", counted)

    class Reads(Minutes):
        def set_up(self) -> None:
            super().set_up()
            self.average = self.ema("ABC", 3, Resolution.MINUTE)

        def step(self, data: Slice) -> None:
            self.steps += self.average.previous.value > 1000

    quick = check(minutes, Reads)
    assert 0 < len(looks) < quick.steps_in_stretches / 50


@pytest.mark.parametrize("period", [1, 2, 3, 7, 60, 240])
def test_means_beforehand_are_those_that_come(period: int) -> None:
    """Prices of two and of seven decimals, before and after the first period is full."""
    sum_, values = RunningSum(period), [round(100 + ((n * 7919) % 1013) * 0.0101, 7 - 5 * (n % 2)) for n in range(600)]
    for start in range(0, 600, 50):
        part = values[start : start + 50]
        beforehand, found = list(sum_.means_after(part)), []
        twin = RunningSum(period)
        twin.extend(sum_.values)
        for value in part:
            sum_.add(value)
            found.append(sum_.mean)
        assert beforehand == found
        twin.extend(part)
        assert (twin.values, twin.mean) == (sum_.values, sum_.mean)


def test_what_is_no_price_is_not_looked_at_beforehand() -> None:
    """Values of many decimals, and negative ones, are added up one by one; so is an average that is not ready."""
    sum_ = RunningSum(3)
    assert list(sum_.means_after([2.0, 1 / 3])) == [2.0]
    assert list(sum_.means_after([4.0, 2.0, -1.0, 3.0])) == [4.0, 3.0]
    sum_.extend([1 / 3, -1.0])
    assert list(sum_.means_after([1.0])) == []
    assert sum_.values == [1 / 3, -1.0]
    assert list(ExponentialMovingAverage("e", 3).look_ahead([1.0])) == []
