"""LEAN's orders as IB's, and IB's terms back into LEAN's orders (`InteractiveBrokersBrokerage.cs`, ConvertOrder)."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from leanib.engine.live.contracts import ib_name, ib_price, lean_price
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.order import Order
from leanib.engine.orders.order_kinds import (
    LimitIfTouchedOrder,
    LimitOrder,
    MarketOnCloseOrder,
    MarketOnOpenOrder,
    MarketOrder,
    StopLimitOrder,
    StopMarketOrder,
    TrailingStopOrder,
)
from leanib.engine.orders.time_in_force import DayTimeInForce, GoodTilDateTimeInForce
from leanib.engine.symbols import Symbol
from leanib.errors import NotSupportedError
from leanib.ib import Change, OrderRequest
from leanib.ib.journal import Terms

if TYPE_CHECKING:
    from leanib.engine.securities import Security

__all__ = ["apply_terms", "as_request", "change_of", "given", "order_of_terms", "point_value", "time_in_force"]

_KINDS: dict[OrderType, Any] = {
    OrderType.MARKET: "MKT",
    OrderType.LIMIT: "LMT",
    OrderType.STOP_MARKET: "STP",
    OrderType.STOP_LIMIT: "STP LMT",
    OrderType.TRAILING_STOP: "TRAIL",
    OrderType.LIMIT_IF_TOUCHED: "LIT",
    OrderType.MARKET_ON_OPEN: "MOO",
    OrderType.MARKET_ON_CLOSE: "MOC",
}
_OUTSIDE_HOURS = (
    OrderType.LIMIT,
    OrderType.STOP_MARKET,
    OrderType.STOP_LIMIT,
    OrderType.TRAILING_STOP,
    OrderType.LIMIT_IF_TOUCHED,
)
_ALLOCATION = ("fa_group", "fa_method", "fa_profile")
_HUNDRED = Decimal(100)


@cache
def _declares(kind: type, name: str) -> bool:
    return any(name in vars(base) for base in kind.__mro__)


def given(thing: object, name: str) -> Any:
    """What a kind of order or of properties has or has not; `getattr` makes a sentence each time that it has not."""
    kind = type(thing)
    return getattr(thing, name) if name in vars(thing) or _declares(kind, name) else None  # type: ignore[arg-type]


def as_request(order: Order, security: Security) -> OrderRequest:
    """What is asked of IB for an order.

    Raises:
        NotSupportedError: It cannot be sent.
    """
    kind = _KINDS.get(order.order_type)
    if kind is None:
        raise NotSupportedError(
            f"orders of type {order.order_type.lean_name} are not sent live by the embedded engine: run the strategy "
            "with `leanib deploy`"
        )
    properties = order.properties
    if any(given(properties, name) for name in _ALLOCATION):
        raise NotSupportedError("orders for an advisor's groups and profiles are not sent by the embedded engine")
    prices: dict[str, Any] = {}
    trigger = given(order, "trigger_price_decimal")
    stop = trigger if trigger is not None else given(order, "stop_price_decimal")
    limit = given(order, "limit_price_decimal")
    if limit is not None:
        prices["limit_price"] = ib_price(order.symbol, limit)
    if stop is not None:
        prices["stop_price"] = ib_price(order.symbol, stop)
    if isinstance(order, TrailingStopOrder):
        amount = order.trailing_amount_decimal
        if order.trailing_as_percentage:
            prices["trail_percent"] = amount * _HUNDRED
        else:
            prices["trail_amount"] = ib_price(order.symbol, amount)
    side: Literal["BUY", "SELL"] = "BUY" if order.quantity_decimal > 0 else "SELL"
    tif, good_till = time_in_force(order, security)
    outside = bool(given(properties, "outside_regular_trading_hours")) and order.order_type in _OUTSIDE_HOURS
    return OrderRequest(
        ib_name(order.symbol),
        side,
        abs(order.quantity_decimal),
        kind,
        tif=tif,
        good_till=good_till,
        outside_rth=outside,
        point_value=point_value(order.symbol, security),
        **prices,
    )


def point_value(symbol: Symbol, security: Security) -> Decimal | None:
    """What the algorithm takes a contract's gain to be when IB's price rises by 1; None where nothing multiplies."""
    if not symbol.asset.has_contracts:
        return None
    return lean_price(symbol, security.symbol_properties.contract_multiplier_decimal)


def time_in_force(order: Order, security: Security) -> tuple[str, str]:
    """IB's time in force of an order, and for GTD the moment."""
    if order.order_type in (OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE):
        return "DAY", ""
    force = order.time_in_force
    if isinstance(force, DayTimeInForce):
        return "DAY", ""
    if not isinstance(force, GoodTilDateTimeInForce):
        return "GTC", ""
    if order.symbol.asset.is_pair_of_codes:
        until = force.get_forex_order_expiry_date_time(order)
    else:
        hours = security.exchange.hours
        day = datetime.combine(force.expiry.date(), time())
        until = hours.time_zone.to_utc(hours.get_next_market_close(day, False))
    return "GTD", f"{until:%Y%m%d %H:%M:%S} UTC"


def change_of(order: Order, held: Terms) -> Change:
    """What of an order differs from what IB holds; what cannot be changed at IB raises.

    Raises:
        NotSupportedError: The distance of a trailing stop changed.
    """
    fields = held.fields
    quantity = abs(order.quantity_decimal)
    limit = getattr(order, "limit_price_decimal", None)
    trigger = getattr(order, "trigger_price_decimal", None)
    stop = trigger if trigger is not None else getattr(order, "stop_price_decimal", None)
    limit, stop = (None if price is None else ib_price(order.symbol, price) for price in (limit, stop))
    if isinstance(order, TrailingStopOrder):
        stop, share = None, order.trailing_amount_decimal
        share = share * _HUNDRED if order.trailing_as_percentage else ib_price(order.symbol, share)
        name = "trailingPercent" if order.trailing_as_percentage else "auxPrice"
        if name in fields and Decimal(str(fields[name])) != share:
            raise NotSupportedError("the distance of a trailing stop cannot be changed: cancel it and send a new one")
    return Change(
        quantity if quantity != held.quantity else None,
        _differing(limit, fields.get("lmtPrice")),
        _differing(stop, fields.get("auxPrice")),
    )


def _differing(wanted: Decimal | None, held: Any) -> Decimal | None:
    if wanted is None or (held is not None and Decimal(str(held)) == wanted):
        return None
    return wanted


def apply_terms(order: Order, held: Terms) -> bool:
    """Makes an order what IB holds; whether that changed it. Its sign stays."""
    fields = held.fields
    changed = _take(order, "quantity", held.quantity if order.quantity_decimal >= 0 else -held.quantity)
    changed |= _take(order, "limit_price", _told(order, fields.get("lmtPrice")))
    if isinstance(order, TrailingStopOrder):
        return _take(order, "stop_price", _told(order, fields.get("trailStopPrice"))) or changed
    trigger = "trigger_price" if isinstance(order, LimitIfTouchedOrder) else "stop_price"
    return _take(order, trigger, _told(order, fields.get("auxPrice"))) or changed


def _told(order: Order, held: Any) -> Decimal | None:
    """One of IB's prices in LEAN's unit."""
    return None if held is None else lean_price(order.symbol, Decimal(str(held)))


def _take(order: Order, name: str, held: Any) -> bool:
    """Sets one of an order's values where it has it and IB another; whether it had."""
    present = getattr(order, f"{name}_decimal", None)
    if present is None or held is None or Decimal(str(held)) == present:
        return False
    setattr(order, f"{name}_decimal", Decimal(str(held)))
    return True


def order_of_terms(
    symbol: Symbol, quantity: Decimal, kind: str, limit: Decimal, stop: Decimal, tif: str, at: datetime
) -> Order | None:
    """An order that was not placed by this run; None for a kind that LEAN has not. Quantities are signed."""
    match kind:
        case "MKT":
            order: Order = (MarketOnOpenOrder if tif == "OPG" else MarketOrder)(symbol, quantity, at)
        case "LMT":
            order = LimitOrder(symbol, quantity, limit, at)
        case "STP":
            order = StopMarketOrder(symbol, quantity, stop, at)
        case "STP LMT":
            order = StopLimitOrder(symbol, quantity, stop, limit, at)
        case "LIT":
            order = LimitIfTouchedOrder(symbol, quantity, stop, limit, at)
        case "MOC":
            order = MarketOnCloseOrder(symbol, quantity, at)
        case _:
            return None
    if tif == "DAY":
        order.properties.time_in_force = DayTimeInForce()
    return order
