"""What the Gateway checks before it takes an order: one function that returns the error it would answer, or None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from leanib.simulator.clock import SECOND_US
from leanib.simulator.market.combos import Leg
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.orders.kinds import TYPES, OrderType, Price, has
from leanib.simulator.orders.model import SUPPORTED_TIFS, Order
from leanib.simulator.protocol.account import money
from leanib.simulator.protocol.fields import to_decimal
from leanib.simulator.protocol.orderspec import OrderSpec

ZERO = Decimal(0)
MINUTE_US = 60 * SECOND_US


@dataclass(frozen=True, slots=True)
class Rejection:
    """An error code with the words that fill its text; `inactive` rejections leave the order visible as Inactive."""

    code: int
    reason: str = ""
    inactive: bool = False


def _validation(cause: str) -> Rejection:
    return Rejection(321, f"-'bN' : cause - {cause}")


def check_fields(item: Instrument, spec: OrderSpec, accounts: list[str]) -> Rejection | None:
    """Is the order well-formed for this instrument?"""
    if spec.text("action") not in {"BUY", "SELL", "SSHORT"}:
        return _validation(f"The order action {spec.text('action')!r} is not valid.")
    if len(accounts) > 1 and not spec.text("account") and not spec.text("faGroup"):
        return Rejection(435)
    if spec.text("account") and spec.text("account") not in accounts:
        return _validation(f"Invalid account code '{spec.text('account')}'.")
    kind = TYPES.get(spec.text("orderType"))
    if kind is None or not item.tradable or item.sec_type not in kind.kinds:
        return Rejection(387)
    tif = spec.text("tif", "DAY").upper()
    if tif not in SUPPORTED_TIFS:
        return _validation(f"Invalid time in force:{spec.text('tif')}.")
    if kind.auction and tif != "DAY":
        return Rejection(113)
    if tif == "OPG" and (kind.name not in {"MKT", "LMT"} or not has("OPG", item.sec_type)):
        return Rejection(111)
    return _check_size(item, spec) or _check_attributes(item, spec, kind) or _check_prices(item, spec, kind)


def _check_size(item: Instrument, spec: OrderSpec) -> Rejection | None:
    quantity, cash = spec.decimal("totalQuantity") or ZERO, spec.decimal("cashQty") or ZERO
    if cash:
        if not has("CASHQTY", item.sec_type) or cash < 0 or spec.text("orderType") not in {"MKT", "LMT"}:
            return Rejection(10244)
        if not quantity:
            return None
    if quantity == 0:
        return Rejection(434)
    if item.sec_type in {"STK", "CFD"} and quantity % 1:
        return Rejection(10243)
    if quantity < 0 or quantity % item.lot:
        return _validation(f"The order size {quantity} is not a positive multiple of {item.lot}.")
    return None


def _check_attributes(item: Instrument, spec: OrderSpec, kind: OrderType) -> Rejection | None:
    """What IB has and the simulator does not is refused, not forgotten."""
    if (spec.decimal("discretionaryAmt") or ZERO) > 0:
        return Rejection(325)
    adjusted = spec.text("adjustedOrderType", "None") != "None"
    if adjusted or spec.text("hedgeType") or (spec.decimal("scalePriceIncrement") or ZERO) > 0:
        return Rejection(387)
    if kind.peg == "primary" and spec.decimal("percentOffset"):
        return Rejection(387)
    name = spec.text("algoStrategy")
    if not name:
        return None
    if name != "Adaptive" or kind.name not in {"MKT", "LMT"} or not has("ALGO", item.sec_type):
        return Rejection(442)
    if unknown := {key for key, _ in spec.algo} - {"adaptivePriority"}:
        return Rejection(443, min(unknown))
    if dict(spec.algo).get("adaptivePriority", "Normal") not in {"Urgent", "Normal", "Patient"}:
        return Rejection(441, "adaptivePriority must be Urgent, Normal or Patient.")
    return None


def _check_prices(item: Instrument, spec: OrderSpec, kind: OrderType) -> Rejection | None:
    limit, aux, percent = spec.decimal("lmtPrice"), spec.decimal("auxPrice"), spec.decimal("trailingPercent")
    by_leg = item.sec_type == "BAG" and any(spec.leg_prices)
    if kind.limit is Price.REQUIRED and limit is None and not by_leg:
        return _validation("A limit order needs a limit price.")
    if kind.aux == "trigger" and not aux:
        return _validation("The order needs a trigger price.")
    if kind.aux == "trail" and bool(aux) == bool(percent):
        return _validation("A trailing order needs either a trailing amount or a trailing percent.")
    if kind.name == "TRAIL LIMIT" and limit is None and spec.decimal("lmtPriceOffset") is None:
        return _validation("A trailing limit order needs a limit price or an offset.")
    if spec.text("tif").upper() == "GTD" and not spec.text("goodTillDate"):
        return _validation("The GTD order needs a good-till date.")
    prices = [limit if kind.limit is not Price.NONE else None, aux if kind.aux == "trigger" else None]
    for price in prices:
        if price is not None and ((price < 0 and not item.negative) or not item.conforms(price)):
            return Rejection(110)
    return None


def check_legs(legs: Sequence[Leg], spec: OrderSpec) -> Rejection | None:
    """Prices of legs, where a combination is priced leg by leg: one each, on the leg's own grid."""
    prices = [to_decimal(text) for text in spec.leg_prices]
    if not any(price is not None for price in prices):
        return None
    if len(prices) != len(legs) or None in prices or spec.text("orderType") != "LMT":
        return Rejection(312)
    if spec.decimal("lmtPrice"):
        return _validation("A combination has a price of its own, or one for each leg.")
    for leg, price in zip(legs, prices, strict=True):
        if price is not None and ((price < 0 and not leg.item.negative) or not leg.item.conforms(price)):
            return Rejection(110)
    return None


def check_cutoff(item: Instrument, spec: OrderSpec, now: int) -> Rejection | None:
    """Is it too late? Nasdaq takes orders at the close until 15:55, the others until 15:50; at the open until 9:28."""
    session = item.calendar.next(now)
    if TYPES[spec.text("orderType")].auction:
        minutes = 5 if item.primary_exchange == "NASDAQ" else 10
        if session.end - minutes * MINUTE_US <= now:
            return Rejection(201, "The cut-off for orders at the close has passed.")
    elif spec.text("tif").upper() == "OPG" and session.start - 2 * MINUTE_US <= now < session.start:
        return Rejection(201, "The cut-off for orders at the open has passed.")
    return None


def check_change(order: Order, item: Instrument, spec: OrderSpec) -> Rejection | None:
    """May a living order be changed into this?"""
    if order.exercise or item.con_id != order.item.con_id or spec.text("action") != order.spec.text("action"):
        return Rejection(105)
    if spec.text("account") and spec.text("account") != order.account:
        return Rejection(105)
    if spec.text("orderType") != order.kind:
        return Rejection(329)
    if order.spec.decimal("cashQty"):
        return Rejection(10241)
    quantity = spec.decimal("totalQuantity")
    if quantity is not None and quantity < order.filled:
        return Rejection(201, "The new order size is smaller than what has filled already.")
    return None


def margin_text(equity: Decimal, needed: Decimal, base: str) -> str:
    """IB's words for too little money."""
    return (
        "YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED POSITION YOUR EQUITY WITH LOAN VALUE "
        f"[{money(equity)} {base}] MUST EXCEED THE INITIAL MARGIN [{money(needed)} {base}]"
    )
