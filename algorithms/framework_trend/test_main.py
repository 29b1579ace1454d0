"""The strategy over the sample data."""

from datetime import datetime
from pathlib import Path

STRATEGY = Path(__file__).parent


def run(run_algorithm):
    return run_algorithm(STRATEGY, start=datetime(2006, 1, 1), end=datetime(2006, 3, 31))


def test_its_orders_are_those_of_the_last_time(run_algorithm, order_snapshot):
    order_snapshot(run(run_algorithm))
