"""Answer placeOrder on the wire: every field of every version, kept by IB's name so that openOrder can echo it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from leanib.simulator.protocol import versions
from leanib.simulator.protocol.contracts import ComboLeg, ContractQuery, read_contract
from leanib.simulator.protocol.fields import FieldError, Reader, to_decimal, truth
from leanib.simulator.protocol.orderfields import canonical, canonical_condition, canonical_leg, double, settled

_MAIN = (
    "action", "totalQuantity", "orderType", "lmtPrice", "auxPrice", "tif", "ocaGroup", "account", "openClose",
    "origin", "orderRef", "transmit", "parentId", "blockOrder", "sweepToFill", "displaySize", "triggerMethod",
    "outsideRth", "hidden",
)  # fmt: skip
_ALLOCATION = (
    "sharesAllocation", "discretionaryAmt", "goodAfterTime", "goodTillDate", "faGroup", "faMethod",
    "faPercentage",
)  # fmt: skip
_RISK = (
    "modelCode", "shortSaleSlot", "designatedLocation", "exemptCode", "ocaType", "rule80A", "settlingFirm",
    "allOrNone", "minQty", "percentOffset", "eTradeOnly", "firmQuoteOnly", "nbboPriceCap", "auctionStrategy",
    "startingPrice", "stockRefPrice", "delta", "stockRangeLower", "stockRangeUpper",
    "overridePercentageConstraints", "volatility", "volatilityType", "deltaNeutralOrderType",
    "deltaNeutralAuxPrice",
)  # fmt: skip
_DELTA_NEUTRAL = (
    "deltaNeutralConId", "deltaNeutralSettlingFirm", "deltaNeutralClearingAccount",
    "deltaNeutralClearingIntent", "deltaNeutralOpenClose", "deltaNeutralShortSale", "deltaNeutralShortSaleSlot",
    "deltaNeutralDesignatedLocation",
)  # fmt: skip
_TRAIL = (
    "continuousUpdate", "referencePriceType", "trailStopPrice", "trailingPercent", "scaleInitLevelSize",
    "scaleSubsLevelSize", "scalePriceIncrement",
)  # fmt: skip
_SCALE = (
    "scalePriceAdjustValue", "scalePriceAdjustInterval", "scaleProfitOffset", "scaleAutoReset",
    "scaleInitPosition", "scaleInitFillQty", "scaleRandomPercent",
)  # fmt: skip
_PEG_BENCH = (
    "referenceContractId", "isPeggedChangeAmountDecrease", "peggedChangeAmount", "referenceChangeAmount",
    "referenceExchangeId",
)  # fmt: skip
_ADJUSTED = (
    "adjustedOrderType", "triggerPrice", "lmtPriceOffset", "adjustedStopPrice", "adjustedStopLimitPrice",
    "adjustedTrailingAmount", "adjustableTrailingUnit", "extOperator", "softDollarTierName",
    "softDollarTierVal", "cashQty", "mifid2DecisionMaker", "mifid2DecisionAlgo", "mifid2ExecutionTrader",
    "mifid2ExecutionAlgo", "dontUseAutoPriceForHedge", "isOmsContainer", "discretionaryUpToLimitPrice",
)  # fmt: skip
#: How many fields each kind of condition has after its type: price, time, margin, execution, volume, percent change.
CONDITION_LENGTHS = {1: 6, 3: 3, 4: 3, 5: 4, 6: 5, 7: 5}


@dataclass(slots=True)
class OrderSpec:
    """An order as a client described it; `values` holds its fields by IB's (camelCase) names.

    After `settle` each field is in the one form that a Gateway writes; one that is not set is empty.
    """

    values: dict[str, str] = field(default_factory=dict)
    leg_prices: list[str] = field(default_factory=list)
    routing: list[tuple[str, str]] = field(default_factory=list)
    algo: list[tuple[str, str]] = field(default_factory=list)
    conditions: list[list[str]] = field(default_factory=list)
    delta_neutral: tuple[str, ...] = ()

    def settle(self) -> None:
        """Bring every field into the form of its type; raises FieldError where one does not parse."""
        self.values = settled(self.values)
        self.leg_prices = [canonical("lmtPrice", text) for text in self.leg_prices]
        self.conditions = [canonical_condition(fields) for fields in self.conditions]
        if self.delta_neutral:
            con_id, *figures = self.delta_neutral
            shown = (to_decimal(figure) for figure in figures)
            self.delta_neutral = (canonical("parentId", con_id) or "0", *(double(one or Decimal(0)) for one in shown))

    def text(self, name: str, default: str = "") -> str:
        """A field as text."""
        return self.values.get(name) or default

    def decimal(self, name: str) -> Decimal | None:
        """A field as number; None when not set."""
        return to_decimal(self.values.get(name, ""))

    def integer(self, name: str) -> int:
        """A field as integer; 0 when not set."""
        value = to_decimal(self.values.get(name, ""))
        return 0 if value is None else int(value)

    def flag(self, name: str) -> bool:
        """A field as flag."""
        return truth(self.values.get(name, ""))


@dataclass(slots=True)
class PlaceOrder:
    """A whole placeOrder request."""

    order_id: int
    contract: ContractQuery
    spec: OrderSpec

    def settle(self) -> None:
        """Bring every field of the order and of its legs into the form of its type; raises FieldError."""
        self.spec.settle()
        for leg in self.contract.legs:
            leg.extra = canonical_leg(leg.extra)


def read_place_order(reader: Reader, version: int) -> PlaceOrder:
    """Parse a placeOrder request of a client at server version `version`."""
    order_id = reader.integer()
    query = read_contract(reader)
    query.sec_id_type, query.sec_id = reader.text(), reader.text()
    spec = OrderSpec(values=reader.texts(_MAIN))
    if query.sec_type == "BAG":
        _read_bag(reader, query, spec)
    spec.values |= reader.texts(_ALLOCATION)
    if version < versions.FA_PROFILE_GONE:
        spec.values["faProfile"] = reader.text()
    spec.values |= reader.texts(_RISK)
    if spec.text("deltaNeutralOrderType"):
        spec.values |= reader.texts(_DELTA_NEUTRAL)
    spec.values |= reader.texts(_TRAIL)
    if (spec.decimal("scalePriceIncrement") or 0) > 0:
        spec.values |= reader.texts(_SCALE)
    spec.values |= reader.texts(("scaleTable", "activeStartTime", "activeStopTime", "hedgeType"))
    if spec.text("hedgeType"):
        spec.values["hedgeParam"] = reader.text()
    _read_routing(reader, spec)
    _read_conditions(reader, spec)
    spec.values |= reader.texts(_ADJUSTED)
    _read_newer(reader, query, spec, version)
    return PlaceOrder(order_id, query, spec)


def _read_bag(reader: Reader, query: ContractQuery, spec: OrderSpec) -> None:
    for _ in range(reader.count()):
        con_id, ratio, action, exchange = reader.integer(), reader.integer(), reader.text(), reader.text()
        extra = tuple(reader.text() for _ in range(4))
        query.legs.append(ComboLeg(con_id, ratio, action, exchange, extra))
    spec.leg_prices = [reader.text() for _ in range(reader.count())]
    spec.routing = [(reader.text(), reader.text()) for _ in range(reader.count())]


def _read_routing(reader: Reader, spec: OrderSpec) -> None:
    spec.values |= reader.texts(("optOutSmartRouting", "clearingAccount", "clearingIntent", "notHeld"))
    if reader.boolean():
        spec.delta_neutral = (reader.text(), reader.text(), reader.text())
    spec.values["algoStrategy"] = reader.text()
    if spec.text("algoStrategy"):
        spec.algo = [(reader.text(), reader.text()) for _ in range(reader.count())]
    spec.values |= reader.texts(
        ("algoId", "whatIf", "orderMiscOptions", "solicited", "randomizeSize", "randomizePrice")
    )
    if spec.text("orderType") in {"PEG BENCH", "PEGBENCH"}:
        spec.values |= reader.texts(_PEG_BENCH)


def _read_conditions(reader: Reader, spec: OrderSpec) -> None:
    for _ in range(reader.count(100)):
        kind = reader.integer()
        if kind not in CONDITION_LENGTHS:
            raise FieldError(f"{kind} is not a kind of condition")
        spec.conditions.append([str(kind), *(reader.text() for _ in range(CONDITION_LENGTHS[kind]))])
    if spec.conditions:
        spec.values |= reader.texts(("conditionsIgnoreRth", "conditionsCancelOrder"))


def _read_newer(reader: Reader, query: ContractQuery, spec: OrderSpec, version: int) -> None:
    """The fields that were appended version by version."""
    for since, name in (
        (versions.PRICE_MANAGEMENT_ALGO, "usePriceMgmtAlgo"),
        (versions.DURATION, "duration"),
        (versions.POST_TO_ATS, "postToAts"),
        (versions.AUTO_CANCEL_PARENT, "autoCancelParent"),
        (versions.ADVANCED_REJECT, "advancedErrorOverride"),
        (versions.MANUAL_ORDER_TIME, "manualOrderTime"),
    ):
        if version >= since:
            spec.values[name] = reader.text()
    if version >= versions.PEG_BEST_OFFSETS:
        _read_peg_offsets(reader, query, spec)
    for since, until, name in (
        (versions.CUSTOMER_ACCOUNT, 0, "customerAccount"),
        (versions.PROFESSIONAL_CUSTOMER, 0, "professionalCustomer"),
        (versions.RFQ_FIELDS, versions.RFQ_FIELDS_GONE, "externalUserId"),
        (versions.RFQ_FIELDS, versions.RFQ_FIELDS_GONE, "manualOrderIndicator"),
        (versions.INCLUDE_OVERNIGHT, 0, "includeOvernight"),
        (versions.MANUAL_ORDER_INDICATOR, 0, "manualOrderIndicator"),
        (versions.IMBALANCE_ONLY, 0, "imbalanceOnly"),
    ):
        if version >= since and (not until or version < until):
            spec.values[name] = reader.text()


def _read_peg_offsets(reader: Reader, query: ContractQuery, spec: OrderSpec) -> None:
    if query.exchange == "IBKRATS":
        spec.values["minTradeQty"] = reader.text()
    kind = spec.text("orderType")
    if kind in {"PEG BEST", "PEGBEST"}:
        spec.values |= reader.texts(("minCompeteSize", "competeAgainstBestOffset"))
    up_to_mid = spec.text("competeAgainstBestOffset").lower() in {"infinity", "infinite", "inf"}
    if up_to_mid or kind in {"PEG MID", "PEGMID"}:
        spec.values |= reader.texts(("midOffsetAtWhole", "midOffsetAtHalf"))
