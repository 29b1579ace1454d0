"""A schedule that hangs is told with all its steps, by a thread that needs nothing of the loop that hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
HANG = {
    "a loop that never ends": "while True: pass",
    "a call that never returns": "import time; time.sleep(10**6)",
    "an await that swallows every cancellation": (
        "import asyncio\n"
        "        while True:\n"
        "            try:\n"
        "                await asyncio.sleep(0)\n"
        "            except BaseException: pass"
    ),
}
PROGRAM = """
from tests.faults import playing, running
from tests.faults.schedules import Schedule, Step

class Player(playing._Player):
    async def _do_hang(self):
        {hang}

playing._Player = Player
running.end_when_it_hangs(70)
running.run_schedule(Schedule((Step(0.25, "hang"),)), hang=2)
"""


@pytest.mark.parametrize("hang", HANG.values(), ids=HANG)
def test_a_hang_is_told_with_its_schedule_and_ends_the_soak(hang: str) -> None:
    """The steps stand on standard error with the stack, and the process ends with a code of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(hang=hang)],
        cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        _, errors = process.communicate(timeout=90)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        raise
    assert process.returncode == 70
    assert "hangs: Schedule(steps=(Step(delay=0.25, act='hang', settings=()),)" in errors
    assert "in run_schedule" in errors
