"""Random fault schedules with orders in flight: journal, simulator and reported positions end equal, each time."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, seed, settings
from tests.faults import schedules
from tests.faults.schedules import SCHEDULES, Step
from tests.faults.world import TRADING_HOURS, play_in

from leanib.simulator.virtual_time import VirtualTimeLoop

CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]


HANG = 120
"""Seconds of the wall clock after which a schedule, which takes a fraction of one, is told as one that hangs;
pytest's own timeout, which nothing here may disturb, then ends it."""


def _hangs(schedule: list[Step]) -> None:
    """Told by a thread of its own, past pytest's capture: the loop may swallow what is raised in it."""
    print(f"hangs: {schedule}", file=sys.__stderr__, flush=True)


def _play(schedule: list[Step]) -> None:
    logging.disable(logging.CRITICAL)
    watch = threading.Timer(HANG, _hangs, [schedule])
    watch.daemon = True
    watch.start()
    try:
        with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(play_in(lambda world: schedules.play(world, schedule), TRADING_HOURS, Path(folder), {}))
    finally:
        watch.cancel()
        logging.disable(logging.NOTSET)


FILLS_WHILE_A_CHANGE_IS_CHECKED = [
    Step(0.0, "order", (("symbol", "AAPL"), ("side", "BUY"), ("quantity", 1), ("offset", 5))),
    Step(0.0, "modify", (("which", 0), ("offset", -3))),
]
CUT_AND_KILLED_IN_ONE_TICK = [
    Step(40.0, "cut_after", (("bytes_sent", 388),)),
    Step(0.05, "disconnect"),
    Step(0.001, "kill"),
]


@settings(max_examples=20, deadline=None, print_blob=True, suppress_health_check=CHECKS)
@given(schedule=SCHEDULES)
@example(schedule=FILLS_WHILE_A_CHANGE_IS_CHECKED)
@example(schedule=CUT_AND_KILLED_IN_ONE_TICK)
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
