"""What is told of a symbol: quotes and gaps, and how a quote is read from ib_async's ticker."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from ib_async import Ticker

__all__ = ["DATA_TYPES", "Gap", "Quote", "QuoteStatus", "read_quote"]

DATA_TYPES = {"live": 1, "frozen": 2, "delayed": 3, "delayed-frozen": 4}
"""IB's market data types (https://interactivebrokers.github.io/tws-api/market_data_type.html)."""
_TYPE_NAMES = {number: name for name, number in DATA_TYPES.items()}


class QuoteStatus(Enum):
    """How far a quote can be trusted."""

    WAITING = "waiting for data"
    CURRENT = "current"
    CLOSED = "market closed"
    STALE = "stale"
    INTERRUPTED = "interrupted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Quote:
    """The quote of one symbol at one moment; None where IB has told nothing.

    Attributes:
        data_type: `live`, `frozen`, `delayed` or `delayed-frozen`.
        exchange_time: When the exchange says the last trade was, UTC.
        received_at: When the last tick came, UTC.
        age: Seconds since then.
        reason: Why it is not current.
        digits: How many digits the instrument's prices have after the point.
    """

    symbol: str
    bid: float | None
    ask: float | None
    last: float | None
    bid_size: float | None
    ask_size: float | None
    last_size: float | None
    volume: float | None
    close: float | None
    exchange_time: datetime | None
    received_at: datetime | None
    age: float | None
    data_type: str
    status: QuoteStatus
    reason: str = ""
    digits: int = 2


@dataclass(frozen=True)
class Gap:
    """A marker in the stream: between `since` and `until` ticks may be missing.

    Attributes:
        until: None while the gap lasts.
    """

    symbol: str
    since: datetime
    until: datetime | None
    reason: str


def read_quote(
    symbol: str,
    ticker: Ticker | None,
    status: QuoteStatus,
    reason: str,
    received_at: datetime | None,
    now: datetime,
    *,
    may_be_negative: bool,
    digits: int = 2,
) -> Quote:
    """The quote that a ticker shows; without a ticker nothing is known."""

    def number(name: str) -> float | None:
        value = getattr(ticker, name, None)
        return value if value is not None and math.isfinite(value) else None

    def price(name: str, missing: tuple[float, ...] = ()) -> float | None:
        value = number(name)
        if value is None or value > 0:
            return value
        return value if may_be_negative and value not in missing else None

    return Quote(
        symbol=symbol,
        bid=price("bid"),
        ask=price("ask"),
        last=price("last", missing=(0,)),
        bid_size=number("bidSize"),
        ask_size=number("askSize"),
        last_size=number("lastSize"),
        volume=number("volume"),
        close=price("close", missing=(0, -1)),  # IB's words for: there is none
        exchange_time=_exchange_time(ticker),
        received_at=received_at,
        age=(now - received_at).total_seconds() if received_at is not None else None,
        data_type=_TYPE_NAMES.get(ticker.marketDataType if ticker is not None else 1, "live"),
        status=status,
        reason=reason,
        digits=digits,
    )


def _exchange_time(ticker: Ticker | None) -> datetime | None:
    if ticker is None:
        return None
    moment: Any = getattr(ticker, "lastTimestamp", None) or getattr(ticker, "delayedLastTimestamp", None)
    return moment if isinstance(moment, datetime) else None
