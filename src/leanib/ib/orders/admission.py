"""Orders as the limits see them: an order with those attached to it, or the legs of a combination one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from leanib.ib.combos import LEG_PRICES, ComboInstrument, leg_reference
from leanib.ib.contracts import Instrument
from leanib.ib.exercises import ExercisedOption
from leanib.ib.journal import OrderRecord, Terms
from leanib.ib.limits.keeper import LimitKeeper
from leanib.ib.limits.listing import own_prices
from leanib.ib.limits.picture import Side, WorkingOrder
from leanib.ib.order_request import OrderRequest, terms_of
from leanib.ib.orders.making import Asked

__all__ = ["admit", "admit_change"]


async def admit(limits: LimitKeeper, instrument: Instrument, asked: Asked, reference: Decimal | None) -> list[str]:
    """Lets an order pass the limits; the references under which it is reserved.

    Raises:
        OrderRefused: The text names the limit and its key; nothing is reserved.
    """
    if isinstance(instrument, ComboInstrument):
        legs = [leg for leg, _ in instrument.legs]
        return await _admit_each(limits, list(zip(legs, _legs(*asked[0], instrument), strict=True)))
    if isinstance(instrument, ExercisedOption):
        return await _admit_each(limits, _exercise(*asked[0], instrument))
    await limits.admit(instrument, *_working(asked), reference)
    return [ref for ref, _ in asked]


async def _admit_each(limits: LimitKeeper, parts: list[tuple[Instrument, WorkingOrder]]) -> list[str]:
    """Lets several orders pass that are one, all or none."""
    admitted: list[str] = []
    try:
        for instrument, order in parts:
            await limits.admit(instrument, order, (), None)
            admitted.append(order.key)
    except BaseException:
        limits.withdraw(admitted)
        raise
    return admitted


async def admit_change(
    limits: LimitKeeper, instrument: Instrument, record: OrderRecord, asked: Terms, reference: Decimal | None
) -> None:
    """Lets a change of an order pass the limits, of a combination leg by leg.

    Raises:
        OrderRefused: The text names the limit and its key; what was reserved stays.
    """
    if not isinstance(instrument, ComboInstrument):
        await limits.admit_change(instrument, record, asked, reference)
        return
    for number, (leg, ratio) in enumerate(instrument.legs, 1):
        await limits.admit_change(
            leg, _as_leg(record, leg, ratio, number), _leg_terms(asked, number, abs(ratio)), reference
        )


def _as_leg(record: OrderRecord, leg: Instrument, ratio: int, number: int) -> OrderRecord:
    """A combination's order as that of one of its legs."""
    held, count = record.confirmed, abs(ratio)
    return replace(
        record,
        ref=leg_reference(record.ref, number),
        con_id=leg.contract.conId,
        symbol=leg.name,
        contract=dict(leg.contract_fields),
        action=_side(record.action, ratio),
        asked=_leg_terms(record.asked, number, count),
        confirmed=None if held is None else _leg_terms(held, number, count),
        filled=record.filled * count,
    )


def _leg_terms(terms: Terms, number: int, count: int) -> Terms:
    """At its own limit, where it has one; otherwise at the market."""
    own = _own_limit(terms.fields, number)
    fields: dict[str, Any] = {"orderType": "MKT"} if own is None else {"orderType": "LMT", "lmtPrice": own}
    return replace(terms, quantity=terms.quantity * count, fields=fields)


def _own_limit(fields: Mapping[str, Any], number: int) -> str | None:
    return str(fields[LEG_PRICES][number - 1]) if LEG_PRICES in fields else None


def _side(action: str, ratio: int) -> Side:
    """On which side a leg is when the combination is bought or sold."""
    return "BUY" if (action == "BUY") == (ratio > 0) else "SELL"


def _working(asked: Asked) -> tuple[WorkingOrder, list[WorkingOrder]]:
    """The order and those attached to it."""
    order, *legs = (
        WorkingOrder(ref, one.side, one.quantity, own_prices(terms_of(one)), asked[0][0] if number else "")
        for number, (ref, one) in enumerate(asked)
    )
    return order, legs


def _legs(ref: str, request: OrderRequest, combo: ComboInstrument) -> list[WorkingOrder]:
    """The legs of a combination, each an order of its own: at its limit, or at the market."""
    prices = [() if part.limit_price is None else (part.limit_price,) for part in request.parts]
    return [
        WorkingOrder(leg_reference(ref, number), _side(request.side, ratio), request.quantity * abs(ratio), own)
        for number, ((_, ratio), own) in enumerate(zip(combo.legs, prices, strict=True), 1)
    ]


def _exercise(ref: str, request: OrderRequest, option: ExercisedOption) -> list[tuple[Instrument, WorkingOrder]]:
    """The options that go, and what comes for them at the strike."""
    brought = option.brings(request.quantity)
    assert option.underlying is not None
    comes = WorkingOrder(leg_reference(ref, 1), brought.side, brought.quantity, (brought.price,))
    return [(option, WorkingOrder(ref, "SELL", request.quantity)), (option.underlying, comes)]
