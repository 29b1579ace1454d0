"""Ids that IB never gives twice: permIds and execution ids, unique over restarts without a state file too.

Both begin at a number made of the moment at which the run began, in slots of 1/64 second: the run after it begins
beyond everything that this one used, as long as it took fewer than 64 orders a second over its whole life. On a virtual
clock the same start and seed give the same ids.
"""

from __future__ import annotations

from leanib.simulator.clock import SECOND_US, Clock

SLOTS_PER_SECOND = 64
#: Clients read a permId as a signed 32-bit integer; room is left above for what one run uses.
PERM_IDS = 2**31 - 2**24
EXECUTION_RUNS = 2**32


def _slot(clock: Clock, seed: int) -> int:
    return clock.run_us() * SLOTS_PER_SECOND // SECOND_US + seed * 7919


def first_perm_id(clock: Clock, seed: int) -> int:
    """The number before the first permId of a run; positive, below 2**31."""
    return _slot(clock, seed) % PERM_IDS + 1


def execution_tag(clock: Clock, seed: int) -> int:
    """The first part of the execution ids of a run."""
    return _slot(clock, seed) % EXECUTION_RUNS
