"""Margins of single positions, against LEAN's own tests."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.engine.derivatives.doubles import equity, exact, index, option, security

from leanib.engine.derivatives.margin import (
    FutureMarginModel,
    FuturesOptionsMarginModel,
    OptionInitialMargin,
    OptionMarginModel,
)
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.securities.buying_power.parameters import (
    GetMaximumOrderQuantityForTargetBuyingPowerParameters,
    InitialMarginParameters,
    MaintenanceMarginParameters,
)
from leanib.engine.symbols import Market, OptionRight, PositionSide, RunScope, Symbol

CALL, PUT, LONG, SHORT = OptionRight.CALL, OptionRight.PUT, PositionSide.LONG, PositionSide.SHORT


def _maintenance(held: Any, quantity: int, paid: str) -> Decimal:
    cost = exact(paid) * quantity * 100
    parameters = MaintenanceMarginParameters(held, quantity, cost, held.price_decimal * quantity * 100)
    return OptionMarginModel().get_maintenance_margin(parameters).value_decimal


@pytest.mark.parametrize(
    ("right", "strike", "price", "paid", "underlying", "expected"),
    [
        (CALL, 192, "14", "14", 196, 10640),
        (CALL, 192, "14", "14", 180, 7600),
        (PUT, 192, "14", "14", 182, 10080),
        (PUT, 192, "14", "14", 196, 9840),
        (PUT, 207, "0.18", "0.18", 200, 8036),
        (PUT, 207, "4.68", "4.68", 192, 8616),
        (PUT, 207, "0.18", "4.68", 200, 8936),
    ],
)
def test_short_options_need_premium_and_a_share_of_the_underlying(
    right: OptionRight, strike: float, price: str, paid: str, underlying: float, expected: float
) -> None:
    """`OptionMarginBuyingPowerModelTests.TestShort...`: two contracts."""
    margin = _maintenance(option(equity(underlying), right, strike, price), -2, paid)
    assert float(margin) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("right", "strike", "price", "underlying", "expected"),
    [
        (CALL, 300, "115.75", 415, 19800),
        (PUT, 300, "0.45", 415, 3000),
        (CALL, 430, "0.85", 415, 6800),
        (PUT, 430, "16.80", 415, 9900),
    ],
)
def test_short_equity_options_as_the_broker_has_them(
    right: OptionRight, strike: float, price: str, underlying: float, expected: float
) -> None:
    """`OptionMarginBuyingPowerModelTests.ShortOptionsMargin`: within five hundredths of Interactive Brokers'."""
    margin = _maintenance(option(equity(underlying), right, strike, price), -1, price)
    assert float(margin) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    ("right", "strike", "price", "expected"),
    [(CALL, 3800, "750", 143000), (PUT, 3800, "0.05", 38000), (CALL, 5000, "0.05", 45500), (PUT, 5000, "445", 112800)],
)
def test_short_index_options_need_less(right: OptionRight, strike: float, price: str, expected: float) -> None:
    """`OptionMarginBuyingPowerModelTests.ShortIndexOptionsMargin`."""
    margin = _maintenance(option(index("SPX", 4550), right, strike, price), -1, price)
    assert float(margin) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    ("quantity", "strike", "expected"), [(1, 3500, 140), (-1, 3500, -52340), (1, 3450, 140), (-1, 3450, -37340)]
)
def test_options_on_a_fraction_of_an_index(quantity: int, strike: float, expected: float) -> None:
    """`OptionMarginBuyingPowerModelTests.GetInitialMarginRequiredForOrderWithIndexOption`: NQX is a fifth of NDX."""
    held = option(index("NDX", 17400), PUT, strike, "1.40", strike_multiplier=5)
    margin = OptionMarginModel().get_initial_margin_requirement(InitialMarginParameters(held, quantity))
    assert float(margin) == pytest.approx(expected, abs=0.01)


def test_a_long_option_costs_its_premium_and_ties_nothing_up() -> None:
    """`OptionMarginBuyingPowerModelTests.TestLongCallsPuts`."""
    held = option(equity(200), PUT, 192, "1.2345")
    margin = OptionMarginModel().get_initial_margin_requirement(InitialMarginParameters(held, 2))
    assert isinstance(margin, OptionInitialMargin)
    assert (margin.value, margin.premium, margin.value_without_premium) == (246.9, 246.9, 0)
    assert _maintenance(held, 2, "1") == 0


def test_without_prices_nothing_is_needed() -> None:
    """LEAN's guard against dividing by them."""
    assert _maintenance(option(equity(0), CALL, 192, "14"), -2, "14") == 2800 * 0
    assert _maintenance(option(equity(196), CALL, 192, "0"), -2, "14") == 0


def test_leverage_cannot_be_set() -> None:
    """`OptionMarginBuyingPowerModelTests.OptionMarginBuyingPowerModelInitializationTests`."""
    for model, name in ((OptionMarginModel(), "Options"), (FutureMarginModel(), "Futures")):
        assert model.get_leverage(None) == 1
        with pytest.raises(InvalidOperationException, match=f"{name} are leveraged products"):
            model.set_leverage(None, 10)


@pytest.fixture
def future(tmp_path: Path, scope: RunScope) -> Any:
    """ES with two entries in the table."""
    folder = tmp_path / "future" / "cme" / "margins"
    folder.mkdir(parents=True)
    (folder / "ES.csv").write_text("date,initial,maintenance\n20120326,4375,3500\n20131003,4180,3800\n")
    symbol = Symbol.create_future("ES", Market.CME, datetime(2013, 12, 20))
    with RunScope(tmp_path).active():
        yield security(symbol, 1668, 50, get_last_data=lambda: SimpleNamespace(time=datetime(2013, 10, 7, 9, 31)))


def test_futures_need_so_much_a_contract(future: Any) -> None:
    """`FutureMarginModel.cs`: signed to open, unsigned to hold, by day two fifths where it is enabled."""
    model = FutureMarginModel(security=future)
    assert model.get_initial_margin_requirement(InitialMarginParameters(future, -3)).value == -12540
    held = MaintenanceMarginParameters(future, -3, 0, 0)
    assert model.get_maintenance_margin(held).value == 11400
    assert (model.InitialOvernightMarginRequirement, model.maintenance_intraday_margin_requirement) == (4180, 1520)
    model.enable_intraday_margins = True
    assert model.get_maintenance_margin(held).value == 4560
    future.exchange.closing_soon = True
    assert model.get_maintenance_margin(held).value == 11400


def test_futures_without_data_need_nothing(future: Any) -> None:
    """The table is read for the day of the last data."""
    future.get_last_data = lambda: None
    assert FutureMarginModel().get_initial_margin_requirement(InitialMarginParameters(future, 1)).value == 0
    assert FutureMarginModel().initial_overnight_margin_requirement == 0


def test_more_than_everything_in_futures_is_refused(future: Any) -> None:
    """`FutureMarginBuyingPowerModelTests`: the margin is the leverage."""
    parameters = GetMaximumOrderQuantityForTargetBuyingPowerParameters(SimpleNamespace(), future, 1.1, 0)
    with pytest.raises(InvalidOperationException, match=r"target provided is: 1\.1"):
        FutureMarginModel().get_maximum_order_quantity_for_target_buying_power(parameters)


@pytest.mark.parametrize(
    ("strike", "expected", "right", "side", "requirement"),
    [
        (10, 70000, CALL, LONG, 59375),
        (66, 30000, CALL, LONG, 59375),
        (1000, 0, CALL, LONG, 59375),
        (87, 28960, CALL, SHORT, 59375),
        (125, 3900, CALL, SHORT, 59375),
        (18, 171, PUT, LONG, 59375),
        (152, 59475, PUT, LONG, 59375),
        (10, 23729, PUT, SHORT, 59375),
        (152, 70637, PUT, SHORT, 59375),
    ],
)
def test_options_on_futures_need_a_part_of_the_futures_margin(
    strike: float, expected: float, right: OptionRight, side: PositionSide, requirement: int
) -> None:
    """`FutureOptionMarginBuyingPowerModelTests.MarginRequirementCrudeOil`: within three tenths of the exchange's."""
    crude = security(Symbol.create_future("CL", Market.NYMEX, datetime(2021, 3, 19)), 60)
    held = SimpleNamespace(underlying=crude, right=right, scaled_strike_price_decimal=exact(strike))
    margin = FuturesOptionsMarginModel.get_margin_requirement(held, Decimal(requirement), side)
    assert margin == pytest.approx(expected, abs=requirement * 0.3)


def test_options_on_futures_are_rounded_down_to_whole_units(future: Any) -> None:
    """At the money the logistic curve is at its half: 1.2 / 2 of a long call's, 1.25 times a short put's."""
    held = security(future.symbol, 1, underlying=future, right=CALL, scaled_strike_price_decimal=Decimal(1668))
    model = FuturesOptionsMarginModel(future_option=held)
    assert model.get_initial_margin_requirement(InitialMarginParameters(held, 1)).value == 2508
    assert model.get_initial_margin_requirement(InitialMarginParameters(held, 3)).value == 7524
    assert model.initial_overnight_margin_requirement == 2508
    future.price_decimal = Decimal(0)
    assert model.initial_overnight_margin_requirement == 0
