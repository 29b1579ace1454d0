"""How a past day is printed on the simulator's tape."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from leanib.operations.replay.bars import parted


@pytest.mark.parametrize("volume", [8, 9, 10, 11, 100, 101, 4003, 1_000_001])
def test_no_trade_of_a_bar_has_the_size_of_the_one_before(volume: int) -> None:
    """IB's ticks tell changes: a trade of the last one's price and size would not be told. The sum is the volume."""
    before: Decimal | None = None
    for _ in range(3):
        sizes = parted(Decimal(volume), before)
        assert sum(sizes) == volume
        assert all(size > 0 for size in sizes)
        assert all(one != other for one, other in pairwise([before, *sizes]))
        before = sizes[-1]


def test_what_is_too_little_to_be_parted_comes_with_the_close() -> None:
    """Prices without trades before it."""
    assert parted(Decimal(3), None) == (0, 0, 0, 3)
