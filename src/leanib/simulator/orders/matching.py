"""Matching: at what price and size an order trades against a quote, and what triggers it."""

from __future__ import annotations

from decimal import Decimal

from leanib.simulator.market.quotes import PLENTY, Quote
from leanib.simulator.orders.model import TRIGGERED_TYPES, Order


def reference(order: Order, quote: Quote) -> Decimal | None:
    """The price that stops look at: the last trade for stocks, futures and indices, the order's own side otherwise."""
    near = quote.ask if order.buying else quote.bid
    if order.item.sec_type in {"CASH", "OPT", "FOP", "BOND"} or quote.last is None:
        return near if near is not None else quote.last
    return quote.last


def trailing_amount(order: Order, price: Decimal) -> Decimal:
    """How far the stop trails behind `price`, on the price grid."""
    percent = order.spec.decimal("trailingPercent")
    if not percent:
        return order.spec.decimal("auxPrice") or Decimal(0)
    step = order.item.increment(price)
    return max((price * percent / 100 / step).quantize(Decimal(1)) * step, step)


def trail(order: Order, price: Decimal) -> bool:
    """Move the stop of a trailing order after `price`; True when it moved."""
    amount = trailing_amount(order, price)
    candidate = price + amount if order.buying else price - amount
    present = order.trail_stop
    if present is not None and (candidate >= present if order.buying else candidate <= present):
        return False
    order.trail_stop = candidate
    return True


def triggers(order: Order, price: Decimal) -> bool:
    """Does `price` set the order off?"""
    stop = order.stop
    if stop is None:
        return False
    touched = order.kind in {"MIT", "LIT"}
    rising = order.buying != touched  # a buy stop waits for a rise, a buy-if-touched for a fall
    return price >= stop if rising else price <= stop


def fill_price(order: Order, quote: Quote) -> Decimal | None:
    """The price at which the order trades now, or None."""
    if order.kind in TRIGGERED_TYPES and not order.triggered:
        return None
    price = quote.ask if order.buying else quote.bid
    if price is None:
        price = quote.last
    if price is None:
        return None
    limit = order.limit
    if limit is not None and (price > limit if order.buying else price < limit):
        return None
    return price


def displayed(order: Order, quote: Quote) -> Decimal:
    """How much is on offer at the fill price and not taken yet."""
    if (quote.ask if order.buying else quote.bid) is None:
        return PLENTY
    if order.buying:
        return max(quote.ask_size - quote.ask_taken, Decimal(0))
    return max(quote.bid_size - quote.bid_taken, Decimal(0))


def fill_size(order: Order, quote: Quote) -> Decimal:
    """How much of the order trades now: what is displayed, all or nothing where the order says so."""
    size = min(order.remaining, displayed(order, quote))
    size -= size % order.item.lot
    whole = order.tif == "FOK" or order.spec.flag("allOrNone")
    return Decimal(0) if whole and size < order.remaining else size


def take(order: Order, quote: Quote, size: Decimal) -> None:
    """Remove `size` from what is displayed."""
    if order.buying:
        quote.ask_taken += size
    else:
        quote.bid_taken += size
