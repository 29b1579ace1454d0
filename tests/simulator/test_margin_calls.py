"""Margin calls: positions are closed until the account has excess liquidity again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from test_order_types import Floor


@pytest.fixture
def floor() -> Floor:
    """40,000 shares at 100 against a million: a quarter of it tied up for 4 million of stock."""
    made = Floor()
    made.sim.accounts.deposit("DU1234567", 3_000_000)
    assert made.living("MKT", "BUY", 40_000).status == "Filled"
    made.sim.accounts.deposit("DU1234567", -2_900_000)
    assert made.sim.accounts.figures("DU1234567").excess > 0
    return made


def liquidated(floor: Floor) -> list[tuple[str, Decimal]]:
    """Symbol and signed quantity of every liquidation."""
    return [(e.item.symbol, e.signed) for e in floor.sim.orders.blotter.executions.values() if e.liquidation]


def test_a_fall_in_prices_liquidates_as_much_as_is_needed(floor: Floor) -> None:
    """The excess was positive; after the fall it is negative, and a part of the shares goes at the market."""
    floor.clock.step(60)
    assert liquidated(floor) == []
    floor.quote("AAPL", "94.98", "95.02", last=95)
    assert floor.sim.accounts.figures("DU1234567").excess < 0
    floor.clock.step(20)
    ((symbol, signed),) = liquidated(floor)
    assert symbol == "AAPL"
    assert -3_000 < signed < 0
    figures = floor.sim.accounts.figures("DU1234567")
    assert 0 < figures.excess < figures.net_liquidation / 5
    assert any("is short of margin by" in note and "IB liquidates SELL" in note for note in floor.sim.gateway.notes)
    assert floor.sim.accounts.ledgers["DU1234567"].imbalance() == {}


def test_the_position_that_ties_up_most_goes_first_and_shorts_are_bought_back() -> None:
    """A short sale that rises is covered; the small long stays."""
    floor = Floor()
    floor.quote("IBM", "150", "150.02", last=150)
    assert floor.living("MKT", "BUY", 10, "IBM").status == "Filled"
    assert floor.living("MKT", "SELL", 9000).status == "Filled"
    floor.sim.accounts.deposit("DU1234567", -600_000)
    floor.quote("AAPL", "129.98", "130.02", last=130)
    floor.clock.step(20)
    assert {symbol for symbol, _ in liquidated(floor)} == {"AAPL"}
    assert all(signed > 0 for _, signed in liquidated(floor))
    assert floor.sim.accounts.figures("DU1234567").excess > 0


def test_nothing_is_sold_while_the_market_is_closed(floor: Floor) -> None:
    """It is, when it opens."""
    floor.clock.step(8 * 3600)
    floor.sim.accounts.deposit("DU1234567", -300_000)
    floor.clock.step(60)
    assert liquidated(floor) == []
    floor.clock.step(16 * 3600)
    floor.quote("AAPL", "99.98", "100.02", last=100)
    floor.clock.step(60)
    assert len(liquidated(floor)) == 1


def test_a_client_that_hears_of_manual_orders_sees_that_it_is_a_liquidation(floor: Floor) -> None:
    """Client 0 gets the execution, with the mark of a liquidation."""
    floor.client.client_id = 0
    floor.sim.accounts.deposit("DU1234567", -300_000)
    floor.clock.step(20)
    rows = [fields for fields in floor.client.texts if fields[0] == "11"]
    assert [fields[23] for fields in rows] == ["0", "1"]
