"""Order answers: openOrder, completedOrder, orderStatus, execDetails, commissionReport."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from leanib.simulator.protocol import versions
from leanib.simulator.protocol.contracts import ComboLeg, ContractFields, order_fields
from leanib.simulator.protocol.fields import UNSET_DOUBLE_TEXT, UNSET_INTEGER, encode, number
from leanib.simulator.protocol.ids import Answer
from leanib.simulator.protocol.orderspec import OrderSpec
from leanib.simulator.protocol.protobuf import orders as protobuf

_DEFAULTS = {
    "lmtPrice": "0.0", "auxPrice": "0.0", "origin": "0", "outsideRth": "0", "hidden": "0", "discretionaryAmt": "0",
    "shortSaleSlot": "0", "exemptCode": "-1", "auctionStrategy": "0", "blockOrder": "0", "sweepToFill": "0",
    "allOrNone": "0", "ocaType": "3", "eTradeOnly": "0", "firmQuoteOnly": "0", "parentId": "0", "triggerMethod": "0",
    "volatilityType": "0", "deltaNeutralOrderType": "None", "continuousUpdate": "0", "referencePriceType": "0",
    "optOutSmartRouting": "0", "notHeld": "0", "solicited": "0", "randomizeSize": "0", "randomizePrice": "0",
    "adjustableTrailingUnit": "0", "dontUseAutoPriceForHedge": "0", "isOmsContainer": "0",
    "discretionaryUpToLimitPrice": "0", "usePriceMgmtAlgo": "0", "autoCancelParent": "0", "openClose": "",
    "professionalCustomer": "0", "includeOvernight": "0", "imbalanceOnly": "0",
    "clearingIntent": "IB", "adjustedOrderType": "None", "tif": "DAY", "whatIf": "0",
}  # fmt: skip
_MARGIN_FIELDS = 9
#: What stands in the long integers and in the prices of adjusted stops that are not set.
UNSET_LONG = "9223372036854775807"
_ADJUSTED_PRICES = (
    "triggerPrice", "trailStopPrice", "lmtPriceOffset", "adjustedStopPrice", "adjustedStopLimitPrice",
    "adjustedTrailingAmount",
)  # fmt: skip
SHAREHOLDER = "Not an insider or substantial shareholder"
#: The fields at the end of openOrder since version 183; of these completedOrder has only some.
_APPENDED = (
    (versions.CUSTOMER_ACCOUNT, "customerAccount"), (versions.PROFESSIONAL_CUSTOMER, "professionalCustomer"),
    (versions.BOND_ACCRUED_INTEREST, "bondAccruedInterest"), (versions.INCLUDE_OVERNIGHT, "includeOvernight"),
    (versions.CME_TAGGING_ECHOED, "extOperator"), (versions.CME_TAGGING_ECHOED, "manualOrderIndicator"),
    (versions.SUBMITTER, "submitter"), (versions.IMBALANCE_ONLY, "imbalanceOnly"),
)  # fmt: skip
_COMPLETED_TOO = frozenset({"customerAccount", "professionalCustomer", "submitter"})
Texts = Callable[[str], str]


@dataclass(slots=True)
class OrderState:
    """The orderState part of openOrder; margins only in answers to what-if orders."""

    status: str
    margins: Sequence[str] = (UNSET_DOUBLE_TEXT,) * _MARGIN_FIELDS
    commission: str = ""
    min_commission: str = ""
    max_commission: str = ""
    commission_currency: str = ""
    warning: str = ""


@dataclass(slots=True)
class OrderView:
    """An order with its contract, as the answers need it."""

    order_id: int
    client_id: int
    perm_id: int
    account: str
    contract: ContractFields
    exchange: str
    spec: OrderSpec
    quantity: Decimal
    overrides: Mapping[str, str] = field(default_factory=dict)
    legs: Sequence[ComboLeg] = ()

    def texts(self) -> Texts:
        """Fields by name: a value the Gateway changed, what the client sent, IB's default, or nothing."""
        found = _Texts(_DEFAULTS)
        found.update({name: value for name, value in self.spec.values.items() if value})
        found.update(self.overrides)
        return found.__getitem__


class _Texts(dict[str, str]):
    """Texts by name; what is not there is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def open_order(version: int, order: OrderView, state: OrderState) -> bytes:
    """One openOrder message."""
    head, tail = open_order_frame(version, order)
    return head + order_state(version, state) + tail


def order_state(version: int, state: OrderState) -> bytes:
    """The part of openOrder that changes while an order lives."""
    if version >= protobuf.SINCE[Answer.OPEN_ORDER]:
        return protobuf.open_order_state(state)
    out = [state.status, *state.margins, state.commission, state.min_commission, state.max_commission]
    out.append(state.commission_currency)
    if version >= versions.FULL_ORDER_PREVIEW:
        out += ["", *[UNSET_DOUBLE_TEXT] * _MARGIN_FIELDS, "", "", "0"]
    return encode((*out, state.warning))


def open_order_frame(version: int, order: OrderView) -> tuple[bytes, bytes]:
    """What stands before and after the state in openOrder; it changes only when the order is modified."""
    if version >= protobuf.SINCE[Answer.OPEN_ORDER]:
        return protobuf.open_order(order), b""
    get = order.texts()
    out: list[object] = [Answer.OPEN_ORDER, order.order_id, *order_fields(order.contract, order.exchange)]
    out += _basics(order, get, order.quantity)
    out += [order.client_id, order.perm_id]
    out += map(get, ("outsideRth", "hidden", "discretionaryAmt", "goodAfterTime"))
    out.append(f"{order.perm_id}.0/{order.account}/{number(order.quantity)}" if order.perm_id else "")
    out += _advisor(version, get)
    out += map(get, ("modelCode", "goodTillDate", "rule80A", "percentOffset", "settlingFirm", "shortSaleSlot"))
    out += map(get, ("designatedLocation", "exemptCode", "auctionStrategy", "startingPrice", "stockRefPrice", "delta"))
    out += [get("stockRangeLower"), get("stockRangeUpper"), get("displaySize") or UNSET_INTEGER]
    out += map(get, ("blockOrder", "sweepToFill", "allOrNone"))
    out += map(get, ("minQty", "ocaType", "eTradeOnly", "firmQuoteOnly", "nbboPriceCap", "parentId", "triggerMethod"))
    out += _volatility(get, complete=True)
    out += map(get, ("trailStopPrice", "trailingPercent"))
    out += ["", ""]  # basis points and their type
    out += _combo(order)
    out += _scale_and_hedge(order, get)
    out += map(get, ("optOutSmartRouting", "clearingAccount", "clearingIntent", "notHeld"))
    out += _delta_neutral_and_algo(order, get)
    out += map(get, ("solicited", "whatIf"))
    head = encode(out)
    out = [get("randomizeSize"), get("randomizePrice")]
    out += _benchmark_and_conditions(order, get)
    out.append(get("adjustedOrderType"))
    out += [get(name) or UNSET_DOUBLE_TEXT for name in _ADJUSTED_PRICES]
    out.append(get("adjustableTrailingUnit"))
    out += [get("softDollarTierName"), get("softDollarTierVal"), "", get("cashQty") or "0"]
    out += map(get, ("dontUseAutoPriceForHedge", "isOmsContainer", "discretionaryUpToLimitPrice"))
    if version >= versions.PRICE_MANAGEMENT_ALGO:
        out.append(get("usePriceMgmtAlgo"))
    if version >= versions.DURATION:
        out.append(get("duration"))
    if version >= versions.POST_TO_ATS:
        out.append(get("postToAts"))
    if version >= versions.AUTO_CANCEL_PARENT:
        out.append(get("autoCancelParent"))
    out += _peg_offsets(version, get)
    for since, name in _APPENDED:
        if version >= since:
            out.append(get(name))
    return head, encode(out)


@dataclass(slots=True)
class Completion:
    """How an order ended, for completedOrder."""

    status: str
    filled: Decimal
    time: str
    text: str
    parent_perm_id: int = 0


def completed_order(version: int, order: OrderView, end: Completion) -> bytes:
    """One completedOrder message; its quantity is what was left unfilled, as Gateways show it."""
    if version >= protobuf.SINCE[Answer.COMPLETED_ORDER]:
        return protobuf.completed_order(order, end)
    get = order.texts()
    out: list[object] = [Answer.COMPLETED_ORDER, *order_fields(order.contract, order.exchange)]
    out += _basics(order, get, order.quantity - end.filled)
    out.append(order.perm_id)
    out += map(get, ("outsideRth", "hidden", "discretionaryAmt", "goodAfterTime"))
    out += _advisor(version, get)
    out += map(get, ("modelCode", "goodTillDate", "rule80A", "percentOffset", "settlingFirm", "shortSaleSlot"))
    out += map(get, ("designatedLocation", "exemptCode", "startingPrice", "stockRefPrice", "delta"))
    out += [get("stockRangeLower"), get("stockRangeUpper"), get("displaySize") or UNSET_INTEGER]
    out += map(get, ("sweepToFill", "allOrNone"))
    out += map(get, ("minQty", "ocaType", "triggerMethod"))
    out += _volatility(get, complete=False)
    out += map(get, ("trailStopPrice", "trailingPercent"))
    out += _combo(order)
    out += _scale_and_hedge(order, get)
    out += map(get, ("clearingAccount", "clearingIntent", "notHeld"))
    out += _delta_neutral_and_algo(order, get)
    out += [get("solicited"), end.status, get("randomizeSize"), get("randomizePrice")]
    out += _benchmark_and_conditions(order, get)
    out += [get(name) or UNSET_DOUBLE_TEXT for name in ("trailStopPrice", "lmtPriceOffset")]
    out += [get("cashQty") or "0", get("dontUseAutoPriceForHedge"), get("isOmsContainer")]
    out += ["", end.filled, UNSET_INTEGER, get("autoCancelParent"), SHAREHOLDER, "0", "0"]
    out += [end.parent_perm_id or UNSET_LONG, end.time, end.text]
    out += _peg_offsets(version, get)
    for since, name in _APPENDED:
        if version >= since and name in _COMPLETED_TOO:
            out.append(get(name))
    return encode(out)


def _basics(order: OrderView, get: Texts, quantity: Decimal) -> list[object]:
    head: list[object] = [get("action"), quantity, get("orderType"), get("lmtPrice"), get("auxPrice")]
    return [*head, get("tif"), get("ocaGroup"), order.account, get("openClose"), get("origin"), get("orderRef")]


def _advisor(version: int, get: Texts) -> list[object]:
    out: list[object] = [get("faGroup"), get("faMethod"), get("faPercentage")]
    if version < versions.FA_PROFILE_GONE:
        out.append(get("faProfile"))
    return out


def _volatility(get: Texts, complete: bool) -> list[object]:
    out: list[object] = [get("volatility"), get("volatilityType"), get("deltaNeutralOrderType")]
    out.append(get("deltaNeutralAuxPrice"))
    out.append(get("deltaNeutralConId") or "0")
    if complete:
        out += map(get, ("deltaNeutralSettlingFirm", "deltaNeutralClearingAccount", "deltaNeutralClearingIntent"))
        out.append(get("deltaNeutralOpenClose") or "?")
    out += [get("deltaNeutralShortSale") or "0", get("deltaNeutralShortSaleSlot") or "0"]
    return [*out, get("deltaNeutralDesignatedLocation"), get("continuousUpdate"), get("referencePriceType")]


def _combo(order: OrderView) -> list[object]:
    described = ",".join(f"{leg.con_id}|{leg.ratio if leg.action == 'BUY' else -leg.ratio}" for leg in order.legs)
    out: list[object] = [described, len(order.legs)]
    for leg in order.legs:
        out += [leg.con_id, leg.ratio, leg.action, leg.exchange, *leg.extra]
    out += [len(order.spec.leg_prices), *order.spec.leg_prices, len(order.spec.routing)]
    for pair in order.spec.routing:
        out += pair
    return out


def _scale_and_hedge(order: OrderView, get: Texts) -> list[object]:
    sizes = ("scaleInitLevelSize", "scaleSubsLevelSize")
    out: list[object] = [*(get(name) or UNSET_INTEGER for name in sizes), get("scalePriceIncrement")]
    if (order.spec.decimal("scalePriceIncrement") or 0) > 0:
        out += map(get, ("scalePriceAdjustValue", "scalePriceAdjustInterval", "scaleProfitOffset", "scaleAutoReset"))
        out += map(get, ("scaleInitPosition", "scaleInitFillQty", "scaleRandomPercent"))
    out.append(get("hedgeType"))
    if get("hedgeType"):
        out.append(get("hedgeParam"))
    return out


def _delta_neutral_and_algo(order: OrderView, get: Texts) -> list[object]:
    hedge = order.spec.delta_neutral
    out: list[object] = [bool(hedge), *hedge, get("algoStrategy")]
    if get("algoStrategy"):
        out.append(len(order.spec.algo))
        for pair in order.spec.algo:
            out += pair
    return out


def _benchmark_and_conditions(order: OrderView, get: Texts) -> list[object]:
    out: list[object] = []
    if get("orderType") in {"PEG BENCH", "PEGBENCH"}:
        out += map(get, ("referenceContractId", "isPeggedChangeAmountDecrease", "peggedChangeAmount"))
        out += map(get, ("referenceChangeAmount", "referenceExchangeId"))
    out.append(len(order.spec.conditions))
    for condition in order.spec.conditions:
        out += condition
    if order.spec.conditions:
        out += [get("conditionsIgnoreRth"), get("conditionsCancelOrder")]
    return out


def _peg_offsets(version: int, get: Texts) -> list[object]:
    if version < versions.PEG_BEST_OFFSETS:
        return []
    names = ("minTradeQty", "minCompeteSize", "competeAgainstBestOffset", "midOffsetAtWhole", "midOffsetAtHalf")
    return [get(name) for name in names]


@dataclass(slots=True)
class Status:
    """The fields of one orderStatus."""

    order_id: int
    status: str
    filled: Decimal
    remaining: Decimal
    average: Decimal
    perm_id: int
    parent_id: int
    last: Decimal
    client_id: int
    why_held: str = ""


def order_status(item: Status) -> bytes:
    """One orderStatus message."""
    return encode(
        (
            Answer.ORDER_STATUS, item.order_id, item.status, item.filled, item.remaining, item.average, item.perm_id,
            item.parent_id, item.last, item.client_id, item.why_held, "0",
        )
    )  # fmt: skip


@dataclass(slots=True)
class ExecutionFields:
    """The fields of one execution."""

    order_id: int
    contract: ContractFields
    exec_id: str
    time: str
    account: str
    exchange: str
    side: str
    shares: Decimal
    price: Decimal
    perm_id: int
    client_id: int
    cumulative: Decimal
    average: Decimal
    order_ref: str = ""
    liquidity: int = 2
    liquidation: int = 0
    model_code: str = ""
    pending_revision: bool = False


def execution(version: int, req_id: int, item: ExecutionFields) -> bytes:
    """One execDetails message; `req_id` is -1 when nobody asked."""
    out: list[object] = [Answer.EXECUTION, req_id, item.order_id, *order_fields(item.contract, item.exchange)]
    out += [item.exec_id, item.time, item.account, item.exchange, item.side, item.shares, item.price, item.perm_id]
    out += [item.client_id, item.liquidation, item.cumulative, item.average, item.order_ref, "", ""]
    out += [item.model_code, item.liquidity]
    if version >= versions.PENDING_PRICE_REVISION:
        out.append(item.pending_revision)
    if version >= versions.SUBMITTER:
        out.append("")
    return encode(out)


def execution_end(req_id: int) -> bytes:
    """The end of one reqExecutions answer."""
    return encode((Answer.EXECUTION_END, 1, req_id))


def commission_report(exec_id: str, commission: str, currency: str, realized: str) -> bytes:
    """One commissionReport; `realized` is IB's unset double when the execution opened a position."""
    return encode((Answer.COMMISSION_REPORT, 1, exec_id, commission, currency, realized, "", ""))
