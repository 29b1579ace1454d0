"""The order desk: what clients ask for - new orders, changes, cancellations, exercises."""

from __future__ import annotations

from decimal import Decimal

from leanib.simulator.market.instruments import Instrument
from leanib.simulator.orders import rules, timing
from leanib.simulator.orders.floor import Floor
from leanib.simulator.orders.kinds import ALIASES
from leanib.simulator.orders.model import CANCELLED, FILLED, INACTIVE, Execution, Order
from leanib.simulator.orders.preview import Preview, preview
from leanib.simulator.protocol.fields import number
from leanib.simulator.protocol.orderspec import OrderSpec, PlaceOrder

ZERO = Decimal(0)
#: What a Gateway says to an instruction to exercise that it gives up.
REJECTED = "Exercise/Lapse failed due to server rejection."


class Desk(Floor):
    """Takes requests, checks them, and hands the orders to the floor."""

    def place(self, client_id: int, request: PlaceOrder) -> None:
        """A placeOrder: a new order, a change of a living one, or a what-if."""
        order_id = request.order_id
        items = self.market.find(request.contract)
        if len(items) != 1:
            self.audience.refused(client_id, order_id, 200, *((items[0].symbol,) if items else ()))
            return
        item, spec = items[0], request.spec
        if spec.text("action") == "SSHORT":
            spec.values["action"] = "SELL"
        kind = spec.text("orderType").upper()
        spec.values["orderType"] = ALIASES.get(kind, kind)
        wrong = self._check(item, spec, order_id=(client_id, order_id))
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
        return self._place(0, -self.manual_count, symbol, action, quantity, fields)

    def place_as(
        self, client_id: int, symbol: str | Instrument, action: str, quantity: Decimal, **fields: str
    ) -> Order:
        """An order of an API client that need not be connected, past all checks."""
        return self._place(client_id, self.next_id(client_id), symbol, action, quantity, fields)

    def _place(
        self, client_id: int, order_id: int, symbol: str | Instrument, action: str, quantity: Decimal,
        fields: dict[str, str],
    ) -> Order:  # fmt: skip
        values = {"action": action, "totalQuantity": str(quantity), "orderType": "MKT", "transmit": "1", **fields}
        item = self.market.instrument(symbol)
        order = self.create(client_id, order_id, item, item.exchange, OrderSpec(values))
        self._start(order)
        return order

    def change_by_hand(self, order: Order, fields: dict[str, str]) -> None:
        """A living order is changed in TWS, past all checks: only what `fields` says."""
        self._apply(order, OrderSpec({**order.spec.values, **fields}, conditions=order.spec.conditions))

    def cancel(self, client_id: int, order_id: int) -> None:
        """A cancelOrder of the client that placed the order (nobody else's is found)."""
        order = self.orders.get((client_id, order_id))
        if order is None:
            self.audience.refused(client_id, order_id, 10147, order_id)
        elif order.done:
            self.audience.refused(client_id, order_id, 10148, order_id, order.status)
        else:
            self._cancel(order)

    def cancel_all(self) -> None:
        """A global cancel: every living order of every client."""
        for order in list(self.open_orders()):
            if not order.done:
                self._cancel(order)

    def _cancel(self, order: Order) -> None:
        if order.exercise:
            self.audience.refused(order.client_id, order.order_id, 322, REJECTED)
        self.end(order, CANCELLED, error=202)

    def liquidate(self, account: str, item: Instrument, signed: Decimal, missing: Decimal) -> Order:
        """Close (part of) a position at the market, because the account is short of margin by `missing`."""
        self.manual_count += 1
        action = "BUY" if signed > 0 else "SELL"
        values = {"action": action, "totalQuantity": number(abs(signed)), "orderType": "MKT", "account": account}
        order = self.create(0, -self.manual_count, item, item.exchange, OrderSpec(values | {"transmit": "1"}))
        order.liquidation = True
        self.audience.called(order, missing)
        self._start(order)
        return order

    def clear(
        self, account: str, item: Instrument, signed: Decimal, price: Decimal, *, free: bool = False
    ) -> Execution:
        """Book a fill that no market made, as a settlement; `free` of commission where IB asks none."""
        values = {"action": "BUY" if signed > 0 else "SELL", "totalQuantity": str(abs(signed)), "orderType": "MKT"}
        spec = OrderSpec({**values, "account": account, "transmit": "1", "orderRef": "Clearing"})
        order = self.create(-1, self.next_id(-1), item, item.exchange, spec)
        order.free = free
        return self.fill(order, price, abs(signed))

    def completed_orders(self) -> list[Order]:
        """Orders that are over."""
        return [order for order in self.orders.values() if order.done]

    def next_id(self, client_id: int) -> int:
        """The next valid order id of a client."""
        return self.highest_ids.get(client_id, 0) + 1

    def _take(self, client_id: int, request: PlaceOrder, item: Instrument) -> None:
        spec, order_id = request.spec, request.order_id
        parent = self.orders.get((client_id, spec.integer("parentId"))) if spec.integer("parentId") else None
        if spec.integer("parentId") and (parent is None or parent.status in {CANCELLED, INACTIVE}):
            self.audience.refused(client_id, order_id, 135, spec.integer("parentId"))
            return
        order = self.create(client_id, order_id, item, request.contract.exchange or item.exchange, spec)
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

    def _change(self, order: Order, item: Instrument, spec: OrderSpec) -> None:
        """A placeOrder under the id of an order that exists."""
        if order.done:
            self.audience.refused(order.client_id, order.order_id, 104 if order.status == FILLED else 103)
            return
        refusal = self.refuse_change(order)
        wrong = rules.Rejection(*refusal) if refusal is not None else rules.check_change(order, item, spec)
        if wrong is None:
            wrong = self._too_dear(order, item, spec)
        if wrong is not None:
            self._reject(order.client_id, order.order_id, wrong)
        elif self.fork_changes:
            self._fork(order, item, spec)
        else:
            self._apply(order, spec)

    def _too_dear(self, order: Order, item: Instrument, spec: OrderSpec) -> rules.Rejection | None:
        """Would what is left of the order under its new terms leave its margin uncovered?"""
        left = (spec.decimal("totalQuantity") or order.quantity) - order.filled
        if left <= order.remaining and not item.is_option:  # whose price is what it costs
            return None
        asked = OrderSpec({**spec.values, "totalQuantity": number(left)}, spec.leg_prices)
        need = self._preview(order.account, item, asked)
        if need.affordable:
            return None
        return rules.Rejection(201, rules.margin_text(need.equity_after, need.after.initial, self.accounts.base))

    def _apply(self, order: Order, spec: OrderSpec) -> None:
        """Take over new terms of a living order and work it with them."""
        if spec.values.get("auxPrice") != order.spec.values.get("auxPrice"):
            order.trail_stop = spec.decimal("trailStopPrice")
        if order.type.peg or spec.values.get("lmtPrice") != order.spec.values.get("lmtPrice"):
            order.limit_override = None
        parent_id = order.parent_id
        order.spec.values |= spec.values
        if parent_id and not spec.integer("parentId"):  # an attached order stays attached, as its siblings are
            order.spec.values["parentId"] = str(parent_id)
        if spec.leg_prices:
            order.spec.leg_prices = spec.leg_prices
        if spec.conditions != order.spec.conditions:
            order.spec.conditions, order.met = spec.conditions, False
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
                self._condition(order)
                self.work(order)

    def _fork(self, order: Order, item: Instrument, spec: OrderSpec) -> None:
        """Leave the old order alive under its permId and take the change as a new one under the same order id."""
        self.orders[order.client_id, -order.perm_id] = self.orders.pop(order.key)
        self._start(self.create(order.client_id, order.order_id, item, order.exchange, spec))

    def _reject(self, client_id: int, order_id: int, wrong: rules.Rejection) -> None:
        self.audience.refused(client_id, order_id, wrong.code, wrong.reason)

    def _check(self, item: Instrument, spec: OrderSpec, order_id: tuple[int, int]) -> rules.Rejection | None:
        """What is wrong with an order as such, whatever there is of orders and money."""
        wrong = rules.check_fields(item, spec, self.accounts.names) or self._check_dates(item, spec)
        if wrong is None and item.sec_type == "BAG":
            wrong = rules.check_legs(self.market.combos.legs[item.con_id], spec)
        if wrong is None and (code := self.conditions.wrong(item, spec.conditions)):
            wrong = rules.Rejection(code)
        if wrong is None and not self.market.always_open and order_id not in self.orders:
            wrong = rules.check_cutoff(item, spec, self.clock.now_us())
        return wrong or self._size_by_cash(item, spec)

    def _size_by_cash(self, item: Instrument, spec: OrderSpec) -> rules.Rejection | None:
        """Turn an amount of money into a quantity, at the limit or at the market."""
        cash = spec.decimal("cashQty")
        if not cash or spec.decimal("totalQuantity"):
            return None
        quote = self.market.quote(item)
        side = quote.ask if spec.text("action") == "BUY" else quote.bid
        price = (spec.decimal("lmtPrice") if spec.text("orderType") == "LMT" else None) or side or quote.mark
        quantity = cash / price if price else ZERO
        quantity -= quantity % item.lot
        if quantity <= 0:
            return rules.Rejection(10244)
        spec.values["totalQuantity"] = number(quantity)
        return None

    def _check_dates(self, item: Instrument, spec: OrderSpec) -> rules.Rejection | None:
        for name in ("goodTillDate", "goodAfterTime"):
            text = spec.text(name)
            try:
                moment = timing.parse_moment(text, item.calendar.zone) if text else None
            except ValueError:
                return rules.Rejection(337)
            if name == "goodTillDate" and moment is not None and moment <= self.clock.now_us():
                return rules.Rejection(201, "The good-till date is in the past.")
        return None

    def _preview(self, account: str, item: Instrument, spec: OrderSpec) -> Preview:
        return preview(self.accounts, account, item, spec)
