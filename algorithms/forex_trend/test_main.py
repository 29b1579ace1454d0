"""The strategy over currency pairs that are built in the test."""

from datetime import datetime
from pathlib import Path

import pytest

STRATEGY = Path(__file__).parent
HOURS = 60 * 24


@pytest.fixture
def trends(lean_data):
    """The euro rises, the pound falls, the yen does neither."""
    for pair, first, hourly in (("EURUSD", 1.1, 0.0001), ("GBPUSD", 1.5, -0.0001), ("USDJPY", 100.0, 0.0)):
        course = [first + hourly * hour for hour in range(HOURS)]
        quotes = [(price - first * 0.0001, price + first * 0.0001) for price in course]
        lean_data.quotes(pair, "2024-01-02", quotes, "hour", security_type="forex")
        lean_data.quotes(pair, "2024-01-02", quotes[::24], "daily", security_type="forex")
    return lean_data


def test_it_follows_up_and_down(run_algorithm, trends):
    held = run_algorithm(STRATEGY, trends, start=datetime(2024, 2, 1), end=datetime(2024, 2, 16)).holdings
    assert held["EURUSD"] > 0 > held["GBPUSD"]
