"""The strategy over days of minutes that are built in the test."""

from datetime import datetime
from pathlib import Path

import pytest

STRATEGY = Path(__file__).parent
MINUTES = 390


@pytest.fixture
def calm(lean_data):
    """Ten days on which two stocks tremble around a hundred dollars, and the benchmark."""
    tremble = [100 + minute % 4 * 0.01 for minute in range(10 * MINUTES)]
    for ticker in ("AAPL", "MSFT"):
        lean_data.bars(ticker, "2024-01-02", tremble, "minute")
    return lean_data.bars("FIVE", "2024-01-02", [100] * 12, security_type="index")


def run(run_algorithm, world):
    return run_algorithm(STRATEGY, world, start=datetime(2024, 1, 12), end=datetime(2024, 1, 16))


def test_it_leaves_a_calm_market_alone(run_algorithm, calm):
    assert run(run_algorithm, calm).orders == []


def test_it_buys_a_dip_and_sells_at_the_middle(run_algorithm, calm):
    calm.bars("AAPL", "2024-01-12 11:00", [98] * 15 + [100] * 15, "minute")
    bought, sold = run(run_algorithm, calm).fills
    assert (bought.symbol, bought.price) == ("AAPL", pytest.approx(98, abs=2.1))
    assert (sold.quantity, sold.time.date()) == (-bought.quantity, bought.time.date())


def test_it_goes_home_flat_even_when_the_price_never_comes_back(run_algorithm, calm):
    calm.bars("AAPL", "2024-01-12 11:00", [98] * 300, "minute")
    result = run(run_algorithm, calm)
    assert result.holdings == {}
    assert "end of the day" in result.orders[-1].tag or "middle" in result.orders[-1].tag


def test_it_buys_nothing_in_the_last_hour(run_algorithm, calm):
    calm.bars("AAPL", "2024-01-12 15:15", [98] * 45, "minute")
    assert run(run_algorithm, calm).orders == []
