"""The strategy over the sample data."""

from datetime import datetime
from pathlib import Path

STRATEGY = Path(__file__).parent


def run(run_algorithm):
    return run_algorithm(STRATEGY, start=datetime(2010, 1, 1), end=datetime(2010, 2, 26))


def test_its_orders_are_those_of_the_last_time(run_algorithm, order_snapshot):
    order_snapshot(run(run_algorithm))


def test_it_is_never_short(run_algorithm):
    held: dict[str, float] = {}
    for fill in run(run_algorithm).fills:
        held[fill.symbol] = held.get(fill.symbol, 0) + fill.quantity
        assert held[fill.symbol] >= 0
