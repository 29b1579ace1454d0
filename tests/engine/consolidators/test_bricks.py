"""Bars that prices or volumes close rather than time: Renko, volume and range bars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.consolidators import (
    BarDirection,
    ClassicRenkoConsolidator,
    RangeConsolidator,
    RenkoConsolidator,
    VolumeRenkoConsolidator,
)

MONDAY = datetime(2020, 6, 1, 9, 30)
MINUTE = timedelta(minutes=1)


def _feed(consolidator: Any, minute: Callable[..., Any], *prices: float, volume: float = 10) -> None:
    for k, price in enumerate(prices):
        consolidator.update(minute(MONDAY + k * MINUTE, price, volume=volume))


def test_classic_bricks_are_even(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """A classic brick of 1 opens and closes at even prices, and the next one opens where it closed."""
    consolidator = ClassicRenkoConsolidator(1.0)
    found = collect(consolidator)
    _feed(consolidator, minute, 10.0, 10.5, 11.3, 10.0)
    assert [(bar.open, bar.close) for bar in found] == [(10, 11), (11, 10)]


def test_wicked_bricks_are_of_equal_size(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """A rise of 2.4 makes two bricks of 1 and a turn needs two bricks' way; low wicks are kept."""
    consolidator = RenkoConsolidator(1.0)
    found = collect(consolidator)
    _feed(consolidator, minute, 10.0, 9.6, 12.4, 11.5, 10.9, 9.9)
    assert [(bar.open, bar.close) for bar in found] == [(10, 11), (11, 12), (11, 10)]
    assert found[0].low == 9.6
    assert [bar.direction for bar in found] == [BarDirection.RISING, BarDirection.RISING, BarDirection.FALLING]


def test_a_brick_needs_a_size() -> None:
    """Zero and less are refused."""
    with pytest.raises(ValueError, match="BarSize"):
        RenkoConsolidator(0)


def test_volume_bricks_carry_over(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """100 shares a brick: 250 at once make two and leave 50 for the third."""
    consolidator = VolumeRenkoConsolidator(100)
    found = collect(consolidator)
    _feed(consolidator, minute, 10.0, volume=250)
    assert [bar.volume for bar in found] == [100, 100]
    assert consolidator.working_data.volume == 50


def test_reset_starts_anew(minute: Callable[..., Any], collect: Callable[..., list[Any]]) -> None:
    """After reset the first price begins a new brick."""
    consolidator = RenkoConsolidator(1.0)
    _feed(consolidator, minute, 10.0, 10.9)
    consolidator.reset()
    found = collect(consolidator)
    _feed(consolidator, minute, 20.0, 21.1)
    assert [(bar.open, bar.close) for bar in found] == [(20, 21)]


def test_range_bars_are_as_wide_as_asked(
    minute: Callable[..., Any], collect: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """10 cents: 10.00 to 10.11 closes a bar from 10.00 to 10.10."""
    consolidator = RangeConsolidator(10)
    found = collect(consolidator)
    _feed(consolidator, minute, 10.0, 10.05, 10.11)
    [bar] = found
    assert (bar.low, bar.high, bar.close) == (10.0, 10.1, 10.1)
