"""The account's base currency, and what other currencies are worth in it, from IB's account values.

IB tells a block of values for each currency of the account, in any order, and one for `BASE`. The base currency is the
one of the totals (`NetLiquidation`), which come once; `ExchangeRate` says what a unit of a block's currency is worth.
Source: https://interactivebrokers.github.io/tws-api/account_updates.html
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

__all__ = ["ExchangeRates", "base_currency"]

_TOTALS = ("NetLiquidation", "EquityWithLoanValue", "TotalCashValue", "AvailableFunds", "BuyingPower")
_NONE = ("", "BASE")


class Value(Protocol):
    """One account value as IB tells it."""

    @property
    def tag(self) -> str:
        """Its name."""

    @property
    def value(self) -> str:
        """Its value as text."""

    @property
    def currency(self) -> str:
        """Its currency; `BASE` or empty where IB names none."""


def base_currency(values: Iterable[Value]) -> str:
    """The account's base currency; empty while IB has not told it."""
    told = {item.tag: item.currency for item in values if item.tag in _TOTALS and item.currency not in _NONE}
    return next((told[tag] for tag in _TOTALS if tag in told), "")


@dataclass(frozen=True)
class ExchangeRates:
    """What a unit of each currency is worth in the base currency."""

    base: str
    rates: dict[str, Decimal] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Iterable[Value]) -> ExchangeRates:
        """From account values in whatever order they came."""
        known = list(values)
        rates = {}
        for item in known:
            if item.tag == "ExchangeRate" and item.currency not in _NONE and (rate := _positive(item.value)):
                rates[item.currency] = rate
        return cls(base_currency(known), rates)

    def rate(self, currency: str) -> Decimal | None:
        """The worth of one unit of a currency, None where IB has not told it."""
        if not self.base:
            return None
        return Decimal(1) if currency == self.base else self.rates.get(currency)


def _positive(text: str) -> Decimal | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return Decimal(text) if math.isfinite(number) and number > 0 else None
