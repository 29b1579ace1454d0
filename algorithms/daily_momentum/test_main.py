"""The strategy over a world of five stocks that is built in the test."""

from datetime import datetime
from pathlib import Path

import pytest

STRATEGY = Path(__file__).parent
DAYS = 150


@pytest.fixture
def world(lean_data):
    """Five stocks that each gain or lose so many cents a day, from a hundred dollars, and the benchmark."""
    for ticker, daily in {"AAPL": 0.5, "FB": -0.2, "GOOG": 0.3, "IBM": 0.1, "MSFT": 0.2}.items():
        lean_data.bars(ticker, "2024-01-02", [100 + daily * day for day in range(DAYS)])
    return lean_data.bars("FIVE", "2024-01-02", [100] * DAYS, security_type="index")


def run(run_algorithm, world, **parameters):
    days = {"start": datetime(2024, 5, 15), "end": datetime(2024, 7, 20)}
    return run_algorithm(STRATEGY, world, parameters={"lookback": 60, **parameters}, **days)


def test_it_holds_the_strongest(run_algorithm, world):
    assert set(run(run_algorithm, world, held=2).holdings) == {"AAPL", "GOOG"}


def test_it_never_holds_what_has_lost(run_algorithm, world):
    assert set(run(run_algorithm, world, held=5).holdings) == {"AAPL", "GOOG", "IBM", "MSFT"}


def test_it_rebalances_once_a_month_and_keeps_cash_for_fees(run_algorithm, world):
    result = run(run_algorithm, world)
    assert {order.time.month for order in result.orders} == {6, 7}
    assert result.cash > 0


def test_its_orders_over_the_sample_data_are_those_of_the_last_time(run_algorithm, order_snapshot):
    order_snapshot(run_algorithm(STRATEGY, start=datetime(2006, 1, 1), end=datetime(2006, 4, 30)))
