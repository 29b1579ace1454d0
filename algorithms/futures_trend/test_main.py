"""The strategy over the sample data."""

from datetime import datetime
from pathlib import Path

import pytest

from AlgorithmImports import Resolution, TradeBar

STRATEGY = Path(__file__).parent


def run(run_algorithm, **parameters):
    days = {"start": datetime(2012, 3, 1), "end": datetime(2012, 7, 31)}
    return run_algorithm(STRATEGY, parameters=parameters, **days)


def test_its_orders_are_those_of_the_last_time(run_algorithm, order_snapshot):
    order_snapshot(run(run_algorithm))


def test_a_position_goes_on_in_the_next_contract(run_algorithm):
    found = run(run_algorithm)
    rolls = [order for order in found.orders if order.tag.startswith("roll")]
    assert len(rolls) == 4
    for left, taken in zip(rolls[::2], rolls[1::2], strict=True):
        assert (left.quantity, left.time) == (-taken.quantity, taken.time)
        assert left.symbol != taken.symbol
    assert len(found.holdings) == 1


def test_its_averages_do_not_leap_at_a_roll(run_algorithm):
    """They are those of the joined prices, as if they had been reckoned over all of these at the end."""
    algorithm = run(run_algorithm).algorithm
    prices = [bar.close for bar in algorithm.history[TradeBar](algorithm._future.symbol, 1000, Resolution.HOUR)]
    for average, hours in ((algorithm._fast, 100), (algorithm._slow, 200)):
        value = sum(prices[:hours]) / hours
        for price in prices[hours:]:
            value += (price - value) * 2 / (hours + 1)
        assert average.current.value == pytest.approx(value, abs=0.5)
