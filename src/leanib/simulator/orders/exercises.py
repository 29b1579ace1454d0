"""exerciseOptions: instructions to exercise options that are held, or to let them lapse.

As at a Gateway, an instruction that is taken is an order under the id of its request: a DAY order to buy the options,
limited at 0, without a reference, PreSubmitted; its time in force is said to come from a preset (10349). What goes
against the option's natural action is ignored with 322 unless the instruction overrides that, and 322 also tells that
one which worked has been given up. Its fills, the options at 0 and what they are on at the strike, have its id. IB
carries it out after the exchange has closed; here it is carried out at once, or after `delay` seconds.
"""

from __future__ import annotations

from decimal import Decimal

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.clock import SECOND_US, Clock
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.orders.desk import REJECTED, Desk
from leanib.simulator.orders.model import CANCELLED, Order
from leanib.simulator.protocol.fields import number
from leanib.simulator.protocol.orderspec import OrderSpec

EXERCISE, LAPSE = 1, 2
ZERO = Decimal(0)


class Exercises:
    """Takes instructions about options, and carries them out.

    Attributes:
        delay: Seconds until an instruction is carried out.
    """

    def __init__(self, clock: Clock, accounts: Accounts, desk: Desk) -> None:
        self.clock = clock
        self.accounts = accounts
        self.desk = desk
        self.delay = 0.0

    def take(
        self, client_id: int, order_id: int, item: Instrument, action: int, quantity: int, account: str, override: bool
    ) -> None:
        """An exerciseOptions of a client; what cannot be is refused under its id."""
        name = account or self.accounts.default
        tell = self.desk.audience.refused
        if (client_id, order_id) in self.desk.orders:
            tell(client_id, order_id, 103)
            return
        wrong = self._wrong(item, action, quantity, name, override)
        if wrong:
            tell(client_id, order_id, 322, wrong)
            return
        tell(client_id, order_id, 10349)
        terms = {"action": "BUY", "totalQuantity": number(Decimal(quantity)), "orderType": "LMT", "lmtPrice": "0"}
        spec = OrderSpec(terms | {"tif": "DAY", "account": name, "transmit": "1"})
        order = self.desk.create(client_id, order_id, item, item.exchange, spec)
        order.exercise = action
        self.desk.audience.changed(order)
        self._plan(order)

    def review(self) -> None:
        """Go on with what a state file restored."""
        for order in list(self.desk.open_orders()):
            if order.exercise:
                self._plan(order)

    def _plan(self, order: Order) -> None:
        if self.delay:
            due = order.created + round(self.delay * SECOND_US)
            order.timers.append(self.clock.call_at(due, self._carry_out, order))
        else:
            self._carry_out(order)

    def _wrong(self, item: Instrument, action: int, quantity: int, account: str, override: bool) -> str:
        if not item.is_option or action not in {EXERCISE, LAPSE}:
            return "-'bV' : cause - Only options are exercised (1) or lapse (2)."
        if quantity <= 0 or quantity > self._held(item, account):
            return f"-'bV' : cause - Account {account} does not hold {quantity} of {item.local_symbol}."
        under = self.desk.market.directory.by_id[item.under_con_id]
        if not under.tradable:
            return f"-'bV' : cause - {item.local_symbol} is settled in cash when it expires."
        spot = self.accounts.mark(under)
        in_the_money = spot > item.strike if item.right == "C" else spot < item.strike
        if override or in_the_money == (action == EXERCISE):
            return ""
        words = ("Exercise", "not in-the-money") if action == EXERCISE else ("Lapse", "in-the-money")
        return f"{words[0]} ignored because option is {words[1]}."

    def _held(self, item: Instrument, account: str) -> Decimal:
        """How many are held that no other instruction is about."""
        if account not in self.accounts.ledgers:
            return ZERO
        working = (
            order.remaining
            for order in self.desk.open_orders()
            if order.exercise and order.item.con_id == item.con_id and order.account == account
        )
        return self.accounts.ledgers[account].quantity(item.con_id) - sum(working, ZERO)

    def _carry_out(self, order: Order) -> None:
        item, lots = order.item, order.quantity
        if order.done:
            return
        if self.accounts.ledgers[order.account].quantity(item.con_id) < lots:  # sold meanwhile
            self.desk.audience.refused(order.client_id, order.order_id, 322, REJECTED)
            self.desk.end(order, CANCELLED, error=202)
            return
        legs = [(item, -lots, ZERO)]
        if order.exercise == EXERCISE:
            under = self.desk.market.directory.by_id[item.under_con_id]
            units = lots * (item.multiplier if item.sec_type == "OPT" else 1)
            legs.append((under, units if item.right == "C" else -units, item.strike))
        self.desk.tell(order, self.desk.blotter.settle(order, legs))
