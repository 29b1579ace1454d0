"""Volumes are added as decimals are, one by one and many at once alike."""

from functools import reduce

import numpy as np
import pytest

from leanib.engine.market.volumes import add_volumes, total_volume


@pytest.mark.parametrize(
    ("volumes", "total"),
    [
        ([0.1, 0.2], 0.3),
        ([0.1] * 10, 1.0),
        ([12.34567891, 0.00000009, 7.0], 19.345679),
        ([1000, 2000.0, 3.0], 3003.0),
        ([2.0**52, 2.0**52 + 1], 2.0**53),
        ([90_000_000.5, 1.25], 90_000_001.75),
        ([1 / 3, 0.1], 1 / 3 + 0.1),
    ],
)
def test_sums_have_no_dust(volumes, total):
    """What has up to eight decimals adds up exactly; what a split has divided adds up as floats."""
    assert reduce(add_volumes, volumes) == total
    assert total_volume(volumes[0], np.array(volumes[1:], dtype=float)) == total


def test_many_at_once_are_the_same_as_one_by_one():
    """Whole, decimal and divided volumes in any order."""
    generator = np.random.default_rng(5)
    kinds = [lambda: float(generator.integers(0, 10**7)), lambda: round(generator.random() * 100, 8), generator.random]
    for mixture in ([0], [1], [2], [0, 1], [0, 1, 2]):
        volumes = [float(kinds[generator.choice(mixture)]()) for _ in range(400)]
        assert reduce(add_volumes, volumes) == total_volume(volumes[0], np.array(volumes[1:]))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_passes(value):
    """A user's own data may hold anything."""
    assert str(add_volumes(0.5, value)) == str(total_volume(0.5, np.array([value]))) == str(value)
