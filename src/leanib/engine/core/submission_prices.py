"""The market when an order is submitted, as exact as LEAN records it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.orders.file_prices import exact_last_price, file_price, price_factors
from leanib.engine.orders.order import OrderSubmissionData

if TYPE_CHECKING:
    from leanib.engine.securities import Security

__all__ = ["submission_data"]


def submission_data(security: Security) -> OrderSubmissionData:
    """Bid, ask and last price of a security now."""
    factors = price_factors(security)
    bid, ask = (file_price(price, factors) for price in (security.bid_price, security.ask_price))
    return OrderSubmissionData(bid, ask, exact_last_price(security, security.close, factors))
