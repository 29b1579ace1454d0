"""A position in a future (`Common/Securities/Future/FutureHolding.cs`)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.numbers import ZERO
from leanib.engine.numbers.exact import FloatView
from leanib.engine.securities.holding import SecurityHolding

if TYPE_CHECKING:
    from leanib.engine.securities import Security
    from leanib.engine.securities.cash_book import CashBook

__all__ = ["FutureHolding"]


class FutureHolding(SecurityHolding):
    """Its profit is paid day by day: `settled_profit` is in the cash book already."""

    __slots__ = ("settled_profit_decimal",)

    settled_profit = FloatView()
    unsettled_profit = FloatView()

    def __init__(self, security: Security, currency_converter: CashBook) -> None:
        super().__init__(security, currency_converter)
        self.settled_profit_decimal = ZERO

    @property
    def unsettled_profit_decimal(self) -> Decimal:
        """What closing would still bring, in the account currency."""
        return self.total_close_profit_decimal() - self.settled_profit_decimal

    @property
    def outstanding_profit_decimal(self) -> Decimal:
        """The same: what was settled is in the cash book."""
        return self.unsettled_profit_decimal
