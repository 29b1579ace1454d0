"""The strategy over the sample data."""

from datetime import datetime
from pathlib import Path

STRATEGY = Path(__file__).parent
SHARES = "SPY"


def run(run_algorithm, **parameters):
    days = {"start": datetime(2012, 2, 1), "end": datetime(2012, 5, 31)}
    return run_algorithm(STRATEGY, parameters=parameters, **days)


def test_its_orders_are_those_of_the_last_time(run_algorithm, order_snapshot):
    order_snapshot(run(run_algorithm))


def test_every_hundred_shares_have_one_call(run_algorithm):
    held: dict[str, float] = {}
    rolls = 0
    for fill in run(run_algorithm).fills:
        before = dict(held)
        held[fill.symbol] = held.get(fill.symbol, 0) + fill.quantity
        calls = -sum(quantity for symbol, quantity in held.items() if symbol != SHARES)
        assert 0 <= 100 * calls <= held[SHARES]
        rolls += held[fill.symbol] == 0 and before.get(fill.symbol, 0) < 0
    assert rolls >= 3


def test_without_rolls_the_shares_are_called_away(run_algorithm):
    found = run(run_algorithm, **{"days-to-roll": -9, "delta": 0.6})
    called = [fill for fill in found.fills if fill.symbol == SHARES and fill.quantity < 0]
    assert called
    assert found.holdings[SHARES] > 0
