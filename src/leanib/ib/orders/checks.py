"""What IB would refuse, or what would hurt, seen before anything is sent: prices, sizes, sides of the market."""

from __future__ import annotations

from decimal import Decimal

from leanib.ib.errors import OrderRefused
from leanib.ib.increments import Increments
from leanib.ib.order_request import OrderRequest

__all__ = ["check_change", "check_request", "entry_price"]


def check_request(request: OrderRequest, increments: Increments, market: Decimal | None) -> None:
    """Lets an order and its legs pass or not.

    Args:
        request: The order.
        increments: What the instrument takes.
        market: The instrument's price now, None when it is not known.

    Raises:
        OrderRefused: The text names what is wrong, and what would be right.
    """
    problem = increments.size_problem(request.quantity)
    if problem:
        raise OrderRefused(f"not sent: the quantity {request.quantity.normalize():f} of {request.symbol} {problem}")
    prices = {
        "limit price": request.limit_price,
        "stop price": request.stop_price,
        "take-profit": request.take_profit,
        "stop-loss": request.stop_loss,
    }
    for name, price in prices.items():
        _check_price(name, price, request.symbol, increments)
    _check_sides(request, increments, market)


def check_change(
    symbol: str, increments: Increments, quantity: Decimal | None, limit: Decimal | None, stop: Decimal | None
) -> None:
    """The same for what changes of an order; None stays as it is."""
    problem = increments.size_problem(quantity) if quantity is not None else ""
    if quantity is not None and problem:
        raise OrderRefused(f"not sent: the quantity {quantity.normalize():f} of {symbol} {problem}")
    _check_price("limit price", limit, symbol, increments)
    _check_price("stop price", stop, symbol, increments)


def entry_price(request: OrderRequest, market: Decimal | None) -> Decimal | None:
    """About where an order will fill: the market's price, or its own where that is further off; None when not known."""
    limit, stop = request.limit_price, request.stop_price
    is_buy = request.side == "BUY"
    if request.kind in ("STP", "MIT", "STP LMT", "LIT"):
        return stop
    if limit is None or market is None:
        return limit if limit is not None else market
    return min(limit, market) if is_buy else max(limit, market)


def _check_price(name: str, price: Decimal | None, symbol: str, increments: Increments) -> None:
    problem = increments.price_problem(price) if price is not None else ""
    if price is not None and problem:
        raise OrderRefused(f"not sent: the {name} {price:f} of {symbol} {problem}")


def _check_sides(request: OrderRequest, increments: Increments, market: Decimal | None) -> None:
    """A leg on the wrong side of the entry would fire at once: the position would be gone as soon as it is there."""
    entry = entry_price(request, market)
    if entry is None:
        return
    is_buy = request.side == "BUY"
    _check_side("take-profit", request.take_profit, entry, request.symbol, increments, above=is_buy)
    _check_side("stop-loss", request.stop_loss, entry, request.symbol, increments, above=not is_buy)


def _check_side(
    name: str, price: Decimal | None, entry: Decimal, symbol: str, increments: Increments, *, above: bool
) -> None:
    if price is not None and (price <= entry if above else price >= entry):
        raise OrderRefused(
            f"not sent: the {name} {increments.text(price)} of {symbol} must lie {'above' if above else 'below'} the "
            f"entry at about {increments.text(entry)}, or it would fire at once"
        )
