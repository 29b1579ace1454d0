"""The floor: works orders against the market, fills them and ends them, and tells an audience about every step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Protocol

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.clock import Clock
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.market import Market
from leanib.simulator.market.quotes import Quote
from leanib.simulator.orders import matching, timing
from leanib.simulator.orders.conditions import Conditions
from leanib.simulator.orders.fills import Blotter
from leanib.simulator.orders.groups import Groups, reduced
from leanib.simulator.orders.identity import first_perm_id
from leanib.simulator.orders.model import (
    CANCELLED,
    FILLED,
    PRE_SUBMITTED,
    SUBMITTED,
    Execution,
    Order,
    ignores_outside_rth,
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

    def waits(self, order: Order, moment: str) -> None:
        """The order waits for its market to open; `moment` says when."""

    def called(self, order: Order, missing: Decimal) -> None:
        """The order closes a position of an account that is short of margin by so much."""


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
        self.conditions = Conditions(clock, market, accounts, self.blotter)
        self.conditions.fulfil = self._fulfil
        self.living: dict[int, dict[int, Order]] = {}  # by contract id and permId, in the order of arrival
        self.hard_to_borrow: set[str] = set()
        #: While the link to IBKR is down orders wait here (fault 1100).
        self.link_up = True
        #: Fault: a change becomes a second living order.
        self.fork_changes = False
        #: Fault: the error that answers a change.
        self.refuse_change: Callable[[Order], tuple[int, str] | None] = lambda _: None
        #: Whether an order may meet the market now: a replay that works resting orders at the ends of bars says when.
        self.admits: Callable[[Order], bool] = lambda _: True
        #: Called with every order that was taken up.
        self.starters: list[Callable[[Order], None]] = []
        self.next_perm = first_perm_id(clock, seed)
        self.highest_ids: dict[int, int] = {}
        self.manual_count = 0
        market.listeners.append(self.on_quote)

    # what clients ask for

    def create(self, client_id: int, order_id: int, item: Instrument, exchange: str, spec: OrderSpec) -> Order:
        """A new order, not yet taken up."""
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
        self._warn(order)
        self._condition(order)
        self.work(order)
        for starter in self.starters:
            starter(order)

    def resume(self, order: Order) -> None:
        """Take up an order that a state file restored."""
        self.groups.add(order)
        if order.item.sec_type == "BAG":
            self.market.combos.restore(order.item, order.legs)
        if not order.done and order.transmitted and not order.exercise:
            self._enlist(order)
            self._schedule(order)
            self._condition(order)

    def _condition(self, order: Order) -> None:
        """Look after the conditions of an order that came or was changed."""
        if order.spec.conditions and not order.met and not order.done:
            self.conditions.add(order)
            self.conditions.review(order)
        else:
            self.conditions.forget(order)

    def _fulfil(self, order: Order) -> None:
        """The conditions of an order came true: it goes to the exchange, or is cancelled."""
        if order.spec.flag("conditionsCancelOrder"):
            self.end(order, CANCELLED, error=202)
        else:
            self.work(order)

    def _enlist(self, order: Order) -> None:
        self.living.setdefault(order.item.con_id, {})[order.perm_id] = order
        self.market.wake(order.item)

    def _schedule(self, order: Order) -> None:
        """Set the timers of a living order: its end, its auction, the opening it waits for."""
        for timer in order.timers:
            timer.cancel()
        now, at = self.clock.now_us(), self.clock.call_at
        order.timers = []
        ends, auction = timing.expiry(order, now, self.market.always_open), timing.auction(order, now)
        if auction is not None:
            order.timers.append(at(auction, self._auction, order))
        if ends is not None:
            order.timers.append(at(ends, self._expire, order))
        if not self.market.is_open(order.item, order.outside_rth):
            order.timers.append(at(timing.session_of(order, now).start, self.work, order))
        after = order.spec.text("goodAfterTime")
        if after:
            order.timers.append(at(timing.parse_moment(after, order.item.calendar.zone), self.work, order))
        if order.spec.conditions and not order.met:
            for moment in self.conditions.moments(order):
                order.timers.append(at(moment, self.conditions.review, order))

    def _warn(self, order: Order) -> None:
        """Tell what the Gateway does otherwise than one may think: no outside hours (2109), waiting for the opening."""
        if order.spec.flag("outsideRth") and ignores_outside_rth(order.item, order.type, order.tif):
            self.audience.refused(order.client_id, order.order_id, 2109)
        if order.done or self.market.is_open(order.item, order.outside_rth) or timing.auction(order, 0):
            return
        opening = order.item.calendar.local(timing.session_of(order, self.clock.now_us()).start)
        words = f"{order.line}\nWarning: your order will not be placed at the exchange until "
        moment = f"{opening:%Y-%m-%d %H:%M:%S} {order.item.calendar.zone_name}"
        self.audience.refused(order.client_id, order.order_id, 399, words + moment)
        self.audience.waits(order, moment)

    def workable(self, order: Order) -> bool:
        """Is the order at the exchange, so that a quote can fill it?"""
        if order.done or not order.transmitted or not order.activated or order.held or not self.link_up:
            return False
        if order.type.auction or order.tif == "OPG" or order.conditional or not self.admits(order):
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
        ready = not order.type.triggered or order.triggered
        if order.status == PRE_SUBMITTED and ready:
            order.status = SUBMITTED
            self.audience.changed(order)
        if ready:
            self._trade(order, quote)
        if order.tif in {"IOC", "FOK"} and not order.done:
            self.end(order, CANCELLED)

    def _trade(self, order: Order, quote: Quote) -> None:
        """Fill what can be filled: by the trade that was printed, then against the displayed market."""
        if order.type.peg:
            found = matching.printed(order, quote)
            if found is not None:
                self.fill(order, *found)
                if order.done:
                    return
        self._reprice(order, quote)
        if not self._legs_fit(order) or (found := matching.match(order, quote)) is None:
            return
        price, size = found
        matching.take(order, quote, size)
        if order.kind == "MTL" and order.limit_override is None and size < order.remaining:
            order.limit_override = price
        self.fill(order, price, size)

    def _legs_fit(self, order: Order) -> bool:
        """Has each leg of a combination that is priced leg by leg its price, or a better one?"""
        prices = order.spec.leg_prices
        if order.item.sec_type != "BAG" or not any(prices):
            return True
        for leg, text in zip(self.market.combos.legs[order.item.con_id], prices, strict=True):
            quote, limit = self.market.quote(leg.item), Decimal(text)
            side = quote.ask if order.sign * leg.sign > 0 else quote.bid
            if side is None or (side > limit if order.sign * leg.sign > 0 else side < limit):
                return False
        return True

    def _reprice(self, order: Order, quote: Quote) -> None:
        """Put a pegged order, or one with protection, where the market says."""
        if order.type.peg and (order.limit_override is None or not order.type.snap):
            order.limit_override = matching.pegged_price(order, quote)
        elif order.kind in {"MKT PRT", "STP PRT"} and order.limit_override is None:
            order.limit_override = matching.protected_price(order, quote)

    def on_quote(self, item: Instrument, quote: Quote) -> None:
        """A new quote: orders on the instrument look at it, best price first, then oldest."""
        if self.conditions.orders:
            self.conditions.on_quote(item)
        waiting = self.living.get(item.con_id)
        if not waiting:
            return
        touched = [order for order in waiting.values() if _touches(order, quote)]
        for order in sorted(touched, key=_priority) if len(touched) > 1 else touched:
            if not order.done:
                self.work(order)

    def _check_trigger(self, order: Order, quote: Quote) -> None:
        if not order.type.triggered or order.triggered:
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

    def fill(self, order: Order, price: Decimal, size: Decimal, legs: Sequence[Decimal] = ()) -> Execution:
        """Fill `size` of an order at `price` and all that follows from it; of a combination with its legs' prices."""
        executions = self.blotter.book(order, price, size, legs)
        self.tell(order, executions)
        self._after_fill(order, size)
        if self.conditions.orders:
            self.conditions.on_execution()
        return executions[0]

    def tell(self, order: Order, executions: Sequence[Execution]) -> None:
        """Tell what of an order filled, and its end when that was all."""
        for execution in executions:
            self.audience.executed(execution)
        if order.remaining == 0:
            self._finish(order, FILLED, "Filled Size: " + str(order.filled))
        self.audience.changed(order)
        for execution in executions:
            if execution.item.sec_type != "BAG":
                self.audience.charged(execution)
                self.accounts.notify(order.account, execution.item)

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
            self._activate(child)

    def _activate(self, child: Order) -> None:
        child.activated = True
        self.audience.changed(child)
        self.conditions.review(child)
        if not child.done:
            self.work(child)

    def _auction(self, order: Order) -> None:
        """The auction that the order waited for: it fills at the market's price, if its limit allows."""
        if order.done or not self.link_up:
            return
        if order.conditional or not order.activated:
            self.end(order, CANCELLED)
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
                self._activate(child)
            elif not child.activated:
                self.end(child, CANCELLED, error=202)

    def _finish(self, order: Order, status: str, text: str) -> None:
        order.status, order.completed_text, order.completed_time = status, text, self.clock.now_us()
        for timer in order.timers:
            timer.cancel()
        order.timers = []
        if order.spec.conditions:
            self.conditions.forget(order)
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
