"""What a live run leaves on the terminal."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest

from leanib.cli.live_summary import print_summary
from leanib.engine.orders.enums import OrderStatus, OrderType
from leanib.engine.symbols import Market, OptionRight, OptionStyle, Symbol


def _ticket(number: int, symbol: Symbol, kind: OrderType, status: OrderStatus) -> SimpleNamespace:
    request = SimpleNamespace(time=datetime(2012, 2, 1, 15, 30, 45))
    return SimpleNamespace(
        order_id=number,
        symbol=symbol,
        order_type=kind,
        status=status,
        quantity=-1500,
        quantity_filled=-1000,
        average_fill_price=1366.7525,
        submit_request=request,
    )


def test_no_number_is_cut_in_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Words may be broken into two lines; numbers and contracts stand whole."""
    monkeypatch.setenv("COLUMNS", "80")
    option = Symbol.create_option(
        "SPY", Market.USA, OptionStyle.AMERICAN, OptionRight.CALL, 335, datetime(2012, 3, 17)
    )
    kinds = (OrderType.MARKET, OrderType.COMBO_LEG_LIMIT, OrderType.LIMIT_IF_TOUCHED)
    tickets = [_ticket(number, option, kind, OrderStatus.PARTIALLY_FILLED) for number, kind in enumerate(kinds, 9_998)]
    held = SimpleNamespace(symbol=option, price=3.35, holdings=SimpleNamespace(quantity=-1000, average_price=3.85))
    algorithm = SimpleNamespace(
        transactions=SimpleNamespace(get_order_tickets=lambda: tickets),
        securities={option: held},
        portfolio=SimpleNamespace(total_portfolio_value=199_486.75, total_fees=5.75),
        account_currency="USD",
    )
    print_summary(algorithm)
    said = capsys.readouterr().out
    assert "…" not in said
    assert all(len(line) <= 80 for line in said.splitlines())
    for number in ("9998", "9999", "10000"):
        (line,) = (line for line in said.splitlines() if line.lstrip().startswith(number))
        assert all(part in line for part in ("SPY 120317C00335000", "-1500", "-1000", "1,366.7525"))
    assert "held: -1000 SPY 120317C00335000 at 3.85, now 3.35" in said
