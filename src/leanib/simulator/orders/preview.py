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
        """Orders that need more margin must leave it covered; orders that reduce a position always may."""
        return self.after.initial <= self.before.initial or self.equity_after >= self.after.initial

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
    price = spec.decimal("lmtPrice") or accounts.mark(item)
    rate = valuation.rate(item.currency, ledger.base)
    value = quantity * price * item.multiplier
    fee_currency = ledger.base if item.sec_type == "CASH" else item.currency
    fee = order_commission(item, quantity, value, valuation.rate("USD", fee_currency))
    commission = fee * valuation.rate(fee_currency, ledger.base)
    figures = valuation.figures(ledger)
    equity = figures.equity_with_loan
    after = equity - commission
    if item.sec_type == "OPT":  # premiums change cash and have no loan value
        after -= signed * price * item.multiplier * rate
    return Preview(
        figures.margin, valuation.margin(ledger, ((item, signed),)), equity, after, commission, ledger.base
    )
