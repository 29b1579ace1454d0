"""`OrderExtensions`: what statuses and types say of themselves, asked as LEAN's Python algorithms ask it."""

from __future__ import annotations

import pytest

from AlgorithmImports import OrderExtensions, OrderStatus, OrderType

CLOSED = {OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.INVALID}
FILLS = {OrderStatus.FILLED, OrderStatus.PARTIALLY_FILLED}
LIMITS = {OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.LIMIT_IF_TOUCHED}
STOPS = {OrderType.STOP_MARKET, OrderType.STOP_LIMIT, OrderType.TRAILING_STOP}


@pytest.mark.parametrize("status", OrderStatus, ids=lambda status: status.name)
def test_statuses(status: OrderStatus) -> None:
    """Each is open or closed, and some are fills."""
    assert OrderExtensions.is_closed(status) is (status in CLOSED)
    assert OrderExtensions.is_open(status) is (status not in CLOSED)
    assert OrderExtensions.is_fill(status) is (status in FILLS)
    assert OrderExtensions.IsFill(status) is OrderExtensions.is_fill(status)


@pytest.mark.parametrize("kind", OrderType, ids=lambda kind: kind.name)
def test_types(kind: OrderType) -> None:
    """Which have a limit and which wait for a stop; orders of several legs are neither, as in LEAN."""
    assert OrderExtensions.is_limit_order(kind) is (kind in LIMITS)
    assert OrderExtensions.is_stop_order(kind) is (kind in STOPS)
    assert OrderExtensions.IsLimitOrder(kind) is OrderExtensions.is_limit_order(kind)
