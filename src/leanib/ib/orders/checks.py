"""What IB would refuse, or what would hurt, seen before anything is sent: prices, sizes, sides of the market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from leanib.ib.combos import ComboInstrument
from leanib.ib.connection import IBConnection
from leanib.ib.contracts import Instrument
from leanib.ib.errors import OrderRefused
from leanib.ib.increments import Increments
from leanib.ib.journal import OrderRecord, Terms
from leanib.ib.order_request import OrderRequest
from leanib.ib.orders.bracket import Bracket, leg_name
from leanib.ib.orders.changes import Change
from leanib.ib.orders.terms import as_decimal
from leanib.ib.redaction import mask_account

__all__ = [
    "check_change",
    "check_changed_bracket",
    "check_leg_prices",
    "check_request",
    "check_sender",
    "entry_price",
    "require_increment",
]


def require_increment(request: OrderRequest, increments: Increments) -> None:
    """Lets a price pass only where IB tells of what it is a multiple.

    Raises:
        OrderRefused: It does not.
    """
    prices = [price for price in (request.limit_price, request.stop_price) if price is not None]
    if not all(increments.at(price) for price in prices):
        raise OrderRefused(
            f"not sent: IB tells no price increment of {request.symbol}, so what prices it takes is not known: send "
            "a market order, or type the order with 'leanib order'"
        )


def _check_point_values(request: OrderRequest, instrument: Instrument) -> None:
    """Lets an order for contracts pass only where its sender counts with IB's multipliers.

    Raises:
        OrderRefused: It does not.
    """
    wanted = [(request.symbol, request.point_value, instrument)]
    if isinstance(instrument, ComboInstrument):
        parts = zip(request.parts, instrument.legs, strict=True)
        wanted = [(part.symbol, part.point_value, leg) for part, (leg, _) in parts]
    for symbol, value, one in wanted:
        if value is not None and value != one.point_value:
            raise OrderRefused(
                f"not sent: a point of {symbol} is worth {one.point_value.normalize():f} at IB and "
                f"{value.normalize():f} to this algorithm: correct the contract multiplier in the data folder's "
                "symbol-properties-database.csv"
            )


def check_request(
    request: OrderRequest, instrument: Instrument, increments: Increments, market: Decimal | None
) -> None:
    """Lets an order and its legs pass or not.

    Args:
        request: The order.
        instrument: What it is for.
        increments: What the instrument takes.
        market: The instrument's price now, None when it is not known.

    Raises:
        OrderRefused: The text names what is wrong, and what would be right.
    """
    _check_point_values(request, instrument)
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


def check_sender(record: OrderRecord, connection: IBConnection) -> None:
    """Lets a connection touch an order or not: IB lets only the client id that sent it, and we only its account.

    Raises:
        OrderRefused: The text names whose it is, and what to give.
    """
    if record.account != connection.account:
        raise OrderRefused(
            f"order {record.ref} is of the account {mask_account(record.account)}, and this connection is for "
            f"{mask_account(connection.account)}: give that account"
        )
    if record.client_id != connection.client_id:
        raise OrderRefused(
            f"order {record.ref} belongs to client id {record.client_id}; IB lets only that client change it "
            f"(this one is {connection.client_id}): give --client-id {record.client_id}"
        )


def check_leg_prices(instrument: ComboInstrument, prices: Sequence[Decimal], increments: Sequence[Increments]) -> None:
    """Lets the limits of a combination's legs pass or not, each by what its contract takes.

    Args:
        instrument: The combination.
        prices: The limits in the order of the legs.
        increments: Those of the legs.

    Raises:
        OrderRefused: The text names the leg and what would be right.
    """
    for (leg, _), price, one in zip(instrument.legs, prices, increments, strict=True):
        _check_price("limit price", price, leg.name, one)
        if not one.at(price):
            raise OrderRefused(f"not sent: IB tells no price increment of {leg.name}, so what it takes is not known")


def check_change(record: OrderRecord, change: Change, increments: Increments) -> None:
    """The same for what changes of an order."""
    problem = change.misfit(record.holds.fields)
    if problem:
        raise OrderRefused(f"not sent: {problem}")
    quantity, symbol = change.quantity, record.symbol
    problem = increments.size_problem(quantity) if quantity is not None else ""
    if quantity is not None and problem:
        raise OrderRefused(f"not sent: the quantity {quantity.normalize():f} of {symbol} {problem}")
    _check_price("limit price", change.limit_price, symbol, increments)
    _check_price("stop price", change.stop_price, symbol, increments)


def check_changed_bracket(
    bracket: Bracket, ref: str, asked: Terms, increments: Increments, market: Decimal | None
) -> None:
    """Lets a change of a bracket's order, or of one of its legs, pass or not: no leg may fire at once.

    While its order has not filled, the legs are measured by where that will fill; then the stop by the market.

    Args:
        bracket: As it is.
        ref: The order of it that is changed.
        asked: What it becomes.
        increments: What the instrument takes.
        market: The instrument's price now for an order like the bracket's, None when it is not known.
    """
    parent = bracket.parent
    terms = {one.ref: asked.fields if one.ref == ref else one.holds.fields for one in (parent, *bracket.working)}
    prices = {leg_name(leg): as_decimal(_price_of(terms[leg.ref])) for leg in bracket.working}
    take_profit, stop_loss = prices.get("take-profit"), prices.get("stop-loss")
    if bracket.exposed or parent.status.is_final:
        entry, take_profit = market, None
    else:
        own = terms[parent.ref]
        limit, stop = as_decimal(own.get("lmtPrice")), as_decimal(own.get("auxPrice"))
        entry = _entry(str(own.get("orderType", "")), parent.action == "BUY", limit, stop, market)
    _check_legs(parent.symbol, parent.action == "BUY", entry, take_profit, stop_loss, increments)


def _price_of(fields: Mapping[str, Any]) -> Any:
    """The price of a leg; None for one that trails."""
    if str(fields.get("orderType", "")).startswith("TRAIL"):
        return None
    return fields.get("lmtPrice", fields.get("auxPrice"))


def entry_price(request: OrderRequest, market: Decimal | None) -> Decimal | None:
    """About where an order will fill: the market's price, or its own where that is further off; None when not known."""
    return _entry(request.kind, request.side == "BUY", request.limit_price, request.stop_price, market)


def _entry(
    kind: str, is_buy: bool, limit: Decimal | None, stop: Decimal | None, market: Decimal | None
) -> Decimal | None:
    if kind in ("STP", "MIT", "STP LMT", "LIT"):
        return stop
    if limit is None or market is None:
        return limit if limit is not None else market
    return min(limit, market) if is_buy else max(limit, market)


def _check_price(name: str, price: Decimal | None, symbol: str, increments: Increments) -> None:
    problem = increments.price_problem(price) if price is not None else ""
    if price is not None and problem:
        raise OrderRefused(f"not sent: the {name} {price:f} of {symbol} {problem}")


def _check_sides(request: OrderRequest, increments: Increments, market: Decimal | None) -> None:
    entry = entry_price(request, market)
    is_buy = request.side == "BUY"
    _check_legs(request.symbol, is_buy, entry, request.take_profit, request.stop_loss, increments)


def _check_legs(
    symbol: str,
    is_buy: bool,
    entry: Decimal | None,
    take_profit: Decimal | None,
    stop_loss: Decimal | None,
    increments: Increments,
) -> None:
    """A leg on the wrong side of the entry would fire at once: the position would be gone as soon as it is there."""
    if entry is None:
        return
    _check_side("take-profit", take_profit, entry, symbol, increments, above=is_buy)
    _check_side("stop-loss", stop_loss, entry, symbol, increments, above=not is_buy)


def _check_side(
    name: str, price: Decimal | None, entry: Decimal, symbol: str, increments: Increments, *, above: bool
) -> None:
    if price is not None and (price <= entry if above else price >= entry):
        raise OrderRefused(
            f"not sent: the {name} {increments.text(price)} of {symbol} must lie {'above' if above else 'below'} the "
            f"entry at about {increments.text(entry)}, or it would fire at once"
        )
