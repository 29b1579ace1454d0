"""The order desk: takes, works, changes, fills and ends orders, and tells its audience about every step."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.clock import Clock
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.market import Market
from leanib.simulator.market.quotes import Quote
from leanib.simulator.orders import matching, rules, timing
from leanib.simulator.orders.fills import Blotter
from leanib.simulator.orders.groups import Groups, reduced
from leanib.simulator.orders.model import (
    AUCTION_TYPES,
    CANCELLED,
    FILLED,
    INACTIVE,
    PRE_SUBMITTED,
    SUBMITTED,
    TRIGGERED_TYPES,
    Execution,
    Order,
)
from leanib.simulator.orders.preview import Preview, preview
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


class Desk:
    """All orders of the login."""

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
        self.next_perm = 1_000_000_000 + seed * 7919 % 800_000_000
        self.highest_ids: dict[int, int] = {}
        self.manual_count = 0
        market.listeners.append(self.on_quote)

    # what clients ask for

    def place(self, client_id: int, request: PlaceOrder) -> None:
        """A placeOrder: a new order, a change of a living one, or a what-if."""
        order_id = request.order_id
        items = self.market.directory.find(request.contract)
        if len(items) != 1:
            self.audience.refused(client_id, order_id, 200)
            return
        item, spec = items[0], request.spec
        if spec.text("action") == "SSHORT":
            spec.values["action"] = "SELL"
        wrong = rules.check_fields(item, spec, self.accounts.names) or self._check_dates(item, spec)
        if wrong is not None:
            self._reject(client_id, order_id, wrong)
        elif spec.flag("whatIf"):
            account = spec.text("account", self.accounts.default)
            self.audience.previewed(client_id, request, item, self._preview(account, item, spec))
        elif (present := self.orders.get((client_id, order_id))) is not None:
            self._change(present, item, spec)
        else:
            self._take(client_id, request, item)

    def place_manual(self, symbol: str | Instrument, action: str, quantity: Decimal, **fields: str) -> Order:
        """An order entered by hand in TWS: it belongs to no API client until client 0 binds it."""
        self.manual_count += 1
        values = {"action": action, "totalQuantity": str(quantity), "orderType": "MKT", "transmit": "1", **fields}
        item = self.market.instrument(symbol)
        order = self._create(0, -self.manual_count, item, item.exchange, OrderSpec(values))
        self._start(order)
        return order

    def cancel(self, client_id: int, order_id: int) -> None:
        """A cancelOrder of the client that placed the order (nobody else's is found)."""
        order = self.orders.get((client_id, order_id))
        if order is None:
            self.audience.refused(client_id, order_id, 10147, order_id)
        elif order.done:
            self.audience.refused(client_id, order_id, 10148, order_id, order.status)
        else:
            self.end(order, CANCELLED, error=202)

    def cancel_all(self) -> None:
        """A global cancel: every living order of every client."""
        for order in list(self.open_orders()):
            if not order.done:
                self.end(order, CANCELLED, error=202)

    def exercise(
        self, client_id: int, order_id: int, item: Instrument, action: int, quantity: int, account: str
    ) -> str:
        """Exercise a long option at its strike, or (action 2) let it lapse; returns what is wrong, if anything."""
        name = account or self.accounts.default
        held = self.accounts.ledgers[name].quantity(item.con_id) if name in self.accounts.ledgers else ZERO
        if item.sec_type != "OPT" or action not in {1, 2} or not 0 < quantity <= held:
            return f"Account {name} does not hold {quantity} of {item.local_symbol} to exercise or lapse."
        for leg, signed, price in self._exercise_legs(item, Decimal(quantity), exercised=action == 1):
            self.clear(name, leg, signed, price, client_id, order_id)
            order_id += 1
        return ""

    def clear(
        self, account: str, item: Instrument, signed: Decimal, price: Decimal, client_id: int = -1, order_id: int = 0
    ) -> Execution:
        """Book a fill that no market made: an exercise, an assignment, a settlement."""
        values = {"action": "BUY" if signed > 0 else "SELL", "totalQuantity": str(abs(signed)), "orderType": "MKT"}
        spec = OrderSpec({**values, "account": account, "transmit": "1", "orderRef": "Clearing"})
        order_id = order_id or self.next_id(client_id)
        return self.fill(self._create(client_id, order_id, item, item.exchange, spec), price, abs(signed))

    def _exercise_legs(
        self, item: Instrument, lots: Decimal, exercised: bool
    ) -> Iterable[tuple[Instrument, Decimal, Decimal]]:
        yield item, -lots, ZERO
        if exercised:
            sign = 1 if item.right == "C" else -1
            under = self.market.directory.by_id[item.under_con_id]
            yield under, sign * lots * item.multiplier, item.strike

    def open_orders(self) -> Iterable[Order]:
        """Living, transmitted orders in the order in which they came."""
        return [order for order in self.orders.values() if not order.done and order.transmitted]

    def completed_orders(self) -> Iterable[Order]:
        """Orders that are over."""
        return [order for order in self.orders.values() if order.done]

    def next_id(self, client_id: int) -> int:
        """The next valid order id of a client."""
        return self.highest_ids.get(client_id, 0) + 1

    def resume(self, order: Order) -> None:
        """Take up an order that a state file restored."""
        self.groups.add(order)
        if not order.done and order.transmitted:
            self._enlist(order)
            self._schedule(order)

    # the life of an order

    def _take(self, client_id: int, request: PlaceOrder, item: Instrument) -> None:
        spec, order_id = request.spec, request.order_id
        parent = self.orders.get((client_id, spec.integer("parentId"))) if spec.integer("parentId") else None
        if spec.integer("parentId") and (parent is None or parent.status in {CANCELLED, INACTIVE}):
            self.audience.refused(client_id, order_id, 135, spec.integer("parentId"))
            return
        order = self._create(client_id, order_id, item, request.contract.exchange or item.exchange, spec)
        order.legs = request.contract.legs
        order.activated = parent is None or parent.status == FILLED
        order.transmitted = spec.flag("transmit")
        need = self._preview(order.account, item, spec)
        if not need.affordable:
            text = rules.margin_text(need.equity_after, need.after.initial, self.accounts.base)
            self.end(order, INACTIVE, error=201, reason=text)
        elif order.transmitted:
            for other in self.groups.waiting(order, parent):
                other.transmitted = True
                self._start(other)
            self._start(order)

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
        execution = self.blotter.book(order, price, size)
        self.audience.executed(execution)
        if order.remaining == 0:
            self._finish(order, FILLED, "Filled Size: " + str(order.filled))
        self.audience.changed(order)
        self.audience.charged(execution)
        self.accounts.notify(order.account, order.item)
        self._after_fill(order, size)
        return execution

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

    def _change(self, order: Order, item: Instrument, spec: OrderSpec) -> None:
        """A placeOrder under the id of an order that exists."""
        if order.done:
            self.audience.refused(order.client_id, order.order_id, 104 if order.status == FILLED else 103)
            return
        if self.fork_changes:
            self._fork(order, item, spec)
            return
        wrong = rules.check_change(order, item, spec)
        if wrong is not None:
            self._reject(order.client_id, order.order_id, wrong)
            return
        if spec.values.get("auxPrice") != order.spec.values.get("auxPrice"):
            order.trail_stop = spec.decimal("trailStopPrice")
        order.spec.values |= spec.values
        order.refresh()
        order.quantity = spec.decimal("totalQuantity") or order.quantity
        was_waiting = not order.transmitted
        if was_waiting and spec.flag("transmit"):
            for other in self.groups.waiting(order, self.orders.get((order.client_id, order.parent_id))):
                other.transmitted = True
                self._start(other)
        elif not was_waiting:
            if order.remaining == 0:
                self._finish(order, FILLED, "Filled Size: " + str(order.filled))
            self.audience.changed(order)
            if not order.done:
                self._schedule(order)
                self.work(order)

    def _fork(self, order: Order, item: Instrument, spec: OrderSpec) -> None:
        """Leave the old order alive under its permId and take the change as a new one under the same order id."""
        self.orders[order.client_id, -order.perm_id] = self.orders.pop(order.key)
        self._start(self._create(order.client_id, order.order_id, item, order.exchange, spec))

    def _reject(self, client_id: int, order_id: int, wrong: rules.Rejection) -> None:
        self.audience.refused(client_id, order_id, wrong.code, wrong.reason)

    def _check_dates(self, item: Instrument, spec: OrderSpec) -> rules.Rejection | None:
        for name in ("goodTillDate", "goodAfterTime"):
            text = spec.text(name)
            try:
                moment = timing.parse_moment(text, item.calendar.zone) if text else None
            except ValueError:
                return rules.Rejection(321, f"-'bN' : cause - Invalid date/time {text!r}.")
            if name == "goodTillDate" and moment is not None and moment <= self.clock.now_us():
                return rules.Rejection(201, "The good-till date is in the past.")
        return None

    def _preview(self, account: str, item: Instrument, spec: OrderSpec) -> Preview:
        return preview(self.accounts, account, item, spec)


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
