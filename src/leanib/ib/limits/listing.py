"""The orders of an account that may still fill, whoever placed them: IB's list, our reservations, our journal.

IB lists the orders of every client id and those made by hand in TWS; what programs of ours have just sent is not
listed yet, and is reserved or in the journal. One order that is known from several sides counts once, at the most that
any of them makes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ib_async import Trade
from ib_async.util import UNSET_DOUBLE

from leanib.ib.combos import leg_reference
from leanib.ib.exercises import brought_by
from leanib.ib.journal import OrderRecord
from leanib.ib.limits.picture import Side, WorkingOrder
from leanib.ib.limits.reservations import Reservation
from leanib.ib.references import PREFIX

__all__ = ["Listing", "of_record", "of_reservation", "own_prices", "parts_of"]

_LIMITED = ("LMT", "STP LMT", "LIT", "LOC", "TRAIL LIMIT")
_TRIGGERED = ("STP", "STP LMT", "MIT", "LIT", "STP PRT")
_OVER = ("Filled", "Cancelled", "ApiCancelled")


class Listing:
    """IB's complete list of an account's open orders.

    Args:
        trades: The answer to reqAllOpenOrders, of all accounts of the login.
        account: Whose orders count.
        exercises: Those of the journal that are open: IB lists them as purchases of the options, without our reference.
    """

    def __init__(self, trades: Iterable[Trade], account: str, exercises: Iterable[OrderRecord] = ()) -> None:
        self._instructed = tuple(exercises)
        own = {(one.client_id, one.order_id): one.ref for one in self._instructed}
        trades = list(trades)
        listed = [t for t in trades if (t.order.clientId, t.order.orderId) in own and not t.order.orderRef]
        self._exercises = frozenset(own[t.order.clientId, t.order.orderId] for t in listed)
        others = [t for t in trades if not any(t is one for one in listed)]
        mine = [t for t in others if t.order.account in ("", account) and t.orderStatus.status not in _OVER]
        by_id = {(t.order.clientId, t.order.orderId): _key(t) for t in mine if t.order.orderId > 0}
        self._orders: dict[str, tuple[int, WorkingOrder, Decimal]] = {}
        for trade in mine:
            order = _working(trade, by_id)
            if order.key in self._orders:  # one reference, two orders
                order = replace(order, key=f"{order.key} {trade.order.permId}")
            self._orders[order.key] = (trade.contract.conId, order, _decimal(trade.orderStatus.filled))

    @property
    def keys(self) -> frozenset[str]:
        """What tells the listed orders apart."""
        return frozenset(self._orders) | self._exercises

    def working(
        self, con_id: int, reserved: Iterable[Reservation], journal: Iterable[OrderRecord]
    ) -> tuple[WorkingOrder, ...]:
        """Everything that may still fill of one contract."""
        found = {key: order for key, (listed_id, order, _) in self._orders.items() if listed_id == con_id}
        for reservation in reserved:
            if reservation.con_id == con_id:
                known = self._orders.get(reservation.key)
                filled = max(reservation.filled, known[2]) if known is not None else reservation.filled
                _add(found, of_reservation(replace(reservation, filled=filled)))
        for record in (*journal, *self._instructed):
            for part_id, part in parts_of(record):
                if part_id == con_id:
                    _add(found, part)
        return tuple(order for order in found.values() if order.remaining > 0)


def of_record(record: OrderRecord) -> WorkingOrder:
    """An order of the journal, at the most that may still fill and all prices that it may have."""
    terms = [record.asked, record.holds] if record.change else [record.holds]
    prices = [price for one in terms for price in own_prices(dict(one.fields))]
    return WorkingOrder(
        record.ref, _side(record.action), record.remaining, tuple(dict.fromkeys(prices)), record.parent_ref
    )


def parts_of(record: OrderRecord) -> list[tuple[int, WorkingOrder]]:
    """An order of the journal by contract: of an exercise the options that go, and what comes for them."""
    parts = [(record.con_id, of_record(record))]
    brought = brought_by(record)
    if brought is not None:
        key = leg_reference(record.ref, 1)
        parts.append((brought.con_id, WorkingOrder(key, brought.side, brought.quantity, (brought.price,))))
    return parts


def of_reservation(reservation: Reservation) -> WorkingOrder:
    """A reserved order with what may still fill."""
    remaining = max(Decimal(0), reservation.quantity - reservation.filled)
    return WorkingOrder(reservation.key, reservation.side, remaining, reservation.prices, reservation.parent)


def own_prices(fields: dict[str, Any]) -> tuple[Decimal, ...]:
    """The prices that an order names itself, from its terms under IB's field names."""
    kind = str(fields.get("orderType", ""))
    names = {"lmtPrice": kind in _LIMITED, "auxPrice": kind in _TRIGGERED, "trailStopPrice": kind.startswith("TRAIL")}
    told = [_decimal(fields.get(name), missing=None) for name, has in names.items() if has]
    return tuple(price for price in told if price is not None)


def _add(found: dict[str, WorkingOrder], order: WorkingOrder) -> None:
    """The same order from another side: the larger of the two, all prices, whatever relations are known."""
    known = found.get(order.key)
    if known is None:
        found[order.key] = order
        return
    found[order.key] = replace(
        known,
        remaining=max(known.remaining, order.remaining),
        prices=tuple(dict.fromkeys(known.prices + order.prices)),
        parent=order.parent or known.parent,
        group=known.group or order.group,
    )


def _key(trade: Trade) -> str:
    order = trade.order
    if order.orderRef.startswith(PREFIX):
        return str(order.orderRef)
    return f"permId {order.permId}" if order.permId else f"client {order.clientId} order {order.orderId}"


def _working(trade: Trade, by_id: dict[tuple[int, int], str]) -> WorkingOrder:
    order, status = trade.order, trade.orderStatus
    parent = ""
    if order.parentId:
        parent = by_id.get((order.clientId, order.parentId), f"client {order.clientId} order {order.parentId}")
    fields = {name: getattr(order, name) for name in ("orderType", "lmtPrice", "auxPrice", "trailStopPrice")}
    remaining = _decimal(order.totalQuantity) - _decimal(status.filled)
    return WorkingOrder(
        _key(trade),
        _side(order.action),
        max(remaining, _decimal(status.remaining)),
        own_prices(fields),
        parent,
        order.ocaGroup or "",
    )


def _side(action: str) -> Side:
    return "BUY" if action.upper().startswith("B") else "SELL"


def _decimal(number: Any, missing: Decimal | None = Decimal(0)) -> Any:
    if number in (None, "") or number == UNSET_DOUBLE:
        return missing
    value = Decimal(str(number))
    return value if value.is_finite() else missing
