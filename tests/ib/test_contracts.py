"""Symbols as people type them."""

import pytest

from leanib.errors import UsageError
from leanib.ib.contracts import parse_symbol


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spy", ("STK", "SPY", "SMART", "USD", "")),
        ("EURUSD", ("CASH", "EUR", "IDEALPRO", "USD", "")),
        ("GOOGLE", ("STK", "GOOGLE", "SMART", "USD", "")),
        ("SPX:IND@CBOE", ("IND", "SPX", "CBOE", "USD", "")),
        ("ES:FUT:202612@CME", ("FUT", "ES", "CME", "USD", "202612")),
        ("SAP@IBIS/EUR", ("STK", "SAP", "IBIS", "EUR", "")),
        ("BRK B", ("STK", "BRK B", "SMART", "USD", "")),
    ],
)
def test_symbol_is_understood(text: str, expected: tuple[str, ...]) -> None:
    """Each documented form gives the contract it stands for."""
    contract = parse_symbol(text)
    actual = (
        contract.secType, contract.symbol, contract.exchange, contract.currency, contract.lastTradeDateOrContractMonth,
    )  # fmt: skip
    assert actual == expected


@pytest.mark.parametrize("text", ["", "SPY:XYZ", "ES:FUT:26", "SPY@", "A/B/C"])
def test_anything_else_is_refused_with_the_forms(text: str) -> None:
    """What has none of the forms is refused with examples of all of them."""
    with pytest.raises(UsageError, match="EURUSD"):
        parse_symbol(text)
