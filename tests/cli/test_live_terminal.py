"""LEAN's lines about orders, as a terminal shows them."""

from __future__ import annotations

import pytest

from leanib.cli.live_terminal import order_line

HEAD = "2012-02-01 10:00:00 New Order Event: Time: 02/01/2012 15:00:00 OrderID: 2 EventID: 2 Symbol: "


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            "SPY Status: Submitted Quantity: 500 Message: Interactive Brokers Order Event",
            "order 2  SPY  +500  submitted",
        ),
        (
            (
                "SPY   120317C00335000 Status: Filled Quantity: -5 FillQuantity: -5 FillPrice: $3.85 OrderFee: "
                "3.25 USD Message: Interactive Brokers Order Fill Event IsAssignment: False"
            ),
            "order 2  SPY   120317C00335000  -5  filled -5 at $3.85, fee 3.25 USD",
        ),
        (
            (
                "SPY   120317C00335000 Status: Filled Quantity: 5 FillQuantity: 5 FillPrice: $0 "
                "Message: assigned IsAssignment: True"
            ),
            "order 2  SPY   120317C00335000  +5  filled +5 at $0 (assigned IsAssignment: True)",
        ),
    ],
)
def test_an_order_event_is_a_short_line(event: str, line: str) -> None:
    """Symbols of options have blanks; that nothing was assigned need not be said."""
    assert order_line(HEAD + event) == f"2012-02-01 10:00:00 {line}"
