"""The floor: works orders against the market, fills them and ends them, and tells an audience about every step."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.clock import Clock
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.market import Market
from leanib.simulator.market.quotes import Quote
from leanib.simulator.orders import matching, timing
from leanib.simulator.orders.fills import Blotter
from leanib.simulator.orders.groups import Groups, reduced
from leanib.simulator.orders.identity import first_perm_id
from leanib.simulator.orders.model import (
    AUCTION_TYPES,
    CANCELLED,
    FILLED,
    PRE_SUBMITTED,
    SUBMITTED,
    TRIGGERED_TYPES,
    Execution,
    Order,
)
from leanib.simulator.orders.preview import Preview
from leanib.simulator.protocol.orderspec import OrderSpec, PlaceOrder

ZERO = Decimal(0)


class Audience(Protocol):
    """Who hears what happens to orders."""

    def changed(self, order: Order) -> None:
        """The order is new or its state changed: openOrder and orderStatus are due."""

    def executed(self, execution: Execution) -> None:
        """A fill: execDetails is due."""

    def charged(self, execution: Execution) -> None:
        """Its commission is known: commissionReport is due."""

    def previewed(self, client_id: int, request: PlaceOrder, item: Instrument, answer: Preview) -> None:
        """The answer to a what-if order."""

    def refused(self, client_id: int, order_id: int, code: int, *args: object) -> None:
        """An error that concerns an order."""


class Floor:
    """All orders of the login, and what becomes of them."""

    def __init__(self, clock: Clock, market: Market, accounts: Accounts, seed: int) -> None:
        self.clock = clock
        self.market = market
        self.accounts = accounts
        self.blotter = Blotter(clock, accounts, seed)
        self.audience: Audience
        self.orders: dict[tuple[int, int], Order] = {}
        self.groups = Groups()
        self.living: dict[int, dict[int, Order]] = {}  # by contract id and permId, in the order of arrival
        self.hard_to_borrow: set[str] = set()
        #: While the link to IBKR is down orders wait here (fault 1100).
        self.link_up = True
        #: Fault: a change becomes a second living order.
        self.fork_changes = False
        #: Fault: the error that answers a change.
        self.refuse_change: Callable[[Order], tuple[int, str] | None] = lambda _: None
        #: Called with every order that was taken up.
        self.starters: list[Callable[[Order], None]] = []
        self.next_perm = first_perm_id(clock, seed)
        self.highest_ids: dict[int, int] = {}
        self.manual_count = 0
        market.listeners.append(self.on_quote)

    # what clients ask for

    def _create(self, client_id: int, order_id: int, item: Instrument, exchange: str, spec: OrderSpec) -> Order:
        self.next_perm += 1
        account = spec.text("account", self.accounts.default)
        order = Order(order_id, client_id, self.next_perm, account, item, exchange, spec, self.clock.now_us())
        order.quantity = spec.decimal("totalQuantity") or ZERO
        order.trail_stop = spec.decimal("trailStopPrice") if order.kind.startswith("TRAIL") else None
        self.orders[order.key] = order
        self.groups.add(order)
        self.highest_ids[client_id] = max(order_id, self.highest_ids.get(client_id, 0))
        return order

    def _start(self, order: Order) -> None:
        """Take up a transmitted order: tell, set its timers, work it."""
        self._enlist(order)
        if order.item.symbol in self.hard_to_borrow and not order.buying:
            order.held = order.quantity > self.accounts.ledgers[order.account].quantity(order.item.con_id)
        self.audience.changed(order)
        if order.held:
            self.audience.refused(order.client_id, order.order_id, 404)
        self._schedule(order)
        self._warn_if_closed(order)
        self.work(order)
        for starter in self.starters:
            starter(order)

    def resume(self, order: Order) -> None:
        """Take up an order that a state file restored."""
        self.groups.add(order)
        if order.item.sec_type == "BAG":
            self.market.combos.restore(order.item, order.legs)
        if not order.done and order.transmitted:
            self._enlist(order)
            self._schedule(order)

    def _enlist(self, order: Order) -> None:
        self.living.setdefault(order.item.con_id, {})[order.perm_id] = order
        self.market.wake(order.item)

    def _schedule(self, order: Order) -> None:
        """Set the timers of a living order: its end, its auction, the opening it waits for."""
        for timer in order.timers:
            timer.cancel()
        now, at = self.clock.now_us(), self.clock.call_at
        order.timers = []
        ends, auction = timing.expiry(order, now), timing.auction(order, now)
        if auction is not None:
            order.timers.append(at(auction, self._auction, order))
        if ends is not None:
            order.timers.append(at(ends, self._expire, order))
        if not self.market.is_open(order.item, order.outside_rth):
            order.timers.append(at(timing.session_of(order, now).start, self.work, order))
        after = order.spec.text("goodAfterTime")
        if after:
            order.timers.append(at(timing.parse_moment(after, order.item.calendar.zone), self.work, order))

    def _warn_if_closed(self, order: Order) -> None:
        if order.done or self.market.is_open(order.item, order.outside_rth) or timing.auction(order, 0):
            return
        opening = order.item.calendar.local(timing.session_of(order, self.clock.now_us()).start)
        words = f"Warning: your order will not be placed at the exchange until {opening:%Y-%m-%d %H:%M:%S} "
        self.audience.refused(order.client_id, order.order_id, 399, words + order.item.calendar.zone_name)

    def workable(self, order: Order) -> bool:
        """Is the order at the exchange, so that a quote can fill it?"""
        if order.done or not order.transmitted or not order.activated or order.held or not self.link_up:
            return False
        if order.kind in AUCTION_TYPES or order.tif == "OPG":
            return False
        after = order.spec.text("goodAfterTime")
        if after and timing.parse_moment(after, order.item.calendar.zone) > self.clock.now_us():
            return False
        return self.market.is_open(order.item, order.outside_rth)

    def work(self, order: Order) -> None:
        """Bring an order to the market: submit it, trigger it, fill what can be filled."""
        if not self.workable(order):
            return
        quote = self.market.quote(order.item)
        self._check_trigger(order, quote)
        if order.status == PRE_SUBMITTED and (order.kind not in TRIGGERED_TYPES or order.triggered):
            order.status = SUBMITTED
            self.audience.changed(order)
        self._match(order, quote)
        if order.tif in {"IOC", "FOK"} and not order.done:
            self.end(order, CANCELLED)

    def on_quote(self, item: Instrument, quote: Quote) -> None:
        """A new quote: orders on the instrument look at it, best price first, then oldest."""
        waiting = self.living.get(item.con_id)
        if not waiting:
            return
        touched = [order for order in waiting.values() if _touches(order, quote)]
        for order in sorted(touched, key=_priority) if len(touched) > 1 else touched:
            if not order.done:
                self.work(order)

    def _check_trigger(self, order: Order, quote: Quote) -> None:
        if order.kind not in TRIGGERED_TYPES or order.triggered:
            return
        price = matching.reference(order, quote)
        if price is None:
            return
        if order.kind.startswith("TRAIL"):
            matching.trail(order, price)
        if matching.triggers(order, price):
            order.triggered = True
            if order.kind == "TRAIL LIMIT":
                order.limit_override = self._trailing_limit(order)

    def _trailing_limit(self, order: Order) -> Decimal:
        offset = order.spec.decimal("lmtPriceOffset")
        stop = order.trail_stop or ZERO
        if offset is None:
            return order.spec.decimal("lmtPrice") or stop
        return stop + offset if order.buying else stop - offset

    def _match(self, order: Order, quote: Quote) -> None:
        price = matching.fill_price(order, quote)
        if price is None:
            return
        size = matching.fill_size(order, quote)
        if size > 0:
            matching.take(order, quote, size)
            self.fill(order, price, size)

    def fill(self, order: Order, price: Decimal, size: Decimal) -> Execution:
        """Fill `size` of an order at `price` and all that follows from it."""
        executions = self.blotter.book(order, price, size)
        for execution in executions:
            self.audience.executed(execution)
        if order.remaining == 0:
            self._finish(order, FILLED, "Filled Size: " + str(order.filled))
        self.audience.changed(order)
        for execution in executions:
            if execution.item.sec_type != "BAG":
                self.audience.charged(execution)
                self.accounts.notify(order.account, execution.item)
        self._after_fill(order, size)
        return executions[0]

    def _after_fill(self, order: Order, size: Decimal) -> None:
        if order.oca_group or order.parent_id:
            for rival in self.groups.rivals(order):
                self._reduce(rival, reduced(order, rival, size))
        if order.status == FILLED:
            self._activate_children(order)

    def _reduce(self, order: Order, quantity: Decimal) -> None:
        if quantity <= order.filled:
            self.end(order, CANCELLED, error=202)
            return
        order.quantity = quantity
        self.audience.changed(order)

    def _activate_children(self, order: Order) -> None:
        for child in self.groups.children(order):
            child.activated = True
            self.audience.changed(child)
            self.work(child)

    def _auction(self, order: Order) -> None:
        """The auction that the order waited for: it fills at the market's price, if its limit allows."""
        if order.done or not self.link_up:
            return
        quote = self.market.quote(order.item)
        price, limit = quote.mark, order.limit
        if price is None or (limit is not None and (price > limit if order.buying else price < limit)):
            self.end(order, CANCELLED)
            return
        order.status = SUBMITTED
        self.audience.changed(order)
        self.fill(order, price, order.remaining)

    def _expire(self, order: Order) -> None:
        if not order.done:
            self.end(order, CANCELLED)

    def end(self, order: Order, status: str, error: int = 0, reason: str = "") -> None:
        """End an order unfilled (or what is left of it), with an error to its client when `error` is given."""
        self._finish(order, status, "Cancelled" if status == CANCELLED else reason)
        if error:
            self.audience.refused(order.client_id, order.order_id, error, reason)
        self.audience.changed(order)
        for child in self.groups.children(order):
            if order.filled and not child.activated:
                child.quantity = min(child.quantity, order.filled)
                child.activated = True
                self.audience.changed(child)
                self.work(child)
            elif not child.activated:
                self.end(child, CANCELLED, error=202)

    def _finish(self, order: Order, status: str, text: str) -> None:
        order.status, order.completed_text, order.completed_time = status, text, self.clock.now_us()
        for timer in order.timers:
            timer.cancel()
        order.timers = []
        self.living.get(order.item.con_id, {}).pop(order.perm_id, None)

    def open_orders(self) -> list[Order]:
        """Living, transmitted orders in the order in which they came."""
        return [order for order in self.orders.values() if not order.done and order.transmitted]


def _touches(order: Order, quote: Quote) -> bool:
    """Might the quote matter to the order? A resting limit order beyond the market need not be looked at."""
    limit = order.limit
    if limit is None or order.kind != "LMT" or order.status != SUBMITTED:
        return True
    price = quote.ask if order.buying else quote.bid
    if price is None:
        return True
    return price <= limit if order.buying else price >= limit


def _priority(order: Order) -> Decimal:
    limit = order.limit
    if limit is None:
        return Decimal("-Infinity")
    return -limit if order.buying else limit
