"""The market when an order is submitted, as exact as LEAN records it."""

from __future__ import annotations

from typing import Any

from leanib.engine.market import QuoteBar
from leanib.engine.orders.file_prices import file_price, price_factors
from leanib.engine.orders.order import OrderSubmissionData

__all__ = ["submission_data"]


def submission_data(security: Any) -> OrderSubmissionData:
    """Bid, ask and last price of a security now."""
    factors = price_factors(security)
    prices = (security.bid_price, security.ask_price, security.close)
    bid, ask, last = (file_price(price, factors) for price in prices)
    if not factors and isinstance(security.get_last_data(), QuoteBar):
        # the close of quotes is their middle, which keeps the digits of the sum: 2.12800 / 2 is 1.06400
        middle = (bid + ask) / 2
        last = middle if middle == last else last
    return OrderSubmissionData(bid, ask, last)
