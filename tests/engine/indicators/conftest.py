"""Made-up prices that wander up and down."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest

from leanib.engine.market import TradeBar

START = datetime(2020, 1, 1)
DAY = timedelta(days=1)


def _bar(index: int) -> TradeBar:
    close = 100 + 8 * math.sin(index / 7) + 3 * math.sin(index * 1.7) + index / 20
    first = close - 2 * math.cos(index * 2.3)
    high, low = max(first, close) + 1 + math.sin(index) ** 2, min(first, close) - 1 - math.cos(index) ** 2
    volume = 1000 + 400 * math.sin(index / 3)
    prices = (round(price, 2) for price in (first, high, low, close))
    return TradeBar(START + index * DAY, None, *prices, round(volume), DAY)


@pytest.fixture
def bars() -> list[TradeBar]:
    """120 days."""
    return [_bar(index) for index in range(120)]


@pytest.fixture
def closes(bars: list[TradeBar]) -> list[float]:
    """The bars' closes."""
    return [bar.close for bar in bars]
