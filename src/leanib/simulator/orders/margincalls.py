"""Margin calls: an account without excess liquidity is brought back into it, by orders that none of its owners placed.

IB gives no time: when what is left above the maintenance margin falls below zero, positions are closed at the market
until it is above again, and the executions say so (`liquidation`). Which positions IB chooses is not published; here it
is the one that ties up most, as much of it as is needed.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.account.ledger import Position
from leanib.simulator.clock import Clock
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.market import Market
from leanib.simulator.market.quotes import Quote
from leanib.simulator.orders.desk import Desk

#: How long after a change of prices or of the books an account is looked at.
LOOK_SECONDS = 5.0
#: A little more than is needed, so that the next tick does not call again.
RESERVE = Decimal("1.05")
ZERO = Decimal(0)


class MarginCalls:
    """Watches every account that holds something."""

    def __init__(self, clock: Clock, market: Market, accounts: Accounts, desk: Desk) -> None:
        self.clock, self.market, self.accounts, self.desk = clock, market, accounts, desk
        self._awaited: set[str] = set()
        self._holders: dict[int, set[str]] = {}
        accounts.listeners.append(self._changed)
        market.listeners.append(self._moved)

    def review(self) -> None:
        """Look at every holding (after a state file restored them)."""
        for name, ledger in self.accounts.ledgers.items():
            for position in ledger.held():
                self._changed(name, position)

    def _changed(self, account: str, position: Position | None) -> None:
        if position is not None:
            self._holders.setdefault(position.instrument.con_id, set()).add(account)
        self._look_soon(account)

    def _moved(self, item: Instrument, _: Quote) -> None:
        for name in self._holders.get(item.con_id, ()):
            if name not in self._awaited and self.accounts.ledgers[name].quantity(item.con_id):
                self._look_soon(name)

    def _look_soon(self, account: str) -> None:
        if account not in self._awaited:
            self._awaited.add(account)
            self.clock.call_later(LOOK_SECONDS, self._look, account)

    def _look(self, account: str) -> None:
        self._awaited.discard(account)
        missing = -self.accounts.figures(account).excess
        if missing <= 0 or not self.desk.link_up:
            return
        if any(order.liquidation and order.account == account for order in self.desk.open_orders()):
            return
        found = self._largest(account)
        if found is None:
            return
        position, tied_up = found
        lot = Decimal(1) if abs(position.quantity) >= 1 else position.instrument.lot
        needed = abs(position.quantity) * min(missing * RESERVE / tied_up, Decimal(1))
        quantity = min((needed / lot).to_integral_value(ROUND_CEILING) * lot, abs(position.quantity))
        self.desk.liquidate(account, position.instrument, -quantity if position.quantity > 0 else quantity, missing)
        self._look_soon(account)

    def _largest(self, account: str) -> tuple[Position, Decimal] | None:
        """The position whose end would free most, of those that trade now, and what that is, in the base currency."""
        ledger = self.accounts.ledgers[account]
        before = self.accounts.figures(account).margin.maintenance
        rows = []
        for position in ledger.held():
            item = position.instrument
            if item.tradable and item.sec_type != "CASH" and self.market.is_open(item):
                without = self.accounts.valuation.margin(ledger, ((item, -position.quantity),)).maintenance
                rows.append((before - without, position))
        freed, best = max(rows, key=lambda row: row[0], default=(ZERO, None))
        return (best, freed) if best is not None and freed > 0 else None
