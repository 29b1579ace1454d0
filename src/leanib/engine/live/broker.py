"""Interactive Brokers as the loop's brokerage: orders through the order service, and back as order events.

What IB says of an order comes on the connection's thread, is read there with its fills from the journal, and is told to
the algorithm on its own thread. A fill waits for its commission, as in LEAN, but no longer than five seconds: a fee
that comes later is booked when it comes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from leanib.engine.brokerages.brokerage import Brokerage
from leanib.engine.live.bridge import Bridge
from leanib.engine.live.changes import OrderChanges
from leanib.engine.live.combos import combo_request
from leanib.engine.live.contracts import lean_price
from leanib.engine.live.exercises import Exercises, exercise_request, is_exercise
from leanib.engine.live.followed import Followed
from leanib.engine.live.order_mapping import as_request
from leanib.engine.live.state import RunState
from leanib.engine.numbers import ZERO
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.combo import group_orders
from leanib.engine.orders.enums import OrderStatus
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.orders.order import Order
from leanib.errors import LeanIBError
from leanib.ib import FillRecord, IBConnectionManager, OrderRecord, OrderRequest
from leanib.ib import OrderStatus as IBStatus
from leanib.ib.combos import followed_references, leg_reference, order_reference
from leanib.ib.references import new_reference

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["InteractiveBrokersBrokerage"]

_LOG = logging.getLogger(__name__)
_ANSWER = 30.0
"""Seconds for the limits, the journal and the socket together; every part has a deadline of its own."""
_REMEMBERED = 1000
"""Ended orders that are known again when IB tells of them after all."""
_COMMISSION_PATIENCE = timedelta(seconds=5)
_ENDED = {IBStatus.CANCELLED: OrderStatus.CANCELED, IBStatus.REJECTED: OrderStatus.INVALID}


class InteractiveBrokersBrokerage(Brokerage):
    """Orders of one algorithm at IB. To be used on the algorithm's thread.

    Args:
        algorithm: Whose orders they are.
        bridge: Reaches the connection.
        services: The connection with its services.
        state: Where orders are written before they are handed over.
        tell: Told what a user must know.
    """

    name = "Interactive Brokers Brokerage"

    def __init__(
        self,
        algorithm: QCAlgorithm,
        bridge: Bridge,
        services: IBConnectionManager,
        state: RunState,
        tell: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._algorithm = algorithm
        self._bridge = bridge
        self._services = services
        self._state = state
        self._tell = tell
        self._followed: dict[str, Followed] = {}
        self._refs: dict[int, str] = {}
        self._ended: dict[str, Followed] = {}
        self._cancelled_combos: set[str] = set()
        #: finds an order of the book by its number
        self.find_order: Callable[[int], Order | None] = lambda _: None
        #: takes an order that had ended into the order book again
        self.reopen: Callable[[Order], object] = lambda _order: None
        self.last_fill_at = datetime(1, 1, 1)
        self.accepts_orders = True
        #: tells of exercises that IB has carried out
        self.exercises = Exercises(lambda: algorithm.securities, state, tell, bridge.now, self._emit)
        self._changes = OrderChanges(bridge, services, state, tell, self._emit, self.legs_of)
        services.orders.changed.connect(self._on_changed)

    @property
    def is_connected(self) -> bool:
        """Whether orders can be placed."""
        return self._services.state.is_trading_ready

    # --- requests ------------------------------------------------------------------------------------------------

    def place_order(self, order: Order) -> bool:
        """Hands an order over; what forbids it is raised, in a sentence."""
        if not self.accepts_orders:
            raise LeanIBError("the run is ending: no new order is sent")
        securities = self._algorithm.securities
        if is_exercise(order):
            self._place([order], exercise_request(order, securities[order.symbol]))
        elif order.group_order_manager is None:
            self._place([order], as_request(order, securities[order.symbol]))
        elif (legs := self.legs_of(order))[-1] is order and len(legs) == order.group_order_manager.count:
            self._place(legs, combo_request(legs, securities))
        return True

    def legs_of(self, order: Order) -> list[Order]:
        """The orders that are one order at IB with this one, by number; itself alone while others are missing."""
        return group_orders(order, self.find_order) or [order]

    def _place(self, orders: list[Order], request: OrderRequest) -> None:
        """Hands an order of IB over, which may be several of the algorithm's."""
        ref = new_reference()
        refs = [leg_reference(ref, number if request.parts else 0) for number, _ in enumerate(orders, 1)]
        self._state.add(list(zip(orders, refs, strict=True)), meanwhile=self._expect)
        followed = [self.follow(order, own) for order, own in zip(orders, refs, strict=True)]
        try:
            placing = self._services.orders.place(request, ref=ref, needs_increment=True)
            record = self._bridge.call(placing, _ANSWER)
        except LeanIBError:
            if not self._is_journalled(ref):
                for own in refs:
                    self._followed.pop(own, None)
            raise
        for one in followed:
            one.order.broker_id.append(str(record.order_id))
            one.latest = one.latest or (replace(record, ref=one.ref), [])

    def _expect(self) -> None:
        """What the limits ask of IB is asked for while the disk takes what is written here."""
        orders = self._services.orders
        if orders.is_expecting:
            self._bridge.loop.call_soon_threadsafe(orders.expect)

    def _is_journalled(self, ref: str) -> bool:
        """Whether an order that could not be handed over may be at IB all the same: then it is followed."""

        async def known() -> bool:
            return self._services.orders.journal.knows(ref)

        return self._bridge.call(known(), _ANSWER)

    def update_order(self, order: Order) -> bool:
        """Sends a change; one that is refused leaves the order what IB holds."""
        followed = self._followed.get(self._refs.get(order.id, ""))
        if followed is None:
            self._tell(f"order {order.id} is not one of this client's: IB lets only its own client change it")
            return False
        return self._changes.send(followed)

    def cancel_order(self, order: Order) -> bool:
        """Asks IB to cancel an order; that it is cancelled is told later."""
        ref = order_reference(self._refs.get(order.id, ""))

        async def cancel() -> None:
            self._services.orders.cancel(ref)

        if not ref:
            self._tell(f"order {order.id} is not one of this client's: cancel it where it was placed, or in TWS")
            return False
        if order.group_order_manager is not None:  # with one leg all are cancelled
            if ref in self._cancelled_combos:
                return True
            self._cancelled_combos.add(ref)
        try:
            self._bridge.call(cancel(), _ANSWER)
        except LeanIBError as error:
            self._tell(f"order {order.id} was not cancelled: {error}")
            return False
        return True

    # --- following orders ----------------------------------------------------------------------------------------

    def follow(self, order: Order, ref: str, told: frozenset[str] = frozenset(), filled: Decimal = ZERO) -> Followed:
        """From now on, tell what becomes of an order.

        Args:
            order: The algorithm's.
            ref: Its reference at IB.
            told: The fills that the algorithm knows.
            filled: How much these are, signed.
        """
        followed = Followed(order, ref, set(told), filled)
        followed.submitted = order.status not in (OrderStatus.NEW, OrderStatus.NONE)
        self._followed[ref] = followed
        self._refs[order.id] = ref
        return followed

    def ref_of(self, order_id: int) -> str:
        """The reference of an order of this run; empty when it is none of its own."""
        return self._refs.get(order_id, "")

    @property
    def open_refs(self) -> list[str]:
        """The references of all orders that are followed."""
        return list(dict.fromkeys(order_reference(ref) for ref in self._followed))

    def _on_changed(self, record: OrderRecord) -> None:
        """On the connection's thread: an order is not what it was."""
        for ref in followed_references(record):
            if ref in self._followed or ref in self._ended:
                fills = self._services.orders.journal.fills(ref)
                self._bridge.post(partial(self.apply, replace(record, ref=ref), fills))

    def apply(self, record: OrderRecord, fills: list[FillRecord]) -> None:
        """Tells the algorithm what it does not know of an order yet."""
        followed = self._followed.get(record.ref) or self._revived(record, fills)
        if followed is None:
            return
        followed.latest = record, fills
        self._progress(followed)

    def _revived(self, record: OrderRecord, fills: list[FillRecord]) -> Followed | None:
        """An order that was told as ended, and that IB lists as open again or tells a fill of."""
        followed = self._ended.get(record.ref)
        if followed is None:
            return None
        if record.status.is_final and all((fill.base_id or fill.exec_id) in followed.told for fill in fills):
            return None
        self._followed[record.ref] = self._ended.pop(record.ref)
        self.reopen(followed.order)
        self._tell(f"order {followed.order.id} was taken for ended and is alive at IB: it counts again")
        self._emit(followed.order, OrderStatus.SUBMITTED, "alive at IB after all")
        return followed

    def tick(self) -> None:
        """What waits for a commission is told when it has waited long enough."""
        for followed in list(self._followed.values()):
            if followed.waiting_since is not None:
                self._progress(followed)

    def _progress(self, followed: Followed) -> None:
        assert followed.latest is not None
        record, fills = followed.latest
        order = followed.order
        if not followed.submitted and record.status in (IBStatus.SUBMITTED, IBStatus.PARTIALLY_FILLED, IBStatus.FILLED):
            followed.submitted = True
            self._emit(order, OrderStatus.SUBMITTED, "Interactive Brokers Order Event")
        self._changes.follow(followed, record, [one for ref, one in self._followed.items() if _is_of(ref, followed)])
        if is_exercise(order):
            self.exercises.follow(followed, fills)
            self.last_fill_at = max(self.last_fill_at, self.exercises.last_fill_at)
            fills = []
        self._book_late_fees(followed, fills)
        if not self._tell_fills(followed, fills):
            return
        if order.status.is_closed():
            self._forget(followed)
        elif record.status in _ENDED:
            self._emit(order, _ENDED[record.status], record.message or "Interactive Brokers Order Event")
            self._forget(followed)
        elif record.status in (IBStatus.INACTIVE, IBStatus.UNKNOWN) and record.message != followed.message:
            followed.message = record.message
            self._tell(f"order {order.id} is {record.status.value} at IB: {record.message}")

    def _tell_fills(self, followed: Followed, fills: list[FillRecord]) -> bool:
        """Tells new fills, each with its fee; False while one waits for its commission."""
        now = self._bridge.now()
        for fill in fills:
            known = fill.base_id or fill.exec_id
            if known in followed.told:
                continue
            if fill.commission is None and not fill.is_away:
                followed.waiting_since = followed.waiting_since or now
                if now - followed.waiting_since < _COMMISSION_PATIENCE:
                    return False
                followed.unpaid.add(known)
            followed.told.add(known)
            self._tell_fill(followed, fill, known)
        followed.waiting_since = None
        return True

    def _tell_fill(self, followed: Followed, fill: FillRecord, known: str) -> None:
        order, now = followed.order, self._bridge.now()
        quantity = fill.signed_quantity
        followed.filled += quantity
        fee = OrderFee.ZERO
        if fill.commission is not None:
            fee = OrderFee(CashAmount(fill.commission, fill.commission_currency or self._algorithm.account_currency))
        message = "Interactive Brokers Order Fill Event"
        if fill.is_away:
            message = "filled while nobody listened: IB told no price, the last one known stands for it"
        event = OrderEvent(order, now, fee, message)
        known_price = self._algorithm.securities[order.symbol].price_decimal
        event.fill_price_decimal = known_price if fill.price is None else lean_price(order.symbol, fill.price)
        event.fill_quantity_decimal = quantity
        full = abs(followed.filled) >= order.absolute_quantity_decimal
        event.status = OrderStatus.FILLED if full else OrderStatus.PARTIALLY_FILLED
        self.last_fill_at = now
        self._state.telling(known, order.id)
        self.emit_order_event(event)
        self._state.told(known)
        self._state.follow(order)

    def _book_late_fees(self, followed: Followed, fills: list[FillRecord]) -> None:
        for fill in fills:
            known = fill.base_id or fill.exec_id
            if known not in followed.unpaid or fill.commission is None:
                continue
            followed.unpaid.discard(known)
            portfolio = self._algorithm.portfolio
            currency = fill.commission_currency or self._algorithm.account_currency
            portfolio.cash_book[currency].add_amount(-fill.commission)
            amount = portfolio.cash_book.to_account_currency(fill.commission, currency)
            self._algorithm.securities[followed.order.symbol].holdings.add_new_fee(amount)

    def _emit(self, order: Order, status: OrderStatus, message: str) -> None:
        event = OrderEvent(order, self._bridge.now(), OrderFee.ZERO, message)
        event.status = status
        self.emit_order_event(event)
        self._state.follow(order)

    def _forget(self, followed: Followed) -> None:
        """Nothing more is told of an order; a late commission still is."""
        if not followed.unpaid:
            self._followed.pop(followed.ref, None)
            self._ended[followed.ref] = followed
            followed.latest = None  # who tells of it again brings it along
            if len(self._ended) > _REMEMBERED:
                self._ended.pop(next(iter(self._ended)))

    def disconnect(self) -> None:
        """Hears nothing more."""
        self._services.orders.changed.disconnect(self._on_changed)


def _is_of(ref: str, followed: Followed) -> bool:
    """Whether a reference is of the same order of IB."""
    return order_reference(ref) == order_reference(followed.ref)
