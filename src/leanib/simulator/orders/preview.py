"""What-if: margins and commission as if an order filled at once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from leanib.simulator.account.accounts import Accounts
from leanib.simulator.account.commissions import order_commission
from leanib.simulator.account.margin import Margin
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.protocol.account import money
from leanib.simulator.protocol.orders import OrderState
from leanib.simulator.protocol.orderspec import OrderSpec

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Preview:
    """Requirements and equity before and after, and the commission, in the base currency."""

    before: Margin
    after: Margin
    equity_before: Decimal
    equity_after: Decimal
    commission: Decimal
    currency: str

    @property
    def affordable(self) -> bool:
        """What is available afterwards must cover it, or not be less than before but for the commission.

        So orders that reduce a position always may; a premium that is paid counts like margin.
        """
        after = self.equity_after - self.after.initial
        return after >= 0 or after + self.commission >= self.equity_before - self.before.initial

    def state(self, status: str = "PreSubmitted") -> OrderState:
        """As openOrder shows it."""
        rows = (
            (self.before.initial, self.before.maintenance, self.equity_before),
            (
                self.after.initial - self.before.initial,
                self.after.maintenance - self.before.maintenance,
                self.equity_after - self.equity_before,
            ),
            (self.after.initial, self.after.maintenance, self.equity_after),
        )
        margins = [money(value) for row in rows for value in row]
        return OrderState(status, margins, money(self.commission), "", "", self.currency)


def preview(accounts: Accounts, account: str, item: Instrument, spec: OrderSpec) -> Preview:
    """The what-if answer for one order."""
    ledger, valuation = accounts.ledgers[account], accounts.valuation
    quantity = spec.decimal("totalQuantity") or ZERO
    signed = quantity if spec.text("action") == "BUY" else -quantity
    figures = valuation.figures(ledger)
    equity = figures.equity_with_loan
    commission = premiums = ZERO
    for part, size, price in _parts(accounts, item, signed, spec.decimal("lmtPrice")):
        fee_currency = ledger.base if part.sec_type == "CASH" else part.currency
        value = abs(size * price * part.multiplier)
        fee = order_commission(part, abs(size), value, valuation.rate("USD", fee_currency))
        commission += fee * valuation.rate(fee_currency, ledger.base)
        if part.is_option:  # premiums change cash and have no loan value
            premiums += size * price * part.multiplier * valuation.rate(part.currency, ledger.base)
    extra = tuple((part, size) for part, size, _ in _parts(accounts, item, signed, None))
    margin = valuation.margin(ledger, extra)
    return Preview(figures.margin, margin, equity, equity - commission - premiums, commission, ledger.base)


def _parts(
    accounts: Accounts, item: Instrument, signed: Decimal, limit: Decimal | None
) -> list[tuple[Instrument, Decimal, Decimal]]:
    """What the order would trade: the instrument, or the legs of a combination, with signed size and price."""
    if item.sec_type != "BAG":
        return [(item, signed, accounts.mark(item) if limit is None else limit)]
    legs = accounts.market.combos.legs[item.con_id]
    return [(leg.item, signed * leg.sign * leg.ratio, accounts.mark(leg.item)) for leg in legs]
