"""Matching: at what price and size an order trades against a quote, what triggers it, and where pegged orders stand."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.quotes import PLENTY, Quote
from leanib.simulator.orders.model import Order

#: How far from the market a market order with protection may fill, as a share of the price.
PROTECTION = Decimal("0.001")


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


def pegged_price(order: Order, quote: Quote) -> Decimal | None:
    """Where a pegged or snapping order stands in this market; None without a bid or an ask."""
    if quote.bid is None or quote.ask is None:
        return None
    own, other = (quote.bid, quote.ask) if order.buying else (quote.ask, quote.bid)
    aux = order.spec.decimal("auxPrice") if order.type.aux == "offset" else None
    offset = (aux or Decimal(0)) * order.sign
    stands = {"primary": own + offset, "middle": (own + other) / 2 - offset, "market": other - offset}
    price = stands[order.type.peg]
    cap = order.spec.decimal("lmtPrice")
    if cap is not None and (cap or order.item.negative):
        price = min(price, cap) if order.buying else max(price, cap)
    return on_grid(order.item, price, up=not order.buying) if order.type.snap else price


def protected_price(order: Order, quote: Quote) -> Decimal | None:
    """The worst price of a market order with protection; None without a market."""
    side = quote.ask if order.buying else quote.bid
    if side is None:
        return None
    return on_grid(order.item, side + abs(side) * PROTECTION * order.sign, up=order.buying)


def on_grid(item: Instrument, price: Decimal, up: bool) -> Decimal:
    """The next price on the grid of the instrument, upwards or downwards."""
    step = item.increment(price)
    return (price / step).quantize(Decimal(1), ROUND_CEILING if up else ROUND_FLOOR) * step


def match(order: Order, quote: Quote) -> tuple[Decimal, Decimal] | None:
    """At what price, and how much of it, the order trades against the displayed market now; None when not at all."""
    if order.type.triggered and not order.triggered:
        return None
    price = quote.ask if order.buying else quote.bid
    if price is None:
        price = quote.last
    limit = order.limit
    if price is None or (order.type.peg and limit is None):
        return None
    if limit is not None and (price > limit if order.buying else price < limit):
        return None
    size = _size(order, displayed(order, quote))
    return (price, size) if size > 0 else None


def printed(order: Order, quote: Quote) -> tuple[Decimal, Decimal] | None:
    """The fill of an order pegged between bid and ask by the trade that the quote tells of, at the order's price."""
    limit = order.limit
    if order.type.snap or limit is None or not quote.fresh or quote.last is None:
        return None
    if quote.last > limit if order.buying else quote.last < limit:
        return None
    size = _size(order, quote.last_size)
    return (limit, size) if size > 0 else None


def displayed(order: Order, quote: Quote) -> Decimal:
    """How much is on offer at the fill price and not taken yet."""
    if (quote.ask if order.buying else quote.bid) is None:
        return PLENTY
    if order.buying:
        return max(quote.ask_size - quote.ask_taken, Decimal(0))
    return max(quote.bid_size - quote.bid_taken, Decimal(0))


def _size(order: Order, there: Decimal) -> Decimal:
    """How much of what is there the order trades: all or nothing, or a least quantity, where the order says so."""
    size = min(order.remaining, there)
    size -= size % order.item.lot
    if order.tif == "FOK" or order.spec.flag("allOrNone"):
        least = order.remaining
    else:
        least = min(order.remaining, order.spec.decimal("minQty") or Decimal(0))
    return size if size >= least else Decimal(0)


def take(order: Order, quote: Quote, size: Decimal) -> None:
    """Remove `size` from what is displayed."""
    if order.buying:
        quote.ask_taken += size
    else:
        quote.bid_taken += size
