"""Scheduled events know the run's real start: the warm-up's, or the one that was asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.symbols import Resolution

TUESDAY = datetime(2013, 10, 8)


@pytest.fixture
def october(market: Any) -> Any:
    """Minute bars of XYZ from Friday 2013-10-04 to Tuesday 2013-10-08."""
    for day in (4, 7, 8):
        market.minutes("xyz", datetime(2013, 10, day), {minute: 10.0 + minute / 1000 for minute in range(390)})
    return market


class Scheduled(QCAlgorithm):
    """Notes when its events fire; `set_up` makes them."""

    def initialize(self) -> None:
        self.fired: list[datetime] = []
        self.warming: list[bool] = []
        self.set_start_date(TUESDAY)
        self.set_end_date(TUESDAY)
        self.set_benchmark(lambda _time: 1)
        self.add_equity("XYZ", Resolution.MINUTE, fill_forward=False)
        self.set_up()

    def set_up(self) -> None:
        """More to do in initialize()."""

    def note(self) -> None:
        self.fired.append(self.time)
        self.warming.append(self.is_warming_up)


def test_scheduled_events_fire_during_the_warm_up(october: Any) -> None:
    """The 16 times of LEAN's WarmupScheduledEventsRegressionAlgorithm, and its three ends of day."""

    class WarmUp(Scheduled):
        def set_up(self) -> None:
            self.ends: list[datetime] = []
            self.schedule.on(self.date_rules.every_day(), self.time_rules.every(timedelta(hours=6)), self.note)
            self.set_warm_up(9, Resolution.HOUR)

        def on_end_of_day(self, symbol: Any) -> None:
            self.ends.append(self.time)

    algorithm = october.run(WarmUp).algorithm
    first = datetime(2013, 10, 4, 18)
    assert algorithm.fired == [first + timedelta(hours=6 * count) for count in range(16)]
    assert algorithm.warming == [True] * 13 + [False] * 3
    assert algorithm.ends == [datetime(2013, 10, day, 15, 50) for day in (4, 7, 8)]


@pytest.mark.parametrize("rule", ["month_start", "every_day", "week_start"])
def test_scheduled_events_fire_when_the_run_starts_before_the_year_of_the_file(market: Any, rule: str) -> None:
    """`--start` comes after initialize(); what the file's own start would skip is not lost."""
    market.days("xyz", datetime(2013, 12, 2), [10.0] * 40)

    class Later(Scheduled):
        def initialize(self) -> None:
            super().initialize()
            self.set_start_date(2014, 1, 6)
            self.set_end_date(2014, 1, 10)

        def set_up(self) -> None:
            self.add_equity("XYZ", Resolution.DAILY)
            self.schedule.on(getattr(self.date_rules, rule)(), self.time_rules.noon, self.note)

    days = {"month_start": 2, "every_day": 57, "week_start": 8}
    algorithm = market.run(Later, start=date(2013, 11, 15)).algorithm
    assert len(algorithm.fired) == days[rule]
    assert algorithm.fired[0].date() <= date(2013, 12, 1)


def test_training_happens_once_during_the_warm_up_and_again_by_its_rules(october: Any) -> None:
    """`train(code)` runs with the first step, `train(rules, code)` by its rules from the warm-up on."""

    class Training(Scheduled):
        def set_up(self) -> None:
            self.trained: list[datetime] = []
            self.train(lambda: self.trained.append(self.time))
            self.train(self.date_rules.every_day(), self.time_rules.at(15, 0), self.note)
            self.set_warm_up(100)

    algorithm = october.run(Training).algorithm
    assert len(algorithm.trained) == 1
    assert algorithm.trained[0] < TUESDAY
    assert algorithm.fired[0] < TUESDAY
    assert algorithm.fired[-1] == TUESDAY + timedelta(hours=15)


def test_the_rule_for_today_is_the_first_day_of_the_run(october: Any) -> None:
    """With a warm-up, `date_rules.today` is the day on which the warm-up begins."""

    class Today(Scheduled):
        def set_up(self) -> None:
            self.schedule.on(self.date_rules.today, self.time_rules.at(23, 0), self.note)
            self.set_warm_up(timedelta(days=1))

    assert october.run(Today).algorithm.fired == [TUESDAY - timedelta(hours=1)]
