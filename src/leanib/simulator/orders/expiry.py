"""Expiry: options in the money are exercised (or assigned), others lapse; futures are settled at their last price."""

from __future__ import annotations

from decimal import Decimal

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.account.ledger import Position
from leanib.simulator.clock import SECOND_US, Clock
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.sources import expiry_us
from leanib.simulator.orders.desk import Desk

#: A minute after the last trade.
DELAY_US = 60 * SECOND_US


class Expiry:
    """Settles what accounts hold when it expires."""

    def __init__(self, clock: Clock, accounts: Accounts, desk: Desk) -> None:
        self.clock = clock
        self.accounts = accounts
        self.desk = desk
        self._awaited: set[int] = set()
        accounts.listeners.append(self._changed)

    def review(self) -> None:
        """Look at every holding (after a state file restored them)."""
        for name, ledger in self.accounts.ledgers.items():
            for position in ledger.held():
                self._changed(name, position)

    def _changed(self, _: str, position: Position | None) -> None:
        if position is None or not position.instrument.expiry or not position.quantity:
            return
        item = position.instrument
        if item.con_id not in self._awaited:
            self._awaited.add(item.con_id)
            self.clock.call_at(expiry_us(item) + DELAY_US, self._expire, item)

    def _expire(self, item: Instrument) -> None:
        self._awaited.discard(item.con_id)
        for name, ledger in self.accounts.ledgers.items():
            quantity = ledger.quantity(item.con_id)
            if quantity:
                for leg, signed, price in self._legs(item, quantity):
                    self.desk.clear(name, leg, signed, price, free=item.sec_type == "OPT")

    def _legs(self, item: Instrument, quantity: Decimal) -> list[tuple[Instrument, Decimal, Decimal]]:
        """The fills that settle a holding: instrument, signed quantity, price."""
        if item.sec_type == "BOND":  # paid back at its face value
            return [(item, -quantity, Decimal(100))]
        if not item.is_option:
            return [(item, -quantity, self.accounts.mark(item))]
        under = self.desk.market.directory.by_id[item.under_con_id]
        spot = self.accounts.mark(under)
        gain = max(Decimal(0), spot - item.strike if item.right == "C" else item.strike - spot)
        if not under.tradable:  # index options are settled in cash
            return [(item, -quantity, gain)]
        legs = [(item, -quantity, Decimal(0))]
        if gain > 0:
            sign = 1 if item.right == "C" else -1
            shares = item.multiplier if item.sec_type == "OPT" else 1
            legs.append((under, sign * quantity * shares, item.strike))
        return legs
