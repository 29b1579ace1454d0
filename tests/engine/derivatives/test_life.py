"""Exercise, assignment and settlement, against LEAN's goldens and sources."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from tests.engine.derivatives.doubles import equity, exact, index, option

from leanib.engine.derivatives.life import (
    DefaultExerciseModel,
    DefaultOptionAssignmentModel,
    FutureHolding,
    FutureSettlementModel,
    NullOptionAssignmentModel,
    OptionAssignmentParameters,
    OptionPortfolioModel,
)
from leanib.engine.orders.cash_amount import CashAmount
from leanib.engine.orders.enums import OrderDirection, OrderType
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.order_kinds import OptionExerciseOrder
from leanib.engine.securities.settlement import (
    ApplyFundsSettlementModelParameters,
    ImmediateSettlementModel,
    ScanSettlementModelParameters,
)
from leanib.engine.symbols import OptionRight, OptionStyle

CALL, PUT = OptionRight.CALL, OptionRight.PUT


def _exercised(held: Any, quantity: int) -> list[tuple[Any, ...]]:
    order = OptionExerciseOrder(held.symbol, quantity, datetime(2016, 2, 20))
    order.id = 7
    return [
        (
            "option" if event.symbol == held.symbol else "underlying",
            event.fill_quantity,
            event.fill_price,
            event.direction,
            event.is_assignment,
            event.is_in_the_money,
            event.message,
        )
        for event in DefaultExerciseModel().option_exercise(held, order)
    ]


BUY, SELL = OrderDirection.BUY, OrderDirection.SELL


def test_a_long_call_in_the_money_brings_the_shares_at_the_strike() -> None:
    """Golden of AddOptionContractExpires: two events, the price with its scale in the message."""
    held = option(equity("748.4000"), CALL, 745, 3)
    assert _exercised(held, -2) == [
        ("option", -2, 0, SELL, False, True, "Automatic Exercise. Underlying: 748.4000"),
        ("underlying", 200, 745, BUY, False, True, "Option Exercise"),
    ]


def test_a_short_put_in_the_money_is_assigned() -> None:
    """Golden of OptionAssignment."""
    held = option(equity("740"), PUT, 745, 3)
    held.holdings.is_short = True
    assert _exercised(held, 2) == [
        ("option", 2, 0, BUY, True, True, "Assigned. Underlying: 740.0000"),
        ("underlying", 200, 745, BUY, False, True, "Option Assignment"),
    ]


@pytest.mark.parametrize("price", ["744.99", "745", "745.009"])
def test_less_than_a_cent_in_the_money_is_out_of_it(price: str) -> None:
    """`Option.IsAutoExercised`."""
    assert _exercised(option(equity(price), CALL, 745, 3), -1) == [
        ("option", -1, 0, SELL, False, False, f"OTM. Underlying: {Decimal(str(price)):.4f}")
    ]


def test_cash_settlement_delivers_nothing() -> None:
    """Golden of IndexOptionCallITMExpiry."""
    held = option(index("SPX", "3795.54"), CALL, 3200, 3)
    assert [event[0] for event in _exercised(held, -1)] == ["option"]


def _assigned(held: Any, quantity: int = -2, paid: str = "1") -> float:
    held.holdings.quantity_decimal, held.holdings.average_price_decimal = Decimal(quantity), exact(paid)
    return DefaultOptionAssignmentModel().get_assignment(OptionAssignmentParameters(held)).quantity


def test_deep_in_the_money_and_with_a_poor_bid_it_is_assigned_four_days_before_expiry() -> None:
    """`DefaultOptionAssignmentModel.cs`: exercising must pay more than selling at the bid.

    LEAN counts the contract's unit twice in what exercising pays, so only an absurd bid pays more.
    """
    poor = {"bid_price_decimal": Decimal(19)}
    assert _assigned(option(equity(220), CALL, 200, "19.5", **poor)) == 2
    assert _assigned(option(equity(180), PUT, 200, "19.5", **poor)) == 2
    assert _assigned(option(equity(220), CALL, 200, "20.5", bid_price_decimal=Decimal(2050))) == 0
    assert _assigned(option(equity(209), CALL, 200, "8", bid_price_decimal=Decimal(8))) == 0
    assert _assigned(option(equity(220), CALL, 200, "19.5", datetime(2016, 2, 22), **poor)) == 0


def test_european_options_are_assigned_on_their_last_day_only() -> None:
    """The clock is at the 17th of February."""
    for day, expected in ((17, 2), (18, 0)):
        held = option(index("SPX", 4400), CALL, 4000, 1, datetime(2016, 2, day), OptionStyle.EUROPEAN)
        held.bid_price_decimal = Decimal(390)
        assert _assigned(held) == expected


def test_the_null_model_assigns_nothing() -> None:
    """`NullOptionAssignmentModel.cs`."""
    result = NullOptionAssignmentModel().get_assignment(OptionAssignmentParameters(None))
    assert (result.quantity, result.tag) == (0, "")


class _Book(dict[str, Any]):
    """A cash book that remembers what was added."""

    def __missing__(self, currency: str) -> Any:
        self[currency] = made = SimpleNamespace(total=Decimal(0))
        made.add_amount = lambda amount: setattr(made, "total", made.total + amount)
        return made


def _holding(price: str, quantity: int) -> Any:
    """A holding of ES bought at 1000."""
    held = SimpleNamespace(quantity_decimal=Decimal(quantity), settled_profit_decimal=Decimal(0))
    held.total_close_profit_decimal = lambda _, at: (at - 1000) * 50 * held.quantity_decimal
    return SimpleNamespace(
        local_time=datetime(2013, 10, 7),
        price_decimal=exact(price),
        invested=True,
        holdings=held,
        quote_currency=SimpleNamespace(symbol="USD"),
    )


def test_futures_settle_once_a_day_and_pay_the_rest_when_closed() -> None:
    """`FutureSettlementModelTests.cs`: what was settled is taken off the closing profit, in proportion."""
    security, book = _holding("1010", 2), _Book()
    portfolio: Any = SimpleNamespace(cash_book=book)
    model = FutureSettlementModel()
    model.set_local_date_time_frontier(datetime(2013, 10, 7, 9))
    scan = ScanSettlementModelParameters(portfolio, security, datetime(2013, 10, 7))
    model.scan(scan)
    assert book["USD"].total == 0
    security.local_time = datetime(2013, 10, 8, 0)
    model.scan(scan)
    model.scan(scan)
    assert book["USD"].total == 1000 == security.holdings.settled_profit_decimal
    fill: Any = SimpleNamespace(fill_quantity_decimal=Decimal(-1))
    profit = CashAmount(Decimal(600), "USD")
    model.apply_funds(ApplyFundsSettlementModelParameters(portfolio, security, datetime(2013, 10, 8), profit, fill))
    assert book["USD"].total == 1100
    assert security.holdings.settled_profit_decimal == 500


def test_a_day_without_a_position_settles_nothing() -> None:
    """And the first scan only starts the clock."""
    security, book = _holding("1010", 2), _Book()
    model = FutureSettlementModel()
    scan = ScanSettlementModelParameters(SimpleNamespace(cash_book=book), security, datetime(2013, 10, 7))
    model.scan(scan)
    security.local_time, security.invested = datetime(2013, 10, 8), False
    model.scan(scan)
    assert book["USD"].total == 0


def test_a_futures_holding_knows_what_is_not_settled() -> None:
    """`FutureHolding.cs`."""
    holding = FutureHolding.__new__(FutureHolding)
    holding.settled_profit_decimal = Decimal(40)
    holding.total_close_profit_decimal = lambda *_: Decimal(100)  # type: ignore[method-assign]
    assert (holding.unsettled_profit, holding.SettledProfit) == (60, 40)


def _close(held: Any, quantity: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Decimal, Decimal]:
    """Profit, and cash paid, of an exercise."""
    from leanib.engine.securities.portfolio_model import SecurityPortfolioModel

    monkeypatch.setattr(SecurityPortfolioModel, "process_close_trade_profit", lambda *_: Decimal(-100))
    held.settlement_model, book = ImmediateSettlementModel(), _Book()
    fill = OrderEvent(1, held.symbol)
    fill.ticket = SimpleNamespace(order_type=OrderType.OPTION_EXERCISE, quantity_decimal=Decimal(quantity))  # type: ignore[assignment]
    profit = OptionPortfolioModel().process_close_trade_profit(SimpleNamespace(cash_book=book), held, fill)
    return profit, book["USD"].total


def test_cash_settlement_pays_the_intrinsic_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Golden of IndexOptionCallITMExpiry: (3795.54 - 3200) x 100 a contract; who is short pays."""
    held = option(index("SPX", "3795.54"), CALL, 3200, 3)
    assert _close(held, -1, monkeypatch) == (Decimal("59454.00"), Decimal("59554.00"))
    assert _close(held, 1, monkeypatch) == (Decimal("-59654.00"), Decimal("-59554.00"))
    assert _close(option(index("SPX", "3100"), CALL, 3200, 3), -1, monkeypatch) == (-100, 0)
    assert _close(option(equity("3795"), CALL, 3200, 3), -1, monkeypatch) == (-100, 0)
