"""The strategy over the sample data's universe."""

from datetime import datetime
from pathlib import Path

STRATEGY = Path(__file__).parent
SPAN = {"start": datetime(2012, 1, 4), "end": datetime(2012, 7, 31)}


def test_it_owns_the_best_and_sells_what_is_no_longer_chosen(run_algorithm):
    result = run_algorithm(STRATEGY, **SPAN)
    assert len(result.holdings) == 4
    assert any(order.tag == "no longer chosen" for order in result.orders)


def test_it_chooses_once_a_month_among_companies_only(run_algorithm):
    result = run_algorithm(STRATEGY, parameters={"held": 2, "liquid": 6}, **SPAN)
    assert "SPY" not in {order.symbol for order in result.orders}
    assert len(result.holdings) == 2


def test_its_orders_are_those_of_the_last_time(run_algorithm, order_snapshot):
    order_snapshot(run_algorithm(STRATEGY, **SPAN))
