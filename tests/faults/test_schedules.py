"""Random fault schedules with orders in flight: books, limits and protection hold after each; a hang is told."""

from __future__ import annotations

import pytest
from tests.faults.running import PARTS, PER_PART, run_part, run_schedule, run_seed, seeds_of
from tests.faults.schedules import Schedule, Setup, Step, random_schedule

FILLS_WHILE_A_CHANGE_IS_CHECKED = Schedule(
    (
        Step(0.0, "order", (("who", 0), ("symbol", "AAPL"), ("side", "BUY"), ("quantity", 1), ("offset", 5))),
        Step(0.0, "modify", (("who", 0), ("which", 0), ("offset", -3))),
    )
)
CUT_AND_KILLED_IN_ONE_TICK = Schedule(
    (Step(40.0, "cut_after", (("bytes_sent", 388),)), Step(0.05, "disconnect"), Step(0.001, "kill", (("who", 0),)))
)

HELD_BACK_WHERE_ANOTHER_PROGRAM_LOOKS = Schedule(
    (
        Step(0.05, "hold_orders"),
        Step(
            0.0,
            "bracket",
            (("who", 0), ("symbol", "AAPL"), ("side", "BUY"), ("quantity", 100), ("offset", None), ("profit", None),
             ("loss", 3)),
        ),
        Step(0.001, "reset"),
        Step(0.5, "freeze"),
        Step(3.0, "cut_after", (("bytes_sent", 643),)),
        Step(0.5, "heal"),
    ),
    Setup(accounts=(0, 1), shared_journal=True, limit=300),
)  # fmt: skip


@pytest.mark.parametrize(
    "schedule",
    [FILLS_WHILE_A_CHANGE_IS_CHECKED, CUT_AND_KILLED_IN_ONE_TICK, HELD_BACK_WHERE_ANOTHER_PROGRAM_LOOKS],
)
def test_books_are_equal_after_a_schedule_that_once_broke_them(schedule: Schedule) -> None:
    """Found by chance, kept by name."""
    run_schedule(schedule)


def test_parts_draw_different_schedules_for_one_seed() -> None:
    """No seed is in two parts, the schedules of any two differ, and one seed draws the same one again."""
    parts = [seeds_of(part) for part in range(PARTS)]
    assert len({seed for part in parts for seed in part}) == PARTS * PER_PART == 5000
    drawn = [random_schedule(part[number]) for part in parts for number in (0, 1, -1)]
    assert len({repr(schedule) for schedule in drawn}) == len(drawn)
    assert random_schedule(parts[3][0]) == drawn[9]


def test_another_seed_draws_other_schedules(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the environment gives it."""
    usual = set(seeds_of(0))
    monkeypatch.setenv("LEANIB_SCHEDULE_SEED", "2")
    assert usual.isdisjoint(seeds_of(part)[0] for part in range(PARTS))


@pytest.mark.parametrize("seed", range(20))
def test_books_are_equal_after_any_schedule(seed: int) -> None:
    """Twenty random schedules: nothing lost, nothing doubled, no limit exceeded, nothing unprotected in silence."""
    run_seed(seed)


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("part", [0, 1])
def test_books_are_equal_after_five_hundred_schedules(part: int) -> None:
    """Two of the twenty parts of `make soak`, each with a printed seed."""
    print(run_part(part))
