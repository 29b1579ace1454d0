"""Orders as the limits see them: an order with those attached to it, or the legs of a combination one by one."""

from __future__ import annotations

from decimal import Decimal

from leanib.ib.combos import ComboInstrument, leg_reference
from leanib.ib.contracts import Instrument
from leanib.ib.limits.keeper import LimitKeeper
from leanib.ib.limits.listing import own_prices
from leanib.ib.limits.picture import WorkingOrder
from leanib.ib.order_request import OrderRequest, terms_of
from leanib.ib.orders.making import Asked

__all__ = ["admit"]


async def admit(limits: LimitKeeper, instrument: Instrument, asked: Asked, reference: Decimal | None) -> list[str]:
    """Lets an order pass the limits; the references under which it is reserved.

    Raises:
        OrderRefused: The text names the limit and its key; nothing is reserved.
    """
    if not isinstance(instrument, ComboInstrument):
        await limits.admit(instrument, *_working(asked), reference)
        return [ref for ref, _ in asked]
    admitted: list[str] = []
    try:
        for (leg, _), order in zip(instrument.legs, _legs(*asked[0], instrument), strict=True):
            await limits.admit(leg, order, (), None)
            admitted.append(order.key)
    except BaseException:
        limits.withdraw(admitted)
        raise
    return admitted


def _working(asked: Asked) -> tuple[WorkingOrder, list[WorkingOrder]]:
    """The order and those attached to it."""
    order, *legs = (
        WorkingOrder(ref, one.side, one.quantity, own_prices(terms_of(one)), asked[0][0] if number else "")
        for number, (ref, one) in enumerate(asked)
    )
    return order, legs


def _legs(ref: str, request: OrderRequest, combo: ComboInstrument) -> list[WorkingOrder]:
    """The legs of a combination, each an order of its own at the market."""
    buying = request.side == "BUY"
    return [
        WorkingOrder(
            leg_reference(ref, number), "BUY" if buying == (ratio > 0) else "SELL", request.quantity * abs(ratio)
        )
        for number, (_, ratio) in enumerate(combo.legs, 1)
    ]
