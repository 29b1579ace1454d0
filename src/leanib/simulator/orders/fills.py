"""Executions: turning a match into books, commission and an execution record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.account.commissions import order_commission
from leanib.simulator.clock import Clock
from leanib.simulator.market.combos import Leg
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.orders.identity import execution_tag
from leanib.simulator.orders.model import Execution, Order


class Blotter:
    """Every execution of the login, by id, in order."""

    def __init__(self, clock: Clock, accounts: Accounts, seed: int) -> None:
        self.clock = clock
        self.accounts = accounts
        self.executions: dict[str, Execution] = {}
        self.count = 0
        #: Faults: what every execution is charged instead of IB's commission; how far back executions are dated.
        self.charge: Decimal | None = None
        self.backdated = 0
        self._tag = execution_tag(clock, seed)

    def book(self, order: Order, price: Decimal, size: Decimal, legs: Sequence[Decimal] = ()) -> list[Execution]:
        """Fill `size` of the order at `price`: order, ledger and blotter change together.

        `legs` are the prices of a combination's legs; without them each is at its side of the market.

        Returns the execution; for a combination its own, which moves no money, and those of its legs, which do.
        """
        item = order.item
        order.filled += size
        order.filled_value += size * price
        order.last_price = price
        self.count += 1
        if item.sec_type == "BAG":
            return self._book_legs(order, price, size, legs)
        commission = Decimal(0) if order.free else self._due(item, order.filled, order.filled_value) - order.commission
        if self.charge is not None:
            commission = self.charge
        order.commission += commission
        realized = self.accounts.fill(order.account, item, size * order.sign, price, commission)
        return [self._record(order, item, 1, size * order.sign, price, commission, realized)]

    def settle(self, order: Order, legs: Sequence[tuple[Instrument, Decimal, Decimal]]) -> list[Execution]:
        """Book what an instruction about an option brings: each instrument with its signed quantity and its price.

        Of options on shares IB asks no commission for it, of those on futures what a trade of the option costs.
        """
        order.filled, order.last_price = order.quantity, legs[0][2]
        self.count += 1
        out = []
        for number, (item, signed, price) in enumerate(legs, 1):
            due = number == 1 and item.sec_type == "FOP"
            commission = self._due(item, abs(signed), Decimal(0)) if due else Decimal(0)
            order.commission += commission
            realized = self.accounts.fill(order.account, item, signed, price, commission)
            out.append(self._record(order, item, number, signed, price, commission, realized))
        return out

    def _due(self, item: Instrument, quantity: Decimal, value: Decimal) -> Decimal:
        """The commission on a whole order so far."""
        rate = self.accounts.valuation.rate("USD", self._fee_currency(item))
        return order_commission(item, quantity, value * item.multiplier, rate)

    def _book_legs(self, order: Order, price: Decimal, size: Decimal, given: Sequence[Decimal]) -> list[Execution]:
        out = [self._record(order, order.item, 1, size * order.sign, price, Decimal(0), None)]
        legs = self.accounts.market.combos.legs[order.item.con_id]
        prices = given or self._leg_prices(order, legs, price)
        before = [one for one in self.executions.values() if one.perm_id == order.perm_id]
        for number, (leg, paid) in enumerate(zip(legs, prices, strict=True), 2):
            signed = size * order.sign * leg.sign * leg.ratio
            mine = [one for one in before if one.item.con_id == leg.item.con_id]
            quantity = sum((one.shares for one in mine), abs(signed))
            value = sum((one.shares * one.price for one in mine), abs(signed) * paid)
            charged = sum((one.commission for one in mine), Decimal(0))
            commission = self._due(leg.item, quantity, value) - charged if self.charge is None else self.charge
            order.commission += commission
            realized = self.accounts.fill(order.account, leg.item, signed, paid, commission)
            out.append(self._record(order, leg.item, number, signed, paid, commission, realized))
        return out

    def _leg_prices(self, order: Order, legs: Sequence[Leg], price: Decimal) -> list[Decimal]:
        """Each leg at its side of the market; what is left to the combination's price goes to the first leg."""
        prices = []
        for leg in legs:
            quote = self.accounts.market.quote(leg.item)
            side = quote.ask if order.sign * leg.sign > 0 else quote.bid
            prices.append(side if side is not None else quote.mark or Decimal(0))
        made = sum((leg.sign * leg.weight * paid for leg, paid in zip(legs, prices, strict=True)), Decimal(0))
        prices[0] += ((price - made) / (legs[0].sign * legs[0].weight)).quantize(Decimal("0.00000001"))
        return prices

    def _record(
        self,
        order: Order,
        item: Instrument,
        number: int,
        signed: Decimal,
        price: Decimal,
        commission: Decimal,
        realized: Decimal | None,
    ) -> Execution:
        whole = item is order.item
        execution = Execution(
            exec_id=f"{self._tag:08x}.{self.count:08x}.{number:02d}.01",
            order_id=order.order_id,
            client_id=order.client_id,
            perm_id=order.perm_id,
            account=order.account,
            item=item,
            exchange="IDEALPRO" if item.sec_type == "CASH" else self._venue(order),
            side="BOT" if signed > 0 else "SLD",
            shares=abs(signed),
            price=price,
            cumulative=order.filled if whole else abs(signed),
            average=order.average if whole else price,
            time=self.clock.now_us() - self.backdated,
            order_ref=order.spec.text("orderRef"),
            liquidity=1 if order.limit is not None and order.limit == price else 2,
            commission=commission,
            currency=self._fee_currency(item),
            realized=realized,
            liquidation=order.liquidation,
        )
        self.executions[execution.exec_id] = execution
        return execution

    def correct(self, exec_id: str, price: Decimal) -> Execution:
        """Replace an execution by one at another price, under the next correction number (.01 becomes .02).

        The commission stays. The books change as if the trade had been done at the new price.
        """
        old = self.executions.pop(exec_id)
        stem, number = exec_id.rsplit(".", 1)
        new = replace(old, exec_id=f"{stem}.{int(number) + 1:02d}", price=price)
        self.accounts.reprice(old.account, old.item, old.signed, old.price, price)
        self.executions[new.exec_id] = new
        return new

    def _venue(self, order: Order) -> str:
        if order.exchange != "SMART":
            return order.exchange
        return "ISLAND" if order.item.primary_exchange == "NASDAQ" else order.item.primary_exchange or "CBOE"

    def _fee_currency(self, item: Instrument) -> str:
        return self.accounts.base if item.sec_type == "CASH" else item.currency

