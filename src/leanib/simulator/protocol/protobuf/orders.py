"""Orders in protobuf form: read from placeOrder, written to openOrder and completedOrder.

Fields keep IB's names in both forms; what differs is told here: maps and lists that the text form spells out, and the
few names that changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leanib.simulator.protocol.contracts import ComboLeg, ContractQuery, order_fields
from leanib.simulator.protocol.fields import FieldError, text_of, to_decimal
from leanib.simulator.protocol.ids import Answer
from leanib.simulator.protocol.orderspec import OrderSpec, PlaceOrder
from leanib.simulator.protocol.protobuf.layouts import compile_layout, from_text, of_value, to_text, to_value
from leanib.simulator.protocol.protobuf.schema import MESSAGES
from leanib.simulator.protocol.protobuf.wire import Values, decode, encode

if TYPE_CHECKING:
    from leanib.simulator.protocol.orders import Completion, OrderState, OrderView

#: The server version from which on each is protobuf.
SINCE = {Answer.OPEN_ORDER: 203, Answer.COMPLETED_ORDER: 204}
PLACE_SINCE = 203
_PLACE, _ORDER, _CONTRACT = MESSAGES["PlaceOrderRequest"], MESSAGES["Order"], MESSAGES["Contract"]
_SHOWN_CONTRACT = compile_layout(
    _CONTRACT,
    "conId symbol secType lastTradeDateOrContractMonth strike right multiplier exchange currency localSymbol "
    "tradingClass",
)
#: Fields whose text form has another shape, or none.
_SPECIAL = frozenset({"algoParams", "smartComboRoutingParams", "orderMiscOptions", "conditions", "softDollarTier"})
_FLAG, _CONJUNCTION = "isMore", "isConjunctionConnection"
#: The fields of each kind of condition after its type and its conjunction, in the order of the text form.
_CONDITIONS = {
    1: (_FLAG, "price", "conId", "exchange", "triggerMethod"),
    3: (_FLAG, "time"),
    4: (_FLAG, "percent"),
    5: ("secType", "exchange", "symbol"),
    6: (_FLAG, "volume", "conId", "exchange"),
    7: (_FLAG, "changePercent", "conId", "exchange"),
}
_LEG = compile_layout(
    MESSAGES["ComboLeg"], "conId ratio action exchange openClose shortSalesSlot designatedLocation exemptCode"
)
_REQUEST_NAMES = {b"3": ("PLACE_ORDER", "PlaceOrderRequest")}
_ANSWER_NAMES = {b"5": ("OPEN_ORDER", "OpenOrder"), b"101": ("COMPLETED_ORDER", "CompletedOrder")}
_MARGINS = [
    f"{what}{when}"
    for when in ("Before", "Change", "After")
    for what in ("initMargin", "maintMargin", "equityWithLoan")
]


def described(payload: bytes, outbound: bool, version: int) -> str | None:
    """A message with an order as a person can read it; None when it is another, or in text form."""
    head, _, body = payload.partition(b"\0")
    name = (_ANSWER_NAMES if outbound else _REQUEST_NAMES).get(head)
    if name is None or version < (SINCE[Answer[name[0]]] if outbound else PLACE_SINCE):
        return None
    try:
        return f"{name[0]} {decode(MESSAGES[name[1]], body)}"
    except FieldError as problem:
        return f"{name[0]} {body.hex()} ({problem})"


# requests


def order_id(body: bytes) -> int:
    """The id in a placeOrder; raises FieldError."""
    found: int = decode(_PLACE, body).get("orderId", 0)
    return found


def place_order(body: bytes) -> PlaceOrder:
    """A placeOrder; raises FieldError."""
    message = decode(_PLACE, body)
    if "contract" not in message or "order" not in message:
        raise FieldError("placeOrder needs a contract and an order")
    query = contract_query(message["contract"])
    return PlaceOrder(message.get("orderId", 0), query, _spec(message["order"], message["contract"]))


def contract_query(contract: Values) -> ContractQuery:
    """What a client wrote into a contract."""
    text = {name: of_value(value) for name, value in contract.items() if not isinstance(value, list | dict)}

    def get(name: str) -> str:
        return text.get(name, "")

    return ContractQuery(
        contract.get("conId", 0), get("symbol"), get("secType").upper(), get("lastTradeDateOrContractMonth"),
        to_decimal(get("strike")) or None, get("right")[:1].upper().replace("?", "").replace("0", ""),
        get("multiplier"), get("exchange"), get("primaryExch"), get("currency"), get("localSymbol"),
        get("tradingClass"), contract.get("includeExpired", False), get("secIdType"), get("secId"),
        [_leg(leg) for leg in contract.get("comboLegs", ())],
    )  # fmt: skip


def _leg(leg: Values) -> ComboLeg:
    con_id, ratio, action, exchange, *extra = to_text(_LEG, leg)
    defaults = ("0", "0", "", "-1")
    found = tuple(value or default for value, default in zip(extra, defaults, strict=True))
    return ComboLeg(int(con_id or 0), int(ratio or 0), action, exchange, found)


def _spec(order: Values, contract: Values) -> OrderSpec:
    spec = OrderSpec({name: of_value(value) for name, value in order.items() if name not in _SPECIAL})
    spec.values.setdefault("transmit", "0")  # a writer leaves out what is false
    spec.algo = list(order.get("algoParams", {}).items())
    spec.routing = list(order.get("smartComboRoutingParams", {}).items())
    spec.values["orderMiscOptions"] = "".join(f"{k}={v};" for k, v in order.get("orderMiscOptions", {}).items())
    tier = order.get("softDollarTier", {})
    spec.values["softDollarTierName"], spec.values["softDollarTierVal"] = tier.get("name", ""), tier.get("value", "")
    spec.conditions = [_condition(one) for one in order.get("conditions", ())]
    prices = [of_value(leg.get("perLegPrice")) for leg in contract.get("comboLegs", ())]
    spec.leg_prices = prices if any(prices) else []
    hedge = contract.get("deltaNeutralContract")
    if hedge:
        spec.delta_neutral = tuple(of_value(hedge.get(name)) for name in ("conId", "delta", "price"))
    return spec


def _condition(one: Values) -> list[str]:
    kind = one.get("type", 0)
    if kind not in _CONDITIONS:
        raise FieldError(f"{kind} is not a kind of condition")
    flags = {_FLAG: False}
    row = [of_value((flags | one).get(name)) for name in _CONDITIONS[kind]]
    return [str(kind), "a" if one.get(_CONJUNCTION) else "o", *row]


# answers


def open_order(order: OrderView) -> bytes:
    """What does not change in an openOrder behind its text id: id, contract and order."""
    message = {"orderId": order.order_id, "contract": _contract(order), "order": _order(order)}
    return b"%d\0" % Answer.OPEN_ORDER + encode(MESSAGES["OpenOrder"], message)


def open_order_state(state: OrderState) -> bytes:
    """The state of an openOrder, to be put behind it."""
    return encode(MESSAGES["OpenOrder"], {"orderState": _state(state)})


def completed_order(order: OrderView, end: Completion) -> bytes:
    """A completedOrder behind its text id; the quantity is what was left unfilled, as Gateways show it."""
    shown = _order(order)
    shown["totalQuantity"] = str(order.quantity - end.filled)
    shown["filledQuantity"] = str(end.filled)
    if end.parent_perm_id:
        shown["parentPermId"] = end.parent_perm_id
    state = {"status": end.status, "completedTime": end.time, "completedStatus": end.text}
    message = {"contract": _contract(order), "order": shown, "orderState": state}
    return b"%d\0" % Answer.COMPLETED_ORDER + encode(MESSAGES["CompletedOrder"], message)


def _contract(order: OrderView) -> Values:
    shown = from_text(_SHOWN_CONTRACT, [text_of(value) for value in order_fields(order.contract, order.exchange)])
    if order.contract.expiry:
        shown["lastTradeDate"] = order.contract.expiry
    if order.legs:
        prices = [to_value(_PRICE, price) for price in order.spec.leg_prices]
        shown["comboLegsDescrip"] = ",".join(
            f"{leg.con_id}|{leg.ratio if leg.action == 'BUY' else -leg.ratio}" for leg in order.legs
        )
        shown["comboLegs"] = [_shown_leg(leg) for leg in order.legs]
        for leg, price in zip(shown["comboLegs"], prices, strict=False):
            if price is not None:
                leg["perLegPrice"] = price
    hedge = order.spec.delta_neutral
    if hedge:
        layout = compile_layout(MESSAGES["DeltaNeutralContract"], "conId delta price")
        shown["deltaNeutralContract"] = from_text(layout, hedge)
    return shown


_PRICE = MESSAGES["ComboLeg"].by_name["perLegPrice"]


def _shown_leg(leg: ComboLeg) -> Values:
    return from_text(_LEG, [str(leg.con_id), str(leg.ratio), leg.action, leg.exchange, *leg.extra])


def _order(order: OrderView) -> Values:
    get: Callable[[str], str] = order.texts()
    shown: Values = {}
    for name, field in _ORDER.by_name.items():
        if name not in _SPECIAL:
            value = _field(field, get(name))
            if value is not None:
                shown[name] = value
    spec = order.spec
    shown |= {
        "clientId": order.client_id, "orderId": order.order_id, "permId": order.perm_id, "account": order.account,
        "totalQuantity": str(order.quantity), "algoParams": dict(spec.algo),
        "smartComboRoutingParams": dict(spec.routing), "conditions": [_shown_condition(row) for row in spec.conditions],
        "orderMiscOptions": dict(part.split("=", 1) for part in get("orderMiscOptions").split(";") if "=" in part),
        "softDollarTier": {"name": get("softDollarTierName"), "value": get("softDollarTierVal"), "displayName": ""},
    }  # fmt: skip
    return shown


def _field(field: Any, text: str) -> Any:
    """A value as its field has it: whole numbers may come as "10.0"."""
    if field.kind in {"i", "l"} and text:
        value = to_decimal(text)
        return None if value is None else int(value)
    if field.kind == "d" and text.lower() in {"infinity", "inf"}:
        return float("inf")  # competeAgainstBestOffset: up to the middle
    return to_value(field, text)


def _shown_condition(row: list[str]) -> Values:
    fields = MESSAGES["OrderCondition"].by_name
    kind = int(row[0])
    shown: Values = {"type": kind, _CONJUNCTION: row[1] == "a"}
    for name, text in zip(_CONDITIONS[kind], row[2:], strict=True):
        value = _field(fields[name], text)
        if value is not None:
            shown[name] = value
    return shown


def _state(state: OrderState) -> Values:
    fields = MESSAGES["OrderState"].by_name
    texts = {
        "status": state.status, **dict(zip(_MARGINS, state.margins, strict=True)),
        "commissionAndFees": state.commission, "minCommissionAndFees": state.min_commission,
        "maxCommissionAndFees": state.max_commission, "commissionAndFeesCurrency": state.commission_currency,
        "warningText": state.warning,
    }  # fmt: skip
    found = {name: to_value(fields[name], text) for name, text in texts.items()}
    return {name: value for name, value in found.items() if value is not None}
