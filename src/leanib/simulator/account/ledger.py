"""The books of one account: cash by currency, positions with their cost, and the equation that ties them.

For every currency: cash + cost of all positions = deposits + realized profit, exactly, after every fill. `cash` counts
futures as if they were paid in full; what clients see adds their present value back (see `values`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from leanib.simulator.market.instruments import Instrument

ZERO = Decimal(0)
_PLACES = Decimal("0.00000001")


@dataclass(slots=True)
class Position:
    """A holding; `cost` is what it cost including commissions (negative for shorts), in its own currency."""

    instrument: Instrument
    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    realized: Decimal = ZERO  # since the start of the day
    realized_total: Decimal = ZERO
    day_base: Decimal = ZERO  # value at the start of the day
    day_flow: Decimal = ZERO  # cash that came in (positive) or went out since then
    settled: Decimal = ZERO  # what it was worth when it was last settled (at the start of the day) or traded

    @property
    def average_cost(self) -> Decimal:
        """Cost per unit, multiplier included, as IB shows it."""
        return self.cost / self.quantity if self.quantity else ZERO

    def value(self, mark: Decimal) -> Decimal:
        """What the holding is worth at `mark`."""
        return self.quantity * mark * self.instrument.multiplier

    def unsettled(self, mark: Decimal) -> Decimal:
        """What it has gained since it was last settled or traded."""
        return self.value(mark) - self.settled

    def daily(self, mark: Decimal) -> Decimal:
        """Profit since the start of the day."""
        return self.value(mark) - self.day_base + self.day_flow

    def apply(self, signed: Decimal, price: Decimal, commission: Decimal) -> Decimal | None:
        """Take over a fill; returns the realized profit, None when the fill only opened."""
        value = signed * price * self.instrument.multiplier
        self.day_flow -= value + commission
        if self.quantity * signed >= 0:
            self.settled += value
            self.cost += value + commission
            self.quantity += signed
            return None
        closing = min(abs(signed), abs(self.quantity))
        if closing == abs(self.quantity):
            released = self.cost
        else:
            released = (self.cost * closing / abs(self.quantity)).quantize(_PLACES)
        share = closing / abs(signed)
        closing_value = value if share == 1 else (value * share).quantize(_PLACES)
        fee = commission if share == 1 else (commission * share).quantize(_PLACES)
        if closing == abs(self.quantity):
            self.settled = value - closing_value
        else:
            self.settled -= (self.settled * closing / abs(self.quantity)).quantize(_PLACES)
        realized = -closing_value - released - fee
        self.cost += -released + (value - closing_value) + (commission - fee)
        self.quantity += signed
        self.realized += realized
        self.realized_total += realized
        return realized


@dataclass
class Ledger:
    """One account's books."""

    account: str
    base: str = "USD"
    cash: dict[str, Decimal] = field(default_factory=dict)
    deposits: dict[str, Decimal] = field(default_factory=dict)
    positions: dict[int, Position] = field(default_factory=dict)
    #: Commissions paid in the base currency for trades in pairs, which have no position value of their own.
    fx_fees: Decimal = ZERO
    fx_flows: dict[str, Decimal] = field(default_factory=dict)

    def deposit(self, currency: str, amount: Decimal) -> None:
        """Pay in (or out, when negative)."""
        self.cash[currency] = self.cash.get(currency, ZERO) + amount
        self.deposits[currency] = self.deposits.get(currency, ZERO) + amount

    def position(self, item: Instrument) -> Position:
        """The holding of an instrument, made when missing."""
        found = self.positions.get(item.con_id)
        if found is None:
            found = self.positions[item.con_id] = Position(item)
        return found

    def held(self) -> list[Position]:
        """Holdings that are not zero, by contract id."""
        return [p for _, p in sorted(self.positions.items()) if p.quantity]

    def quantity(self, con_id: int) -> Decimal:
        """How much is held."""
        found = self.positions.get(con_id)
        return found.quantity if found else ZERO

    def fill(self, item: Instrument, signed: Decimal, price: Decimal, commission: Decimal) -> Decimal | None:
        """Book a fill (`signed` negative for a sale); returns the realized profit, None when it only opened.

        `commission` is in the instrument's currency, for pairs in the base currency.
        """
        if item.sec_type == "CASH":
            return self._fill_pair(item, signed, price, commission)
        self.cash[item.currency] = (
            self.cash.get(item.currency, ZERO) - signed * price * item.multiplier - commission
        )
        return self.position(item).apply(signed, price, commission)

    def _fill_pair(self, item: Instrument, signed: Decimal, price: Decimal, commission: Decimal) -> Decimal | None:
        for currency, amount in ((item.symbol, signed), (item.currency, -signed * price)):
            self.cash[currency] = self.cash.get(currency, ZERO) + amount
            self.fx_flows[currency] = self.fx_flows.get(currency, ZERO) + amount
        self.cash[self.base] = self.cash.get(self.base, ZERO) - commission
        self.fx_fees += commission
        return self.position(item).apply(signed, price, ZERO)

    def imbalance(self) -> dict[str, Decimal]:
        """By currency, what the books are off by; empty when they balance, which they always must."""
        off: dict[str, Decimal] = {}
        for currency in {*self.cash, *self.deposits}:
            mine = [p for p in self.positions.values() if _counts(p, currency)]
            left = self.cash.get(currency, ZERO) + sum((p.cost for p in mine), ZERO)
            right = self.deposits.get(currency, ZERO) + self.fx_flows.get(currency, ZERO)
            right += sum((p.realized_total for p in mine), ZERO)
            if currency == self.base:
                right -= self.fx_fees
            if left != right:
                off[currency] = left - right
        return off

    def start_day(self, marks: Iterable[tuple[int, Decimal]]) -> None:
        """Begin a new day: daily figures start again from `marks` (contract id, price)."""
        prices = dict(marks)
        for con_id, position in self.positions.items():
            position.realized = position.day_flow = ZERO
            position.day_base = position.settled = position.value(prices.get(con_id, ZERO))


def _counts(position: Position, currency: str) -> bool:
    return position.instrument.currency == currency and position.instrument.sec_type != "CASH"
