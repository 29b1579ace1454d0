"""An amount of money in a currency (`Common/Securities/CashAmount.cs`)."""

from __future__ import annotations

from decimal import Decimal

from leanib.engine.naming import LeanObject
from leanib.engine.numbers.exact import ExactDecimal, FloatView

__all__ = ["CashAmount"]


class CashAmount(LeanObject):
    """`amount` (float; `amount_decimal` exact) of `currency`."""

    amount_decimal = ExactDecimal()
    amount = FloatView()

    def __init__(self, amount: Decimal | float, currency: str) -> None:
        self.amount_decimal = amount
        self.currency = currency

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, CashAmount)
            and self.amount_decimal == other.amount_decimal
            and self.currency == other.currency
        )

    def __hash__(self) -> int:
        return hash((self.amount_decimal, self.currency))

    def __repr__(self) -> str:
        return f"{self.amount_decimal} {self.currency}"
