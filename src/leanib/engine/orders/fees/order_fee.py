"""The fee of a fill (`Common/Orders/Fees/OrderFee.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, decimal_text, normalize, to_float
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.symbols import Currencies

if TYPE_CHECKING:
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.orders.traded import Book

__all__ = ["ModifiedFillQuantityOrderFee", "OrderFee"]


class OrderFee(LeanObject):
    """An amount in a currency; positive is paid."""

    ZERO: ClassVar[OrderFee]
    Zero: ClassVar[OrderFee]

    def __init__(self, order_fee: CashAmount) -> None:
        self.value = CashAmount(normalize(order_fee.amount_decimal), order_fee.currency)

    def apply_to_portfolio(self, portfolio: Book, fill: OrderEvent) -> None:
        """Take the fee out of the cash book."""
        portfolio.cash_book[self.value.currency].add_amount(-self.value.amount_decimal)

    def __float__(self) -> float:
        return to_float(self.value.amount_decimal)

    def __str__(self) -> str:
        return f"{decimal_text(self.value.amount_decimal)} {self.value.currency}"

    __repr__ = __str__


class ModifiedFillQuantityOrderFee(OrderFee):
    """A fee that the brokerage takes out of what was bought."""

    def __init__(self, order_fee: CashAmount, quote_currency: str, contract_multiplier: Decimal) -> None:
        super().__init__(order_fee)
        self._quote_currency = quote_currency
        self._contract_multiplier = contract_multiplier

    def apply_to_portfolio(self, portfolio: Book, fill: OrderEvent) -> None:
        """Take the fee out of the quote currency at the fill's price."""
        amount = -self.value.amount_decimal * fill.fill_price_decimal * self._contract_multiplier
        portfolio.cash_book[self._quote_currency].add_amount(amount)


OrderFee.ZERO = OrderFee.Zero = OrderFee(CashAmount(ZERO, Currencies.NULL_CURRENCY))
