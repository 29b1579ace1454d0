"""A disk that is really full under journal, log and reservations: fills are kept, cancelling works, people are told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def _scenario(name: str, kind: str) -> str:
    command = [sys.executable, "-m", "tests.faults.full_disk", name, kind]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    return done.stdout


@pytest.mark.parametrize("kind", ["tmpfs", "RLIMIT_FSIZE"])
def test_fills_are_kept_and_written_later_and_cancelling_works_meanwhile(kind: str) -> None:
    """Nothing can be written: not ready, a person is told, cancel and cancel_all go out at once; later all is there."""
    told = _scenario("fills_and_cancels", kind)
    assert kind in told or os.geteuid() != 0  # without root nothing can be mounted: the limit on files is tried twice


@pytest.mark.parametrize("kind", ["tmpfs", "RLIMIT_FSIZE"])
def test_a_program_that_is_killed_on_a_full_disk_learns_of_its_fills_at_the_next_start(kind: str) -> None:
    """What waited in memory is gone with it: IB is asked; until there is room it says why it does not start."""
    _scenario("killed", kind)
