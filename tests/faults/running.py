"""Runs schedules in virtual time: one, or a part of many that a printed seed decides; tells one that hangs."""

from __future__ import annotations

import asyncio
import atexit
import faulthandler
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.faults.playing import play
from tests.faults.schedules import Schedule, random_schedule
from tests.faults.smalldisk import SmallDisk
from tests.faults.world import ACCOUNTS, TRADING_HOURS, play_in

from leanib.simulator.virtual_time import VirtualTimeLoop

__all__ = ["HANG", "PARTS", "PER_PART", "end_when_it_hangs", "run_part", "run_schedule", "run_seed", "seeds_of"]

PARTS, PER_PART = 20, 250
"""5,000 schedules."""
HANG = 120.0
"""Seconds of the wall clock after which a schedule, which takes a fraction of one, is told as one that hangs."""

_disks: list[SmallDisk] = []


def run_schedule(schedule: Schedule, hang: float = HANG) -> None:
    """Plays one schedule; whatever it breaks is raised, and a hang is told with the schedule."""
    disk = _disk()
    with _told_if_it_hangs(schedule, hang), tempfile.TemporaryDirectory(dir=disk.path) as folder:
        logging.disable(logging.CRITICAL)
        try:
            with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
                simulator = {"accounts": list(ACCOUNTS), "tick_interval": 600.0}
                scenario = play_in(lambda world: play(world, schedule, disk), TRADING_HOURS, Path(folder), simulator)
                runner.run(scenario)
        finally:
            logging.disable(logging.NOTSET)


def run_part(part: int, schedules: int = PER_PART) -> str:
    """Plays one part of the schedules; returns a line that says which.

    Raises:
        AssertionError: What a schedule broke, with its seed and the fewest of its steps that still break something.
    """
    seeds = seeds_of(part)[:schedules]
    start = time.perf_counter()
    print(f"part {part}: seeds {seeds[0]} to {seeds[-1]}", flush=True)
    for number in seeds:
        run_seed(number)
    return f"part {part}: seeds {seeds[0]} to {seeds[-1]}, {time.perf_counter() - start:.0f} s"


def seeds_of(part: int) -> range:
    """The seeds of a part; other ones for another LEANIB_SCHEDULE_SEED."""
    first = 1_000_000 * int(os.environ.get("LEANIB_SCHEDULE_SEED") or 1) + PER_PART * part
    return range(first, first + PER_PART)


def run_seed(number: int) -> None:
    """Plays the schedule of a seed.

    Raises:
        AssertionError: As for `run_part`.
    """
    schedule = random_schedule(number)
    problem = _problem(schedule)
    if problem is None:
        return
    smallest, problem = _smallest(schedule, problem)
    print(f"seed {number} breaks; the fewest of its steps that do:\n{smallest}", file=sys.__stderr__, flush=True)
    raise AssertionError(f"seed {number}: {smallest}") from problem


def _problem(schedule: Schedule) -> Exception | None:
    try:
        run_schedule(schedule)
    except Exception as problem:
        return problem
    return None


def _smallest(schedule: Schedule, problem: Exception) -> tuple[Schedule, Exception]:
    """Leaves steps out, one after the other, as long as something still breaks."""
    number = 0
    while number < len(schedule.steps):
        fewer = replace(schedule, steps=schedule.steps[:number] + schedule.steps[number + 1 :])
        still = _problem(fewer)
        if still is None:
            number += 1
        else:
            schedule, problem = fewer, still
    return schedule, problem


class _told_if_it_hangs:  # noqa: N801 - a context manager
    """A thread of its own tells it, past pytest's capture: the loop may swallow what is raised in it."""

    def __init__(self, schedule: Schedule, seconds: float) -> None:
        self._watch = threading.Timer(seconds, _tell, [schedule])
        self._watch.daemon = True

    def __enter__(self) -> None:
        self._watch.start()

    def __exit__(self, *_: object) -> None:
        self._watch.cancel()


def _tell(schedule: Schedule) -> None:
    print(f"hangs: {schedule}", file=sys.__stderr__, flush=True)
    faulthandler.dump_traceback(file=sys.__stderr__)
    _on_hang()


_on_hang: Callable[[], None] = lambda: None  # noqa: E731


def end_when_it_hangs(code: int) -> None:
    """Ends the process after telling; pytest's own timeout does it otherwise."""
    global _on_hang  # noqa: PLW0603

    def end() -> None:
        for disk in _disks:
            disk.__exit__(None, None, None)
        os._exit(code)

    _on_hang = end


def _disk() -> SmallDisk:
    """One for all schedules of this process."""
    if not _disks:
        disk = SmallDisk()
        print(f"the disk that is filled: {disk.kind}", flush=True)
        _disks.append(disk)
        atexit.register(disk.__exit__, None, None, None)
    return _disks[0]
