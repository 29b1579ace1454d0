"""The account's base currency and its exchange rates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leanib.ib.currencies import ExchangeRates, base_currency


@dataclass(frozen=True)
class Value:
    """An account value as IB tells it."""

    tag: str
    value: str
    currency: str


EURO = [
    Value("NetLiquidation", "100000", "EUR"), Value("BuyingPower", "400000", "EUR"), Value("Cushion", "1", ""),
    Value("UnrealizedPnL", "5", "USD"), Value("UnrealizedPnL", "9", "EUR"), Value("UnrealizedPnL", "13", "BASE"),
    Value("ExchangeRate", "1.00", "BASE"), Value("ExchangeRate", "1.00", "EUR"), Value("ExchangeRate", "0.9214", "USD"),
    Value("CashBalance", "17", "JPY"), Value("ExchangeRate", "0.00613", "JPY"), Value("AccountType", "INDIVIDUAL", ""),
]  # fmt: skip


@given(st.permutations(EURO))
def test_the_base_currency_is_the_same_in_whatever_order_values_come(values: list[Value]) -> None:
    """A block of dollars that comes last makes no dollar account."""
    rates = ExchangeRates.of(values)
    assert rates.base == "EUR"
    assert [rates.rate(c) for c in ("EUR", "USD", "JPY", "GBP")] == [1, Decimal("0.9214"), Decimal("0.00613"), None]


@pytest.mark.parametrize("text", ["0", "-1", "", "nan", "inf", "1.7976931348623157E308x"])
def test_a_rate_that_is_none_is_not_known(text: str) -> None:
    """What IB has not told, or told as nothing, converts nothing."""
    values = [*EURO[:2], Value("ExchangeRate", text, "USD")]
    assert ExchangeRates.of(values).rate("USD") is None


def test_without_totals_nothing_is_known() -> None:
    """Blocks by currency alone do not say which is the base."""
    values = [
        Value("UnrealizedPnL", "5", "USD"),
        Value("ExchangeRate", "1", "USD"),
        Value("NetLiquidation", "1", "BASE"),
    ]
    assert base_currency(values) == ""
    assert ExchangeRates.of(values).rate("USD") is None
