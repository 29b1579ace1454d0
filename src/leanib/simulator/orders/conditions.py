"""Conditions of orders: price, time, margin, execution, volume and percent change.

An order waits for its conditions, or (`conditionsCancelOrder`) works until they come true and is cancelled then. "And"
binds more tightly than "or". Unless the order says `conditionsIgnoreRth`, only regular hours count.

Source: "Order Conditioning" of the TWS API documentation; the forms of the fields are those of `protocol.orderspec`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.clock import Clock
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.market import Market
from leanib.simulator.market.quotes import Quote
from leanib.simulator.orders.fills import Blotter
from leanib.simulator.orders.model import Order
from leanib.simulator.orders.timing import parse_moment
from leanib.simulator.protocol.contracts import ContractQuery

PRICE, TIME, MARGIN, EXECUTION, VOLUME, PERCENT_CHANGE = "1", "3", "4", "5", "6", "7"
#: Where the id of the contract stands among the fields of those that have one.
_CONTRACT = {PRICE: 4, VOLUME: 4, PERCENT_CHANGE: 4}
#: Trigger methods that look at the quote and not at the last trade: double bid/ask, bid/ask, the middle.
_QUOTED = frozenset({1, 4, 8})


class Conditions:
    """Looks after living orders with conditions; orders without cost nothing."""

    def __init__(self, clock: Clock, market: Market, accounts: Accounts, blotter: Blotter) -> None:
        self.clock, self.market, self.accounts, self.blotter = clock, market, accounts, blotter
        self.orders: dict[int, Order] = {}
        self._watched: dict[int, int] = {}
        #: Called with an order whose conditions came true.
        self.fulfil: Callable[[Order], None] = lambda _: None

    def wrong(self, item: Instrument, rows: Sequence[Sequence[str]]) -> int:
        """The error code of conditions that cannot be taken; 0 when they can."""
        for row in rows:
            if (row[0] in _CONTRACT and self._item(row) is None) or (row[0] not in {TIME, EXECUTION} and not row[3]):
                return 147
            if row[0] == TIME:
                try:
                    parse_moment(row[3], item.calendar.zone)
                except ValueError:
                    return 337
        return 0

    def watches(self, con_id: int) -> bool:
        """Does a condition look at this contract?"""
        return con_id in self._watched

    def add(self, order: Order) -> None:
        """Begin to look after an order."""
        self.forget(order)
        self.orders[order.perm_id] = order
        for row in order.spec.conditions:
            item = self._item(row) if row[0] in _CONTRACT else None
            if item is not None:
                self._watched[item.con_id] = self._watched.get(item.con_id, 0) + 1
                self.market.wake(item)

    def forget(self, order: Order) -> None:
        """The order is over, or its conditions came true."""
        if self.orders.pop(order.perm_id, None) is not None:
            self._watched.clear()
            for other in list(self.orders.values()):
                self.orders.pop(other.perm_id)
                self.add(other)

    def moments(self, order: Order) -> list[int]:
        """When conditions of time may come true."""
        rows = [row for row in order.spec.conditions if row[0] == TIME]
        return [parse_moment(row[3], order.item.calendar.zone) for row in rows]

    def on_quote(self, item: Instrument) -> None:
        """A quote changed: whoever looks at it, or at margins, decides anew."""
        for order in list(self.orders.values()):
            if any(row[0] == MARGIN or self._looks_at(row, item) for row in order.spec.conditions):
                self.review(order)

    def on_execution(self) -> None:
        """Something filled."""
        for order in list(self.orders.values()):
            if any(row[0] in {EXECUTION, MARGIN} for row in order.spec.conditions):
                self.review(order)

    def review(self, order: Order) -> None:
        """Have the conditions of this order come true?"""
        if order.perm_id in self.orders and order.activated and not order.done and self._hold(order):
            self.forget(order)
            order.met = True
            self.fulfil(order)

    def _hold(self, order: Order) -> bool:
        rows, groups = order.spec.conditions, [True]
        for number, row in enumerate(rows):
            groups[-1] = groups[-1] and self._holds(order, row)
            if row[1] != "a" and number + 1 < len(rows):  # what joins a condition to the next
                groups.append(True)
        return any(groups)

    def _holds(self, order: Order, row: Sequence[str]) -> bool:
        kind, _, *fields = row
        item = self._item(row) if kind in _CONTRACT else order.item
        if item is None or not (order.spec.flag("conditionsIgnoreRth") or self.market.is_open(item)):
            return False
        if kind == TIME:
            later = self.clock.now_us() >= parse_moment(fields[1], order.item.calendar.zone)
            return later == (fields[0] == "1")
        if kind == EXECUTION:
            return self._executed(order, *fields)
        if kind == MARGIN:
            return _compared(self._cushion(order.account), fields)
        quote = self.market.quote(item)
        if kind == PRICE:
            return _compared(_observed(quote, int(fields[4] or 0)), fields)
        if kind == VOLUME:
            return _compared(quote.volume, fields)
        if quote.last is None or not quote.close:
            return False
        return _compared((quote.last - quote.close) / quote.close * 100, fields)

    def _executed(self, order: Order, sec_type: str, exchange: str, symbol: str) -> bool:
        return any(
            one.item.sec_type == sec_type
            and one.item.symbol == symbol
            and exchange in {"", "SMART", one.exchange}
            and one.account == order.account
            and one.time >= order.created
            for one in self.blotter.executions.values()
        )

    def _cushion(self, account: str) -> Decimal:
        """Excess liquidity in percent of the net liquidation value."""
        figures = self.accounts.figures(account)
        return figures.excess / figures.net_liquidation * 100 if figures.net_liquidation else Decimal(0)

    def _item(self, row: Sequence[str]) -> Instrument | None:
        con_id = int(row[_CONTRACT[row[0]]] or 0)
        found = self.market.directory.find(ContractQuery(con_id=con_id)) if con_id else []
        return found[0] if found else None

    @staticmethod
    def _looks_at(row: Sequence[str], item: Instrument) -> bool:
        return row[0] in _CONTRACT and row[_CONTRACT[row[0]]] == str(item.con_id)


def _observed(quote: Quote, method: int) -> Decimal | None:
    """The price that a trigger method looks at."""
    if method in _QUOTED:
        return quote.mid
    return quote.last if quote.last is not None else quote.mid


def _compared(value: Decimal | None, fields: Sequence[str]) -> bool:
    """Is the value at or beyond the threshold, in the direction that the first field says (1: above)?"""
    if value is None:
        return False
    return value >= Decimal(fields[1]) if fields[0] == "1" else value <= Decimal(fields[1])
