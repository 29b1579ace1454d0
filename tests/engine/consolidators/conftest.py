"""Data to consolidate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from leanib.engine.market import TradeBar
from leanib.engine.symbols import Market, SecurityType, Symbol

MONDAY = datetime(2020, 6, 1, 9, 30)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def spy() -> Symbol:
    """SPY."""
    return Symbol.create("SPY", SecurityType.EQUITY, Market.USA)


@pytest.fixture
def minute(spy: Symbol) -> Callable[..., TradeBar]:
    """Makes the minute bar of a time, flat unless four prices are given."""

    def make(at: datetime, *prices: float, volume: float = 10, period: timedelta = MINUTE) -> TradeBar:
        return TradeBar(at, spy, *(prices * 4 if len(prices) == 1 else prices), volume, period)

    return make


@pytest.fixture
def collect() -> Callable[[Any], list[Any]]:
    """A list that fills with what a consolidator emits."""

    def attach(consolidator: Any) -> list[Any]:
        found: list[Any] = []
        consolidator.data_consolidated += lambda _, bar: found.append(bar)
        return found

    return attach
