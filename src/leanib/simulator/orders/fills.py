"""Executions: turning a match into books, commission and an execution record."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.account.commissions import order_commission
from leanib.simulator.clock import Clock
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.orders.model import Execution, Order


class Blotter:
    """Every execution of the login, by id, in order."""

    def __init__(self, clock: Clock, accounts: Accounts, seed: int) -> None:
        self.clock = clock
        self.accounts = accounts
        self.executions: dict[str, Execution] = {}
        self.count = 0
        self._tag = 0x0000E0D5 + seed % 0xFFFF

    def book(self, order: Order, price: Decimal, size: Decimal) -> Execution:
        """Fill `size` of the order at `price`: order, ledger and blotter change together."""
        item = order.item
        order.filled += size
        order.filled_value += size * price
        order.last_price = price
        due = order_commission(
            item, order.filled, order.filled_value * item.multiplier, self._usd_rate(self._fee_currency(item))
        )
        commission, order.commission = due - order.commission, due
        realized = self.accounts.fill(order.account, item, size * order.sign, price, commission)
        self.count += 1
        execution = Execution(
            exec_id=f"{self._tag:08x}.{self.count:08x}.01.01",
            order_id=order.order_id,
            client_id=order.client_id,
            perm_id=order.perm_id,
            account=order.account,
            item=item,
            exchange="IDEALPRO" if item.sec_type == "CASH" else self._venue(order),
            side="BOT" if order.buying else "SLD",
            shares=size,
            price=price,
            cumulative=order.filled,
            average=order.average,
            time=self.clock.now_us(),
            order_ref=order.spec.text("orderRef"),
            liquidity=1 if order.limit is not None and order.limit == price else 2,
            commission=commission,
            currency=self._fee_currency(item),
            realized=realized,
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

    def _usd_rate(self, currency: str) -> Decimal:
        return self.accounts.valuation.rate("USD", currency)
