"""A replayed trading day with every fault of the simulator ends with one truth in algorithm, journal and Gateway."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from tests.engine.live.faulty_day import HEALINGS, INCIDENTS, MONEY, FaultyDay
from tests.engine.live.world import live_world

from leanib.simulator.faults import Faults

__all__ = ["live_world"]


def test_every_fault_of_the_simulator_has_its_place_in_the_day() -> None:
    """What the simulator can do wrong is in the list, or ends something that is."""
    assert set(Faults.names()) == set(INCIDENTS) | HEALINGS
    assert not set(INCIDENTS) & HEALINGS


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_an_hour_with_the_faults_of_orders(live_world: Any, seed: int) -> None:
    """Positions, orders, their terms and the cash are the same everywhere when it is over."""
    day = FaultyDay(live_world(), seed)
    outcome = day.run(list(MONEY), timedelta(hours=1))
    day.check(outcome)
    assert set(day.injected) == set(MONEY)


SEEDS = range(int(os.environ.get("LEANIB_FAULTY_DAYS", "3")))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_whole_day_with_every_fault(live_world: Any, seed: int) -> None:
    """Likewise, from the opening to a quarter of an hour before the close (LEANIB_FAULTY_DAYS=... for more days)."""
    day = FaultyDay(live_world(), seed)
    outcome = day.run(list(INCIDENTS), timedelta(hours=6, minutes=15))
    day.check(outcome)
    assert set(day.injected) == set(INCIDENTS)
