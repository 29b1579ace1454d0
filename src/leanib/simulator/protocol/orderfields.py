"""The fields of an order by type: how odd forms are read, and how a Gateway writes each.

Clients write an integer as "10" or "10.0", a flag as "1", "true" or "1.0", and a price that is not set as "",
1.7976931348623157E308 or 2147483647. A Gateway knows the type of each field and writes it in one form: that of Java.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from functools import lru_cache

from leanib.simulator.protocol.fields import FieldError, number, to_decimal


class Kind(Enum):
    """What a field holds."""

    TEXT = "text"
    FLAG = "flag"
    INTEGER = "integer"
    QUANTITY = "quantity"
    DOUBLE = "double"


_FLAGS = (
    "transmit", "blockOrder", "sweepToFill", "outsideRth", "hidden", "allOrNone", "eTradeOnly", "firmQuoteOnly",
    "overridePercentageConstraints", "continuousUpdate", "deltaNeutralShortSale", "scaleAutoReset",
    "scaleRandomPercent", "optOutSmartRouting", "notHeld", "whatIf", "solicited", "randomizeSize", "randomizePrice",
    "isPeggedChangeAmountDecrease", "conditionsIgnoreRth", "conditionsCancelOrder", "dontUseAutoPriceForHedge",
    "isOmsContainer", "discretionaryUpToLimitPrice", "autoCancelParent", "professionalCustomer", "includeOvernight",
    "imbalanceOnly", "deactivate", "postOnly", "allowPreOpen", "ignoreOpenAuction", "conditionsIncludeOvernight",
)  # fmt: skip
_INTEGERS = (
    "origin", "parentId", "displaySize", "triggerMethod", "shortSaleSlot", "exemptCode", "ocaType", "minQty",
    "auctionStrategy", "volatilityType", "deltaNeutralConId", "deltaNeutralShortSaleSlot", "referencePriceType",
    "scaleInitLevelSize", "scaleSubsLevelSize", "scalePriceAdjustInterval", "scaleInitPosition", "scaleInitFillQty",
    "referenceContractId", "adjustableTrailingUnit", "usePriceMgmtAlgo", "duration", "postToAts", "minTradeQty",
    "minCompeteSize", "manualOrderIndicator", "routeMarketableToBbo", "seekPriceImprovement", "whatIfType",
    "hedgeMaxSize", "refFuturesConId",
)  # fmt: skip
_DOUBLES = (
    "lmtPrice", "auxPrice", "discretionaryAmt", "percentOffset", "nbboPriceCap", "startingPrice", "stockRefPrice",
    "delta", "stockRangeLower", "stockRangeUpper", "volatility", "deltaNeutralAuxPrice", "trailStopPrice",
    "trailingPercent", "scalePriceIncrement", "scalePriceAdjustValue", "scaleProfitOffset", "peggedChangeAmount",
    "referenceChangeAmount", "triggerPrice", "lmtPriceOffset", "adjustedStopPrice", "adjustedStopLimitPrice",
    "adjustedTrailingAmount", "cashQty", "competeAgainstBestOffset", "midOffsetAtWhole", "midOffsetAtHalf",
)  # fmt: skip
#: Every field that is not text.
KINDS: dict[str, Kind] = {
    **dict.fromkeys(_FLAGS, Kind.FLAG),
    **dict.fromkeys(_INTEGERS, Kind.INTEGER),
    **dict.fromkeys(_DOUBLES, Kind.DOUBLE),
    "totalQuantity": Kind.QUANTITY,
}
#: Where a client that writes 0 means "not set", and a Gateway answers with what that stands for.
_ZERO_IS_UNSET = frozenset({"ocaType", "displaySize"})
#: The fields of each kind of condition after its type and its conjunction: price, time, margin, execution, volume,
#: percent change.
_CONDITIONS: dict[str, tuple[Kind, ...]] = {
    "1": (Kind.FLAG, Kind.DOUBLE, Kind.INTEGER, Kind.TEXT, Kind.INTEGER),
    "3": (Kind.FLAG, Kind.TEXT),
    "4": (Kind.FLAG, Kind.INTEGER),
    "5": (Kind.TEXT, Kind.TEXT, Kind.TEXT),
    "6": (Kind.FLAG, Kind.INTEGER, Kind.INTEGER, Kind.TEXT),
    "7": (Kind.FLAG, Kind.DOUBLE, Kind.INTEGER, Kind.TEXT),
}
_UNBOUNDED = frozenset({"infinity", "inf", "+infinity", "+inf"})
_NO, _YES = frozenset({"", "false", "no"}), frozenset({"true", "yes"})


def settled(values: Mapping[str, str]) -> dict[str, str]:
    """Every field as `canonical` has it."""
    return {name: _kept(name, text) if text and name in KINDS else text for name, text in values.items()}


def canonical(name: str, text: str) -> str:
    """A field as a Gateway keeps it, empty when it is not set; raises FieldError where it does not parse."""
    return _kept(name, text) if text and name in KINDS else text


@lru_cache(maxsize=4096)  # most fields of most orders say the same few things
def _kept(name: str, text: str) -> str:
    kept = _canonical(KINDS[name], name, text)
    return "" if kept == "0" and name in _ZERO_IS_UNSET else kept


def canonical_condition(fields: Sequence[str]) -> list[str]:
    """The fields of a condition: its type, its conjunction (a or o), and what its type has."""
    kind, conjunction, *rest = fields
    kinds = _CONDITIONS[kind]
    joined = "a" if conjunction.lower() in {"a", "and", "1", "true"} else "o"
    return [kind, joined, *(_canonical(k, "condition", text) for k, text in zip(kinds, rest, strict=True))]


def canonical_leg(extra: Sequence[str]) -> tuple[str, str, str, str]:
    """Open/close, short sale slot, designated location and exempt code of a leg of a combination."""
    position, slot, place, exempt = extra
    whole = (_canonical(Kind.INTEGER, "leg", text) for text in (position, slot, exempt))
    first, second, third = (text or default for text, default in zip(whole, ("0", "0", "-1"), strict=True))
    return first, second, place, third


def _canonical(kind: Kind, name: str, text: str) -> str:
    if kind is Kind.TEXT:
        return text
    if kind is Kind.FLAG:
        return _flag(name, text.strip())
    if kind is Kind.DOUBLE and text.strip().lower() in _UNBOUNDED:
        return "Infinity"
    value = to_decimal(text.strip())
    if value is None:
        return ""
    if kind is Kind.INTEGER:
        if value != value.to_integral_value() or abs(value) >= 2**31:
            raise FieldError(f"{name}: {text!r} is not an integer")
        return str(int(value))
    return number(value) if kind is Kind.QUANTITY else double(value)


def _flag(name: str, text: str) -> str:
    if text.lower() in _NO | _YES:
        return "1" if text.lower() in _YES else "0" if text else ""
    value = to_decimal(text)
    if value not in {Decimal(0), Decimal(1), None}:
        raise FieldError(f"{name}: {text!r} is not a flag")
    return "" if value is None else str(int(value))


def double(value: Decimal) -> str:
    """A number as Java writes a double: "150.0", "0.02", "1.0E7"."""
    text = repr(float(value))
    mantissa, _, exponent = text.partition("e")
    if not exponent and (value == 0 or Decimal("0.001") <= abs(value) < 10_000_000):
        return mantissa
    shifted = Decimal(text)
    power = shifted.adjusted()
    digits = number(shifted.scaleb(-power))
    return f"{digits if '.' in digits else digits + '.0'}E{power}"
