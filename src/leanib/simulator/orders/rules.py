"""What the Gateway checks before it takes an order: one function that returns the error it would answer, or None."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from leanib.simulator.market.instruments import Instrument
from leanib.simulator.orders.model import LIMIT_TYPES, SUPPORTED_TIFS, SUPPORTED_TYPES, Order
from leanib.simulator.protocol.account import money
from leanib.simulator.protocol.orderspec import OrderSpec


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
    quantity = spec.decimal("totalQuantity")
    if quantity is None or quantity == 0:
        return Rejection(434)
    if quantity < 0 or quantity % item.lot:
        return _validation(f"The order size {quantity} is not a positive multiple of {item.lot}.")
    if len(accounts) > 1 and not spec.text("account") and not spec.text("faGroup"):
        return Rejection(435)
    if spec.text("account") and spec.text("account") not in accounts:
        return _validation(f"Invalid account code '{spec.text('account')}'.")
    if not item.tradable or spec.text("orderType").upper() not in SUPPORTED_TYPES or spec.conditions:
        return Rejection(387)
    if spec.text("tif", "DAY").upper() not in SUPPORTED_TIFS:
        return _validation(f"Invalid time in force:{spec.text('tif')}.")
    return _check_prices(item, spec)


def _check_prices(item: Instrument, spec: OrderSpec) -> Rejection | None:
    kind = spec.text("orderType").upper()
    limit, aux, percent = spec.decimal("lmtPrice"), spec.decimal("auxPrice"), spec.decimal("trailingPercent")
    if kind in LIMIT_TYPES - {"TRAIL LIMIT"} and limit is None:
        return _validation("A limit order needs a limit price.")
    if kind in {"STP", "STP LMT", "MIT", "LIT"} and not aux:
        return _validation("The order needs a trigger price.")
    if kind.startswith("TRAIL") and bool(aux) == bool(percent):
        return _validation("A trailing order needs either a trailing amount or a trailing percent.")
    if kind == "TRAIL LIMIT" and limit is None and spec.decimal("lmtPriceOffset") is None:
        return _validation("A trailing limit order needs a limit price or an offset.")
    if spec.text("tif").upper() == "GTD" and not spec.text("goodTillDate"):
        return _validation("The GTD order needs a good-till date.")
    prices = [limit if kind in LIMIT_TYPES else None, aux if kind in {"STP", "STP LMT", "MIT", "LIT"} else None]
    for price in prices:
        if price is not None and ((price < 0 and not item.negative) or not item.conforms(price)):
            return Rejection(110)
    return None


def check_change(order: Order, item: Instrument, spec: OrderSpec) -> Rejection | None:
    """May a living order be changed into this?"""
    if item.con_id != order.item.con_id or spec.text("action") != order.spec.text("action"):
        return Rejection(105)
    if spec.text("account") and spec.text("account") != order.account:
        return Rejection(105)
    if spec.text("orderType").upper() != order.kind:
        return Rejection(329)
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
