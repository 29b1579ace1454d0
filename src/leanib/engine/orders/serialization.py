"""Orders and order events as LEAN's JSON (Newtonsoft): member order, scale of decimals, dates, omitted defaults.

`order_json` gives the tree that LEAN's result file and its order list hash share; `to_json` writes such a tree as
Newtonsoft does, keeping the scale of decimals, which Python's json module cannot.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from json.encoder import encode_basestring
from types import NoneType
from typing import TYPE_CHECKING, Any

from leanib.engine.naming import LeanEnum, to_pascal
from leanib.engine.numbers import json_decimal
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.order import Order
from leanib.engine.orders.time_in_force import GoodTilCanceledTimeInForce, TimeInForce
from leanib.engine.symbols import Currencies

if TYPE_CHECKING:
    from leanib.engine.orders.combo import GroupOrderManager
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.orders.properties import OrderProperties
    from leanib.engine.symbols import Symbol

__all__ = ["order_event_json", "order_json", "to_json"]

_TYPE = ("type", "type")
_LIMIT = ("limitPrice", "limit_price_decimal")
_STOP = ("stopPrice", "stop_price_decimal")
_QUANTITY = ("quantity", "quantity_decimal")
#: what comes before the members that every order has: JSON name and attribute, in LEAN's order
_LEADING: dict[OrderType, tuple[tuple[str, str], ...]] = {
    OrderType.LIMIT: (_LIMIT, _TYPE),
    OrderType.STOP_MARKET: (_STOP, _TYPE),
    OrderType.STOP_LIMIT: (_STOP, ("stopTriggered", "stop_triggered"), _LIMIT, _TYPE),
    OrderType.LIMIT_IF_TOUCHED: (
        _TYPE,
        ("triggerPrice", "trigger_price_decimal"),
        _LIMIT,
        ("triggerTouched", "trigger_touched"),
    ),
    OrderType.TRAILING_STOP: (
        ("trailingAmount", "trailing_amount_decimal"),
        ("trailingAsPercentage", "trailing_as_percentage"),
        _TYPE,
        _STOP,
    ),
    OrderType.COMBO_MARKET: (_TYPE, _QUANTITY),
    OrderType.COMBO_LIMIT: (_TYPE, _QUANTITY),
    OrderType.COMBO_LEG_LIMIT: (_TYPE, _LIMIT, _QUANTITY),
}


def order_json(order: Order, *, camel_case: bool = True) -> dict[str, Any]:
    """An order as LEAN's result file has it; leaves are Decimal, datetime (UTC), str, bool, int or None.

    Only members whose JSON name LEAN does not spell out depend on `camel_case`; the hash is made without it.
    """
    leading = _LEADING.get(order.order_type, (_TYPE,))
    tree: dict[str, Any] = {name: getattr(order, attribute) for name, attribute in leading}
    tree |= {
        "id": order.id,
        "contingentId": order.contingent_id,
        "brokerId": order.broker_id,
        "symbol": _symbol_json(order.symbol),
        "price": order.price_decimal,
        "priceCurrency": order.price_currency,
        "time": Utc.of(order.time),
        "createdTime": Utc.of(order.created_time),
    }
    tree |= _optional_times(order)
    tree.setdefault("quantity", order.quantity_decimal)
    tree["status"] = order.status
    if order.tag is not None:
        tree["tag"] = order.tag
    tree |= {
        "properties": _properties_json(order.properties, _camel if camel_case else to_pascal),
        "securityType": order.security_type,
        "direction": order.direction,
        "value": order.value_decimal,
        "orderSubmissionData": _submission_json(order),
        "isMarketable": order.is_marketable,
    }
    if order.group_order_manager is not None:
        tree["groupOrderManager"] = _group_json(order.group_order_manager)
    tree["priceAdjustmentMode"] = order.price_adjustment_mode
    return tree


class Utc(datetime):
    """A UTC time, which JSON marks with a Z; other naive times have no mark."""

    @classmethod
    def of(cls, time: datetime) -> Utc:
        """The same moment, marked."""
        return cls(time.year, time.month, time.day, time.hour, time.minute, time.second, time.microsecond)


def _optional_times(order: Order) -> dict[str, Any]:
    times = (
        ("lastFillTime", order.last_fill_time),
        ("lastUpdateTime", order.last_update_time),
        ("canceledTime", order.canceled_time),
    )
    return {name: Utc.of(time) for name, time in times if time is not None}


def _symbol_json(symbol: Symbol) -> dict[str, Any]:
    tree: dict[str, Any] = {"value": symbol.value, "id": str(symbol.id), "permtick": symbol.value}
    if symbol.has_underlying and symbol.underlying is not None:
        tree["underlying"] = _symbol_json(symbol.underlying)
    return tree


def _submission_json(order: Order) -> dict[str, Any] | None:
    data = order.order_submission_data
    if data is None:
        return None
    return {
        "bidPrice": data.bid_price_decimal,
        "askPrice": data.ask_price_decimal,
        "lastPrice": data.last_price_decimal,
    }


def _group_json(group: GroupOrderManager) -> dict[str, Any]:
    return {
        "id": group.id,
        "quantity": group.quantity_decimal,
        "count": group.count,
        "limitPrice": group.limit_price_decimal,
        "orderIds": list(group.order_ids),
        "direction": group.direction,
    }


def _properties_json(properties: OrderProperties, name_of: Callable[[str], str]) -> dict[str, Any]:
    tree = {name_of(name): getattr(properties, name) for name in properties.json_members}
    tree["timeInForce"] = _time_in_force_json(properties.time_in_force)
    if properties.exchange is not None:
        tree[name_of("exchange")] = {
            name_of(name): getattr(properties.exchange, name) for name in ("code", "name", "market", "security_types")
        }
    return tree


def _time_in_force_json(time_in_force: TimeInForce) -> dict[str, Any]:
    if type(time_in_force) is GoodTilCanceledTimeInForce:
        return {}
    kind = f"QuantConnect.Orders.TimeInForces.{type(time_in_force).__name__}"
    return {"$type": kind, **time_in_force.json_fields()}


def order_event_json(event: OrderEvent, algorithm_id: str) -> dict[str, Any]:
    """An order event as LEAN's order events file has it (`Serialization/SerializedOrderEvent.cs`)."""
    tree: dict[str, Any] = {
        "id": f"{algorithm_id}-{event.order_id}-{event.id}",
        "algorithmId": algorithm_id,
        "orderId": event.order_id,
        "orderEventId": event.id,
        "symbol": str(event.symbol.id),
        "symbolValue": event.symbol.value,
        "symbolPermtick": event.symbol.id.symbol,
        "time": event.utc_time.replace(tzinfo=UTC).timestamp(),
        "status": _camel_enum(event.status),
    }
    fee = event.order_fee.value
    if fee.currency != Currencies.NULL_CURRENCY:
        tree |= {"orderFeeAmount": fee.amount_decimal, "orderFeeCurrency": fee.currency}
    tree |= {
        "fillPrice": event.fill_price_decimal,
        "fillPriceCurrency": event.fill_price_currency,
        "fillQuantity": event.fill_quantity_decimal,
        "direction": _camel_enum(event.direction),
    }
    if event.message:
        tree["message"] = event.message
    tree |= {"isAssignment": event.is_assignment, "quantity": event.quantity_decimal}
    if event.stop_price_decimal is not None:
        tree["stopPrice"] = event.stop_price_decimal
    if event.limit_price_decimal is not None:
        tree["limitPrice"] = event.limit_price_decimal
    if event.is_in_the_money:
        tree["isInTheMoney"] = True
    return tree


def _camel(name: str) -> str:
    pascal = to_pascal(name)
    return pascal[:1].lower() + pascal[1:]


def _camel_enum(member: LeanEnum) -> str:
    text = member.lean_name
    return text[:1].lower() + text[1:]


def to_json(value: object) -> str:
    """The text that Newtonsoft writes for a tree of dicts, lists and leaves, without spaces."""
    write = _LEAVES.get(type(value))
    if write is not None:
        return write(value)
    if isinstance(value, dict):
        return "{" + ",".join([f"{_member(name)}:{to_json(item)}" for name, item in value.items()]) + "}"
    if isinstance(value, Decimal):
        return json_decimal(value)
    if isinstance(value, datetime):
        return f'"{_time_json(value)}"'
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(to_json, value)) + "]"
    if isinstance(value, int):
        return str(int(value))
    return repr(value) if isinstance(value, float) else _quote(str(value))


@cache  # of the names of members, which are few
def _member(name: str) -> str:
    return _quote(name)


_TICKS = {1: ".0000001", 999_999: ".9999999"}


def _time_json(time: datetime) -> str:
    text = time.isoformat(timespec="seconds")
    if time.microsecond:
        # the engine's microsecond beside a whole second stands for .NET's tick
        text += _TICKS.get(time.microsecond) or f".{time.microsecond:06d}".rstrip("0")
    return text + "Z" if isinstance(time, Utc) else text


#: characters that Newtonsoft escapes although JSON need not
_NEWTONSOFT_ESCAPES = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def _quote(text: str) -> str:
    quoted = encode_basestring(text)
    return quoted if text.isascii() else quoted.translate(_NEWTONSOFT_ESCAPES)


#: the kinds of leaves that there are many of, told by their type alone; `to_json` knows the rest
_LEAVES: dict[type, Callable[[Any], str]] = {
    str: _quote,
    int: repr,
    float: repr,
    bool: {False: "false", True: "true"}.__getitem__,
    NoneType: {None: "null"}.__getitem__,
    Decimal: json_decimal,
    Utc: lambda time: f'"{_time_json(time)}"',
}
