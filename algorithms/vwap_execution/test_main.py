"""The strategy over the sample data."""

from datetime import datetime
from pathlib import Path

STRATEGY = Path(__file__).parent


def run(run_algorithm):
    return run_algorithm(STRATEGY, start=datetime(2013, 2, 25), end=datetime(2013, 2, 25))


def test_its_orders_are_those_of_the_last_time(run_algorithm, order_snapshot):
    order_snapshot(run(run_algorithm))


def test_it_buys_the_whole_quantity_in_pieces(run_algorithm):
    fills = run(run_algorithm).fills
    assert sum(fill.quantity for fill in fills) == 2000
    assert len(fills) > 5
