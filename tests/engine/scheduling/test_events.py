"""Scheduled events fire when, and in the order in which, LEAN's do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from leanib.engine.exchanges.market_hours import DayOfWeek


@pytest.mark.parametrize(("names", "expected"), [("ab", "abba"), ("abc", "abccab")])
def test_events_of_one_time_fire_in_leans_order(world, names, expected):
    """At first as they were made; later as LEAN's re-insertion leaves them, which keeps the last one in front."""
    calls: list[str] = []
    rules = world.schedule
    for name in names:
        rules.on(rules.date_rules.every_day(), rules.time_rules.at(10, 0), lambda name=name: calls.append(name))
    handler = world.handler()
    for day in (1, 2):
        handler.set_time(datetime(2020, 1, day, 15))
    assert "".join(calls) == expected


def test_past_events_fire_at_their_own_time(world):
    """Before the clock jumps over a gap, what lay in it happens, and the clock shows its time."""
    seen: list[datetime] = []
    rules = world.schedule
    rules.on(rules.date_rules.every_day(), rules.time_rules.at(10, 0), lambda: seen.append(world.utc_time))
    handler = world.handler()
    handler.scan_past_events(datetime(2020, 1, 3, 15))
    assert seen == [datetime(2020, 1, 1, 15), datetime(2020, 1, 2, 15)]


def test_events_before_the_start_are_skipped(world):
    """Nothing fires that lies before the algorithm's time."""
    seen: list[datetime] = []
    world.set_date_time(datetime(2020, 1, 2, 20))
    rules = world.schedule
    rules.on(rules.date_rules.every_day(), rules.time_rules.at(10, 0), lambda: seen.append(world.utc_time))
    world.handler().set_time(datetime(2020, 1, 2, 21))
    assert seen == []


def test_a_disabled_or_removed_event_does_not_fire(world):
    """`enabled = False` and `schedule.remove` both silence it."""
    calls: list[int] = []
    rules = world.schedule
    first = rules.on(rules.date_rules.every_day(), rules.time_rules.noon, lambda: calls.append(1))
    second = rules.on(rules.date_rules.every_day(), rules.time_rules.noon, lambda: calls.append(2))
    handler = world.handler()
    first.enabled = False
    rules.remove(second)
    handler.set_time(datetime(2020, 1, 2))
    assert calls == []


def test_training_runs_once_and_now(world):
    """`train(code)` fires at the next look and never again."""
    calls: list[int] = []
    world.schedule.training_now(lambda: calls.append(1))
    handler = world.handler()
    for hour in (6, 7):
        handler.set_time(datetime(2020, 1, 1, hour))
    assert calls == [1]


def test_a_fluent_schedule_reads_like_a_sentence(world):
    """Days, times, conditions, then what to do; the callback may take the time."""
    seen: list[datetime] = []
    (
        world.schedule.event("name")
        .every(DayOfWeek.THURSDAY, DayOfWeek.FRIDAY)
        .at(9, 0)
        .every(timedelta(hours=12))
        .during_market_hours(world.spy)
        .run(lambda time: seen.append(time))
    )
    handler = world.handler()
    handler.set_time(datetime(2020, 1, 4))
    assert seen == [datetime(2020, 1, 2, 17), datetime(2020, 1, 3, 17)]


def test_end_of_day_fires_ten_minutes_before_the_close(world):
    """`on_end_of_day(symbol)` follows the securities that the algorithm has."""
    calls: list[tuple[object, datetime]] = []

    class QCAlgorithm(type(world)):
        def on_end_of_day(self, symbol=None):
            """LEAN's own does nothing."""

    class Mine(QCAlgorithm):
        def on_end_of_day(self, symbol):
            calls.append((symbol, self.utc_time))

    algorithm = Mine()
    handler = algorithm.handler()
    handler.on_securities_changed([algorithm.securities[algorithm.spy]], [])
    handler.scan_past_events(datetime(2020, 1, 4))
    assert calls == [(algorithm.spy, datetime(2020, 1, day, 20, 50)) for day in (2, 3)]
    handler.on_securities_changed([], [algorithm.securities[algorithm.spy]])
    handler.scan_past_events(datetime(2020, 1, 8))
    assert len(calls) == 2
