"""Random fault schedules with orders in flight: journal, simulator and reported positions end equal, each time."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, seed, settings
from tests.faults import schedules
from tests.faults.schedules import SCHEDULES, Step
from tests.faults.world import TRADING_HOURS, play_in

from leanib.simulator.virtual_time import VirtualTimeLoop

CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]


def _play(schedule: list[Step]) -> None:
    logging.disable(logging.CRITICAL)
    try:
        with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(play_in(lambda world: schedules.play(world, schedule), TRADING_HOURS, Path(folder), {}))
    finally:
        logging.disable(logging.NOTSET)


FILLS_WHILE_A_CHANGE_IS_CHECKED = [
    Step(0.0, "order", (("symbol", "AAPL"), ("side", "BUY"), ("quantity", 1), ("offset", 5))),
    Step(0.0, "modify", (("which", 0), ("offset", -3))),
]


@settings(max_examples=20, deadline=None, print_blob=True, suppress_health_check=CHECKS)
@given(schedule=SCHEDULES)
@example(schedule=FILLS_WHILE_A_CHANGE_IS_CHECKED)
def test_books_are_equal_after_any_schedule(schedule: list[Step]) -> None:
    """Twenty random schedules: nothing lost, nothing doubled."""
    _play(schedule)


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("part", range(8))
def test_books_are_equal_after_two_thousand_schedules(part: int) -> None:
    """2,000 random schedules in eight parts, each with a printed seed: nothing lost, nothing doubled."""
    number = 1000 * int(os.environ.get("LEANIB_SCHEDULE_SEED") or 1) + part
    print(f"seed {number}")

    @seed(number)
    @settings(max_examples=250, deadline=None, print_blob=True, suppress_health_check=CHECKS, database=None)
    @given(schedule=SCHEDULES)
    def books_are_equal(schedule: list[Step]) -> None:
        _play(schedule)

    books_are_equal()
